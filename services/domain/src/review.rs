//! Reviews: immutable versions, and what lies between two of them.
//!
//! Everything that is said about a review is replayed from its versions, so
//! that a version which arrives late changes the story to what it would have
//! been, had it come in time.

use crate::code::codes;
use crate::{LineId, SignalId, Sku, Time};

mod dates;

use dates::{LastSeen, written_at};

codes! {
    /// Who made a review disappear.
    pub enum RemovedBy {
        /// Its author.
        Buyer = "BUYER",
        /// The channel.
        Platform = "PLATFORM",
    }
}

codes! {
    /// What the channel says about editing.
    pub enum EditState {
        /// It can be edited.
        Editable = "EDITABLE",
        /// The one edit was used.
        EditedOnce = "EDITED_ONCE",
        /// The window has closed.
        Expired = "EXPIRED",
    }
}

codes! {
    /// What lies between two versions of a review; exactly one of these.
    pub enum DiffKind {
        /// The first version.
        First = "FIRST",
        /// From at or below the threshold to above it.
        Reversed = "REVERSED",
        /// Up, but still at or below the threshold.
        Improved = "IMPROVED",
        /// Down.
        Worsened = "WORSENED",
        /// Other words, the same rating.
        TextOnly = "TEXT_ONLY",
        /// An addition without a rating.
        FollowUpAdded = "FOLLOW_UP_ADDED",
        /// Its author took it away.
        RemovedByBuyer = "REMOVED_BY_BUYER",
        /// The channel took it away.
        RemovedByPlatform = "REMOVED_BY_PLATFORM",
        /// It is gone and nobody says why.
        Vanished = "VANISHED",
        /// Reversed once, and back at or below the threshold.
        ReReversed = "RE_REVERSED",
        /// Nothing.
        Unchanged = "UNCHANGED",
    }
}

/// A review as it was seen once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewVersion {
    /// When it was seen.
    pub observed_at: Time,
    /// The signal that brought it; orders versions of one instant.
    pub signal: SignalId,
    /// 1–5; a follow-up has none.
    pub rating: Option<u8>,
    /// The first 64 bits of a hash of the text.
    pub text_hash: i64,
    /// Whether anyone could see it.
    pub visible: bool,
    /// Who removed it, if known.
    pub removed_by: Option<RemovedBy>,
    /// What the channel said about editing.
    pub edit_state: Option<EditState>,
    /// When the channel says it was last changed.
    pub platform_modified_at: Option<Time>,
    /// A later addition without a rating of its own.
    pub follow_up: bool,
    /// What it says beside the review itself.
    pub told: Told,
}

/// What a version says about the place of its review; nothing where it does not repeat it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// The order line it is about.
    pub line: Option<LineId>,
    /// The article it is about.
    pub sku: Option<Sku>,
    /// Whether the wish to return was heard in it.
    pub wish: bool,
}

impl ReviewVersion {
    /// Whether it shows the review, there or gone, and not an addition that was taken away.
    #[must_use]
    pub const fn is_of_the_review(&self) -> bool {
        self.visible || !self.follow_up
    }
}

/// The story that the versions of a review tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewHistory {
    /// When it was first seen with a rating.
    pub first_observed_at: Option<Time>,
    /// When it was there at the latest: the earlier of that and of what the channel says; its edit
    /// window is counted from here.
    pub written_at: Option<Time>,
    /// The rating it was first seen with.
    pub first_rating: Option<u8>,
    /// The rating it has now; a removed review keeps its last.
    pub rating: Option<u8>,
    /// At or below the threshold when first seen.
    pub negative: bool,
    /// Whether it can be seen now.
    pub visible: bool,
    /// Who removed it, if it is gone and someone said so since.
    pub removed_by: Option<RemovedBy>,
    /// What the channel last said about editing.
    pub edit_state: Option<EditState>,
    /// One per version, in order.
    pub diffs: Vec<DiffKind>,
    /// When each of those happened, as well as it is known.
    pub dates: Vec<Time>,
    /// Since when nobody can see it, if nobody can.
    pub gone_since: Option<Time>,
    /// When it was first reversed.
    pub reversed_at: Option<Time>,
    /// When it last fell back, unless it was reversed again.
    pub re_reversed_at: Option<Time>,
    /// When it was last changed in rating or text.
    pub last_edit_at: Option<Time>,
}

/// Orders the versions by when they were seen and tells their story.
#[must_use]
pub fn replay(mut versions: Vec<ReviewVersion>, threshold: u8) -> (Vec<ReviewVersion>, ReviewHistory) {
    versions.sort_by(|a, b| (a.observed_at, &a.signal).cmp(&(b.observed_at, &b.signal)));
    let mut history = ReviewHistory {
        first_observed_at: None,
        written_at: None,
        first_rating: None,
        rating: None,
        negative: false,
        visible: true,
        removed_by: None,
        edit_state: None,
        diffs: Vec::with_capacity(versions.len()),
        dates: Vec::with_capacity(versions.len()),
        gone_since: None,
        reversed_at: None,
        re_reversed_at: None,
        last_edit_at: None,
    };
    let (mut words, mut seen) = (Words::default(), LastSeen::default());
    for version in &versions {
        let diff = diff(&history, words, version, threshold);
        history.take(version, diff, seen.date(version), threshold);
        seen.note(version);
        match (version.visible, version.follow_up) {
            (false, false) => {}
            (true, false) => words.own = Some(version.text_hash),
            (visible, true) => words.follow_up = visible.then_some(version.text_hash),
        }
    }
    history.written_at = written_at(&versions, history.first_observed_at);
    (versions, history)
}

