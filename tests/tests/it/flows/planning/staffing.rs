//! Staffing: what is measured is what the log says, and the people are the fewest that do.

use amends_client::v1;
use amends_domain::{Span, Time};
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, message, order, review, stamp, time};
use amends_tests::{Desk, Harness, flow};
use prost_types::Duration;
use v1::{CaseOutcome, InputOrigin as Origin};

use super::super::sla::explain;
use super::{DAY, HOUR};

flow!(
    the_handling_time_is_how_long_agents_had_the_solved_cases,
    each_hour_has_the_fewest_agents_that_reach_the_goal,
    work_with_a_date_has_the_fewest_agents_that_finish_it_in_time,
    a_shop_of_which_nothing_is_known_has_inputs_and_no_plan
);

fn plan() -> v1::PlanStaffingRequest {
    v1::PlanStaffingRequest { parent: MAIN.to_owned(), ..Default::default() }
}

async fn asked(h: &Harness, request: v1::PlanStaffingRequest) -> v1::PlanStaffingResponse {
    h.client().call(request).await.unwrap()
}

async fn case(h: &Harness, n: usize) -> String {
    let o = format!("o{n}");
    h.say(order(&o)).await;
    h.say(review(&format!("r{n}"), &o, 1, LEAKS)).await.case
}

fn input(answer: &v1::PlanStaffingResponse, name: &str) -> v1::StaffingInput {
    answer.inputs.iter().find(|input| input.name == name).unwrap().clone()
}

async fn the_handling_time_is_how_long_agents_had_the_solved_cases(h: &Harness) {
    let mut total = 0;
    for n in 0..12 {
        let name = case(h, n).await;
        let held = 1 + i64::try_from(n % 4).unwrap();
        if n == 3 {
            // A lease that ran out says nothing.
            Desk::claim(h.client(), &name).await;
            h.advance(Span::from_minutes(30)).await;
        }
        if n == 5 {
            let mut desk = Desk::claim(h.client(), &name).await;
            h.advance(Span::from_minutes(2)).await;
            desk.look().await;
            desk.release().await.unwrap();
            h.advance(Span::from_hours(3)).await;
            total += 2;
        }
        if n == 7 {
            let mut desk = Desk::work_on(h.client(), &name).await;
            h.advance(Span::from_minutes(3)).await;
            desk.look().await;
            desk.snooze(stamp(h.now() + Span::from_hours(5))).await.unwrap();
            h.advance(Span::from_hours(6)).await;
            total += 3;
        }
        let mut desk = Desk::work_on(h.client(), &name).await;
        h.advance(Span::from_minutes(held)).await;
        desk.look().await;
        desk.solve(CaseOutcome::TalkedThrough).await.unwrap();
        total += held;
        if n == 8 {
            let few = input(&asked(h, plan()).await, "handling_time");
            assert_eq!((few.origin(), few.value, few.sample_size), (Origin::Assumed, Some(900.0), 0));
        }
    }
    // One that is not solved yet says nothing yet.
    let mut desk = Desk::work_on(h.client(), &case(h, 99).await).await;
    h.advance(Span::from_minutes(1)).await;
    desk.look().await;
    desk.release().await.unwrap();
    let measured = input(&asked(h, plan()).await, "handling_time");
    let mean = total as f64 * 60.0 / 12.0;
    assert_eq!((measured.origin(), measured.sample_size), (Origin::Measured, 12));
    assert!((measured.value.unwrap() - mean).abs() < 1e-3, "{measured:?}, expected {mean}");
    let said = v1::PlanStaffingRequest { handling_time: Some(Duration { seconds: 700, nanos: 0 }), ..plan() };
    let said = input(&asked(h, said).await, "handling_time");
    assert_eq!((said.origin(), said.value), (Origin::Requested, Some(700.0)));
    h.advance(Span::from_days(29)).await;
    let old = input(&asked(h, plan()).await, "handling_time");
    assert_eq!(old.origin(), Origin::Assumed, "nothing was solved in four weeks");
}

/// Some days of cases, most of them in the afternoon. Answers when they were opened.
async fn history(h: &Harness) -> Vec<Time> {
    let mut opened = Vec::new();
    for day in 0..6 {
        for n in 0..(3 + day % 3) {
            case(h, day * 10 + n).await;
            opened.push(h.now());
            h.advance(Span::from_minutes(80)).await;
        }
        let next = h.now().day().start() + Span::from_hours(34);
        h.advance(Span::from_micros(next.micros() - h.now().micros())).await;
    }
    opened
}

