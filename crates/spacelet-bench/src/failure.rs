//! What went wrong, as one line for the person who measures.

use std::fmt;

/// A result of this program's functions.
pub(crate) type Outcome<T> = Result<T, Failure>;

/// One line that says what went wrong. It is no [`std::error::Error`], so that every such error turns into it by `?`.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// A failure in these words.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The same, with what was being done put before it.
    pub(crate) fn at(self, doing: &str) -> Self {
        Self(format!("{doing}: {}", self.0))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}
