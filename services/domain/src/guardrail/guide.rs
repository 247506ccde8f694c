//! What each rule refuses, why, and what to do instead.

use super::rule::Rule;

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

impl Rule {
    /// What the rule says.
    #[must_use]
    pub fn guide(self) -> Guide {
        let found = GUIDES.iter().find(|(rule, _)| *rule == self);
        // The table has a place for every rule, and a test looks that it is the right one.
        found.map_or(Guide { refuses: "a guardrail", why: "", instead: "" }, |(_, guide)| *guide)
    }
}

const fn guide(rule: Rule, refuses: &'static str, why: &'static str, instead: &'static str) -> (Rule, Guide) {
    (rule, Guide { refuses, why, instead })
}

const GUIDES: [(Rule, Guide); Rule::ALL.len()] = [
    guide(
        Rule::G01,
        "the channel does not allow asking",
        "channels punish sellers who ask where they forbid it, and what is not known to be allowed is forbidden",
        "solve the problem; on a channel with a revision request of its own, send that",
    ),
    guide(
        Rule::G02,
        "something is tied to a review",
        "a remedy, voucher or favour in return for a review buys it",
        "say what is given and why, and leave the review out",
    ),
    guide(
        Rule::G03,
        "an accepted remedy is not fulfilled yet, or only just",
        "who still waits for what was promised would be asked under pressure",
        "fulfil what was promised and ask a day later",
    ),
    guide(
        Rule::G04,
        "one message holds both a remedy and an ask",
        "side by side they read as an exchange",
        "send the remedy alone; ask later, and apart",
    ),
    guide(
        Rule::G05,
        "an ask in words that are not approved",
        "only approved words are neutral and say that the review may stay as it is",
        "use the ask itself, which sends the approved words",
    ),
    guide(
        Rule::G06,
        "a request to remove a review",
        "a review is the buyer's own; to have it taken down is suppression",
        "solve the problem, and ask in the approved words where that is allowed",
    ),
    guide(
        Rule::G07,
        "a threat or pressure",
        "nobody is intimidated by law, exposure or insistence",
        "say it calmly, or leave it to a supervisor",
    ),
    guide(
        Rule::G08,
        "a remedy that depends on a review",
        "what a buyer gets is decided without knowing whether there is a review",
        "nothing: offers cannot name a review",
    ),
    guide(
        Rule::G09,
        "hiding, holding or delaying a review",
        "every review is shown as it is",
        "nothing: the service has no verb for it",
    ),
    guide(
        Rule::G10,
        "the buyer was asked about this review before",
        "one ask per review, and no reminder of it",
        "leave it at that",
    ),
    guide(
        Rule::G11,
        "nothing about this review can be revised",
        "an ask for what cannot be done only annoys",
        "solve the problem all the same",
    ),
    guide(
        Rule::G12,
        "a public reply would end the buyer's chance to edit the review",
        "on this channel a public reply locks the review",
        "write in private first; to reply all the same, say so with the override",
    ),
    guide(
        Rule::G13,
        "an earlier reply to this review may have arrived",
        "a reply whose end is unknown is never sent again: the buyer would read it twice",
        "look into the channel and report what you found",
    ),
    guide(
        Rule::G14,
        "personal data in a public reply",
        "everybody reads it",
        "take them out, or write in private",
    ),
    guide(
        Rule::G15,
        "contact outside the marketplace",
        "marketplaces forbid it, and buyers lose their protection",
        "write through the channel",
    ),
    guide(
        Rule::G16,
        "the buyer was written to often enough",
        "one message in 3 days and three in 30, over all cases and channels of the shop",
        "wait until the time that is named, or until the buyer writes",
    ),
    guide(
        Rule::G17,
        "it is night where the buyer is",
        "messages go out from 08:00 to 21:00 in the buyer's time zone",
        "send it at the time that is named",
    ),
    guide(
        Rule::G18,
        "the buyer wants no more messages",
        "an opt-out holds at once",
        "answer only what the buyer writes",
    ),
    guide(
        Rule::G19,
        "the buyer made a threat with a review",
        "a threat buys nothing, and nobody is asked under one",
        "offer what the policy grants to anybody",
    ),
    guide(
        Rule::G20,
        "the right to return is not shown, or the buyer is pressed",
        "every offer says that the return stays open; after a decline there is one counter-offer at most",
        "let the buyer choose the return",
    ),
    guide(
        Rule::G21,
        "another person has to agree first",
        "four eyes above the limit and for every override",
        "have it approved",
    ),
    guide(
        Rule::G22,
        "a request to withdraw a return or claim",
        "the return is the buyer's right, and the channel counts such requests against the seller",
        "offer an alternative and leave the choice to the buyer",
    ),
    guide(
        Rule::G23,
        "the buyer's data were erased",
        "who asked to be forgotten is not written to",
        "nothing goes out any more",
    ),
    guide(
        Rule::ReplyCount,
        "the channel takes no further public reply on this review",
        "a channel that takes one reply refuses the second",
        "write in private",
    ),
    guide(
        Rule::ReplyLength,
        "the channel takes no public reply of this length",
        "it would be cut off or refused",
        "shorten it",
    ),
    guide(
        Rule::ContactWindow,
        "the channel lets nobody write to the buyer this long after delivery",
        "late messages count as spam there",
        "answer only what the buyer writes",
    ),
    guide(
        Rule::AskQuota,
        "the channel's asks of this year are used up",
        "an ask over the quota is refused by the channel, and an ignored one counts as well",
        "solve the problem; asks are free again with the new year",
    ),
];
