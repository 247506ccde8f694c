//! Twins of the figures by which marketplaces judge how fast a seller answers.
//!
//! A twin counts as the marketplace does, so that a shop sees today what it
//! will be told tomorrow. Each is a dated row of `twin/twins.toml`: which
//! channel, region and tier of sellers, in which window, until when an answer
//! counts, and what is asked for. What a figure comes to at its last cut-off is
//! [`figure`]; where it goes at the next one, and which conversations still
//! save it, is [`next`].
//!
//! Only a person's answer counts in any of them. Conversations that a shop had
//! while it was away, or on a holiday where those do not count, are left out.

use std::collections::BTreeSet;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::code::codes;
use crate::policy::Certainty;
use crate::{ConversationId, Day, Span, Time};

mod count;
mod edge;
mod judge;
mod next;
mod table;

pub use count::{Figure, Part, figure};
pub use edge::earliest;
pub use judge::Standing;
pub use next::{Next, Rescue, ToAnswer, next};
pub use table::{in_force, parse, problems, table};

codes! {
    /// Which side of the target is the good one.
    pub enum Comparator {
        /// The figure must be the target or more.
        AtLeast = "AT_LEAST",
        /// The figure must be the target or less.
        AtMost = "AT_MOST",
    }
}

codes! {
    /// Whether days that the shop calls holidays count.
    pub enum Holidays {
        /// As any other day.
        Count = "COUNT",
        /// Not at all.
        Out = "OUT",
    }
}

/// How the newest conversations weigh more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latest {
    /// Which share of the conversations are the newest, in percent, 1–100; rounded up to whole ones.
    pub share: u8,
    /// What their own rate weighs, in percent, 1–99; the rate of all weighs the rest.
    pub weight: u8,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formula {
    /// The share of conversations that were answered on their day: received from one day's cut-off up to
    /// the next one's, which is the cut-off of *their* day, and answered by a time of that day.
    SameDay {
        /// By when, in minutes of the local day; after the cut-off. That very instant still counts.
        answer_by: u16,
    },
    /// The mean time to the first answer of the conversations that have one.
    MeanTime,
    /// The share of conversations that were answered within a time. A conversation enters the figure when
    /// that time is over, so none is in it that could still go either way.
    Within {
        /// Within which time; exactly that long still counts.
        limit: Span,
        /// How the newest weigh more; none where all weigh the same.
        latest: Option<Latest>,
    },
}

/// What the figure must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A share in percent, 1–100.
    Percent(u8),
    /// A time.
    Time(Span),
}

/// One figure of a marketplace, as it is counted from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    /// Its name, such as `lazada_response_time`.
    pub name: String,
    /// The channel that counts it.
    pub channel: String,
    /// The region; empty for all without a row of their own.
    pub region: String,
    /// The tier of sellers, such as `MALL`; empty for all without a row of their own.
    pub tier: String,
    /// From when the row holds.
    pub valid_from: Time,
    /// From when it does not any more; none while it does.
    pub valid_until: Option<Time>,
    /// How many local days are looked at.
    pub window_days: u16,
    /// When each of them ends, in minutes of the local day, 0–1439.
    pub cut_off: u16,
    /// What is counted.
    pub formula: Formula,
    /// How many conversations there must be for the figure to have a value, at least 1.
    pub conversations_min: u32,
    /// Whether holidays count.
    pub holidays: Holidays,
    /// Which side of the target is good.
    pub comparator: Comparator,
    /// The target.
    pub target: Target,
    /// What else is known, in words.
    pub note: String,
    /// Where the knowledge comes from.
    pub source: String,
    /// When it was read.
    pub known_at: Time,
    /// How sure it is.
    pub certainty: Certainty,
}

/// How a conversation was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Not at all.
    None,
    /// By a machine and by nobody else.
    OnlyAutomatic,
    /// By a person, for the first time at this moment. One that is dated before the message was at once.
    Human(Time),
}

/// A conversation that a buyer began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Which.
    pub id: ConversationId,
    /// When the buyer's first message came.
    pub received_at: Time,
    /// How it was answered.
    pub answer: Answer,
}

/// Where and when a shop is there.
#[derive(Debug, Clone)]
pub struct Presence {
    zone: TimeZone,
    holidays: BTreeSet<Day>,
    away: Vec<(Time, Time)>,
}

/// Nobody knows the time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{zone:?} is no IANA time zone")]
pub struct UnknownZone {
    /// What was given.
    pub zone: String,
}

impl Presence {
    /// A shop in a time zone, with its holidays as local dates, and the spans, from an instant up to
    /// another, in which it had told the channel that it was away (holiday or vacation mode).
    ///
    /// # Errors
    /// When the time zone is none.
    pub fn new(
        zone: &str,
        holidays: impl IntoIterator<Item = Day>,
        away: Vec<(Time, Time)>,
    ) -> Result<Self, UnknownZone> {
        // The copy of the zone data that is compiled in: no figure depends on the machine.
        let found = TimeZoneDatabase::bundled().get(zone).ok().filter(|zone| !zone.is_unknown());
        let zone = found.ok_or_else(|| UnknownZone { zone: zone.to_owned() })?;
        Ok(Self { zone, holidays: holidays.into_iter().collect(), away })
    }

    fn is_away(&self, at: Time) -> bool {
        self.away.iter().any(|(from, until)| *from <= at && at < *until)
    }
}
