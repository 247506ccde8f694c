//! Every key that a document may have, with what it means: the printed policy and the tests read this list.

/// A key of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The section it stands in; empty for what stands under words or in rules.
    pub section: &'static str,
    /// The key.
    pub name: &'static str,
    /// What it means, with its limits.
    pub meaning: &'static str,
}

const fn key(section: &'static str, name: &'static str, meaning: &'static str) -> Key {
    Key { section, name, meaning }
}

/// The keys, in the order in which they are printed.
pub const KEYS: &[Key] = &[
    key(
        "windows",
        "no_fault",
        "How long after delivery a buyer can claim where you are not at fault: 1 hour to 3650 days, or \"any time\".",
    ),
    key("windows", "fault", "The same where you are at fault; never shorter."),
    key(
        "windows",
        "final_sale",
        "Categories that are not taken back where you are not at fault; at most 200.",
    ),
    key(
        "costs",
        "article",
        "What the article costs you: an amount for each unit, or a share of what was paid (0% to 1000%).",
    ),
    key("costs", "freight", "A parcel to the buyer, likewise."),
    key("costs", "return_freight", "A parcel back from the buyer, likewise."),
    key("costs", "unsellable", "What an article that came back has lost, likewise."),
    key("costs", "part", "A part of the article, likewise."),
    key("costs", "repair", "A repair, likewise."),
    key(
        "costs",
        "counted_return",
        "What one more counted return costs you, besides what [target] makes of it: an amount.",
    ),
    key("costs", "return_share", "How many buyers return the article if nothing else is agreed: 0% to 100%."),
    key(
        "target",
        "share",
        "The share of delivered units that may be counted as returned: 0.01% to 100%. Must be set in [target].",
    ),
    key("target", "comparator", "How the channel compares: at-most (the target itself is well) or below."),
    key("target", "days", "Over the deliveries of how many days: 1 to 365."),
    key(
        "target",
        "penalty",
        "What it costs you to be beyond the target: an amount above 0. Must be set in [target].",
    ),
    key("limits", "approval", "A remedy worth more needs another person's approval: an amount."),
    key(
        "limits",
        "ceiling",
        "The most that one remedy may be worth: an amount above 0. Left out: what was paid.",
    ),
    key("limits", "keep_below", "Below this the first article is not wanted back in an exchange: an amount."),
    key(
        "offers",
        "life",
        "How long an offer stands: 1 hour to 60 days; the channel's deadline may end it sooner.",
    ),
    key(
        "offers",
        "fulfilment",
        "How long after an acceptance a remedy should be fulfilled: 1 hour to 365 days.",
    ),
    key("offers", "coupon", "The worth of a coupon and of a price match: 0.01% to 100% of what was paid."),
    key(
        "offers",
        "owed_first",
        "Whether the article comes first where the buyer never had the right one: true or false.",
    ),
    key(
        "partial_refund",
        "first",
        "What is offered first with the article kept: 0.01% to 100% of what was paid.",
    ),
    key("partial_refund", "most", "The most, whoever asks for it; not less than first."),
    key(
        "gift",
        "orders_from",
        "From how many earlier orders on a coupon comes on top of a remedy: 1 to 100000. Must be set in [gift].",
    ),
    key("gift", "share", "Its worth: 0.01% to 100% of what was paid. Must be set in [gift]."),
    key(
        "learning",
        "holdout",
        "Share of buyers kept in the fixed order, to tell what learning is worth: 0% to 50%.",
    ),
    key(
        "learning",
        "explore",
        "Most of the suggestions that may begin with another alternative than the best-looking: 0% to 50%; 0% stops exploring.",
    ),
    key(
        "learning",
        "floor",
        "Least share with which each alternative comes first while exploring: 0% to 10%, not more than explore.",
    ),
    key(
        "learning",
        "weight",
        "How many answers the coarser knowledge is worth against the finer: 1 to 10000.",
    ),
    key(
        "learning",
        "bands",
        "What was paid, cut into bands that learn apart: rising amounts, the least of each band but the first.",
    ),
    key("scrutiny", "window", "How far back the claims of a buyer count: 1 day to 3650 days."),
    key("scrutiny", "evidence_from", "From this many claims on evidence is asked for: 1 to 100000."),
    key(
        "scrutiny",
        "approval_from",
        "From this many on another person approves and the ceiling is lower: 1 to 100000.",
    ),
    key(
        "scrutiny",
        "ceiling",
        "The most that is given then: 0.01% to 100% of what was paid, not less than partial_refund.first.",
    ),
];

/// What stands above a section.
pub(super) const SECTIONS: &[(&str, &str)] = &[
    ("windows", "How long something can be claimed."),
    ("costs", "What things cost you: what an alternative and what a return is priced with."),
    ("target", "Where the channel punishes too many returns. Without this section it does not."),
    ("limits", "Limits of one remedy."),
    ("offers", "Offers to buyers."),
    ("partial_refund", "Money back with the article kept."),
    ("gift", "A coupon on top, for a buyer who comes back. Without this section nobody gets one."),
    ("learning", "How the order of suggestions is learned."),
    ("scrutiny", "When one buyer claims often. Nobody is refused for it."),
];
