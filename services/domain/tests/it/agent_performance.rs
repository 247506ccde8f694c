//! What agents do with their time: exact over midnight, nights in which clocks change, and what has no end.

use std::fmt::Write as _;

use amends_domain::agent::Leaving;
use amends_domain::agent_performance::{
    AgentSpan, Entry, Figures, Frame, Intervals, Log, Made, Mark, MarkKind, SpanKind, figures,
};
use amends_domain::case::Outcome;
use amends_domain::event::{Actor, ActorKind, Event};
use amends_domain::zone::Zone;
use amends_domain::{AgentId, CaseId, Day, EventId, MessageId, ReplyId, ShopId, Span, Time};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::make::agent;
use crate::page::kept;
use crate::sla_make::utc;

fn shop() -> ShopId {
    ShopId::new("main").unwrap()
}

fn span(kind: SpanKind, who: &str, subject: &str, (from, until): (Time, Option<Time>)) -> AgentSpan {
    AgentSpan {
        shop: shop(),
        kind,
        subject: subject.to_owned(),
        number: from.micros(),
        agent: agent(who),
        started_at: from,
        ended_at: until,
    }
}

fn mark(number: u128, kind: MarkKind, who: &str, at: Time, value: i64) -> Mark {
    let (event, case) = (EventId::from_bits(number), CaseId::from_bits(1));
    Mark { shop: shop(), event, kind, agent: Some(agent(who)), case, at, value, solution: None }
}

/// Days of a zone, each a piece of its own, and all of them as the last piece.
fn frame(zone: &str, first: &str, count: usize, as_of: Time) -> Frame {
    let zone = Zone::named(zone);
    let first = utc(first).day().number();
    let cuts: Vec<Time> =
        (0..=i32::try_from(count).unwrap()).map(|n| zone.start(Day::from_number(first + n))).collect();
    let pieces = (0..count).map(|n| (n, n + 1)).chain([(0, count)]).collect();
    Frame { cuts, pieces, as_of }
}

fn told(spans: &[AgentSpan], marks: &[(Mark, bool)], frame: &Frame) -> Vec<Vec<Figures>> {
    figures(spans, marks, frame, |_| true)
}

fn hours(span: Span) -> f64 {
    span.as_secs_f64() / 3_600.0
}

#[test]
fn a_night_in_which_clocks_change_has_the_hours_it_has() {
    let night =
        |from: &str, until: &str| vec![span(SpanKind::Present, "mia", "mia", (utc(from), Some(utc(until))))];
    // Saturday 22:00 to Sunday 08:00 by the clock of Berlin: 9 hours in spring, 11 in autumn.
    for (from, until, first, of_days) in [
        ("2026-03-28T21:00:00Z", "2026-03-29T06:00:00Z", "2026-03-28T00:00:00Z", [2.0, 7.0, 9.0]),
        ("2026-10-24T20:00:00Z", "2026-10-25T07:00:00Z", "2026-10-24T00:00:00Z", [2.0, 9.0, 11.0]),
    ] {
        let frame = frame("Europe/Berlin", first, 2, utc("2026-12-01T00:00:00Z"));
        let rows = told(&night(from, until), &[], &frame);
        let present: Vec<f64> = rows.iter().map(|rows| hours(rows[0].present)).collect();
        assert_eq!(present, of_days);
        assert!(rows.iter().all(|rows| rows.len() == 2 && rows[1].agent == Some(agent("mia"))));
    }
}

#[test]
fn what_has_no_end_is_counted_up_to_now_and_what_lies_ahead_not_at_all() {
    let from = utc("2026-03-02T08:00:00Z");
    let spans = [
        span(SpanKind::Present, "mia", "mia", (from, None)),
        span(
            SpanKind::Holding,
            "mia",
            "case",
            (from + Span::from_hours(1), Some(utc("2026-03-09T00:00:00Z"))),
        ),
    ];
    let frame = frame("UTC", "2026-03-02T00:00:00Z", 2, utc("2026-03-02T12:00:00Z"));
    let rows = told(&spans, &[], &frame);
    let all = &rows[2][0];
    assert_eq!((hours(all.present), hours(all.working), hours(all.idle())), (4.0, 3.0, 1.0));
    assert_eq!(rows[1].len(), 1, "nothing of the day after is known");
}

