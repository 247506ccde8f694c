//! One channel's rules: a dated row, and which of several is in force.

use super::catalogue::{self, catalogue};
use super::{AskPermission, Certainty, CountingRule, EditFrom, EditWindow};
use crate::code::codes;
use crate::{Span, Time};

codes! {
    /// What a shop's owner may allow where the channel's row allows less.
    pub enum OptIn {
        /// Nothing: a row of the shop that does contradicts the channel, and needs a newer source.
        Never = "NEVER",
        /// An ask in private chat, never in public.
        PrivateChat = "PRIVATE_CHAT",
        /// An ask, wherever the shop speaks to the buyer.
        Anywhere = "ANYWHERE",
    }
}

codes! {
    /// Why a row is the one in force.
    pub enum Origin {
        /// A row of the shop's own, signed off.
        OwnRow = "OWN_ROW",
        /// The catalogue's row for the region.
        RegionRow = "REGION_ROW",
        /// The catalogue's row for all regions: the region has none of its own.
        ChannelRow = "CHANNEL_ROW",
        /// No row at all: nothing is allowed.
        DefaultDeny = "DEFAULT_DENY",
    }
}

/// How many asks a channel allows: the larger of both limits holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskQuota {
    /// In a calendar year.
    pub per_year: u32,
    /// For each 1,000 reviews received in that year.
    pub per_thousand: u32,
    /// How long the buyer has to answer one; none where there is no such limit.
    pub answer_within: Option<Span>,
    /// Whether an ask that nobody answered was one.
    pub ignored_count: bool,
}

/// Who vouches for a row of a shop's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOff {
    /// The principal who applied it.
    pub by: String,
    /// When.
    pub at: Time,
    /// Why; empty where the row allows nothing more than the catalogue's.
    pub reason: String,
}

/// What a channel allows and counts from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelPolicy {
    /// The channel.
    pub channel: String,
    /// The region; empty for all regions without a row of their own.
    pub region: String,
    /// From when the row holds.
    pub effective_from: Time,
    /// Ratings at or below are negative.
    pub negative_threshold: u8,
    /// Whether a buyer may be asked to revise.
    pub ask: AskPermission,
    /// What the owner may allow by a row of the shop's own.
    pub opt_in: OptIn,
    /// How long a review can be edited.
    pub edit_window: EditWindow,
    /// How often a review can be edited; none for any number.
    pub edits_allowed: Option<u8>,
    /// Whether a public reply ends the buyer's right to edit.
    pub reply_locks_edit: bool,
    /// How many public replies one review may get; none for any number.
    pub reply_count: Option<u16>,
    /// How many characters a public reply may have; none where no limit is known.
    pub reply_length: Option<u32>,
    /// How long after delivery a buyer may be written to; none where no limit is known.
    pub contact_window: Option<Span>,
    /// How many asks the channel allows; none for any number.
    pub ask_quota: Option<AskQuota>,
    /// When a return counts.
    pub counting: CountingRule,
    /// How long after delivery a counting event belongs to the rate.
    pub return_window: Span,
    /// How long after the help no counting event may come.
    pub avoid_window: Span,
    /// After how long the channel approves a request by itself; none if it does not.
    pub auto_approval: Option<Span>,
    /// What the channel measures sellers by, in words; empty where it is not known.
    pub kpi: String,
    /// What else is known, in words.
    pub note: String,
    /// Where the knowledge comes from.
    pub source: String,
    /// When it was known.
    pub known_at: Time,
    /// How sure it is.
    pub certainty: Certainty,
    /// Who vouches for it; none for the rows that ship with the service.
    pub signed_off: Option<SignOff>,
}

impl EditWindow {
    /// Whether it counts from a delivery of which nobody knows when it was.
    #[must_use]
    pub const fn lacks_delivery(self, delivered_at: Option<Time>) -> bool {
        matches!(self, Self::Days { from: EditFrom::Delivered, .. }) && delivered_at.is_none()
    }

    /// When the window of a review that was there then ends; none if there is no window, the far
    /// future if it never ends.
    ///
    /// A window from a delivery that nobody knows of ends at the latest when it would, had the
    /// delivery been on the day of the review: nobody reviews what has not come.
    #[must_use]
    pub fn ends_at(self, written_at: Time, delivered_at: Option<Time>) -> Option<Time> {
        match self {
            Self::None => None,
            Self::Always => Some(Time::MAX),
            Self::Days { days, from: EditFrom::FirstObserved } => {
                Some(written_at + Span::from_days(i64::from(days)))
            }
            Self::Days { days, from: EditFrom::Delivered } => {
                Some(delivered_at.unwrap_or(written_at) + Span::from_days(i64::from(days)))
            }
        }
    }
}

/// The row in force for a channel and region at a time, and why it is that one.
///
/// A shop's own rows win over the catalogue's, a region's row over the one for
/// all regions, a later row over an earlier one. A channel nobody knows gets
/// the row that allows nothing.
#[must_use]
pub fn find(own: &[ChannelPolicy], channel: &str, region: &str, at: Time) -> (Origin, ChannelPolicy) {
    let best = |rows: &[ChannelPolicy]| {
        rows.iter()
            .filter(|row| row.channel == channel && row.effective_from <= at)
            .filter(|row| row.region.is_empty() || row.region == region)
            .max_by_key(|row| (!row.region.is_empty(), row.effective_from))
            .cloned()
    };
    if let Some(row) = best(own) {
        return (Origin::OwnRow, row);
    }
    match best(catalogue()) {
        Some(row) if row.region.is_empty() => (Origin::ChannelRow, row),
        Some(row) => (Origin::RegionRow, row),
        None => (Origin::DefaultDeny, catalogue::unknown(channel)),
    }
}

/// The row in force for a channel and region at a time: see [`find`].
#[must_use]
pub fn in_force(own: &[ChannelPolicy], channel: &str, region: &str, at: Time) -> ChannelPolicy {
    find(own, channel, region, at).1
}
