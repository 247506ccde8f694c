//! Response and handling: every definition where it could be taken otherwise, and the worked examples of
//! `docs/metrics.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use amends_domain::case::{CaseKind, Outcome};
use amends_domain::detection::Reason;
use amends_domain::event::Event;
use amends_domain::response::{Course, End, Lap, LapKind, Story, of_answer, of_case, of_instances, told};
use amends_domain::rollup::{About, Facet, Facets};
use amends_domain::signal::{Author, Direction, SurveyKind};
use amends_domain::sla::record::Entry;
use amends_domain::sla::{Calendar, Hours, Metric, Phase, Promise, Row, Standing};
use amends_domain::statistics::histogram::{Bucket, Histogram};
use amends_domain::statistics::survey::{Nps, csat};
use amends_domain::subject::Subject;
use amends_domain::tally::{Counted, Measure};
use amends_domain::zone::Zone;
use amends_domain::{CaseId, MessageId, Span, Time};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::make::{agent, order};
use crate::page::kept;
use crate::sla_make::{calendar, utc, weekdays};

fn opened(waiting_since: Option<Time>) -> Event {
    Event::CaseOpened {
        kind: CaseKind::Return,
        subject: Subject::Order { order: order() },
        reason: Reason::Late,
        follow_up_of: None,
        priority: Some(50),
        waiting_since,
    }
}

fn seen(direction: Direction, author: Author) -> Event {
    Event::MessageSeen { message: MessageId::new("m").unwrap(), direction, author }
}

fn buyer() -> Event {
    seen(Direction::FromBuyer, Author::Human)
}

fn person() -> Event {
    seen(Direction::ToBuyer, Author::Human)
}

fn robot() -> Event {
    seen(Direction::ToBuyer, Author::Bot)
}

fn note() -> Event {
    Event::NoteAdded { agent: agent("ann"), text_id: "n".to_owned() }
}

fn solved() -> Event {
    Event::CaseSolved { outcome: Outcome::Other, close_at: Time::MIN }
}

fn reopened() -> Event {
    Event::CaseReopened { reopen_count: 1, cause: "BUYER".to_owned() }
}

fn closed() -> Event {
    Event::CaseClosed { outcome: Outcome::Other }
}

fn merged() -> Event {
    Event::CaseMerged { into: CaseId::from_bits(2) }
}

fn judged(score: u8, solution: u32) -> Event {
    Event::SurveyAnswered { score, asked: "CSAT".to_owned(), solution: Some(solution) }
}

const START: &str = "2026-03-02T08:00:00Z";

fn minutes(after: i64) -> Time {
    utc(START) + Span::from_minutes(after)
}

/// A course of things that were heard of as they happened, so many minutes after the start.
fn course(events: &[(i64, Event)]) -> Course {
    Course::of(events.iter().map(|(after, event)| {
        let at = minutes(*after);
        Entry { event, occurred_at: at, recorded_at: at }
    }))
}

fn story(events: &[(i64, Event)]) -> Story {
    course(events).story()
}

/// The waits of one kind: from, and how long, `None` while it is waited for, −1 without.
fn laps(story: &Story, kind: LapKind) -> Vec<(i64, Option<i64>)> {
    let of = |lap: &Lap| {
        let from = lap.from.since(minutes(0)).micros() / 60_000_000;
        let took = match lap.end {
            End::At(at) => Some(at.since(lap.from).micros() / 60_000_000),
            End::Waiting => None,
            End::Without => Some(-1),
        };
        (from, took)
    };
    story.laps.iter().filter(|lap| lap.kind == kind).map(of).collect()
}

#[test]
fn a_reply_of_a_machine_and_an_internal_note_are_no_response() {
    let story = story(&[(0, opened(None)), (1, buyer()), (2, robot()), (5, note()), (31, person())]);
    assert_eq!(laps(&story, LapKind::First), [(1, Some(30))]);
    assert_eq!(laps(&story, LapKind::Next), []);
}

#[test]
fn a_contact_is_a_response_if_it_reached_the_buyer() {
    let contact =
        |reached| Event::ContactRecorded { agent: agent("ann"), means: "PHONE".to_owned(), reached };
    let story = story(&[(0, opened(None)), (0, buyer()), (10, contact(false)), (20, contact(true))]);
    assert_eq!(laps(&story, LapKind::First), [(0, Some(20))]);
}

#[test]
fn a_second_word_of_the_buyer_does_not_begin_the_wait_anew() {
    let talk = [(0, opened(None)), (0, buyer()), (5, buyer()), (9, person()), (20, buyer()), (25, buyer())];
    let mut events = talk.to_vec();
    assert_eq!(laps(&story(&events), LapKind::First), [(0, Some(9))]);
    assert_eq!(laps(&story(&events), LapKind::Next), [(20, None)], "waiting, and never dropped");
    events.push((50, person()));
    assert_eq!(laps(&story(&events), LapKind::Next), [(20, Some(30))]);
}

