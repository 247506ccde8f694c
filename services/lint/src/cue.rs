//! What the judge listens for. A cue means the same in every language, so that what is learnt of one in
//! one language holds in all; which words say it stands in `cues/<language>.toml`.

use serde::Deserialize;

/// A concept that a message may touch. Alone it says little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Cue {
    /// A review, rating, comment, "what you wrote".
    Review,
    /// Stars, points, a grade.
    Stars,
    /// As many stars as there are.
    TopMark,
    /// One star, a bad mark.
    LowMark,
    /// Kind words, a recommendation.
    Praise,
    /// To change, update, rethink.
    Change,
    /// To raise, bump.
    Raise,
    /// To delete, hide, make vanish.
    Remove,
    /// To write or leave one; "rate us".
    WriteIt,
    /// Money back.
    Refund,
    /// A coupon, a code, points.
    Discount,
    /// A gift, a surprise, a raffle.
    Gift,
    /// A new one, a part, a repair.
    Replacement,
    /// "If", "once", "only then".
    Condition,
    /// "In return", a deal.
    Exchange,
    /// A screenshot; "tell me when it is done".
    Proof,
    /// "Please", "could you".
    Request,
    /// Begging.
    Urge,
    /// What a review does to a shop.
    Harm,
    /// A family, jobs, salaries.
    Livelihood,
    /// A reminder.
    Remind,
    /// "Before you rate", "talk to us first".
    BeforeRating,
    /// Lawyers, courts, police.
    Law,
    /// A list of bad buyers, a ban.
    List,
    /// To publish, to tell others.
    Expose,
    /// "We know where you live".
    KnowYou,
    /// "Otherwise", "think twice".
    Consequence,
    /// Fraud, lies.
    Accuse,
    /// A messenger.
    Messenger,
    /// A phone, an address to write to.
    Contact,
    /// The seller's own site or shop.
    OwnShop,
    /// To pay past the marketplace.
    PayDirect,
    /// What the marketplace takes.
    Fee,
    /// The marketplace.
    Platform,
    /// A return request, dispute, claim.
    Case,
    /// To close, withdraw, let go.
    Close,
    /// Where to press.
    Button,
    /// "Either way", "as you like".
    NoTie,
    /// Thanks for words or stars.
    Thanks,
    /// An apology.
    Sorry,
    /// "We never ask", "you need not".
    NeverAsk,
    /// What the seller did himself.
    WeDid,
    /// A parcel and its way.
    Carrier,
    /// How an article is used.
    ProductUse,
    /// A warranty, a right.
    Guarantee,
    /// "Between us".
    Secret,
    /// A street, a flat.
    Address,
    /// The number of an order or parcel.
    OrderNo,
}
