//! Promises to buyers: kept by the clock, told once, and explained to the minute.

use amends_client::v1;
use amends_domain::{Span, Time};
use amends_tests::harness::{MAIN, START};
use amends_tests::make::{
    self, LEAKS, WRONG_SIZE, answer, message, order, return_request, review, stamp, time,
};
use amends_tests::{Desk, Harness, flow, refusal, refused};
use prost_types::{Duration, FieldMask};
use tonic::Code;
use v1::timeline_entry::Entry;
use v1::{HardDeadlineKind, MessageAuthor, Reason, SlaHours, SlaMetric, SlaSegmentKind, SlaVerdict, Weekday};

flow!(
    a_promise_is_warned_of_and_broken_once_and_explained_to_the_minute,
    a_machines_answer_stops_no_clock_and_a_persons_does,
    an_answer_that_becomes_known_late_counts_from_when_it_was_given,
    a_shop_promises_in_its_own_hours,
    a_holiday_entered_late_moves_what_is_due_and_not_what_was,
    everything_wrong_with_promises_and_hours_is_named_at_once,
    what_cannot_be_explained_is_refused,
    a_nearer_deadline_of_the_channel_stays_the_nearest,
    many_signals_about_one_case_are_heard_in_order,
    the_buyers_turn_pauses_what_is_theirs
);

async fn explain(h: &Harness, case: &str, version: &str) -> v1::ExplainSlaResponse {
    let request = v1::ExplainSlaRequest { name: case.to_owned(), policy_version: version.to_owned() };
    h.client().call(request).await.unwrap()
}

fn clock(explained: &v1::ExplainSlaResponse, metric: SlaMetric) -> &v1::SlaComparison {
    let of =
        |one: &&v1::SlaComparison| one.account.as_ref().unwrap().clock.as_ref().unwrap().metric() == metric;
    explained.clocks.iter().rfind(of).unwrap()
}

fn verdict(one: &v1::SlaComparison) -> SlaVerdict {
    one.account.as_ref().unwrap().clock.as_ref().unwrap().verdict()
}

/// What was told about the clocks of a case: whether a breach, of what, and when it came due.
async fn told(h: &Harness, case: &str) -> Vec<(bool, SlaMetric, Time)> {
    let entries = h.timeline(case).await.into_iter();
    let step = |entry: v1::TimelineEntry| match entry.entry? {
        Entry::SlaWarned(step) => Some((false, step.metric(), time(step.due_time))),
        Entry::SlaBreached(step) => Some((true, step.metric(), time(step.due_time))),
        _ => None,
    };
    entries.filter_map(step).collect()
}

/// A buyer asks, and a case opens.
async fn asked(h: &Harness, id: &str) -> String {
    asked_in(h, MAIN, id).await
}

async fn asked_in(h: &Harness, shop: &str, id: &str) -> String {
    h.say_in(shop, h.now(), order(id)).await;
    h.say_in(shop, h.now(), message(&format!("m-{id}"), id, WRONG_SIZE)).await.case
}

fn seconds(span: Option<Duration>) -> i64 {
    span.unwrap().seconds
}

async fn a_promise_is_warned_of_and_broken_once_and_explained_to_the_minute(h: &Harness) {
    let start = h.now();
    let case = asked(h, "o1").await;
    let promised = start + Span::from_hours(1);
    let seen = h.case(&case).await;
    assert_eq!((time(seen.hard_deadline), seen.hard_deadline_kind()), (promised, HardDeadlineKind::Sla));
    h.advance(Span::from_minutes(50)).await;
    let warning = (false, SlaMetric::FirstResponse, start + Span::from_minutes(45));
    assert_eq!(told(h, &case).await, [warning]);
    // Two sweepers at once, and another look.
    h.clock.advance_to(start + Span::from_minutes(70));
    let (one, other) = tokio::join!(h.app.run_due(100), h.app.run_due(100));
    assert!(one.is_ok() && other.is_ok());
    h.settle().await;
    assert_eq!(told(h, &case).await, [warning, (true, SlaMetric::FirstResponse, promised)]);
    let seen = h.case(&case).await;
    assert_eq!(time(seen.hard_deadline), promised, "a broken promise stays the most urgent");
    let explained = explain(h, &case, "").await;
    let first = clock(&explained, SlaMetric::FirstResponse);
    assert_eq!(verdict(first), SlaVerdict::Breached);
    let account = first.account.as_ref().unwrap();
    assert_eq!((account.segments.len(), seconds(account.running)), (1, 70 * 60));
    assert_eq!(account.target.as_ref().unwrap().hours(), SlaHours::Business);
    assert!(first.under_version.is_none() && !first.differs);
    let shown = h.view(&case).await.clocks;
    let explained: Vec<_> =
        explained.clocks.into_iter().map(|one| one.account.unwrap().clock.unwrap()).collect();
    assert_eq!(shown, explained, "what is stored is what the log makes");
    let mut desk = Desk::claim(h.client(), &case).await;
    desk.contact("We send the right size.").await.unwrap();
    h.advance(Span::from_days(30)).await;
    let mut all = told(h, &case).await;
    let count = all.len();
    all.sort_by_key(|(breach, metric, at)| (*breach, *metric as i32, *at));
    all.dedup_by_key(|(breach, metric, _)| (*breach, *metric as i32));
    assert_eq!(all.len(), count, "each once for each clock: {all:?}");
}

