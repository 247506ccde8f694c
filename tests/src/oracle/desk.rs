//! What people did, case by case.

use std::collections::BTreeMap;

use super::record::{Entry, Record};
use super::{At, Wrong};

/// What is known of a case.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// When it was opened.
    pub opened: At,
    /// The line it is about.
    pub about: Option<(String, String)>,
    /// The first root cause.
    pub reason: String,
    /// The language of its buyer.
    pub language: String,
    /// Who acted first.
    pub agent: String,
    /// What was fulfilled first.
    pub kind: String,
    /// When a person first acted.
    pub acted: Option<At>,
    /// Since when the buyer waits for a word.
    pub waits: Option<At>,
}

/// What was done about a review.
#[derive(Debug, Clone, Default)]
pub struct Done {
    /// Its case.
    pub case: Option<String>,
    /// When a person first acted on it.
    pub acted: Option<At>,
    /// When a person first reached the buyer.
    pub reached: Option<At>,
    /// When its case was solved.
    pub solved: Option<At>,
    /// When it was solved for the first time.
    pub solved_first: Option<At>,
    /// When the buyer was asked.
    pub asked: Option<At>,
}

/// Everything that was done.
#[derive(Debug, Clone, Default)]
pub struct Desk {
    /// By case.
    pub cases: BTreeMap<String, Known>,
    /// By review.
    pub reviews: BTreeMap<String, Done>,
    /// What each case became part of.
    heirs: BTreeMap<String, String>,
}

fn earlier(known: Option<At>, at: At) -> Option<At> {
    Some(known.map_or(at, |known| known.min(at)))
}

fn first(known: &mut String, said: &str) {
    if known.is_empty() {
        said.clone_into(known);
    }
}

/// Goes through the record from its beginning to its end.
#[must_use]
pub fn of(record: &Record) -> Desk {
    by(record, Wrong::Nothing)
}

/// The same by a rule that may be wrong.
#[must_use]
pub fn by(record: &Record, wrong: Wrong) -> Desk {
    let mut desk = Desk::default();
    for entry in &record.entries {
        match entry {
            Entry::Acted { case, at } if wrong == Wrong::WhoTriesReaches => desk.reached(case, *at),
            entry => desk.take(entry),
        }
    }
    desk
}

impl Desk {
    fn take(&mut self, entry: &Entry) {
        match entry {
            Entry::Opened { case, at, about, waits } => {
                let known = self.case(case);
                (known.opened, known.about, known.waits) = (*at, about.clone(), *waits);
            }
            Entry::Heard { case, at } => {
                // What is taken in together with a merge was said to the case that stays.
                let heir = self.heirs.get(case).unwrap_or(case).clone();
                let known = self.case(&heir);
                known.waits = earlier(known.waits, *at);
            }
            Entry::BuyersTurn { case } => self.case(case).waits = None,
            Entry::Wrote { case, at } => self.wrote(case, *at),
            Entry::Refined { case, about } => self.case(case).about.clone_from(about),
            Entry::Belongs { review, case } => {
                let acted = self.case(case).acted;
                let one = self.reviews.entry(review.clone()).or_default();
                one.case = Some(case.clone());
                one.acted = [one.acted, acted].into_iter().flatten().min();
            }
            Entry::Began { case, agent } => first(&mut self.case(case).agent, agent),
            Entry::Acted { case, at } => self.acted(case, *at),
            Entry::Reached { case, at } => {
                // Nobody is reached about a case that is not there yet.
                let at = (*at).max(self.case(case).opened);
                self.answered(case, at);
            }
            Entry::Solved { case, at, .. } => {
                self.case(case).waits = None;
                self.of(case).for_each(|one| {
                    one.solved = Some(*at);
                    one.solved_first = one.solved_first.or(Some(*at));
                });
            }
            Entry::Found { case, reason, language } => {
                let known = self.case(case);
                (known.reason, known.language) = (reason.clone(), language.clone());
            }
            Entry::Merged { from, into } => self.merged(from, into),
            Entry::AskSent { review, at } => {
                self.reviews.entry(review.clone()).or_default().asked = Some(*at);
            }
            Entry::Fulfilled { case, kind, .. } => first(&mut self.case(case).kind, kind),
            _ => {}
        }
    }

    fn case(&mut self, case: &str) -> &mut Known {
        self.cases.entry(case.to_owned()).or_default()
    }

    fn of(&mut self, case: &str) -> impl Iterator<Item = &mut Done> {
        self.reviews.values_mut().filter(move |one| one.case.as_deref() == Some(case))
    }

    /// What was written before the case was opened counts only as the answer to a word that waits, and not
    /// before the opening.
    fn wrote(&mut self, case: &str, at: At) {
        let known = self.case(case);
        if at < known.opened && known.waits.is_none_or(|since| since > at) {
            return;
        }
        let at = at.max(known.opened);
        self.answered(case, at);
    }

    /// Whoever was answered waits for nothing.
    fn answered(&mut self, case: &str, at: At) {
        let known = self.case(case);
        known.waits = known.waits.filter(|since| *since > at);
        self.reached(case, at);
    }

    fn reached(&mut self, case: &str, at: At) {
        self.acted(case, at);
        self.of(case).for_each(|one| one.reached = earlier(one.reached, at));
    }

    fn acted(&mut self, case: &str, at: At) {
        let known = self.case(case);
        known.acted = earlier(known.acted, at);
        self.of(case).for_each(|one| one.acted = earlier(one.acted, at));
    }

    /// What was done in a case was done in the one that it is a part of.
    fn merged(&mut self, from: &str, into: &str) {
        let part = self.case(from).clone();
        let whole = self.case(into);
        first(&mut whole.agent, &part.agent);
        first(&mut whole.kind, &part.kind);
        whole.waits = [whole.waits, part.waits].into_iter().flatten().min();
        self.heirs.values_mut().filter(|heir| *heir == from).for_each(|heir| into.clone_into(heir));
        self.heirs.insert(from.to_owned(), into.to_owned());
        self.of(from).for_each(|one| one.case = Some(into.to_owned()));
        let acted = [part.acted, self.case(into).acted].into_iter().flatten().min();
        acted.into_iter().for_each(|at| self.acted(into, at));
    }
}
