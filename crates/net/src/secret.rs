//! Secrets that cannot be printed by accident: no `Debug`, no `Display`, no `Serialize`, and the
//! memory is wiped when the last holder lets go.

use zeroize::Zeroizing;

/// A password, or anything else that must not be seen. Share it in an `Arc` rather than copying.
pub struct Password(Zeroizing<String>);

impl Password {
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The secret itself. Whoever calls this is responsible for where it goes.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Not constant-time: both sides are the user's own (was the password changed?).
impl PartialEq for Password {
    fn eq(&self, other: &Self) -> bool {
        self.reveal() == other.reveal()
    }
}

impl Eq for Password {}