async fn a_machines_answer_stops_no_clock_and_a_persons_does(h: &Harness) {
    let case = asked(h, "o1").await;
    h.advance(Span::from_minutes(10)).await;
    h.say(answer("a1", "o1", MessageAuthor::Bot)).await;
    let first = |explained: &v1::ExplainSlaResponse| verdict(clock(explained, SlaMetric::FirstResponse));
    assert_eq!(first(&explain(h, &case, "").await), SlaVerdict::Running);
    h.advance(Span::from_minutes(10)).await;
    h.say(answer("a2", "o1", MessageAuthor::QuickReply)).await;
    let explained = explain(h, &case, "").await;
    assert_eq!(first(&explained), SlaVerdict::Met);
    assert_eq!(verdict(clock(&explained, SlaMetric::Update)), SlaVerdict::Running);
    h.say(message("m2", "o1", "And when will that be?")).await;
    let next = explain(h, &case, "").await;
    assert_eq!(verdict(clock(&next, SlaMetric::NextResponse)), SlaVerdict::Running);
    let mut desk = Desk::claim(h.client(), &case).await;
    desk.contact("Tomorrow.").await.unwrap();
    let explained = explain(h, &case, "").await;
    assert_eq!(verdict(clock(&explained, SlaMetric::NextResponse)), SlaVerdict::Met);
    let update = clock(&explained, SlaMetric::Update).account.clone().unwrap().clock.unwrap();
    assert_eq!(update.instance, 2, "each answer owes the next");
}

async fn an_answer_that_becomes_known_late_counts_from_when_it_was_given(h: &Harness) {
    let (start, case) = (h.now(), asked(h, "o1").await);
    // Known before anything was told: the promise was kept.
    h.clock.advance_to(start + Span::from_minutes(40));
    h.say_at(start + Span::from_minutes(20), answer("a1", "o1", MessageAuthor::Human)).await;
    let first = |explained: &v1::ExplainSlaResponse| {
        clock(explained, SlaMetric::FirstResponse).account.clone().unwrap().clock.unwrap()
    };
    let kept = first(&explain(h, &case, "").await);
    assert_eq!((kept.verdict(), seconds(kept.elapsed)), (SlaVerdict::Met, 20 * 60));
    // Known after the breach was told: what was told is not unsaid.
    let other = asked(h, "o2").await;
    h.advance(Span::from_hours(2)).await;
    h.say_at(start + Span::from_minutes(50), answer("a2", "o2", MessageAuthor::Human)).await;
    let broken = first(&explain(h, &other, "").await);
    assert_eq!((broken.verdict(), seconds(broken.elapsed)), (SlaVerdict::Breached, 60 * 60));
}

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
        let midnight = START + Span::from_micros(days - Span::from_hours(7).micros());
        midnight + Span::from_minutes(hour * 60 + minute)
    };
    h.advance(local(6, 17, 0).since(monday)).await;
    let case = asked_in(h, shop, "o1").await;
    assert_eq!(time(h.case(&case).await.hard_deadline), local(9, 10, 0));
    h.advance(local(9, 9, 30).since(h.now())).await;
    h.say_in(shop, h.now(), answer("a1", "o1", MessageAuthor::Human)).await;
    let explained = explain(h, &case, "0").await;
    assert_eq!(explained.policy_version, set.version);
    let first = clock(&explained, SlaMetric::FirstResponse);
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
    let first = clock(&explained, SlaMetric::FirstResponse).account.clone().unwrap();
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

async fn what_cannot_be_explained_is_refused(h: &Harness) {
    let case = asked(h, "o1").await;
    let ask = |name: &str, version: &str| v1::ExplainSlaRequest {
        name: name.to_owned(),
        policy_version: version.to_owned(),
    };
    for version in ["7", "-1", "last"] {
        let answer = h.client().call(ask(&case, version)).await;
        let failure = refused(answer, Code::InvalidArgument, Reason::InvalidField);
        assert_eq!(refusal::fields(&failure), ["policy_version"]);
    }
    let nobody = format!("{MAIN}/cases/case_{}", "0".repeat(32));
    refused(h.client().call(ask(&nobody, "")).await, Code::NotFound, Reason::CaseNotFound);
    let other = h.open_shop("other", "etsy").await;
    let stranger = h.client_in("eve", &[amends_app::Role::Agent], &[&other]).await;
    let answer = stranger.call(ask(&case, "")).await;
    assert!(answer.is_err(), "another shop's agent");
}

