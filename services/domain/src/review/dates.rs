//! When what lies between two versions of a review happened.
//!
//! Nobody tells when a review changes: somebody looks, and finds it changed. Where the channel says
//! when it was last changed, that is the earlier and the better date.

use super::ReviewVersion;
use crate::Time;

/// What was last seen, of the review itself and of what was added to it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LastSeen {
    own: Option<Time>,
    follow_up: Option<Time>,
    visible: Option<Time>,
}

impl LastSeen {
    /// The date of the change that a version shows: when it was seen, or when the channel says that
    /// it was made if that is earlier; never before it was last seen to be as it was.
    pub(super) fn date(&self, version: &ReviewVersion) -> Time {
        let as_it_was = match (version.follow_up, version.visible) {
            (true, _) => self.follow_up,
            (false, true) => self.own,
            (false, false) => self.visible,
        };
        let said = version.platform_modified_at.map_or(version.observed_at, |at| at.min(version.observed_at));
        as_it_was.map_or(said, |seen| said.max(seen))
    }

    /// Notes a version; they come in the order in which they were seen.
    pub(super) fn note(&mut self, version: &ReviewVersion) {
        let at = Some(version.observed_at);
        match (version.follow_up, version.visible) {
            (true, _) => self.follow_up = at,
            (false, true) => (self.own, self.visible) = (at, at),
            // Gone says nothing about what it said.
            (false, false) => {}
        }
    }
}

/// When a review was there at the latest: when it was first seen with a rating, or when the channel
/// says that it was changed, if that is earlier. A review that is brought in years later is as old
/// as it is.
pub(super) fn written_at(versions: &[ReviewVersion], first_observed_at: Option<Time>) -> Option<Time> {
    let told = versions.iter().filter_map(|version| version.platform_modified_at);
    first_observed_at.map(|seen| told.fold(seen, Time::min))
}
