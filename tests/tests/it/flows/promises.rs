//! What shops promise, in their own hours.

use amends_client::v1;
use amends_domain::Span;
use amends_tests::harness::{MAIN, START};
use amends_tests::make::{self, answer, time};
use amends_tests::{Harness, flow, refusal, refused};
use prost_types::{Duration, FieldMask};
use tonic::Code;
use v1::{MessageAuthor, Reason, SlaHours, SlaMetric, SlaSegmentKind, SlaVerdict, Weekday};

use super::sla::{asked, asked_in, clock_of, explain, seconds, told};

flow!(
    a_shop_promises_in_its_own_hours,
    a_holiday_entered_late_moves_what_is_due_and_not_what_was,
    everything_wrong_with_promises_and_hours_is_named_at_once
);

async fn policy(h: &Harness, shop: &str) -> v1::Policy {
    let request = v1::GetPolicyRequest { name: format!("{shop}/policy") };
    h.client().call(request).await.unwrap().policy.unwrap()
}

async fn promise(
    h: &Harness,
    shop: &str,
    sla: v1::SlaPolicy,
    paths: &[&str],
) -> Result<v1::Policy, amends_client::Error> {
    let policy = v1::Policy { sla: Some(sla), ..policy(h, shop).await };
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    let update_mask = Some(FieldMask { paths });
    let request = v1::UpdatePolicyRequest { policy: Some(policy), update_mask, ..Default::default() };
    Ok(h.client().call(request).await?.policy.unwrap())
}

fn shift(opens: &str, closes: &str) -> v1::SlaShift {
    v1::SlaShift { opens: opens.to_owned(), closes: closes.to_owned() }
}

/// Monday to Friday, with a break at noon.
fn office() -> v1::SlaCalendar {
    let shifts = vec![shift("09:00", "12:30"), shift("13:30", "18:00")];
    let day = |weekday| v1::SlaDay { weekday, shifts: shifts.clone() };
    v1::SlaCalendar { week: (1..=5).map(day).collect(), ..Default::default() }
}

fn target(metric: SlaMetric, hours: i64) -> v1::SlaTarget {
    v1::SlaTarget {
        metric: metric.into(),
        promised_time: Some(Duration { seconds: hours * 3_600, nanos: 0 }),
        hours: SlaHours::Business.into(),
        ..Default::default()
    }
}

async fn a_shop_promises_in_its_own_hours(h: &Harness) {
    let jakarta = v1::Shop { time_zone: "Asia/Jakarta".to_owned(), ..make::shop("own_store") };
    let request =
        v1::CreateShopRequest { shop_id: "jakarta".to_owned(), shop: Some(jakarta), ..Default::default() };
    let shop = h.client().call(request).await.unwrap().shop.unwrap().name;
    let shop = shop.as_str();
    let targets = vec![
        v1::SlaTarget { least_priority: Some(90), ..target(SlaMetric::FirstResponse, 1) },
        target(SlaMetric::FirstResponse, 2),
    ];
    let sla = v1::SlaPolicy { targets: targets.clone(), calendar: Some(office()), ..Default::default() };
    let set = promise(h, shop, sla, &["sla.targets", "sla.calendar"]).await.unwrap();
    let kept = set.sla.clone().unwrap();
    assert_eq!(kept.targets, targets);
    assert_eq!(kept.calendar.as_ref().unwrap().time_zone, "Asia/Jakarta", "the shop's");
    assert_eq!(time(kept.targets_effective_time), h.now() + Span::from_secs(10));
    assert_eq!(policy(h, shop).await, set);
    // Friday, an hour before the office closes: two hours of work end on Monday.
    let monday = h.now();
    // Seven hours ahead of UTC, all year.
    let local = |day: i64, hour: i64, minute: i64| {
        let days = Span::from_days(day - 2).micros();
        let midnight = START.day().start() + Span::from_micros(days - Span::from_hours(7).micros());
        midnight + Span::from_minutes(hour * 60 + minute)
    };
    h.advance(local(6, 17, 0).since(monday)).await;
    let case = asked_in(h, shop, "o1").await;
    assert_eq!(time(h.case(&case).await.hard_deadline), local(9, 10, 0));
    h.advance(local(9, 9, 30).since(h.now())).await;
    h.say_in(shop, h.now(), answer("a1", "o1", MessageAuthor::Human)).await;
    let explained = explain(h, &case, "0").await;
    assert_eq!(explained.policy_version, set.version);
    let first = clock_of(&explained, SlaMetric::FirstResponse);
    let (was, would) = (first.account.as_ref().unwrap(), first.under_version.as_ref().unwrap());
    let verdicts = [was, would].map(|account| account.clock.as_ref().unwrap().verdict());
    assert_eq!((verdicts, first.differs), ([SlaVerdict::Met, SlaVerdict::Breached], true));
    assert_eq!((seconds(was.running), was.target.as_ref()), (90 * 60, Some(&targets[1])));
    let outside = local(9, 9, 0).since(local(6, 18, 0)).micros() / 1_000_000;
    assert_eq!(seconds(was.outside_hours), outside);
    let kinds: Vec<_> = was.segments.iter().map(v1::SlaSegment::kind).collect();
    let (running, outside) = (SlaSegmentKind::Running, SlaSegmentKind::OutsideHours);
    assert_eq!(kinds, [running, outside, running]);
}

