//! What an offer may be decided by: every input by name, with why it is no review.
//!
//! These lists are the one place where a new input has to be argued for. An input that
//! is on none of them breaks the proof of every case in which it was used.

/// An input, and why it may be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    /// Its name, as it is stored.
    pub name: &'static str,
    /// Why what a buyer is given may depend on it.
    pub why: &'static str,
}

const fn allowed(name: &'static str, why: &'static str) -> Allowed {
    Allowed { name, why }
}

/// What the rules may see of an offer.
pub const OFFER_INPUTS: &[Allowed] = &[
    allowed("remedy", "which offer it is"),
    allowed("kind", "what is given"),
    allowed(
        "answers",
        "whether it answers what the buyer wrote or requested; a review is no word to the shop",
    ),
    allowed("return_shown", "whether its text says that the return stays open"),
    allowed("countered", "whether an offer of this case was declined and another made since"),
    allowed("beyond_policy", "whether the shop's remedy policy grants it by itself"),
    allowed("needs_approval", "whether the shop's remedy policy wants another person to agree"),
    allowed("approved", "whether another person agreed"),
    allowed("remedy_policy_version", "which remedy policy held"),
    allowed("channel", "where the shop sells"),
    allowed("unasked", "whether it is contact that the buyer did not ask for"),
    allowed("region", "which row of the channel's rules"),
    allowed("row_from_at", "from when on that row holds"),
    allowed("row_signed_by", "who vouches for it, if it is the shop's own"),
    allowed("contact_days", "how long after delivery the channel lets anybody write"),
    allowed("contacts", "how often the shop wrote to the buyer unasked, asks about reviews left out"),
    allowed("contacts_in_3_days", "the same in 3 days"),
    allowed("contacts_in_30_days", "the same in 30 days"),
    allowed("last_contact_at", "when it did last, asks about reviews left out"),
    allowed("eyes", "how many people stand behind it"),
    allowed("words_version", "which rules of words its text was looked over by"),
    allowed("hours", "when the buyer may be written to"),
    allowed("zones", "by which time zone"),
    allowed("opted_out", "whether the buyer wants no more messages"),
    allowed("erased", "whether the buyer's data were erased"),
    allowed("extortion", "whether the buyer's words hold a threat: it stops what the policy does not grant"),
    allowed("delivered_at", "when the goods arrived"),
];

/// What a suggestion, and the terms of an offer, may be worked out from.
pub const TERMS_INPUTS: &[Allowed] = &[
    allowed("now", "the time"),
    allowed(
        "reason",
        "what went wrong with the goods, in the buyer's words wherever they stood, or an agent's",
    ),
    allowed("flags", "what makes the complaint delicate, such as a danger to health"),
    allowed("line", "there is none: the order is not known"),
    allowed("line.purchased", "units bought"),
    allowed("line.unit_price", "price paid for one"),
    allowed("line.sku", "the article"),
    allowed("line.category", "its category"),
    allowed("line.delivered_at", "when it arrived"),
    allowed("line.grants", "what was given for these units before"),
    allowed("line.refunded", "what the channel refunded"),
    allowed("units", "units concerned"),
    allowed("currency", "the shop's currency"),
    allowed("counting", "how the channel counts a return"),
    allowed("auto_approval", "when the channel approves a return by itself"),
    allowed("requested_at", "when a return was requested"),
    allowed("counted_at", "when a return counted"),
    allowed("deadline", "when the channel decides"),
    allowed("amount_least", "the least the channel takes"),
    allowed("amount_most", "the most the channel takes"),
    allowed("offers_left", "how many offers the channel takes"),
    allowed("delivered", "units that the shop delivered in the channel's window"),
    allowed("counted", "returns that counted in it"),
    allowed("stock", "what is there to be sent"),
    allowed("orders", "how many orders the buyer made"),
    allowed("claims", "what the buyer claimed before, by way of claiming"),
    allowed("evidence", "how often offers of a kind were accepted, and what surveys about them said"),
    allowed("holdout", "whether the buyer is in the group with the fixed order"),
    allowed("seed", "the number that the draw is made from"),
    allowed("first", "what the draw put first"),
];

/// Those of these names that are on no list.
pub fn unlisted<'a>(
    names: impl IntoIterator<Item = &'a str>,
    list: &[Allowed],
) -> impl Iterator<Item = &'a str> {
    names.into_iter().filter(|name| list.iter().all(|allowed| allowed.name != *name))
}
