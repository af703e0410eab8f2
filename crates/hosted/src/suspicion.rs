//! What an honest server never does, noticed. Each is told once, in plain words, and nothing is
//! lost by it: what is here stays and is sent again.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// An older state of an item in place of a newer one.
    Older,
    /// Two devices were shown different histories of one item.
    Forked,
    /// Another type than the item was written with.
    Retyped,
    /// An item that another device has written is not there.
    Missing,
    /// A deletion that none of the account's devices made.
    Deleted,
    /// What no device with the account's keys can have written.
    Altered,
}

/// One finding about one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspicion {
    pub kind: Kind,
    /// A document's id, or an item's name where no document is known.
    pub about: String,
}

impl Suspicion {
    pub(crate) fn older(about: String) -> Self {
        Self {
            kind: Kind::Older,
            about,
        }
    }

    pub(crate) fn forked(about: String) -> Self {
        Self {
            kind: Kind::Forked,
            about,
        }
    }

    pub(crate) fn retyped(about: String) -> Self {
        Self {
            kind: Kind::Retyped,
            about,
        }
    }

    pub(crate) fn missing(about: String) -> Self {
        Self {
            kind: Kind::Missing,
            about,
        }
    }

    pub(crate) fn deleted(about: String) -> Self {
        Self {
            kind: Kind::Deleted,
            about,
        }
    }

    pub(crate) fn altered(about: String) -> Self {
        Self {
            kind: Kind::Altered,
            about,
        }
    }

    /// For logs and lists that have no words of their own.
    pub fn words(&self) -> &'static str {
        match self.kind {
            Kind::Older => {
                "the server returned an older version; the newer one was kept and sent again"
            }
            Kind::Forked => "the server showed this device another history than it showed before",
            Kind::Retyped => "the server gives it another type than it was written with",
            Kind::Missing => "another device has written it, and the server does not hand it out",
            Kind::Deleted => "it was deleted on the server by none of your devices that run Sheaf",
            Kind::Altered => "what the server hands out for it was written by none of your devices",
        }
    }

    pub(crate) fn name(&self) -> String {
        format!("{:?}:{}", self.kind, self.about)
    }
}
