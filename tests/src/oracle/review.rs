//! What a negative review counts for.

use std::collections::BTreeMap;

use super::count::Member;
use super::record::{Removed, Seen, Window};
use super::story::{Step, Story, tell};
use super::{At, DAY, Entry, Record, Wrong, desk, line};

/// The negative reviews of a shop.
#[must_use]
pub fn members(record: &Record, wrong: Wrong) -> Vec<Member> {
    let desk = desk::by(record, wrong);
    let mut all: BTreeMap<&str, Vec<&Seen>> = BTreeMap::new();
    for entry in &record.entries {
        if let Entry::Review(seen) = entry {
            all.entry(&seen.review).or_default().push(seen);
        }
    }
    let mut members = Vec::new();
    for (name, told) in all {
        let story = tell(told.clone(), record.rules.threshold);
        let Some(at) = story.first_at.filter(|_| story.first <= record.rules.threshold) else { continue };
        let done = desk.reviews.get(name).cloned().unwrap_or_default();
        let place = line::place(record, &told);
        let known = done.case.as_ref().and_then(|case| desk.cases.get(case)).cloned().unwrap_or_default();
        let values = BTreeMap::from([
            ("SKU", place.sku.clone()),
            ("STAR", story.first.to_string()),
            ("AGENT", known.agent),
            ("REMEDY_KIND", known.kind),
            ("REASON", known.reason),
            ("LANGUAGE", language(&told, known.language)),
        ]);
        let counts = counts(record, &story, &done, place.delivered, wrong);
        // Who was seen first and got it later can edit for longer than the days of the cohort tell.
        let late = place.delivered.filter(|delivered| *delivered > at);
        let open_until = late.and_then(|_| window_end(record, &story, place.delivered));
        members.push(Member {
            name: name.to_owned(),
            at,
            values,
            counts,
            open_until: open_until.filter(|_| matches!(record.rules.window, Window::FromDelivery(_))),
            ..Member::default()
        });
    }
    members
}

/// The observations of one review.
#[must_use]
pub fn seen<'a>(record: &'a Record, name: &str) -> Vec<&'a Seen> {
    let of = |entry: &'a Entry| match entry {
        Entry::Review(seen) if seen.review == name => Some(seen),
        _ => None,
    };
    record.entries.iter().filter_map(of).collect()
}

/// When the buyer can no longer edit; none for never at all.
fn window_end(record: &Record, story: &Story, delivered: Option<At>) -> Option<At> {
    match record.rules.window {
        Window::Never => None,
        Window::Always => Some(At::MAX),
        Window::FromFirst(days) => Some(story.written + days * DAY),
        Window::FromDelivery(days) => Some(delivered.unwrap_or(story.written) + days * DAY),
    }
}

fn counts(
    record: &Record,
    story: &Story,
    done: &desk::Done,
    delivered: Option<At>,
    wrong: Wrong,
) -> BTreeMap<&'static str, i64> {
    let first = story.first_at.unwrap_or(0);
    let end = window_end(record, story, delivered);
    let eligible = end.is_some_and(|end| end > first + DAY);
    let fell = story.fell_back() && wrong != Wrong::FellBackIsReversed;
    let removed = wrong == Wrong::RemovedIsReversed && !story.visible;
    let rose = story.rose().filter(|_| !fell).or(removed.then_some(first));
    let after = |since: Option<At>| rose.zip(since).is_some_and(|(rose, since)| rose > since);
    let acted = after(done.acted);
    let last = done.acted.map(|at| end.unwrap_or(At::MAX).min(at + 90 * DAY));
    let recovered = acted && rose <= last;
    let mut counts = BTreeMap::from([("negative", 1), ("stars", story.now - story.first)]);
    let mut count = |holds: bool, name| *counts.entry(name).or_insert(0) += i64::from(holds);
    count(eligible, "eligible");
    count(done.reached.is_some(), "contacted");
    count(done.solved.is_some(), "solved");
    count(done.asked.is_some(), "asked");
    count(rose.is_some(), "reversed");
    count(recovered, "recovered");
    count(eligible && rose.is_some(), "eligible_reversed");
    count(after(done.reached), "contacted_reversed");
    count(done.solved.is_some() && rose.is_some(), "solved_reversed");
    count(after(done.asked), "asked_reversed");
    count(rose.is_some() && !acted, "natural_reversed");
    count(true, if rose.is_some() { "ended_reversed" } else { end_of(story, fell) });
    counts
}

/// Where the way ended, if it did not end above the threshold.
fn end_of(story: &Story, fell: bool) -> &'static str {
    if fell {
        return "re_reversed";
    }
    if !story.visible {
        return match story.gone() {
            Some(Removed::Buyer) => "removed_by_buyer",
            Some(Removed::Platform) => "removed_by_platform",
            None => "vanished",
        };
    }
    if story.now > story.first {
        "improved"
    } else if story.now < story.first {
        "worsened"
    } else if story.had(Step::Words) {
        "text_only"
    } else if story.had(Step::Addition) {
        "follow_up_added"
    } else {
        "unchanged"
    }
}

/// As its latest own words tell or show it, else as its case does.
fn language(told: &[&Seen], of_case: String) -> String {
    let own = told.iter().filter(|seen| seen.visible && !seen.follow_up);
    let latest = own.max_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    latest.map(|seen| seen.language.clone()).filter(|language| !language.is_empty()).unwrap_or(of_case)
}