#[test]
fn the_word_that_opened_a_case_counts_from_when_it_was_written() {
    let story = story(&[(60, opened(Some(minutes(0)))), (90, person())]);
    assert_eq!(laps(&story, LapKind::First), [(0, Some(90))]);
    assert_eq!(story.opened_at, Some(minutes(60)));
}

#[test]
fn who_was_written_to_first_owes_no_first_response() {
    let story = story(&[(0, opened(None)), (10, person()), (30, buyer()), (40, person())]);
    assert_eq!(laps(&story, LapKind::First), []);
    assert_eq!(laps(&story, LapKind::Next), [(30, Some(10))]);
    assert_eq!(story.turns, 2);
}

#[test]
fn solving_is_no_reply_and_reopening_waits_again() {
    let mut events = vec![(0, opened(None)), (0, buyer()), (10, solved())];
    assert_eq!(laps(&story(&events), LapKind::First), [(0, Some(-1))]);
    assert_eq!(laps(&story(&events), LapKind::Resolution), [(0, Some(10))]);
    events.push((20, reopened()));
    assert_eq!(laps(&story(&events), LapKind::First), [(0, None)]);
    assert_eq!(laps(&story(&events), LapKind::Resolution), [(0, None)]);
    assert_eq!(laps(&story(&events), LapKind::Agreement), [(0, Some(10))], "that was agreed");
    events.extend([(30, person()), (40, solved()), (50, closed())]);
    let told = story(&events);
    assert_eq!(laps(&told, LapKind::First), [(0, Some(30))]);
    assert_eq!(laps(&told, LapKind::Resolution), [(0, Some(40))], "until the latest solution");
    assert!(told.reopened && told.closed && !told.is_one_touch());
}

#[test]
fn a_pause_that_is_over_is_no_reopening_and_a_solved_case_that_comes_back_is() {
    let woken = || Event::CaseWoken { cause: "MESSAGE".to_owned() };
    assert!(!story(&[(0, opened(None)), (5, woken()), (9, solved())]).reopened);
    assert!(story(&[(0, opened(None)), (5, solved()), (9, woken())]).is_open());
}

#[test]
fn a_merged_case_keeps_what_was_answered_and_waits_for_nothing() {
    let talk = [(0, opened(None)), (0, buyer()), (9, person()), (20, buyer()), (25, merged())];
    let story = story(&talk);
    assert_eq!(laps(&story, LapKind::First), [(0, Some(9))]);
    for kind in [LapKind::Next, LapKind::Agreement, LapKind::Resolution] {
        assert!(laps(&story, kind).iter().all(|(_, took)| *took == Some(-1)), "{kind}");
    }
    assert!(!story.is_open() && !story.is_one_touch());
}

#[test]
fn one_touch_is_one_turn_whatever_number_of_messages_it_took() {
    let mut events = vec![(0, opened(None)), (0, buyer()), (5, person()), (6, person()), (9, solved())];
    assert!(story(&events).is_one_touch());
    events.extend([(20, buyer()), (21, person())]);
    assert!(!story(&events).is_one_touch(), "a second turn");
    assert!(story(&[(0, opened(None)), (9, solved())]).is_one_touch(), "none at all");
    assert!(!story(&[(0, opened(None)), (0, buyer()), (5, person())]).is_one_touch(), "not solved");
}

#[test]
fn hours_of_work_leave_out_the_weekend_and_a_changed_clock_counts_real_hours() {
    let berlin = Zone::named("Europe/Berlin");
    let hours = calendar(weekdays("Europe/Berlin", "9-17"));
    let took = |from: &str, to: &str| {
        let entry = |event, at| Entry { event, occurred_at: utc(at), recorded_at: utc(at) };
        let (first, asked, reply) = (opened(None), buyer(), person());
        let course = Course::of([entry(&first, from), entry(&asked, from), entry(&reply, to)]);
        let counted = of_case(&course, &Facets::default(), &berlin, &hours);
        [Measure::FirstCalendar, Measure::FirstBusiness].map(|measure| {
            let mine = counted.iter().find(|one| one.counts.iter().any(|(_, m, _)| *m == measure)).unwrap();
            mine.facets.value(Facet::Length).parse().ok().and_then(Bucket::numbered).unwrap()
        })
    };
    let hours_of = |n: i64| Bucket::of(n * 3_600_000);
    // Friday 16:00 to Monday 10:00, in winter time.
    assert_eq!(took("2026-03-06T15:00:00Z", "2026-03-09T09:00:00Z"), [hours_of(66), hours_of(2)]);
    // Friday 16:00 to Monday 10:00 over the night of 28 to 29 March, which lost an hour.
    assert_eq!(took("2026-03-27T15:00:00Z", "2026-03-30T08:00:00Z"), [hours_of(65), hours_of(2)]);
}