/// What was last read, of the review itself and of what was added to it.
#[derive(Debug, Clone, Copy, Default)]
struct Words {
    own: Option<i64>,
    follow_up: Option<i64>,
}

/// What lies between the story so far and the next version.
fn diff(so_far: &ReviewHistory, words: Words, next: &ReviewVersion, threshold: u8) -> DiffKind {
    if so_far.diffs.is_empty() {
        return DiffKind::First;
    }
    if next.follow_up && !next.visible {
        // Whoever takes an addition away leaves the review where it is.
        return DiffKind::Unchanged;
    }
    if !next.visible {
        return match (so_far.visible, next.removed_by) {
            // Whoever looks again at what is gone learns nothing new.
            (false, None) => DiffKind::Unchanged,
            (false, by) if by == so_far.removed_by => DiffKind::Unchanged,
            (_, Some(RemovedBy::Buyer)) => DiffKind::RemovedByBuyer,
            (_, Some(RemovedBy::Platform)) => DiffKind::RemovedByPlatform,
            (true, None) => DiffKind::Vanished,
        };
    }
    if next.follow_up {
        // A connector that looks again reads the same addition again.
        let read_before = words.follow_up == Some(next.text_hash);
        return if read_before { DiffKind::Unchanged } else { DiffKind::FollowUpAdded };
    }
    match (so_far.rating, next.rating) {
        (Some(old), Some(new)) if old <= threshold && new > threshold => DiffKind::Reversed,
        (Some(old), Some(new)) if new > old => DiffKind::Improved,
        (Some(old), Some(new)) if old > threshold && new <= threshold && so_far.reversed_at.is_some() => {
            DiffKind::ReReversed
        }
        (Some(old), Some(new)) if new < old => DiffKind::Worsened,
        _ if words.own.is_some_and(|hash| hash != next.text_hash) => DiffKind::TextOnly,
        _ => DiffKind::Unchanged,
    }
}

impl DiffKind {
    /// Whether its author changed the review itself.
    #[must_use]
    pub const fn is_edit(self) -> bool {
        matches!(self, Self::Reversed | Self::ReReversed | Self::Improved | Self::Worsened | Self::TextOnly)
    }
}

impl ReviewHistory {
    fn take(&mut self, version: &ReviewVersion, diff: DiffKind, date: Time, threshold: u8) {
        self.diffs.push(diff);
        self.dates.push(date);
        if version.is_of_the_review() {
            self.visible = version.visible;
            self.gone_since = if version.visible { None } else { self.gone_since.or(Some(date)) };
            self.removed_by = version.removed_by.or(self.removed_by).filter(|_| !version.visible);
        }
        self.edit_state = version.edit_state.or(self.edit_state);
        if let (true, false, Some(rating)) = (version.visible, version.follow_up, version.rating) {
            if self.first_rating.is_none() {
                self.first_rating = Some(rating);
                self.first_observed_at = Some(version.observed_at);
                self.negative = rating <= threshold;
            }
            self.rating = Some(rating);
        }
        match diff {
            DiffKind::Reversed => {
                self.reversed_at = self.reversed_at.or(Some(date));
                self.re_reversed_at = None;
            }
            DiffKind::ReReversed => self.re_reversed_at = Some(date),
            _ => {}
        }
        if diff.is_edit() {
            self.last_edit_at = Some(date);
        }
    }

    /// What became of the review since it was first seen: one kind, the gravest.
    #[must_use]
    pub fn outcome(&self) -> DiffKind {
        use std::cmp::Ordering::{Equal, Greater, Less};
        if self.re_reversed_at.is_some() {
            return DiffKind::ReReversed;
        }
        if self.reversed_at.is_some() {
            return DiffKind::Reversed;
        }
        if !self.visible {
            return match self.removed_by {
                Some(RemovedBy::Buyer) => DiffKind::RemovedByBuyer,
                Some(RemovedBy::Platform) => DiffKind::RemovedByPlatform,
                None => DiffKind::Vanished,
            };
        }
        match self.rating.zip(self.first_rating).map_or(Equal, |(now, first)| now.cmp(&first)) {
            Greater => DiffKind::Improved,
            Less => DiffKind::Worsened,
            Equal if self.had(DiffKind::TextOnly) => DiffKind::TextOnly,
            Equal if self.had(DiffKind::FollowUpAdded) => DiffKind::FollowUpAdded,
            Equal => DiffKind::Unchanged,
        }
    }

    /// When what became of it first happened; none while nothing did. A change before any person
    /// acted on the case is natural.
    #[must_use]
    pub fn changed_at(&self) -> Option<Time> {
        let outcome = self.outcome();
        match outcome {
            DiffKind::First | DiffKind::Unchanged => return None,
            DiffKind::Reversed => return self.reversed_at,
            DiffKind::ReReversed => return self.re_reversed_at,
            _ => {}
        }
        let told = || self.dates.iter().zip(&self.diffs);
        let first = told().filter(|(_, kind)| **kind == outcome).map(|(at, _)| *at).min();
        // What was gone when it was first heard of, or rose and fell to where it stands, has no
        // version that says so itself: then the last change of any kind tells.
        first.or_else(|| told().rev().find(|(_, kind)| **kind != DiffKind::Unchanged).map(|(at, _)| *at))
    }

    /// Whether a diff of this kind lies anywhere in the story.
    #[must_use]
    pub fn had(&self, kind: DiffKind) -> bool {
        self.diffs.contains(&kind)
    }
}
