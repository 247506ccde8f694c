//! All that is stored about remedies, as text: two lives are compared by it.

use std::collections::BTreeSet;

use amends_app::attestation::decision_of;
use amends_domain::event::Event;
use amends_store::{decision, event, remedy, suggestion};

use super::names::Names;
use crate::simulation::house::{House, shop};
use crate::simulation::seen::every_case;

/// What was given, offered and refused, and by what it was decided.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Remedies {
    /// Every event of a remedy, in order, with when and by whom.
    pub(super) events: Vec<String>,
    /// Every decision about an offer, with its inputs.
    pub(super) decisions: Vec<String>,
    /// Every suggestion, with its inputs and numbers.
    pub(super) suggestions: Vec<String>,
    /// Every remedy as it stands.
    pub(super) rows: Vec<String>,
    /// What whoever acted was told.
    pub(super) answers: Vec<String>,
}

/// Where two texts part, with a little before it.
fn around(one: &str, two: &str) -> String {
    let same = one.chars().zip(two.chars()).take_while(|(one, two)| one == two).count();
    let part = |text: &str| text.chars().skip(same.saturating_sub(150)).take(300).collect::<String>();
    format!("{}\n  {}", part(one), part(two))
}

impl Remedies {
    pub(super) async fn of(house: &House, answers: Vec<String>) -> Self {
        let conn = house.look.reader();
        let cases: Vec<_> = every_case(house).await.iter().map(|case| (shop(), case.id)).collect();
        let words = [Event::WORDS];
        let mut log = event::by_cases(&cases, &words).all(&conn).await.unwrap();
        log.sort_by_key(|one| one.seq);
        let mut seen = Self { answers, ..Self::default() };
        let mut suggested = BTreeSet::new();
        for one in &log {
            let (row, word) = (&one.row, one.row.event.word());
            let refused = matches!(&row.event, Event::ActionRefused { action, .. } if action == "offer");
            if word.starts_with("remedy.") || refused {
                let (at, by) = ((row.occurred_at.micros(), row.recorded_at.micros()), &row.actor);
                seen.events.push(format!("{at:?} {by:?} {} {:?}", row.cause, row.event));
                if let Some(id) = decision_of(&row.event) {
                    let made = decision::get(&conn, &shop(), &id).await.unwrap();
                    seen.decisions.push(format!("{made:?}"));
                }
            }
            if let Event::RemedySuggested { suggestion, .. } = &row.event {
                suggested.insert(suggestion.parse().unwrap());
            }
        }
        for id in suggested {
            let made = suggestion::get(&conn, &shop(), &id).await.unwrap();
            seen.suggestions.push(format!("{made:?}"));
        }
        let rows = remedy::of_cases(&conn, &cases).await.unwrap();
        seen.rows = rows.iter().map(|row| format!("{row:?}")).collect();
        seen.rows.sort();
        let mut names = Names::default();
        for part in [&mut seen.events, &mut seen.decisions, &mut seen.suggestions, &mut seen.rows] {
            part.iter_mut().for_each(|text| *text = names.replace(text));
        }
        seen.answers.iter_mut().for_each(|text| *text = names.replace(text));
        seen
    }

    /// The first thing in which two lives differ.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        let parts = [
            // What was decided by comes first: it says why the rest differs.
            ("suggestions", &self.suggestions, &other.suggestions),
            ("decisions", &self.decisions, &other.decisions),
            ("events", &self.events, &other.events),
            ("answers", &self.answers, &other.answers),
            ("remedies", &self.rows, &other.rows),
        ];
        parts.iter().find_map(|(name, one, two)| {
            let first = one.iter().zip(two.iter()).find(|(one, two)| one != two);
            match first {
                Some((one, two)) => Some(format!("{name}:\n  {}", around(one, two))),
                None if one.len() == two.len() => None,
                None => Some(format!("{name}: {} and {}", one.len(), two.len())),
            }
        })
    }
}
