//! The worked examples of response and promises in `docs/metrics.md`.

use std::fmt::Write as _;

use amends_domain::event::Event;
use amends_domain::rate::Rate;
use amends_domain::response::{Course, End, LapKind};
use amends_domain::sla::record::Entry;
use amends_domain::statistics::histogram::Histogram;
use amends_domain::statistics::survey::{Nps, csat};
use amends_domain::zone::Zone;

use crate::page::kept;
use crate::response_make::{buyer, note, opened, person, reopened, robot, solved};
use crate::sla_make::{calendar, utc, weekdays};

fn shown(millis: i64) -> String {
    let minutes = millis / 60_000;
    let (days, hours, rest) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    let mut text = String::new();
    for (n, unit) in [(days, " d "), (hours, " h "), (rest, " min")] {
        if n > 0 {
            let _ = write!(text, "{n}{unit}");
        }
    }
    text.trim().to_owned()
}

/// What happened in the case of the example, with the words for it.
fn example() -> Vec<(&'static str, Option<Event>, &'static str)> {
    vec![
        ("2026-03-27T15:30:00Z", Some(opened(None)), "A case opens"),
        ("2026-03-27T15:30:00Z", Some(buyer()), "The buyer writes"),
        ("2026-03-27T15:31:00Z", Some(robot()), "A robot answers: no response"),
        ("2026-03-30T07:10:00Z", Some(note()), "An agent writes an internal note: no response"),
        ("2026-03-30T08:00:00Z", Some(person()), "The agent answers: first response"),
        ("2026-03-30T09:00:00Z", Some(buyer()), "The buyer writes again"),
        ("2026-03-30T11:15:00Z", Some(person()), "The agent answers: next response"),
        ("2026-03-30T11:20:00Z", Some(solved()), "Solved: agreement"),
        ("2026-03-31T10:00:00Z", Some(reopened()), "The buyer is not content, the case opens again"),
        ("2026-03-31T11:00:00Z", Some(solved()), "Solved again: resolution"),
    ]
}

#[test]
fn the_example_of_waiting_is_computed() {
    let (zone, hours) = (Zone::named("Europe/Berlin"), calendar(weekdays("Europe/Berlin", "9-17")));
    let mut text =
        "A shop in Berlin is at work Monday to Friday, 9 to 17 h. Clocks were put forward on Sunday, \
                    29 March 2026.\n\n| local time | what happens |\n|---|---|\n"
            .to_owned();
    let mut course = Course::default();
    for (at, event, words) in example() {
        let local: jiff::Timestamp = at.parse().unwrap();
        let local = local.in_tz("Europe/Berlin").unwrap().strftime("%a %d %b %H:%M").to_string();
        let _ = writeln!(text, "| {local} | {words} |");
        if let Some(event) = &event {
            course.take(Entry { event, occurred_at: utc(at), recorded_at: utc(at) });
        }
    }
    text.push_str("\n| figure | by the calendar | in hours of work | cohort day |\n|---|---|---|---|\n");
    let told = course.story();
    for kind in LapKind::ALL {
        let lap = told.laps.iter().find(|lap| lap.kind == *kind).unwrap();
        let End::At(at) = lap.end else { panic!("{kind} has no end") };
        let day = if *kind == LapKind::Next { lap.from } else { told.opened_at.unwrap() };
        let times = [at.since(lap.from), hours.elapsed(lap.from, at)].map(|t| shown(t.micros() / 1_000));
        let name = kind.as_str().to_lowercase().replace('_', " ");
        let _ = writeln!(text, "| {name} | {} | {} | {} |", times[0], times[1], zone.day(day));
    }
    let _ = writeln!(
        text,
        "\nThe case was opened again: it is one of the reopened and not one of the one-touch cases. Turns: {}.",
        told.turns
    );
    assert_eq!((told.turns, told.reopened), (2, true));
    kept("metrics.md", "waiting", &text);
}

#[test]
fn the_examples_of_quantiles_promises_and_answers_are_computed() {
    let took = [4, 7, 9, 12, 15, 22, 31, 45, 64, 180];
    let times = Histogram::of(took.iter().map(|minutes| minutes * 60_000));
    let seconds = |percent| times.quantile(percent).unwrap() as f64 / 1_000.0;
    let mut text = format!(
        "**Quantiles.** Ten first responses took {} minutes. The median is the 5th, {:.1} s for 900 s (off by \
         {:.2} %); p90 is the 9th, {:.1} s for 3,840 s.\n\n",
        took.map(|n| n.to_string()).join(", "),
        seconds(50),
        (seconds(50) / 900.0 - 1.0).abs() * 100.0,
        seconds(90),
    );
    assert!((seconds(50) / 900.0 - 1.0).abs() < 0.008 && (seconds(90) / 3_840.0 - 1.0).abs() < 0.008);
    let rate = Rate::of(18, 18 + 2);
    let (lower, upper) = rate.interval.unwrap();
    let _ = write!(
        text,
        "**Attainment.** Of 24 promises 18 were kept, 2 broken, 3 run, and 1 ended without a verdict: \
         18 / (18 + 2) = {:.1} % ({:.1}–{:.1}).\n\n",
        rate.value.unwrap() * 100.0,
        lower * 100.0,
        upper * 100.0,
    );
    let said = csat([1, 0, 1, 3, 5], 0).satisfied;
    let (lower, upper) = said.interval.unwrap();
    let nps = Nps::of([1, 0, 0, 0, 0, 0, 1, 1, 2, 3, 2]);
    let score = nps.estimate().unwrap();
    let _ = write!(
        text,
        "**CSAT.** Scores of 1, 3, 4, 4, 4, 5, 5, 5, 5, 5: 8 / 10 = {:.1} % ({:.1}–{:.1}).\n\n\
         **NPS.** {} promoters, {} passives and {} detractors: 5/10 − 2/10 = {:.2} ({:.2} to {:.2}).",
        said.value.unwrap() * 100.0,
        lower * 100.0,
        upper * 100.0,
        nps.promoters,
        nps.passives,
        nps.detractors,
        score.value,
        score.lower,
        score.upper,
    );
    kept("metrics.md", "answers", &text);
}
