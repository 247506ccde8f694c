//! What of the price stays with the shop when a return is avoided.

use crate::Currency;
use crate::code::codes;
use crate::order::{HelpKind, Line};
use crate::remedy::RemedyKind;
use crate::returns::Verdict;

codes! {
    /// Why revenue stayed.
    pub enum RetainedBy {
        /// Another size, colour or article.
        Exchange = "EXCHANGE",
        /// Credit for a later order.
        Credit = "CREDIT",
        /// Money back, the article kept.
        KeepItem = "KEEP_ITEM",
        /// The part that was missing.
        Part = "PART",
        /// The same article again, or mended.
        Replacement = "REPLACEMENT",
        /// Settled in words.
        TalkedThrough = "TALKED_THROUGH",
        /// The buyer took the request back.
        Withdrawn = "WITHDRAWN",
        /// A remedy of which no kind is known.
        Unknown = "UNKNOWN",
    }
}

/// What stayed of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Why.
    pub by: RetainedBy,
    /// The currency it was paid in.
    pub currency: Currency,
    /// Units whose return was avoided.
    pub units: i64,
    /// Paid for them, less what was given back, in minor units.
    pub revenue: i64,
    /// Whether the window has closed.
    pub is_confirmed: bool,
}

/// What stayed of a line on which so much was given back in money; nothing where no return was avoided,
/// or where it was counted after all.
#[must_use]
pub fn retained(line: &Line, refunded: i64) -> Option<Kept> {
    let verdict = line.verdict();
    if !matches!(verdict, Verdict::AvoidedProvisional | Verdict::AvoidedConfirmed) {
        return None;
    }
    let help = line.help_against_return()?;
    let price = line.purchase.as_ref()?.unit_price;
    let units = line.avoided_units();
    let paid = price.times(units).ok()?.minor_units;
    let by = match help.kind {
        HelpKind::TalkedThrough => RetainedBy::TalkedThrough,
        HelpKind::Withdrawn => RetainedBy::Withdrawn,
        HelpKind::Remedy => line.about.remedy.map_or(RetainedBy::Unknown, kept_by),
    };
    (units > 0).then(|| Kept {
        by,
        currency: price.currency,
        units: i64::from(units),
        revenue: (paid - refunded).max(0),
        is_confirmed: verdict == Verdict::AvoidedConfirmed,
    })
}

const fn kept_by(kind: RemedyKind) -> RetainedBy {
    match kind {
        RemedyKind::Exchange => RetainedBy::Exchange,
        RemedyKind::Coupon => RetainedBy::Credit,
        RemedyKind::PartialRefund | RemedyKind::RefundWithoutReturn | RemedyKind::PriceMatch => {
            RetainedBy::KeepItem
        }
        RemedyKind::MissingPart => RetainedBy::Part,
        RemedyKind::Replacement | RemedyKind::Reship | RemedyKind::Repair => RetainedBy::Replacement,
        RemedyKind::Instructions => RetainedBy::TalkedThrough,
        // A label is no alternative, and helps nobody keep anything.
        RemedyKind::ReturnLabel => RetainedBy::Unknown,
    }
}
