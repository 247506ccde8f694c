//! How many days reviews take until they are reversed.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::count::Member;
use super::record::Seen;
use super::story::tell;
use super::{At, Record, Wrong, desk, review};

/// From the first observation, and from the first solution: those who were reversed, were gone, and stand.
const NAMES: [[&str; 3]; 2] = [
    ["observed reversed", "observed gone", "observed standing"],
    ["solved reversed", "solved gone", "solved standing"],
];

/// The negative reviews, with the days for which each was followed.
#[must_use]
pub fn members(record: &Record, now: At, wrong: Wrong) -> Vec<Member> {
    let zone = TimeZone::get(&record.zone).unwrap();
    let day = |at: At| zone.to_datetime(Timestamp::from_microsecond(at).unwrap()).date();
    let desk = desk::of(record);
    let mut members = review::members(record, Wrong::Nothing);
    for member in &mut members {
        let told: Vec<&Seen> = review::seen(record, &member.name);
        let story = tell(told, record.rules.threshold);
        let first = member.at;
        // Whoever rose once is reversed; else who is gone now left on the first day on which it was.
        let left = match (story.rose(), story.gone_since()) {
            (Some(at), _) => Some((0, at)),
            (None, Some(at)) if wrong != Wrong::TheGoneStand => Some((1, at)),
            _ => None,
        };
        let solved = desk.reviews.get(&member.name).and_then(|done| done.solved_first);
        let solved = solved.filter(|solved| left.is_none_or(|(_, at)| at >= *solved));
        member.counts.clear();
        for (names, entered) in NAMES.iter().zip([Some(first), solved.map(|at| at.max(first))]) {
            let Some(entered) = entered else { continue };
            let (what, until) = left.unwrap_or((2, now));
            let days = between(day(entered), day(until));
            member.lists.entry(names.get(what).unwrap()).or_default().push(days);
        }
    }
    members
}

fn between(from: Date, until: Date) -> i64 {
    i64::from(from.until(until).unwrap().get_days()).max(0)
}
