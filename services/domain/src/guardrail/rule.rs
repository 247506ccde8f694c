//! The rules by their ids.

use crate::code::codes;

codes! {
    /// The id of a guardrail, or the name of a limit that the channel's policy sets.
    pub enum Rule {
        /// Asking is forbidden by the channel's policy, or no row allows it.
        G01 = "G01",
        /// Something is promised or asked for in return for a review.
        G02 = "G02",
        /// An accepted remedy is not fulfilled yet, or too recently.
        G03 = "G03",
        /// One message holds both a remedy and an ask.
        G04 = "G04",
        /// An ask in words that nobody approved.
        G05 = "G05",
        /// A request to remove a review.
        G06 = "G06",
        /// A threat, or pressure by law or exposure.
        G07 = "G07",
        /// A remedy never depends on a review: kept by what an offer cannot name.
        G08 = "G08",
        /// No review is hidden, held or delayed: kept by there being no verb for it.
        G09 = "G09",
        /// This review was already asked about.
        G10 = "G10",
        /// Nothing can be revised: the edit window has closed, the one edit was
        /// used, or the review is gone or no longer negative.
        G11 = "G11",
        /// A public reply would end the buyer's chance to edit.
        G12 = "G12",
        /// A reply that may have arrived is never sent again.
        G13 = "G13",
        /// Personal data in a public reply.
        G14 = "G14",
        /// Contact outside the marketplace.
        G15 = "G15",
        /// The buyer was written to often enough.
        G16 = "G16",
        /// It is night where the buyer is.
        G17 = "G17",
        /// The buyer wants no more messages.
        G18 = "G18",
        /// The buyer threatened with a review: no ask, no goodwill.
        G19 = "G19",
        /// The right to return stays visible, and a buyer who declined is asked once more at most.
        G20 = "G20",
        /// Four eyes above a limit and for any override.
        G21 = "G21",
        /// A request to withdraw a return or a claim.
        G22 = "G22",
        /// The buyer's data were erased.
        G23 = "G23",
        /// The channel takes no further public reply on this review.
        ReplyCount = "REPLY_COUNT",
        /// The channel takes no public reply of this length.
        ReplyLength = "REPLY_LENGTH",
        /// The channel lets nobody write to the buyer this long after delivery.
        ContactWindow = "CONTACT_WINDOW",
        /// The channel's asks of this year are used up.
        AskQuota = "ASK_QUOTA",
    }
}

impl Rule {
    /// Whether the rule is about what a text says, and so needs a text to be read.
    #[must_use]
    pub const fn is_about_words(self) -> bool {
        matches!(
            self,
            Self::G02 | Self::G04 | Self::G05 | Self::G06 | Self::G07 | Self::G14 | Self::G15 | Self::G22
        )
    }
}