#[test]
fn cases_count_on_the_day_of_the_shop_and_later_answers_on_that_of_the_message() {
    let zone = Zone::named("Asia/Tokyo");
    let talk = [(0, opened(None)), (0, buyer()), (9, person()), (1_000, buyer()), (1_010, person())];
    let counted = of_case(&course(&talk), &Facets::default(), &zone, &Calendar::always());
    let days: Vec<_> = counted.iter().flat_map(|one| &one.counts).collect();
    let day = |measure| days.iter().find(|(_, m, _)| *m == measure).unwrap().0.to_string();
    assert_eq!(day(Measure::CasesOpened), "2026-03-02");
    assert_eq!(day(Measure::FirstGiven), "2026-03-02");
    assert_eq!(day(Measure::NextGiven), "2026-03-03", "09:40 in Tokyo");
}

#[test]
fn a_solution_is_judged_by_its_number() {
    let due = |solution| Event::SatisfactionDue { solution, outcome: Outcome::Other, order: None };
    let first = [(0, opened(None)), (9, solved()), (9, due(1)), (10, reopened()), (19, solved())];
    let mut events = first.to_vec();
    events.extend([(19, due(2)), (30, judged(5, 1))]);
    let told = story(&events);
    assert_eq!(told.asked, [(minutes(9), true), (minutes(19), false)]);
    assert_eq!(told.answers, [(minutes(30), SurveyKind::Csat, 5)]);
    assert_eq!(of_answer((minutes(0), SurveyKind::Nps, 11), &Zone::named("UTC")), None);
    assert_eq!(of_answer((minutes(0), SurveyKind::Csat, 0), &Zone::named("UTC")), None);
}

fn row(phase: Phase, breached_at: Option<Time>) -> Row {
    Row {
        metric: Metric::Resolution,
        number: 1,
        started_at: minutes(0),
        promise: Some(Promise {
            span: Span::from_hours(4),
            hours: Hours::Always,
            effective_from: Time::MIN,
            target: 0,
        }),
        consumed: Span::from_minutes(20),
        phase,
        warned_at: None,
        breached_at,
    }
}

fn counts(row: &Row) -> Vec<(Measure, i64)> {
    let (zone, facets) = (Zone::named("UTC"), Facets::default());
    let counted = of_instances([row], (&facets, 57), &zone, &Calendar::always());
    let [one] = counted.as_slice() else { return Vec::new() };
    assert_eq!(one.facets.value(Facet::Target), "4h ALWAYS");
    assert_eq!(one.facets.value(Facet::Priority), "50-59");
    one.counts.iter().map(|(_, measure, n)| (*measure, *n)).collect()
}

#[test]
fn a_promise_is_kept_broken_running_or_withdrawn_and_what_was_broken_stays_so() {
    let at = minutes(30);
    let paused = (Measure::SolutionPaused, 600_000);
    assert_eq!(counts(&row(Phase::Stopped { at }, None)), [(Measure::SolutionMet, 1), paused]);
    assert_eq!(counts(&row(Phase::Cancelled { at }, None)), [(Measure::SolutionWithdrawn, 1), paused]);
    for (phase, rest) in [(Phase::Stopped { at }, 1), (Phase::Cancelled { at }, 1)] {
        let told = counts(&row(phase, Some(at)));
        assert_eq!((told[0], told.len()), ((Measure::SolutionMissed, 1), 1 + rest));
    }
    assert_eq!(counts(&row(Phase::Running { since: at }, Some(at))), [(Measure::SolutionMissed, 1)]);
    assert_eq!(counts(&row(Phase::Running { since: at }, None)), [(Measure::SolutionRunning, 1)]);
    let waiting = Phase::Paused { since: at, by: Standing::WaitingBuyer };
    assert_eq!(counts(&row(waiting, None)), [(Measure::SolutionRunning, 1)]);
    assert!(counts(&Row { promise: None, ..row(Phase::Stopped { at }, None) }).is_empty());
}

#[test]
fn a_promise_is_told_in_the_largest_unit_that_is_whole() {
    let of = |secs| {
        let span = Span::from_secs(secs);
        told(&Promise { span, hours: Hours::Business, effective_from: Time::MIN, target: 3 })
    };
    let said = [60, 90, 5_400, 86_400, 604_800].map(of);
    assert_eq!(said, ["1min BUSINESS", "90s BUSINESS", "90min BUSINESS", "1d BUSINESS", "7d BUSINESS"]);
}

