//! What buyers answered to surveys.

use std::collections::BTreeMap;

use super::count::Member;
use super::told::What;
use super::{Entry, Record, Wrong, case};

const SCORES: [&str; 5] = ["csat 1", "csat 2", "csat 3", "csat 4", "csat 5"];

/// Each answer, and each survey that was due.
#[must_use]
pub fn members(record: &Record, wrong: Wrong) -> Vec<Member> {
    let mut members = Vec::new();
    let of = |case: Option<&String>| case.map(|case| case::values(record, case)).unwrap_or_default();
    let mut solved: BTreeMap<&str, u32> = BTreeMap::new();
    let (mut told, mut judged): (Vec<&str>, Vec<(String, u32)>) = (Vec::new(), Vec::new());
    for entry in &record.entries {
        match entry {
            Entry::Told(line) if matches!(line.what, What::Solved { .. }) => {
                *solved.entry(&line.case).or_default() += 1;
            }
            Entry::Answer { survey, at, case, recommends, score, solution } => {
                // An answer counts once, however often it is told.
                if wrong != Wrong::AnswersCountTwice && told.contains(&survey.as_str()) {
                    continue;
                }
                told.push(survey);
                if let Some(case) = case.as_ref().filter(|_| !recommends) {
                    let latest = solved.get(case.as_str()).copied().unwrap_or(0);
                    judged.push((case.clone(), solution.unwrap_or(latest)));
                }
                let what = match (recommends, score) {
                    (false, score) => SCORES.get(usize::from(*score) - 1).unwrap(),
                    (true, 9..) => "promoters",
                    (true, 7..) => "passives",
                    (true, _) => "detractors",
                };
                let counts = BTreeMap::from([(what, 1)]);
                let values = of(case.as_ref());
                members.push(Member { name: survey.clone(), at: *at, values, counts, ..Member::default() });
            }
            _ => {}
        }
    }
    let mut number: BTreeMap<&str, u32> = BTreeMap::new();
    for (at, entry) in record.entries.iter().enumerate() {
        let Entry::Told(line) = entry else { continue };
        let What::Solved { outcome } = &line.what else { continue };
        let n = number.entry(&line.case).or_default();
        *n += 1;
        // Whoever never answered is not asked what they think of that, and neither is whoever was forgotten.
        if outcome == "NO_ANSWER" || outcome == "NOT_A_CASE" || is_of_nobody(record, at, &line.case) {
            continue;
        }
        let is_answered = judged.contains(&(line.case.clone(), *n));
        let counts = BTreeMap::from([("due", 1), ("answered", i64::from(is_answered))]);
        let (name, values) = (format!("{} solved {n}", line.case), of(Some(&line.case)));
        members.push(Member { name, at: line.at(), values, counts, ..Member::default() });
    }
    members
}

/// Whether the buyer of a case was forgotten before this entry. Whose it was is known to the log alone, which
/// is believed once somebody was forgotten, and not before.
fn is_of_nobody(record: &Record, place: usize, case: &str) -> bool {
    let (before, after) = record.entries.split_at(place);
    let mut next = after.iter().skip(1).filter_map(|entry| match entry {
        Entry::Told(line) if line.case == case => Some(&line.what),
        _ => None,
    });
    before.contains(&Entry::Forgot) && next.next() != Some(&What::SurveyDue)
}