async fn a_nearer_deadline_of_the_channel_stays_the_nearest(h: &Harness) {
    let review_case = {
        h.say(order("o1")).await;
        h.say(review("r1", "o1", 1, LEAKS)).await.case
    };
    let reviewed = h.case(&review_case).await;
    assert_eq!(reviewed.hard_deadline_kind(), HardDeadlineKind::Sla);
    assert_eq!(time(reviewed.hard_deadline), h.now() + Span::from_days(7), "agreement");
    h.say(order("o2")).await;
    let channel = h.now() + Span::from_hours(30);
    let request =
        v1::ReturnSignal { channel_deadline: Some(stamp(channel)), ..return_request("ret", "o2", h.now()) };
    let case = h.say(request).await.case;
    let seen = h.case(&case).await;
    assert_eq!(
        (time(seen.hard_deadline), seen.hard_deadline_kind()),
        (channel, HardDeadlineKind::ChannelAutoApproval)
    );
    // The buyer asks: an answer is owed before the channel decides.
    h.say(message("m2", "o2", "Where is the label?")).await;
    let seen = h.case(&case).await;
    assert_eq!(
        (time(seen.hard_deadline), seen.hard_deadline_kind()),
        (h.now() + Span::from_hours(1), HardDeadlineKind::Sla)
    );
    let next = v1::ClaimNextCaseRequest { parent: MAIN.to_owned(), ..Default::default() };
    let claimed = h.client().call(next).await.unwrap().case.unwrap();
    assert_eq!(claimed.name, case, "what is due in an hour comes before what is due in a week");
    let mut desk = Desk {
        client: h.client().clone(),
        case: claimed.clone(),
        lease: v1::Lease { fence: claimed.fence, ..Default::default() },
    };
    desk.look().await;
    desk.contact("Here it is.").await.unwrap();
    let seen = h.case(&case).await;
    assert_eq!(seen.hard_deadline_kind(), HardDeadlineKind::Sla, "the next word is owed in a day");
    assert_eq!(time(seen.hard_deadline), h.now() + Span::from_hours(24));
}

async fn many_signals_about_one_case_are_heard_in_order(h: &Harness) {
    let start = h.now();
    h.clock.advance_to(start + Span::from_hours(3));
    let at = |minutes| start + Span::from_minutes(minutes);
    let mut signals =
        vec![h.signal_at(at(0), order("o1")), h.signal_at(at(1), message("m0", "o1", WRONG_SIZE))];
    for n in 1..20 {
        let minutes = 150 + n;
        signals.push(match n % 3 {
            0 => h.signal_at(at(minutes), answer(&format!("a{n}"), "o1", MessageAuthor::Human)),
            _ => h.signal_at(at(minutes), message(&format!("m{n}"), "o1", "And now?")),
        });
    }
    let results = h.record(MAIN, signals).await;
    let case = results.last().unwrap().case.clone();
    let explained = explain(h, &case, "").await;
    let first = clock(&explained, SlaMetric::FirstResponse);
    assert_eq!(verdict(first), SlaVerdict::Met, "it counts from when there is a case");
    let next = clock(&explained, SlaMetric::NextResponse).account.clone().unwrap().clock.unwrap();
    assert!(next.instance > 1 || next.verdict() == SlaVerdict::Running);
    let shown = h.view(&case).await.clocks;
    assert_eq!(shown.len(), explained.clocks.len());
}

async fn the_buyers_turn_pauses_what_is_theirs(h: &Harness) {
    let case = asked(h, "o1").await;
    let mut desk = Desk::claim(h.client(), &case).await;
    desk.contact("Which size do you need?").await.unwrap();
    desk.wait(v1::WaitReason::Buyer, None).await.unwrap();
    h.advance(Span::from_days(2)).await;
    assert_eq!(told(h, &case).await, [], "nothing is due while it is the buyer's turn");
    h.say(message("m2", "o1", "Size 38.")).await;
    h.advance(Span::from_hours(1)).await;
    let explained = explain(h, &case, "").await;
    for metric in [SlaMetric::Update, SlaMetric::Agreement, SlaMetric::Resolution] {
        let account = clock(&explained, metric).account.clone().unwrap();
        assert_eq!(seconds(account.paused), 2 * 86_400, "{metric:?}");
        let sums = seconds(account.running) + seconds(account.outside_hours) + seconds(account.paused);
        let since = h.now().since(time(account.clock.unwrap().start_time)).micros() / 1_000_000;
        assert_eq!(sums, since, "every second is accounted for");
    }
    let next = clock(&explained, SlaMetric::NextResponse).account.clone().unwrap();
    assert_eq!(seconds(next.running), 3_600);
}
