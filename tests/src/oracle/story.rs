//! What the observations of a review tell, one after the other.

use super::At;
use super::record::{Removed, Seen};

/// What lies between an observation and those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing that was not known.
    Nothing,
    /// Above the threshold, from below.
    Rose,
    /// Below the threshold again.
    Fell,
    /// Another rating on the same side, or from above to below for the first time.
    Moved,
    /// Other words.
    Words,
    /// An addition.
    Addition,
    /// Gone.
    Gone(Option<Removed>),
}

/// The story of a review.
#[derive(Debug, Clone, Default)]
pub struct Story {
    /// When it was first seen with stars.
    pub first_at: Option<At>,
    /// Its stars then.
    pub first: i64,
    /// Its stars now.
    pub now: i64,
    /// When it was there at the latest.
    pub written: At,
    /// Whether it can be seen.
    pub visible: bool,
    /// Since when it cannot.
    pub hidden: Option<At>,
    /// What happened, with dates.
    pub steps: Vec<(Step, At)>,
}

/// Tells it.
#[must_use]
pub fn tell(mut seen: Vec<&Seen>, threshold: i64) -> Story {
    seen.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    let mut story = Story { visible: true, ..Story::default() };
    for (n, one) in seen.iter().enumerate() {
        let before = seen.get(..n).unwrap_or_default();
        let step = step(before, one, &story, threshold);
        story.steps.push((step, date(before, one)));
        if one.visible || !one.follow_up {
            story.visible = one.visible;
            story.hidden = if one.visible { None } else { story.hidden.or(Some(date(before, one))) };
        }
        if let (true, false, Some(stars)) = (one.visible, one.follow_up, one.stars) {
            if story.first_at.is_none() {
                (story.first_at, story.first) = (Some(one.at), stars);
            }
            story.now = stars;
        }
    }
    let dates = seen.iter().filter_map(|one| one.modified).chain(story.first_at);
    story.written = dates.min().unwrap_or(0);
    story
}

/// When a change was made: when it was seen, or when the channel says if that is earlier, but not before
/// it was last seen as it was.
fn date(before: &[&Seen], one: &Seen) -> At {
    let said = one.modified.unwrap_or(one.at).min(one.at);
    let same = |other: &&&Seen| match one.follow_up {
        true => other.follow_up,
        false => !other.follow_up && other.visible,
    };
    before.iter().filter(same).map(|other| other.at).max().unwrap_or(said).max(said)
}

fn step(before: &[&Seen], one: &Seen, story: &Story, threshold: i64) -> Step {
    if before.is_empty() || (one.follow_up && !one.visible) {
        return Step::Nothing;
    }
    if !one.visible {
        // Since it can no longer be seen: has anybody said who did it, and is this somebody else?
        let own = before.iter().rev().take_while(|other| !other.visible || other.follow_up);
        let own = own.filter(|other| !other.follow_up && !other.visible);
        let known = own.filter_map(|other| other.removed).next();
        let again = !story.visible && (one.removed.is_none() || one.removed == known);
        return if again { Step::Nothing } else { Step::Gone(one.removed) };
    }
    if one.follow_up {
        let last = before.iter().rev().find(|other| other.follow_up);
        let read = last.is_some_and(|other| other.visible && other.text == one.text);
        return if read { Step::Nothing } else { Step::Addition };
    }
    let old = story.first_at.map(|_| story.now);
    let rose_before = story.steps.iter().any(|(step, _)| *step == Step::Rose);
    match (old, one.stars) {
        (Some(old), Some(new)) if old <= threshold && new > threshold => Step::Rose,
        (Some(old), Some(new)) if old > threshold && new <= threshold && rose_before => Step::Fell,
        (Some(old), Some(new)) if old != new => Step::Moved,
        _ => {
            let last = before.iter().rev().find(|other| other.visible && !other.follow_up);
            if last.is_some_and(|other| other.text != one.text) { Step::Words } else { Step::Nothing }
        }
    }
}

impl Story {
    /// When it first rose, if it ever did.
    #[must_use]
    pub fn rose(&self) -> Option<At> {
        self.steps.iter().find(|(step, _)| *step == Step::Rose).map(|(_, at)| *at)
    }

    /// Since when it is gone, if it is.
    #[must_use]
    pub const fn gone_since(&self) -> Option<At> {
        self.hidden
    }

    /// Whether it fell back and did not rise since.
    #[must_use]
    pub fn fell_back(&self) -> bool {
        let last = self.steps.iter().rev().find(|(step, _)| matches!(step, Step::Rose | Step::Fell));
        last.is_some_and(|(step, _)| *step == Step::Fell)
    }

    /// Whether such a step lies in it.
    #[must_use]
    pub fn had(&self, what: Step) -> bool {
        self.steps.iter().any(|(step, _)| *step == what)
    }

    /// Who took it away, by the last step that says that it is gone.
    #[must_use]
    pub fn gone(&self) -> Option<Removed> {
        self.steps.iter().rev().find_map(|(step, _)| match step {
            Step::Gone(by) => Some(*by),
            _ => None,
        })?
    }
}