#[test]
fn what_is_held_while_away_or_gone_is_held_and_no_work() {
    let at = |hour: i64| utc("2026-03-02T00:00:00Z") + Span::from_hours(hour);
    let spans = [
        span(SpanKind::Present, "mia", "mia", (at(8), Some(at(10)))),
        span(SpanKind::Away, "mia", "mia", (at(10), Some(at(11)))),
        span(SpanKind::Holding, "mia", "a", (at(9), Some(at(13)))),
        span(SpanKind::Holding, "mia", "b", (at(9), Some(at(12)))),
    ];
    let rows = told(&spans, &[], &frame("UTC", "2026-03-02T00:00:00Z", 1, at(20)));
    let mine = &rows[0][1];
    let told = [mine.present, mine.away, mine.working, mine.holding, mine.case_time].map(hours);
    assert_eq!(told, [2.0, 1.0, 1.0, 4.0, 7.0]);
    assert_eq!((mine.cases_held, mine.per_case().map(hours)), (2, Some(3.5)));
    assert_eq!(mine.occupancy.value, Some(0.5));
}

#[test]
fn only_who_is_asked_for_is_part_of_the_sum() {
    let at = |hour: i64| utc("2026-03-02T00:00:00Z") + Span::from_hours(hour);
    let spans = ["mia", "tom"].map(|who| span(SpanKind::Present, who, who, (at(8), Some(at(10)))));
    let marks = ["mia", "tom"].map(|who| (mark(1, MarkKind::Solved, who, at(9), 0), false));
    let frame = frame("UTC", "2026-03-02T00:00:00Z", 1, at(20));
    let tom = figures(&spans, &marks, &frame, |one| *one == agent("tom"));
    assert_eq!((tom[0].len(), hours(tom[0][0].present), tom[0][0].solved), (2, 2.0, 1));
    assert_eq!(hours(told(&spans, &marks, &frame)[0][0].present), 4.0, "hours of people, not of the clock");
}

/// What happened, by whom, and to which case.
fn log(entries: &[(i64, Option<u128>, Event)]) -> Made {
    let mut log = Log::default();
    take(&mut log, entries);
    log.made()
}

fn take(log: &mut Log, entries: &[(i64, Option<u128>, Event)]) {
    let actor = Actor { kind: ActorKind::Agent, name: "mia".to_owned() };
    for (n, (at, case, event)) in entries.iter().enumerate() {
        let case = case.map(CaseId::from_bits);
        let id = EventId::from_bits(u128::try_from(n).unwrap());
        let at = Time::from_secs(*at);
        log.take(&Entry { shop: &shop(), id, case, event, actor: &actor, at, recorded_at: at });
    }
}

fn claimed(who: &str, fence: i64) -> Event {
    Event::CaseClaimed { agent: agent(who), fence }
}

fn expired(who: &str, at: i64) -> Event {
    let ended_at = Some(Time::from_secs(at));
    Event::LeaseExpired { agent: agent(who), abandon_count: 1, cause: None, ended_at }
}

#[test]
fn a_lease_and_a_presence_end_when_they_ran_out() {
    let available = Event::AgentAvailable { agent: agent("mia"), until: Time::from_secs(90) };
    let ended_at = Some(Time::from_secs(90));
    let gone = Event::AgentOffline { agent: agent("mia"), cause: Leaving::Expired, ended_at };
    let made = log(&[
        (10, None, available),
        (20, Some(1), claimed("mia", 1)),
        (70, Some(1), expired("mia", 50)),
        (95, None, gone),
    ]);
    let ends: Vec<_> = made.spans.iter().map(|one| one.ended_at.map(|at| at.micros() / 1_000_000)).collect();
    assert_eq!(ends, [Some(90), Some(50)]);
    assert_eq!(made.marks.len(), 1);
    let ended: Vec<_> = made.ends.iter().map(|(_, kind, ..)| *kind).collect();
    assert_eq!(ended, [SpanKind::Present, SpanKind::Away], "what they were before, if anything");
}

