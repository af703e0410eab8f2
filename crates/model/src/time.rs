//! Instants as the shared data model writes them.

/// Milliseconds since the Unix epoch, as `updatedAt` and its siblings hold them
/// (`inkdrop-model`: JSON number). Signed, because other clients have written nonsense.
pub type Millis = i64;
