//! Warnings and breaches: at their time, in order, each exactly once.

use amends_domain::sla::Happening::{BuyerMessage, Ended, HumanReply, Opened, Solved, WaitingForBuyer};
use amends_domain::sla::{
    Calendar, Clocks, Due, DueKind, Happening, Hours, Metric, Moment, OpeningHours, Policies, Policy, Target,
    Verdict,
};
use amends_domain::{Span, Time};
use proptest::prelude::*;

use crate::make::at;
use crate::sla_make::{about, calendar, log, only, some_events, some_hours, some_policies};

fn promising(metric: Metric, secs: i64) -> Policies {
    let targets = vec![Target::of(metric, Span::from_secs(secs), Hours::Always)];
    Policies::new(vec![Policy { effective_from: at(-9), targets }]).unwrap()
}

fn step(clocks: &mut Clocks, policies: &Policies, secs: i64, what: Happening) -> Vec<Due> {
    clocks.step(&Moment { at: at(secs), what }, policies, &Calendar::always())
}

fn due(metric: Metric, secs: i64, kind: DueKind) -> Due {
    Due { at: at(secs), metric, number: 1, kind }
}

const WARNING: DueKind = DueKind::Warning;
const BREACH: DueKind = DueKind::Breach;

#[test]
fn a_warning_comes_at_three_quarters_and_a_breach_at_the_end_each_once() {
    let policies = promising(Metric::FirstResponse, 100);
    let always = Calendar::always();
    let mut clocks = Clocks::new(about());
    assert_eq!(clocks.due(&always), None);
    step(&mut clocks, &policies, 0, Opened { buyer_waits: true });
    let (warning, breach) =
        (due(Metric::FirstResponse, 75, WARNING), due(Metric::FirstResponse, 100, BREACH));
    assert_eq!(clocks.due(&always), Some(warning));
    assert_eq!(clocks.tell(at(75) - Span::from_micros(1), &always), []);
    assert_eq!(clocks.tell(at(75), &always), [warning]);
    assert_eq!(clocks.tell(at(99), &always), []);
    assert_eq!(clocks.due(&always), Some(breach));
    assert_eq!(clocks.tell(at(500), &always), [breach]);
    assert_eq!((clocks.tell(at(900), &always), clocks.due(&always)), (vec![], None));
    let row = clocks.rows()[0];
    assert_eq!(
        (row.metric, row.warned_at, row.breached_at),
        (Metric::FirstResponse, Some(at(75)), Some(at(100)))
    );
}

#[test]
fn what_nobody_asked_for_in_time_is_told_by_the_next_step() {
    let policies = promising(Metric::FirstResponse, 100);
    let mut clocks = Clocks::new(about());
    step(&mut clocks, &policies, 0, Opened { buyer_waits: true });
    let told = step(&mut clocks, &policies, 130, HumanReply);
    assert_eq!(told, [due(Metric::FirstResponse, 75, WARNING), due(Metric::FirstResponse, 100, BREACH)]);
    assert_eq!(clocks.tell(at(500), &Calendar::always()), []);
}

/// The verdict on a first answer that was promised within 100 seconds.
fn answered(secs: i64, what: Happening) -> Verdict {
    let policies = promising(Metric::FirstResponse, 100);
    let mut clocks = Clocks::new(about());
    step(&mut clocks, &policies, 0, Opened { buyer_waits: true });
    step(&mut clocks, &policies, secs, what);
    only(Metric::FirstResponse, &clocks.instances(&Calendar::always(), at(9_999)))[0].verdict
}

#[test]
fn a_promise_is_broken_at_the_instant_it_is_due() {
    assert_eq!(answered(99, HumanReply), Verdict::Met);
    assert_eq!(answered(100, HumanReply), Verdict::Breached { at: at(100) });
    assert_eq!(answered(5_000, HumanReply), Verdict::Breached { at: at(100) });
    assert_eq!(answered(5_000, BuyerMessage), Verdict::Breached { at: at(100) });
}

#[test]
fn what_is_taken_away_gets_no_verdict() {
    for what in [Solved, Ended] {
        assert_eq!(answered(50, what), Verdict::Cancelled, "{what:?}");
        assert_eq!(answered(5_000, what), Verdict::Cancelled, "{what:?}");
    }
}