#[test]
fn a_part_of_the_log_says_what_of_before_it_ends() {
    let made = log(&[
        (30, Some(1), expired("mia", 25)),
        (30, Some(1), claimed("tom", 2)),
        (40, Some(1), Event::CaseSolved { outcome: Outcome::NoAnswer, close_at: Time::from_secs(99) }),
        (50, Some(1), Event::CaseMerged { into: CaseId::from_bits(2) }),
    ]);
    let case = CaseId::from_bits(1).to_string();
    assert_eq!(made.ends, [(shop(), SpanKind::Holding, case, Time::from_secs(25))]);
    assert_eq!(made.spans.len(), 1, "what began and ended here is whole");
    assert_eq!(made.spans[0].ended_at, Some(Time::from_secs(40)));
}

/// What a signal brought about: it is told at one time, and happened at another.
fn heard(case: u128, event: &Event, (at, recorded_at): (i64, i64)) -> Made {
    let actor = Actor { kind: ActorKind::Caller, name: "connector".to_owned() };
    let (case, id) = (Some(CaseId::from_bits(case)), EventId::from_bits(1));
    let (at, recorded_at) = (Time::from_secs(at), Time::from_secs(recorded_at));
    let mut log = Log::default();
    log.take(&Entry { shop: &shop(), id, case, event, actor: &actor, at, recorded_at });
    log.made()
}

#[test]
fn what_an_old_signal_hands_back_or_merges_is_held_from_and_until_it_was_told() {
    let back = heard(1, &Event::CaseHandedBack { agent: agent("mia"), fence: 2 }, (10, 500));
    assert_eq!(back.spans[0].started_at, Time::from_secs(500));
    let merged = heard(1, &Event::CaseMerged { into: CaseId::from_bits(2) }, (10, 500));
    assert_eq!(merged.ends[0].3, Time::from_secs(500));
}

#[test]
fn a_reply_was_sent_when_the_channel_had_it_and_never_after_it_was_told() {
    let sent = |sent_at: i64| Event::ReplySent {
        reply: ReplyId::from_bits(1),
        attempt: 1,
        message: MessageId::new("m1").unwrap(),
        agent: agent("mia"),
        public: false,
        sent_at: Time::from_secs(sent_at),
    };
    assert_eq!(heard(1, &sent(40), (500, 500)).marks[0].at, Time::from_secs(40));
    assert_eq!(heard(1, &sent(900), (500, 500)).marks[0].at, Time::from_secs(500), "a clock that is ahead");
}

#[test]
fn a_judgement_keeps_which_solution_it_is_about() {
    let said = |asked: &str| Event::SurveyAnswered { score: 2, asked: asked.to_owned(), solution: Some(1) };
    let mark = &heard(1, &said("CSAT"), (40, 500)).marks[0];
    assert_eq!((mark.kind, mark.at, mark.value), (MarkKind::Judged, Time::from_secs(40), 2));
    assert_eq!((mark.agent.clone(), mark.solution), (None, Some(1)));
    assert!(heard(1, &said("NPS"), (40, 500)).marks.is_empty());
}

fn some_event() -> impl Strategy<Value = Event> {
    let who = prop_oneof![Just("mia"), Just("tom")];
    prop_oneof![
        (who.clone(), 1_i64..=9).prop_map(|(who, fence)| Event::CaseAssigned { agent: agent(who), fence }),
        who.clone().prop_map(|who| Event::CaseReleased { agent: agent(who), cause: None }),
        who.clone().prop_map(|who| expired(who, 3)),
        who.clone().prop_map(|who| Event::AgentAvailable { agent: agent(who), until: Time::from_secs(9) }),
        who.clone().prop_map(|who| Event::AgentAway { agent: agent(who), until: Time::from_secs(9) }),
        who.prop_map(|who| Event::AgentOffline {
            agent: agent(who),
            cause: Leaving::SignedOff,
            ended_at: None
        }),
    ]
}

/// Applies what parts of the log made one after the other, as the database does.
fn applied(parts: &[&[(i64, Option<u128>, Event)]]) -> Vec<AgentSpan> {
    let mut stored: Vec<AgentSpan> = Vec::new();
    for part in parts {
        let made = log(part);
        for (_, kind, subject, at) in made.ends {
            let open =
                |one: &&mut AgentSpan| (one.kind, &one.subject) == (kind, &subject) && one.ended_at.is_none();
            stored.iter_mut().filter(open).for_each(|one| one.ended_at = Some(at.max(one.started_at)));
        }
        for span in made.spans {
            let key = |one: &AgentSpan| (one.kind, one.subject.clone(), one.number);
            stored.retain(|one| key(one) != key(&span));
            stored.push(span);
        }
    }
    stored.sort_by_key(|one| (one.kind, one.subject.clone(), one.number));
    stored
}