async fn a_holiday_entered_late_moves_what_is_due_and_not_what_was(h: &Harness) {
    let daily = |shifts: &[v1::SlaShift]| v1::SlaCalendar {
        week: (1..=7).map(|weekday| v1::SlaDay { weekday, shifts: shifts.to_vec() }).collect(),
        ..Default::default()
    };
    let sla = |calendar| v1::SlaPolicy {
        targets: vec![target(SlaMetric::FirstResponse, 40)],
        calendar: Some(calendar),
        ..Default::default()
    };
    let set = sla(daily(&[shift("00:00", "24:00")]));
    promise(h, MAIN, set.clone(), &["sla.targets", "sla.calendar"]).await.unwrap();
    h.advance(Span::from_secs(10)).await;
    let (start, case) = (h.now(), asked(h, "o1").await);
    assert_eq!(time(h.case(&case).await.hard_deadline), start + Span::from_hours(40));
    h.advance(Span::from_hours(20)).await;
    // From now on nobody works at all on the days to come.
    promise(h, MAIN, sla(daily(&[])), &["sla.calendar"]).await.unwrap();
    h.advance(Span::from_hours(100)).await;
    assert_eq!(told(h, &case).await, [], "nothing came due while nobody works");
    assert!(h.case(&case).await.hard_deadline.is_none(), "nor is anything, as long as that is so");
    promise(h, MAIN, set, &["sla.calendar"]).await.unwrap();
    h.advance(Span::from_secs(10)).await;
    let back = h.now();
    let left = Span::from_micros(Span::from_hours(20).micros() - Span::from_secs(10).micros());
    let explained = explain(h, &case, "").await;
    let first = clock_of(&explained, SlaMetric::FirstResponse).account.clone().unwrap();
    assert_eq!(time(first.clock.unwrap().due_time), back + left);
    assert_eq!(time(h.case(&case).await.hard_deadline), back + left, "the queue knows of it");
    assert_eq!(seconds(first.running), 20 * 3_600 + 10);
}

async fn everything_wrong_with_promises_and_hours_is_named_at_once(h: &Harness) {
    let targets = vec![
        target(SlaMetric::AgentWork, 1),
        target(SlaMetric::Update, 24 * 400),
        target(SlaMetric::Resolution, 24),
        v1::SlaTarget { kind: Some(v1::CaseKind::Review.into()), ..target(SlaMetric::Resolution, 12) },
    ];
    let mut calendar = office();
    calendar.week[0].shifts.reverse();
    calendar.exceptions = ["2026-12-25", "2026-12-25"]
        .map(|date| v1::SlaException { date: date.to_owned(), shifts: vec![shift("17:00", "09:00")] })
        .to_vec();
    let sla = v1::SlaPolicy { targets, calendar: Some(calendar), ..Default::default() };
    let paths = &["sla.targets", "sla.calendar"];
    let failure = refused(promise(h, MAIN, sla, paths).await, Code::InvalidArgument, Reason::InvalidField);
    let fields = refusal::fields(&failure);
    let wanted = [
        "sla.targets[0].metric",
        "sla.targets[1].promised_time",
        "sla.targets[3]",
        "sla.calendar.week",
        "sla.calendar.exceptions",
        "sla.calendar.exceptions",
        "sla.calendar.exceptions",
    ];
    assert_eq!(fields, wanted, "{failure}");
    let unreadable = v1::SlaCalendar {
        week: vec![
            v1::SlaDay { weekday: 0, shifts: vec![shift("9", "24:01")] },
            v1::SlaDay { weekday: Weekday::Monday.into(), shifts: Vec::new() },
            v1::SlaDay { weekday: Weekday::Monday.into(), shifts: Vec::new() },
        ],
        ..Default::default()
    };
    let wrong = v1::SlaTarget {
        metric: 0,
        hours: 9,
        channel: "No Channel".to_owned(),
        ..target(SlaMetric::Update, 1)
    };
    let sla = v1::SlaPolicy { targets: vec![wrong], calendar: Some(unreadable), ..Default::default() };
    let failure = refused(promise(h, MAIN, sla, paths).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure).len(), 7, "{failure}");
    assert_eq!(policy(h, MAIN).await.version, "0", "nothing was kept");
}
