//! A course told in order: what was waited for, how long, and how the case ended.

use super::course::{Course, Step};
use crate::Time;
use crate::code::codes;
use crate::signal::SurveyKind;
use crate::tally::Measure;

codes! {
    /// What was waited for.
    pub enum LapKind {
        /// The first answer of a person to the buyer's first word.
        First = "FIRST_RESPONSE",
        /// The answer of a person to a later word.
        Next = "NEXT_RESPONSE",
        /// That the buyer takes a remedy or the case is solved.
        Agreement = "AGREEMENT",
        /// That the case is solved, and stays so.
        Resolution = "RESOLUTION",
    }
}

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With what was waited for.
    At(Time),
    /// Not yet.
    Waiting,
    /// The case is over, or solved, without it.
    Without,
}

/// One wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lap {
    /// What for.
    pub kind: LapKind,
    /// Since when.
    pub from: Time,
    /// How it ended.
    pub end: End,
}

/// A course as its figures ask for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Story {
    /// When the case was opened.
    pub opened_at: Option<Time>,
    /// What was waited for.
    pub laps: Vec<Lap>,
    /// When it was solved, while it is.
    pub solved_at: Option<Time>,
    /// Whether it was opened again after a solution.
    pub reopened: bool,
    /// Whether it was closed for good.
    pub closed: bool,
    /// Whether it became part of another.
    pub merged: bool,
    /// Whether it was no case.
    pub cancelled: bool,
    /// How often a person took a turn: answers with no word of the buyer between them are one.
    pub turns: u32,
    /// Whether it was ever solved.
    pub ever_solved: bool,
    /// When a survey about a solution was due, and whether the buyer answered it.
    pub asked: Vec<(Time, bool)>,
    /// What the buyer answered to surveys.
    pub answers: Vec<(Time, SurveyKind, u8)>,
}

impl LapKind {
    /// What is counted of it: calendar and business time, given, waiting, and over without.
    #[must_use]
    pub const fn measures(self) -> [Measure; 5] {
        use Measure as M;
        match self {
            Self::First => {
                [M::FirstCalendar, M::FirstBusiness, M::FirstGiven, M::FirstWaiting, M::FirstWithout]
            }
            Self::Next => [M::NextCalendar, M::NextBusiness, M::NextGiven, M::NextWaiting, M::NextWithout],
            Self::Agreement => [
                M::AgreementCalendar,
                M::AgreementBusiness,
                M::AgreementGiven,
                M::AgreementWaiting,
                M::AgreementWithout,
            ],
            Self::Resolution => [
                M::ResolutionCalendar,
                M::ResolutionBusiness,
                M::ResolutionGiven,
                M::ResolutionWaiting,
                M::ResolutionWithout,
            ],
        }
    }
}

impl Story {
    /// Whether the case is neither solved nor over.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.solved_at.is_none() && !self.closed && !self.merged && !self.cancelled
    }

    /// Whether it was solved in one turn at most, and stayed so.
    #[must_use]
    pub const fn is_one_touch(&self) -> bool {
        self.solved_at.is_some() && !self.reopened && !self.merged && !self.cancelled && self.turns <= 1
    }

    fn end(&self) -> End {
        if self.is_open() { End::Waiting } else { End::Without }
    }
}

/// How far answers are while a course is told.
#[derive(Debug, Default)]
struct Talk {
    /// Since when the buyer waits for an answer.
    waits_since: Option<Time>,
    /// Whether a person has answered.
    answered: bool,
    /// When the buyer first took a remedy, or the case was first solved.
    agreed_at: Option<Time>,
}

impl Talk {
    /// What the buyer waits for.
    const fn kind(&self) -> LapKind {
        if self.answered { LapKind::Next } else { LapKind::First }
    }
}

impl Course {
    /// Tells it in the order in which it happened; of one instant, in the order in which it was heard of.
    #[must_use]
    pub fn story(&self) -> Story {
        let mut steps: Vec<&(Time, Step)> = self.0.iter().collect();
        steps.sort_by_key(|(at, _)| *at);
        let (mut story, mut talk) = (Story::default(), Talk::default());
        for (at, step) in steps {
            story.follow(*at, *step, &mut talk);
        }
        if let Some(from) = talk.waits_since {
            story.laps.push(Lap { kind: talk.kind(), from, end: story.end() });
        }
        if let Some(from) = story.opened_at {
            let ends = [(LapKind::Agreement, talk.agreed_at), (LapKind::Resolution, story.resolved_at())];
            for (kind, at) in ends {
                // What is told of before the opening was known took no time.
                let end = at.map_or_else(|| story.end(), |at| End::At(at.max(from)));
                story.laps.push(Lap { kind, from, end });
            }
        }
        self.judge(&mut story);
        story
    }

    /// What buyers answered, and which of the surveys that were due: answers name the solution they judge.
    fn judge(&self, story: &mut Story) {
        let judged = |of: u32| {
            let is_about = |step: &Step| matches!(step, Step::Judged { kind: SurveyKind::Csat, solution, .. } if *solution == Some(of));
            self.0.iter().any(|(_, step)| is_about(step))
        };
        for (at, step) in &self.0 {
            match *step {
                Step::Asked { solution } => story.asked.push((*at, judged(solution))),
                Step::Judged { kind, score, .. } => story.answers.push((*at, kind, score)),
                _ => {}
            }
        }
    }
}

impl Story {
    /// When the case was solved for good as far as is known; none of one that came to another end.
    fn resolved_at(&self) -> Option<Time> {
        self.solved_at.filter(|_| !self.merged && !self.cancelled)
    }

    fn follow(&mut self, at: Time, step: Step, talk: &mut Talk) {
        match step {
            Step::Opened => self.opened_at = Some(self.opened_at.unwrap_or(at)),
            Step::Wrote => talk.waits_since = Some(talk.waits_since.unwrap_or(at)),
            Step::Answered => {
                if let Some(from) = talk.waits_since.take() {
                    self.laps.push(Lap { kind: talk.kind(), from, end: End::At(at) });
                    self.turns += 1;
                } else if !talk.answered {
                    self.turns += 1;
                }
                talk.answered = true;
            }
            Step::Agreed => talk.agreed_at = Some(talk.agreed_at.unwrap_or(at)),
            Step::Solved => {
                talk.agreed_at = Some(talk.agreed_at.unwrap_or(at));
                self.solved_at = Some(at);
                self.ever_solved = true;
            }
            Step::Woken | Step::Reopened => {
                if self.solved_at.is_some() && !self.closed {
                    self.solved_at = None;
                    self.reopened = true;
                }
            }
            Step::Closed => self.closed = true,
            Step::Merged => self.merged = true,
            Step::Cancelled => self.cancelled = true,
            Step::Asked { .. } | Step::Judged { .. } => {}
        }
    }
}
