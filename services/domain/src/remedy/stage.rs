//! What a stage of a remedy means to those who look at it from outside.

use super::RemedyStage;

impl RemedyStage {
    /// Whether an offer or promise is still open, so that its case cannot be solved.
    #[must_use]
    pub const fn in_flight(self) -> bool {
        matches!(
            self,
            Self::Proposed | Self::AwaitingApproval | Self::Offered | Self::Accepted | Self::Executing
        )
    }

    /// Whether the seller promised it and it did not fail: money of ours that the channel may pay out.
    #[must_use]
    pub const fn is_given(self) -> bool {
        matches!(self, Self::Accepted | Self::Executing | Self::Fulfilled)
    }

    /// Whether the seller has promised it and has not kept the promise yet.
    #[must_use]
    pub const fn is_promised(self) -> bool {
        matches!(self, Self::Accepted | Self::Executing | Self::Failed)
    }
}