proptest! {
    #[test]
    fn any_cut_of_the_log_makes_the_same_as_the_whole(
        events in vec((0_i64..4, 1_u128..3, some_event()), 0..24),
        cut in 0_usize..24,
    ) {
        let mut now = 0;
        // A hold has a number of its own.
        let mut fence = 0;
        let entries: Vec<_> = events
            .into_iter()
            .map(|(after, case, event)| {
                now += after;
                fence += 1;
                let event = match event {
                    Event::CaseAssigned { agent, .. } => Event::CaseAssigned { agent, fence },
                    other => other,
                };
                let case = (!event.word().starts_with("agent.")).then_some(case);
                (now, case, event)
            })
            .collect();
        let (early, late) = entries.split_at(cut.min(entries.len()));
        prop_assert_eq!(applied(&[early, late]), log(&entries).spans);
        let single: Vec<&[_]> = entries.chunks(1).collect();
        prop_assert_eq!(applied(&single), log(&entries).spans);
    }

    #[test]
    fn lengths_are_those_of_a_loop_over_every_instant(
        mine in vec((0_i64..60, 0_i64..60), 0..8),
        theirs in vec((0_i64..60, 0_i64..60), 0..8),
        mut cuts in vec(0_i64..60, 2..6),
    ) {
        cuts.sort_unstable();
        let set = |spans: &[(i64, i64)]| {
            Intervals::of(spans.iter().map(|(a, b)| (Time::from_micros(*a), Time::from_micros(*b))))
        };
        let holds = |spans: &[(i64, i64)], at: i64| spans.iter().any(|(a, b)| (*a..*b).contains(&at));
        let by_hand = |which: &dyn Fn(i64) -> bool| -> Vec<i64> {
            let count = |piece: &[i64]| (piece[0]..piece[1]).filter(|at| which(*at)).count();
            cuts.windows(2).map(|piece| i64::try_from(count(piece)).unwrap()).collect()
        };
        let at: Vec<Time> = cuts.iter().map(|cut| Time::from_micros(*cut)).collect();
        let (a, b) = (set(&mine), set(&theirs));
        prop_assert_eq!(a.lengths(&at), by_hand(&|at| holds(&mine, at)));
        prop_assert_eq!(a.and(&b).lengths(&at), by_hand(&|at| holds(&mine, at) && holds(&theirs, at)));
        prop_assert_eq!(a.or(&b).lengths(&at), by_hand(&|at| holds(&mine, at) || holds(&theirs, at)));
    }
}

