//! What follows from how a case was solved.

use super::Outcome;

impl Outcome {
    /// Whether the buyer may be asked how satisfied they are: they were helped, or told why not.
    /// Who never answered is left alone, and where there was no trouble there was no help.
    #[must_use]
    pub const fn may_ask_satisfaction(self) -> bool {
        match self {
            Self::RemedyFulfilled
            | Self::TalkedThrough
            | Self::ReturnProceeds
            | Self::NotRecoverable
            | Self::Other => true,
            Self::NoAnswer | Self::NotACase => false,
        }
    }
}