#[test]
fn nothing_is_due_while_a_clock_is_paused() {
    let policies = promising(Metric::Resolution, 100);
    let always = Calendar::always();
    let mut clocks = Clocks::new(about());
    step(&mut clocks, &policies, 0, Opened { buyer_waits: true });
    step(&mut clocks, &policies, 80, WaitingForBuyer);
    assert_eq!((clocks.due(&always), clocks.tell(at(500), &always)), (None, vec![]));
    let paused = only(Metric::Resolution, &clocks.instances(&always, at(500)))[0].verdict;
    assert_eq!(paused, Verdict::Running { due_at: None });
    step(&mut clocks, &policies, 1_000, BuyerMessage);
    assert_eq!(clocks.due(&always), Some(due(Metric::Resolution, 1_020, BREACH)));
    let running = only(Metric::Resolution, &clocks.instances(&always, at(1_010)))[0].verdict;
    assert_eq!(running, Verdict::Running { due_at: Some(at(1_020)) });
}

#[test]
fn what_has_been_told_is_not_unsaid_by_a_moment_learnt_later() {
    let policies = promising(Metric::Resolution, 100);
    let always = Calendar::always();
    let mut clocks = Clocks::new(about());
    step(&mut clocks, &policies, 0, Opened { buyer_waits: true });
    assert_eq!(clocks.tell(at(105), &always).len(), 2);
    step(&mut clocks, &policies, 90, WaitingForBuyer);
    let row = only(Metric::Resolution, &clocks.instances(&always, at(200)))[0];
    assert_eq!((row.elapsed, row.verdict), (Span::from_secs(100), Verdict::Breached { at: at(100) }));
    step(&mut clocks, &policies, 300, BuyerMessage);
    assert_eq!((clocks.due(&always), clocks.tell(at(9_999), &always)), (None, vec![]));
}

#[test]
fn a_second_instance_is_warned_of_and_breached_on_its_own() {
    let policies = promising(Metric::NextResponse, 100);
    let mut clocks = Clocks::new(about());
    let mut told = step(&mut clocks, &policies, 0, Opened { buyer_waits: true });
    for (secs, what) in [(10, HumanReply), (20, BuyerMessage), (200, HumanReply), (300, BuyerMessage)] {
        told.extend(step(&mut clocks, &policies, secs, what));
    }
    told.extend(clocks.tell(at(376), &Calendar::always()));
    let told: Vec<_> = told.iter().map(|due| (due.number, due.at, due.kind)).collect();
    assert_eq!(told, [(1, at(95), WARNING), (1, at(120), BREACH), (2, at(375), WARNING)]);
}

const TICKS: i64 = 500_000;

fn some_case() -> impl Strategy<Value = (OpeningHours, Time, Policies, Vec<(i64, Happening)>)> {
    some_hours().prop_flat_map(|(hours, start)| {
        (Just(hours), Just(start), some_policies(start, TICKS, Span::from_secs(1)), some_events(TICKS))
    })
}

proptest! {
    #[test]
    fn however_often_somebody_asks_the_same_is_told_once_and_in_order(
        (hours, start, policies, events) in some_case(), step in 1_000_i64..90_000,
    ) {
        let calendar = calendar(hours);
        let end = start + Span::from_secs(TICKS);
        let moments = log(start, &events).moments;
        let (mut lazy, mut eager) = (Clocks::new(about()), Clocks::new(about()));
        let (mut late, mut prompt): (Vec<Due>, Vec<Due>) = (Vec::new(), Vec::new());
        let mut asked = start;
        for moment in &moments {
            while asked < moment.at {
                // Asked for exactly when it said it would be due, or some time after.
                let next = eager.due(&calendar).map(|due| due.at).filter(|at| *at > asked && *at < moment.at);
                asked = next.unwrap_or((asked + Span::from_secs(step)).min(moment.at));
                prompt.extend(eager.tell(asked, &calendar));
            }
            prompt.extend(eager.step(moment, &policies, &calendar));
            late.extend(lazy.step(moment, &policies, &calendar));
        }
        prompt.extend(eager.tell(end, &calendar));
        late.extend(lazy.tell(end, &calendar));
        prop_assert_eq!(&prompt, &late);
        prop_assert!(prompt.is_sorted_by_key(|due| due.at));
        let mut once: Vec<_> = prompt.iter().map(|due| (due.metric, due.number, due.kind)).collect();
        once.sort_unstable();
        prop_assert!(once.is_sorted_by(|a, b| a < b), "told twice: {:?}", once);
        let breaches = |rows: &[amends_domain::sla::Row]| -> Vec<(Option<Time>, Option<Time>)> {
            rows.iter().map(|row| (row.warned_at, row.breached_at)).collect()
        };
        prop_assert_eq!(breaches(eager.rows()), breaches(lazy.rows()));
        let marks = lazy.rows().iter().flat_map(|row| [row.warned_at, row.breached_at]).flatten().count();
        prop_assert_eq!(marks, prompt.len());
    }
}