/// One shift of the example: present, away, and what was held.
type Shift = (SpanKind, &'static str, &'static str, &'static str);

const NIGHT: [Shift; 6] = [
    (SpanKind::Present, "mia", "2026-03-28T21:00:00Z", "2026-03-29T00:00:00Z"),
    (SpanKind::Away, "mia", "2026-03-29T00:00:00Z", "2026-03-29T00:30:00Z"),
    (SpanKind::Present, "mia", "2026-03-29T00:30:00Z", "2026-03-29T04:00:00Z"),
    (SpanKind::Holding, "case 1", "2026-03-28T21:30:00Z", "2026-03-28T23:30:00Z"),
    (SpanKind::Holding, "case 2", "2026-03-28T22:30:00Z", "2026-03-29T01:30:00Z"),
    (SpanKind::Holding, "case 3", "2026-03-29T02:00:00Z", "2026-03-29T03:00:00Z"),
];

#[test]
fn the_example_of_a_shift_is_computed() {
    let mut text =
        "Mia works the night from Saturday, 28 March 2026, in Berlin; at 02:00 clocks are put forward \
                    to 03:00.\n\n| local time | what |\n|---|---|\n"
            .to_owned();
    let local = |at: &str| {
        let at: jiff::Timestamp = at.parse().unwrap();
        at.in_tz("Europe/Berlin").unwrap().strftime("%a %H:%M").to_string()
    };
    let mut spans = Vec::new();
    for (kind, subject, from, until) in NIGHT {
        let what = match kind {
            SpanKind::Present => "available".to_owned(),
            SpanKind::Away => "away".to_owned(),
            SpanKind::Holding => format!("holds {subject}"),
        };
        let _ = writeln!(text, "| {} – {} | {what} |", local(from), local(until));
        spans.push(span(kind, "mia", subject, (utc(from), Some(utc(until)))));
    }
    let acts = [
        ("2026-03-28T21:45:00Z", MarkKind::Reply),
        ("2026-03-28T22:45:00Z", MarkKind::Reply),
        ("2026-03-28T23:30:00Z", MarkKind::Solved),
        ("2026-03-29T02:30:00Z", MarkKind::Contact),
        ("2026-03-29T03:00:00Z", MarkKind::Solved),
    ];
    let mut marks = Vec::new();
    for (n, (at, kind)) in acts.into_iter().enumerate() {
        let word = match kind {
            MarkKind::Reply => "a reply is sent",
            MarkKind::Contact => "reaches the buyer by telephone",
            _ => "solves the case",
        };
        let _ = writeln!(text, "| {} | {word} |", local(at));
        marks.push((mark(u128::try_from(n).unwrap(), kind, "mia", utc(at), 0), false));
    }
    let frame = frame("Europe/Berlin", "2026-03-28T00:00:00Z", 2, utc("2026-04-01T00:00:00Z"));
    let rows = told(&spans, &marks, &frame);
    text.push_str("\n| figure | Sat 28 March | Sun 29 March | both |\n|---|---|---|---|\n");
    let mut line = |name: &str, value: &dyn Fn(&Figures) -> String| {
        let values: Vec<String> = rows.iter().map(|rows| value(&rows[0])).collect();
        let _ = writeln!(text, "| {name} | {} |", values.join(" | "));
    };
    let ratio = |one: Option<f64>| one.map_or("–".to_owned(), |value| format!("{value:.3}"));
    line("present, h", &|one| hours(one.present).to_string());
    line("away, h", &|one| hours(one.away).to_string());
    line("working, h", &|one| hours(one.working).to_string());
    line("holding, h", &|one| hours(one.holding).to_string());
    line("occupancy", &|one| ratio(one.occupancy.value));
    line("contacts", &|one| one.contacts.to_string());
    line("contacts per hour", &|one| ratio(one.contacts_per_hour.value));
    line("solved", &|one| one.solved.to_string());
    line("cases held", &|one| one.cases_held.to_string());
    line("time per case, h", &|one| ratio(one.per_case().map(hours)));
    kept("agent-performance.md", "shift", &text);
}

#[test]
fn two_days_have_an_interval_and_it_is_the_textbook_one() {
    let at = |hour: i64| utc("2026-03-02T00:00:00Z") + Span::from_hours(hour);
    // 8 hours with 8 contacts, and 4 hours with 8.
    let spans = [
        span(SpanKind::Present, "mia", "mia", (at(8), Some(at(16)))),
        span(SpanKind::Present, "mia", "mia", (at(32), Some(at(36)))),
    ];
    let marks: Vec<_> = (0..16)
        .map(|n| (mark(n, MarkKind::Reply, "mia", if n < 8 { at(9) } else { at(33) }, 0), false))
        .collect();
    let rows = told(&spans, &marks, &frame("UTC", "2026-03-02T00:00:00Z", 2, at(99)));
    let rate = rows[2][0].contacts_per_hour;
    let ratio = 16.0 / 12.0;
    assert!((rate.value.unwrap() - ratio).abs() < 1e-9);
    // k/(k − 1) · Σ (y − R·n)² / (Σ n)² with k = 2, and Student's quantile for one degree of freedom.
    let apart = (8.0_f64 - ratio * 8.0).powi(2) + (8.0 - ratio * 4.0).powi(2);
    let half = 12.706 * (2.0 * apart / 144.0).sqrt();
    let (lower, upper) = rate.interval.unwrap();
    assert!((lower - (ratio - half).max(0.0)).abs() < 1e-6 && (upper - (ratio + half)).abs() < 1e-6);
    let _: &AgentId = rows[2][1].agent.as_ref().unwrap();
}
