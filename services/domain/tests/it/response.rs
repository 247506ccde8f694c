//! Response and handling: every definition where it could be taken otherwise.

use amends_domain::case::Outcome;
use amends_domain::event::Event;
use amends_domain::response::{Course, LapKind, of_answer, of_case, of_instances, told};
use amends_domain::rollup::{Facet, Facets};
use amends_domain::signal::SurveyKind;
use amends_domain::sla::record::Entry;
use amends_domain::sla::{Calendar, Hours, Metric, Phase, Promise, Row, Standing};
use amends_domain::statistics::histogram::Bucket;
use amends_domain::tally::Measure;
use amends_domain::zone::Zone;
use amends_domain::{Span, Time};

use crate::make::agent;
use crate::response_make::{
    buyer, closed, course, judged, laps, merged, minutes, note, opened, person, reopened, robot, solved,
    story,
};
use crate::sla_make::{calendar, utc, weekdays};

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
fn an_old_word_that_brings_a_solved_case_back_brings_it_back_when_it_is_heard() {
    let woken = Event::CaseWoken { cause: "MESSAGE".to_owned() };
    for (event, is_open) in [(woken, true), (reopened(), true), (merged(), false)] {
        let mut course = course(&[(0, opened(None)), (0, buyer()), (5, person()), (10, solved())]);
        for event in [&event, &buyer()] {
            course.take(Entry { event, occurred_at: minutes(8), recorded_at: minutes(15) });
        }
        let story = course.story();
        assert_eq!((story.is_open(), story.reopened), (is_open, is_open), "{event:?}");
        assert_eq!(laps(&story, LapKind::Next).first().map(|(from, _)| *from), Some(8), "words stay");
    }
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

#[test]
fn what_no_course_is_stored_as_is_refused() {
    for wrong in ["z1", "q1", "o", "o1:2", "j1:CSAT:5", "j1:WHAT:5:1", "ö1"] {
        assert!(wrong.parse::<Course>().is_err(), "{wrong}");
    }
    assert_eq!("".parse::<Course>(), Ok(Course::default()));
}
