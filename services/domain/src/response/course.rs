//! What happened to a case, as far as its figures ask.

use std::fmt::{self, Display};
use std::str::FromStr;

use crate::Time;
use crate::event::Event;
use crate::signal::SurveyKind;
use crate::sla::record::{self, Entry};
use crate::sla::{Happening, Standing};

/// One thing that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The case was opened.
    Opened,
    /// The buyer wrote.
    Wrote,
    /// A person answered, in public.
    Answered,
    /// The buyer took a remedy.
    Agreed,
    /// The case was solved.
    Solved,
    /// A pause was over, or a solved case came back.
    Woken,
    /// A solved case was opened again.
    Reopened,
    /// It was closed for good.
    Closed,
    /// It became part of another.
    Merged,
    /// It was no case.
    Cancelled,
    /// A survey about a solution was due.
    Asked {
        /// Which solution, from 1.
        solution: u32,
    },
    /// The buyer answered a survey.
    Judged {
        /// What was asked.
        kind: SurveyKind,
        /// The score.
        score: u8,
        /// The solution it is about, from 1.
        solution: Option<u32>,
    },
}

/// Everything that happened to a case, in the order in which it was heard of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Course(pub(super) Vec<(Time, Step)>);

/// The words of the events that a course is made of, besides those that matter to clocks.
pub const WORDS: &[&str] = &["survey.answered", "case.satisfaction_due"];

/// Whether an event is part of a course.
#[must_use]
pub fn matters(event: &Event) -> bool {
    record::matters(event) || WORDS.contains(&event.word())
}

impl Course {
    /// Of a whole log.
    #[must_use]
    pub fn of<'a>(entries: impl IntoIterator<Item = Entry<'a>>) -> Self {
        let mut course = Self::default();
        entries.into_iter().for_each(|entry| course.take(entry));
        course
    }

    /// Takes the next entry of the log in.
    pub fn take(&mut self, entry: Entry<'_>) {
        if let Event::CaseOpened { waiting_since: Some(since), .. } = entry.event {
            self.0.push(((*since).min(entry.recorded_at), Step::Wrote));
        }
        if let Some(step) = step(entry.event) {
            // What becomes of the case is decided when it is decided, however old the word that brings it about.
            let at = match step {
                Step::Woken | Step::Reopened | Step::Merged => entry.recorded_at,
                _ => entry.at(),
            };
            self.0.push((at, step));
        }
    }
}

/// What an event is to a course; none if nothing.
fn step(event: &Event) -> Option<Step> {
    Some(match event {
        Event::CaseOpened { .. } => Step::Opened,
        Event::CaseWoken { .. } => Step::Woken,
        Event::CaseClosed { .. } => Step::Closed,
        Event::CaseMerged { .. } => Step::Merged,
        Event::CaseCancelled { .. } => Step::Cancelled,
        Event::SatisfactionDue { solution, .. } => Step::Asked { solution: *solution },
        Event::SurveyAnswered { score, asked, solution } => {
            Step::Judged { kind: asked.parse().ok()?, score: *score, solution: *solution }
        }
        // Who counts as a person, and which contact as an answer, is said once, where clocks are.
        _ => match record::happening(event, Standing::Active)? {
            Happening::BuyerMessage => Step::Wrote,
            Happening::HumanReply => Step::Answered,
            Happening::RemedyAccepted => Step::Agreed,
            Happening::Solved => Step::Solved,
            Happening::Reopened => Step::Reopened,
            _ => return None,
        },
    })
}

/// A text that no course is stored as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no step of a course")]
pub struct CourseProblem(String);

/// As it is stored: a letter and the time of each step, with what surveys are about behind it.
impl Display for Course {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (at, step)) in self.0.iter().enumerate() {
            let gap = if i == 0 { "" } else { " " };
            write!(f, "{gap}{}{}", step.letter(), at.micros())?;
            match step {
                Step::Asked { solution } => write!(f, ":{solution}")?,
                Step::Judged { kind, score, solution } => {
                    write!(f, ":{kind}:{score}:{}", solution.unwrap_or(0))?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl FromStr for Course {
    type Err = CourseProblem;

    fn from_str(text: &str) -> Result<Self, CourseProblem> {
        let steps = text
            .split_ascii_whitespace()
            .map(|step| read(step).ok_or_else(|| CourseProblem(step.to_owned())));
        steps.collect::<Result<_, _>>().map(Self)
    }
}

impl Step {
    const fn letter(self) -> char {
        match self {
            Self::Opened => 'o',
            Self::Wrote => 'b',
            Self::Answered => 'a',
            Self::Agreed => 'g',
            Self::Solved => 's',
            Self::Woken => 'w',
            Self::Reopened => 'r',
            Self::Closed => 'c',
            Self::Merged => 'm',
            Self::Cancelled => 'x',
            Self::Asked { .. } => 'q',
            Self::Judged { .. } => 'j',
        }
    }
}

fn read(text: &str) -> Option<(Time, Step)> {
    let mut letters = text.chars();
    let letter = letters.next()?;
    let mut parts = letters.as_str().split(':');
    let at = Time::from_micros(parts.next()?.parse().ok()?);
    let step = match letter {
        'o' => Step::Opened,
        'b' => Step::Wrote,
        'a' => Step::Answered,
        'g' => Step::Agreed,
        's' => Step::Solved,
        'w' => Step::Woken,
        'r' => Step::Reopened,
        'c' => Step::Closed,
        'm' => Step::Merged,
        'x' => Step::Cancelled,
        'q' => Step::Asked { solution: parts.next()?.parse().ok()? },
        'j' => {
            let (kind, score) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            let solution: u32 = parts.next()?.parse().ok()?;
            Step::Judged { kind, score, solution: Some(solution).filter(|number| *number > 0) }
        }
        _ => return None,
    };
    parts.next().is_none().then_some((at, step))
}
