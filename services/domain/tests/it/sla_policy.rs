//! Dated promises: which one holds, and which are refused.

use amends_domain::case::CaseKind;
use amends_domain::shop::Channel;
use amends_domain::sla::Happening::{BuyerMessage, HumanReply, Opened, PriorityChanged};
use amends_domain::sla::{
    Calendar, Happening, Hours, Metric, Policies, Policy, PolicyProblem, Promise, Target, evaluate,
};
use amends_domain::{Span, Time};

use crate::make::at;
use crate::sla_make::{log, only};

fn hours(hours: i64) -> Target {
    Target::of(Metric::FirstResponse, Span::from_hours(hours), Hours::Always)
}

/// What the first response is promised, in a case that is opened at the first instant.
#[track_caller]
fn check(policies: Vec<Policy>, before: &[(i64, Happening)], expected: Option<(i64, Time, usize)>) {
    let policies = Policies::new(policies).unwrap();
    let opened = (0, Opened { buyer_waits: true });
    let log = log(at(0), &[before, &[opened]].concat());
    let instances = only(Metric::FirstResponse, &evaluate(&log, &policies, &Calendar::always(), at(0)));
    let expected = expected.map(|(hours, effective_from, target)| Promise {
        span: Span::from_hours(hours),
        hours: Hours::Always,
        effective_from,
        target,
    });
    assert_eq!(instances[0].promise, expected);
}

#[test]
fn the_first_target_that_fits_holds() {
    let channel = |name: &str| Some(Channel::new(name).unwrap());
    let policy = |targets: &[Target]| vec![Policy { effective_from: at(-9), targets: targets.to_vec() }];
    let held = |hours, target| Some((hours, at(-9), target));
    check(policy(&[hours(5)]), &[], held(5, 0));
    check(policy(&[]), &[], None);
    check(policy(&[Target { channel: channel("ebay"), ..hours(1) }, hours(5)]), &[], held(5, 1));
    check(policy(&[Target { channel: channel("shopee"), ..hours(1) }, hours(5)]), &[], held(1, 0));
    check(policy(&[Target { kind: Some(CaseKind::Return), ..hours(1) }]), &[], None);
    check(policy(&[Target { kind: Some(CaseKind::Review), ..hours(1) }]), &[], held(1, 0));
    let urgent = |least| Target { least_priority: Some(least), ..hours(1) };
    check(policy(&[urgent(51), urgent(50)]), &[], held(1, 1));
    check(policy(&[urgent(51), hours(5)]), &[(-1, PriorityChanged(51))], held(1, 0));
}

#[test]
fn the_policy_in_force_when_the_clock_started_holds() {
    let policy = |secs, target| Policy { effective_from: at(secs), targets: vec![target] };
    check(vec![policy(0, hours(2)), policy(-9, hours(1))], &[], Some((2, at(0), 0)));
    check(vec![policy(1, hours(2)), policy(-9, hours(1))], &[], Some((1, at(-9), 0)));
    check(vec![policy(1, hours(2))], &[], None);
    check(vec![], &[], None);
}

#[test]
fn neither_a_later_policy_nor_a_new_priority_moves_a_promise_that_was_made() {
    let urgent = Target {
        least_priority: Some(90),
        ..Target::of(Metric::NextResponse, Span::from_hours(1), Hours::Always)
    };
    let usual = Target::of(Metric::NextResponse, Span::from_hours(8), Hours::Always);
    let early = Policy { effective_from: at(-9), targets: vec![urgent.clone(), usual] };
    let late = Policy { effective_from: at(25), targets: vec![urgent] };
    let policies = Policies::new(vec![early, late]).unwrap();
    let log = log(
        at(0),
        &[
            (0, Opened { buyer_waits: true }),
            (10, HumanReply),
            (20, BuyerMessage),
            (30, PriorityChanged(95)),
            (40, HumanReply),
            (50, BuyerMessage),
        ],
    );
    let next = only(Metric::NextResponse, &evaluate(&log, &policies, &Calendar::always(), at(60)));
    let promised: Vec<_> = next.iter().map(|i| i.promise.map(|p| (p.span, p.effective_from))).collect();
    assert_eq!(promised, [Some((Span::from_hours(8), at(-9))), Some((Span::from_hours(1), at(25)))]);
}

#[test]
fn the_standard_promises_hold_from_the_first_instant() {
    let standard = Policies::default();
    let told: Vec<_> = standard.all()[0].targets.iter().map(|t| (t.metric, t.span, t.hours)).collect();
    let expected = [
        (Metric::FirstResponse, Span::from_hours(1), Hours::Business),
        (Metric::NextResponse, Span::from_hours(4), Hours::Business),
        (Metric::Update, Span::from_hours(24), Hours::Business),
        (Metric::Agreement, Span::from_days(7), Hours::Always),
        (Metric::Resolution, Span::from_days(14), Hours::Always),
    ];
    assert_eq!(told, expected);
    assert!(standard.in_force(Time::MIN).is_some());
    assert_eq!(Policies::new(standard.all().to_vec()), Ok(standard));
}

#[test]
fn every_problem_is_named_at_once() {
    let none = Span::from_micros(999_999);
    let long = Span::from_micros(Span::from_days(366).micros() + 1);
    let with = |metric, span| Target::of(metric, span, Hours::Business);
    let ebay = Target { channel: Some(Channel::new("ebay").unwrap()), ..hours(1) };
    let first = vec![
        with(Metric::AgentWork, Span::from_hours(1)),
        with(Metric::Update, none),
        with(Metric::Resolution, long),
        Target { least_priority: Some(101), ..hours(1) },
        Target { least_priority: Some(40), ..hours(1) },
        Target { least_priority: Some(60), ..ebay.clone() },
        ebay,
    ];
    let policies = [(1, vec![hours(1); 201]), (0, first), (1, vec![])]
        .map(|(secs, targets)| Policy { effective_from: at(secs), targets });
    let problems = Policies::new(policies.into()).unwrap_err();
    let mut expected = vec![
        PolicyProblem::MeasuredOnly { policy: 0, target: 0, metric: Metric::AgentWork },
        PolicyProblem::Span { policy: 0, target: 1, span: none },
        PolicyProblem::Span { policy: 0, target: 2, span: long },
        PolicyProblem::Priority { policy: 0, target: 3, priority: 101 },
        PolicyProblem::NeverUsed { policy: 0, target: 5, earlier: 4 },
        PolicyProblem::TooMany { policy: 1, count: 201 },
    ];
    expected.extend((1..200).map(|target| PolicyProblem::NeverUsed { policy: 1, target, earlier: 0 }));
    expected.push(PolicyProblem::SameDate { policy: 2 });
    assert_eq!(problems, expected);
    assert_eq!(problems[4].to_string(), "policy 0, target 5 is never used: target 4 takes all its cases");
}
