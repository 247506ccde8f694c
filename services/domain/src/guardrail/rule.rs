//! The rules by their ids: what each refuses, why, and what to do instead.

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

/// What a rule says, each in one sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guide {
    /// What it refuses.
    pub refuses: &'static str,
    /// Why.
    pub why: &'static str,
    /// What to do instead.
    pub instead: &'static str,
}

const fn guide(refuses: &'static str, why: &'static str, instead: &'static str) -> Guide {
    Guide { refuses, why, instead }
}

impl Rule {
    /// What the rule says.
    #[must_use]
    pub const fn guide(self) -> Guide {
        match self {
            Self::G01 => guide(
                "the channel does not allow asking",
                "channels punish sellers who ask where they forbid it, and what is not known to be allowed is forbidden",
                "solve the problem; on a channel with a revision request of its own, send that",
            ),
            Self::G02 => guide(
                "something is tied to a review",
                "a remedy, voucher or favour in return for a review buys it",
                "say what is given and why, and leave the review out",
            ),
            Self::G03 => guide(
                "an accepted remedy is not fulfilled yet, or only just",
                "who still waits for what was promised would be asked under pressure",
                "fulfil what was promised and ask a day later",
            ),
            Self::G04 => guide(
                "one message holds both a remedy and an ask",
                "side by side they read as an exchange",
                "send the remedy alone; ask later, and apart",
            ),
            Self::G05 => guide(
                "an ask in words that are not approved",
                "only approved words are neutral and say that the review may stay as it is",
                "use the ask itself, which sends the approved words",
            ),
            Self::G06 => guide(
                "a request to remove a review",
                "a review is the buyer's own; to have it taken down is suppression",
                "solve the problem, and ask in the approved words where that is allowed",
            ),
            Self::G07 => guide(
                "a threat or pressure",
                "nobody is intimidated by law, exposure or insistence",
                "say it calmly, or leave it to a supervisor",
            ),
            Self::G08 => guide(
                "a remedy that depends on a review",
                "what a buyer gets is decided without knowing whether there is a review",
                "nothing: offers cannot name a review",
            ),
            Self::G09 => guide(
                "hiding, holding or delaying a review",
                "every review is shown as it is",
                "nothing: the service has no verb for it",
            ),
            Self::G10 => guide(
                "the buyer was asked about this review before",
                "one ask per review, and no reminder of it",
                "leave it at that",
            ),
            Self::G11 => guide(
                "nothing about this review can be revised",
                "an ask for what cannot be done only annoys",
                "solve the problem all the same",
            ),
            Self::G12 => guide(
                "a public reply would end the buyer's chance to edit the review",
                "on this channel a public reply locks the review",
                "write in private first; to reply all the same, say so with the override",
            ),
            Self::G13 => guide(
                "an earlier reply to this review may have arrived",
                "a reply whose end is unknown is never sent again: the buyer would read it twice",
                "look into the channel and report what you found",
            ),
            Self::G14 => guide(
                "personal data in a public reply",
                "everybody reads it",
                "take them out, or write in private",
            ),
            Self::G15 => guide(
                "contact outside the marketplace",
                "marketplaces forbid it, and buyers lose their protection",
                "write through the channel",
            ),
            Self::G16 => guide(
                "the buyer was written to often enough",
                "one message in 3 days and three in 30, over all cases and channels of the shop",
                "wait until the time that is named, or until the buyer writes",
            ),
            Self::G17 => guide(
                "it is night where the buyer is",
                "messages go out from 08:00 to 21:00 in the buyer's time zone",
                "send it at the time that is named",
            ),
            Self::G18 => guide(
                "the buyer wants no more messages",
                "an opt-out holds at once",
                "answer only what the buyer writes",
            ),
            Self::G19 => guide(
                "the buyer made a threat with a review",
                "a threat buys nothing, and nobody is asked under one",
                "offer what the policy grants to anybody",
            ),
            Self::G20 => guide(
                "the right to return is not shown, or the buyer is pressed",
                "every offer says that the return stays open; after a decline there is one counter-offer at most",
                "let the buyer choose the return",
            ),
            Self::G21 => guide(
                "another person has to agree first",
                "four eyes above the limit and for every override",
                "have it approved",
            ),
            Self::G22 => guide(
                "a request to withdraw a return or claim",
                "the return is the buyer's right, and the channel counts such requests against the seller",
                "offer an alternative and leave the choice to the buyer",
            ),
            Self::G23 => guide(
                "the buyer's data were erased",
                "who asked to be forgotten is not written to",
                "nothing goes out any more",
            ),
            Self::ReplyCount => guide(
                "the channel takes no further public reply on this review",
                "a channel that takes one reply refuses the second",
                "write in private",
            ),
            Self::ReplyLength => guide(
                "the channel takes no public reply of this length",
                "it would be cut off or refused",
                "shorten it",
            ),
            Self::ContactWindow => guide(
                "the channel lets nobody write to the buyer this long after delivery",
                "late messages count as spam there",
                "answer only what the buyer writes",
            ),
            Self::AskQuota => guide(
                "the channel's asks of this year are used up",
                "an ask over the quota is refused by the channel, and an ignored one counts as well",
                "solve the problem; asks are free again with the new year",
            ),
        }
    }

    /// Whether the rule is about what a text says, and so needs a text to be read.
    #[must_use]
    pub const fn is_about_words(self) -> bool {
        matches!(
            self,
            Self::G02 | Self::G04 | Self::G05 | Self::G06 | Self::G07 | Self::G14 | Self::G15 | Self::G22
        )
    }
}