fn some_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => Just(buyer()),
        4 => Just(person()),
        1 => Just(robot()),
        1 => Just(note()),
        2 => Just(solved()),
        1 => Just(reopened()),
        1 => Just(closed()),
        1 => (1_u8..=5, 1_u32..=3).prop_map(|(score, solution)| judged(score, solution)),
    ]
}

/// All that courses add, as sums.
fn sums(counted: &[Counted]) -> BTreeMap<(String, Measure), i64> {
    let mut sums = BTreeMap::new();
    for one in counted {
        for (day, measure, n) in &one.counts {
            let key = format!("{day} {} {}", one.facets.value(Facet::Length), one.facets.value(Facet::Agent));
            *sums.entry((key, *measure)).or_default() += n;
        }
    }
    sums.retain(|_, n| *n != 0);
    sums
}

/// First and later waits by plain loops over messages in order.
fn plainly(mut talk: Vec<(i64, bool)>) -> Vec<(bool, i64, Option<i64>)> {
    talk.sort_by_key(|(at, _)| *at);
    let (mut answered, mut waits) = (false, Vec::new());
    for i in 0..talk.len() {
        let (from, is_buyer) = talk[i];
        let is_first_word = i == 0 || !talk[i - 1].1;
        if is_buyer && is_first_word {
            let reply = talk[i..].iter().find(|(_, is_buyer)| !is_buyer);
            waits.push((answered, from, reply.map(|(at, _)| at - from)));
        }
        answered |= !is_buyer;
    }
    waits
}

proptest! {
    #[test]
    fn whenever_a_word_is_heard_of_it_counts_when_it_was_said(
        talk in vec((1_i64..5_000, any::<bool>()), 0..12), order in any::<u64>(),
    ) {
        let mut talk = talk;
        talk.sort();
        talk.dedup_by_key(|(at, _)| *at);
        let mut heard: Vec<(i64, Event)> =
            talk.iter().map(|(at, is_buyer)| (*at, if *is_buyer { buyer() } else { person() })).collect();
        heard.push((0, opened(None)));
        // Some order other than that of time.
        heard.sort_by_key(|(at, _)| (*at as u64).wrapping_mul(order | 1));
        let late = minutes(10_000);
        let course = Course::of(
            heard.iter().map(|(at, event)| Entry { event, occurred_at: minutes(*at), recorded_at: late }),
        );
        let story = course.story();
        let waits = plainly(talk);
        for (kind, later) in [(LapKind::First, false), (LapKind::Next, true)] {
            let mine: Vec<_> =
                waits.iter().filter(|wait| wait.0 == later).map(|(_, from, took)| (*from, *took)).collect();
            prop_assert_eq!(laps(&story, kind), mine);
        }
    }

    #[test]
    fn differences_step_by_step_add_up_to_the_whole(
        events in vec((0_i64..9_000, some_event()), 0..30), known_after in 0_usize..30,
    ) {
        let (zone, hours) = (Zone::named("Europe/Berlin"), calendar(weekdays("Europe/Berlin", "9-17")));
        let ann = About { agent: Some(agent("ann")), ..About::default() };
        let (nobody, ann) = (Facets::default(), Facets::new(None, &ann, None));
        let mut course = course(&[(0, opened(None))]);
        let (mut added, mut before) = (Vec::new(), of_case(&course, &nobody, &zone, &hours));
        added.extend(before.clone());
        for (n, (at, event)) in events.iter().enumerate() {
            course.take(Entry { event, occurred_at: minutes(*at), recorded_at: minutes(9_000) });
            let facets = if n < known_after { &nobody } else { &ann };
            let after = of_case(&course, facets, &zone, &hours);
            for one in &before {
                let counts = one.counts.iter().map(|(day, measure, n)| (*day, *measure, -n)).collect();
                added.push(Counted { facets: one.facets.clone(), counts });
            }
            added.extend(after.clone());
            before = after;
        }
        let stored: Course = course.to_string().parse().unwrap();
        prop_assert_eq!(&stored, &course);
        let last = if events.len() > known_after { &ann } else { &nobody };
        prop_assert_eq!(sums(&added), sums(&of_case(&stored, last, &zone, &hours)));
    }
}

#[test]
fn what_no_course_is_stored_as_is_refused() {
    for wrong in ["z1", "q1", "o", "o1:2", "j1:CSAT:5", "j1:WHAT:5:1", "ö1"] {
        assert!(wrong.parse::<Course>().is_err(), "{wrong}");
    }
    assert_eq!("".parse::<Course>(), Ok(Course::default()));
}

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
    let rate = amends_domain::rate::Rate::of(18, 18 + 2);
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