/// Who waits at all with so many seats: Erlang C as its sums are written.
fn waits(offered: f64, seats: i32) -> f64 {
    let mut term = 1.0;
    let mut sum = 0.0;
    for n in 0..seats {
        sum += term;
        term *= offered / f64::from(n + 1);
    }
    let last = term * f64::from(seats) / (f64::from(seats) - offered);
    last / (sum + last)
}

/// The share answered in time, and how busy people are; none where the queue never ends.
fn served(offered: f64, agents: i32, at_once: i32, handling: f64, within: f64) -> Option<(f64, f64)> {
    let seats = agents * at_once;
    if offered >= f64::from(seats) {
        return None;
    }
    let spare = f64::from(seats) - offered;
    Some((1.0 - waits(offered, seats) * (-spare * within / handling).exp(), offered / f64::from(seats)))
}

/// The share of each hour of a working day, as the documentation says it.
fn profile(opened: &[Time]) -> Vec<f64> {
    let mut all = [0.0; 24];
    let mut working = [0.0; 24];
    for at in opened {
        let hour = usize::try_from(at.micros().rem_euclid(DAY) / HOUR).unwrap();
        all[hour] += 1.0;
        if (at.micros() / DAY + 3) % 7 < 5 {
            working[hour] += 1.0;
        }
    }
    let (n, of): (f64, f64) = (all.iter().sum(), working.iter().sum());
    let both = all.map(|count| (count + 1.0) / (n + 24.0));
    both.iter().zip(working).map(|(share, count)| (count + 48.0 * share) / (of + 48.0)).collect()
}

async fn each_hour_has_the_fewest_agents_that_reach_the_goal(h: &Harness) {
    let opened = history(h).await;
    // A Monday a week ahead: cases are few, so each is made to take long.
    let (handling, at_once, within) = (5_400.0, 2, 120.0);
    let request = v1::PlanStaffingRequest {
        start_date: "2026-03-16".to_owned(),
        days: Some(2),
        service_level: Some(0.9),
        answer_within: Some(Duration { seconds: 120, nanos: 0 }),
        handling_time: Some(Duration { seconds: 5_400, nanos: 0 }),
        at_once: Some(2),
        occupancy_max: Some(0.5),
        shrinkage: Some(0.25),
        ..plan()
    };
    let answer = asked(h, request).await;
    let dates: Vec<&str> = answer.days.iter().map(|day| day.date.as_str()).collect();
    assert_eq!(dates, ["2026-03-16", "2026-03-17"]);
    let measured = input(&answer, "hour_profile");
    assert_eq!((measured.origin(), measured.sample_size), (Origin::Measured, opened.len() as i64));
    let shares = profile(&opened);
    let day = &answer.days[0];
    // Three to five cases a day for six days are too few for weekdays: the mean of all.
    let mean = opened.len() as f64 / 6.0;
    assert!((day.expected - mean).abs() < 1e-9, "{} and {mean}", day.expected);
    for (hour, share) in day.hours.iter().zip(shares) {
        assert!(hour.open, "a shop without hours of its own never closes");
        assert!((hour.expected - mean * share).abs() < 1e-9, "{hour:?}");
        let goal = |agents: i32, cases: f64| {
            let reached = served(cases * handling / 3_600.0, agents, at_once, handling, within);
            reached.is_some_and(|(level, busy)| level >= 0.9 && busy <= 0.5)
        };
        assert!(goal(hour.agents, hour.expected) && !goal(hour.agents - 1, hour.expected), "{hour:?}");
        let upper = day.upper_80 as f64 * share;
        assert!(goal(hour.agents_upper_80, upper) && !goal(hour.agents_upper_80 - 1, upper), "{hour:?}");
        let offered = hour.expected * handling / 3_600.0;
        let (level, busy) = served(offered, hour.agents, at_once, handling, within).unwrap();
        assert!((hour.service_level - level).abs() < 1e-9 && (hour.occupancy - busy).abs() < 1e-9);
        assert_eq!(f64::from(hour.rostered), (f64::from(hour.agents) / 0.75).ceil());
    }
}

/// Whether so many agents finish everything by its day, always on what is due next.
fn finishes(agents: f64, hours: &[f64], work: &[(usize, usize, f64)]) -> bool {
    let mut rest = work.to_vec();
    rest.sort_by_key(|(_, due, _)| *due);
    for (day, hours) in hours.iter().enumerate() {
        let mut free = hours * agents;
        for (_, _, left) in rest.iter_mut().filter(|(comes, _, _)| *comes <= day) {
            let now = left.min(free);
            *left -= now;
            free -= now;
        }
        if rest.iter().any(|(_, due, left)| *due <= day && *left > 1e-6) {
            return false;
        }
    }
    true
}

/// When the nearest promise about a case falls due.
async fn due(h: &Harness, name: &str) -> Time {
    let clocks = explain(h, name, "").await.clocks.into_iter();
    let running = clocks.filter_map(|one| one.account?.clock).filter(|clock| clock.stop_time.is_none());
    let nearest = running.filter_map(|clock| clock.due_time).map(|at| time(Some(at))).min();
    let channel = h.case(name).await.hard_deadline.map(|at| time(Some(at)));
    nearest.into_iter().chain(channel).min().unwrap()
}

async fn work_with_a_date_has_the_fewest_agents_that_finish_it_in_time(h: &Harness) {
    // The cases of a day before, all of them answered since; then some that wait.
    for n in 0..5 {
        let mut desk = Desk::work_on(h.client(), &case(h, n).await).await;
        desk.solve(CaseOutcome::TalkedThrough).await.unwrap();
    }
    h.advance(Span::from_days(1)).await;
    let mut backlog = Vec::new();
    for n in 10..17 {
        let name = case(h, n).await;
        if n % 3 == 0 {
            // Who asks is owed an answer today; the others only an agreement in a week.
            h.say(message(&format!("m{n}"), &format!("o{n}"), "When will you answer me?")).await;
        }
        backlog.push(due(h, &name).await);
    }
    let today = h.now().day().number();
    assert_eq!(backlog.iter().filter(|due| due.day().number() == today).count(), 2);
    let request = v1::PlanStaffingRequest {
        days: Some(3),
        handling_time: Some(Duration { seconds: 3 * 3_600, nanos: 0 }),
        due_days: Some(1),
        agent_hours: Some(6.0),
        shrinkage: Some(0.0),
        ..plan()
    };
    let work = asked(h, request).await.due_work.unwrap();
    assert_eq!((work.backlog_cases, work.undated_cases, work.late_cases), (7, 0, 0.0));
    assert_eq!(work.impossible, "");
    let hours: Vec<f64> = work.days.iter().map(|day| day.agent_hours).collect();
    // It is ten in the morning: more than six hours are left, and the shop never closes.
    assert_eq!(hours, [6.0; 4]);
    let expected: Vec<f64> = work.days.iter().map(|day| day.expected).collect();
    assert_eq!(expected, [0.0, 5.0, 5.0, 5.0], "what came today is in the backlog already");
    let there = backlog.iter().map(|due| (0, usize::try_from(due.day().number() - today).unwrap(), 3.0));
    let coming = expected.iter().enumerate().map(|(day, cases)| (day, day + 1, cases * 3.0));
    let all: Vec<_> = there.chain(coming).collect();
    let agents = f64::from(work.agents);
    assert!(
        agents >= 1.0 && finishes(agents, &hours, &all) && !finishes(agents - 1.0, &hours, &all),
        "{work:?}"
    );
    let (least, less) = (work.exact_agents, work.exact_agents - 0.01);
    assert!(finishes(least, &hours, &all) && !finishes(less, &hours, &all), "{work:?}");
    let (worked, left): (f64, f64) =
        (work.days.iter().map(|day| day.worked_hours).sum(), work.days.last().unwrap().left_hours);
    let whole: f64 = all.iter().map(|(_, _, hours)| hours).sum();
    assert!((worked + left - whole).abs() < 1e-9, "no hour is lost: {work:?}");
    late(h).await;
}

/// At a minute before midnight, what is overdue is not asked to be done in that minute.
async fn late(h: &Harness) {
    h.advance(Span::from_micros(40 * DAY + 14 * HOUR - 60_000_000)).await;
    let request = v1::PlanStaffingRequest {
        handling_time: Some(Duration { seconds: 3_600, nanos: 0 }),
        agent_hours: Some(8.0),
        ..plan()
    };
    let work = asked(h, request).await.due_work.unwrap();
    assert_eq!((work.backlog_cases, work.late_cases), (7, 7.0));
    assert!((work.days[0].agent_hours - 1.0 / 60.0).abs() < 1e-9, "{work:?}");
    assert_eq!(work.agents, 1, "seven hours of work and eight of tomorrow: {work:?}");
}

async fn a_shop_of_which_nothing_is_known_has_inputs_and_no_plan(h: &Harness) {
    let answer = asked(h, plan()).await;
    assert_eq!((answer.days.len(), answer.due_work), (0, None));
    assert_eq!(answer.method.unwrap().kind(), v1::VolumeMethodKind::NothingKnown);
    let names: Vec<&str> = answer.inputs.iter().map(|input| input.name.as_str()).collect();
    let expected = [
        "handling_time",
        "service_level",
        "answer_within",
        "at_once",
        "occupancy_max",
        "shrinkage",
        "due_days",
        "agent_hours",
        "hour_profile",
    ];
    assert_eq!(names, expected);
    assert!(answer.inputs.iter().all(|input| input.origin() == Origin::Assumed));
}
