//! Promises to buyers: kept by the clock, told once, and explained to the minute.

use std::sync::Arc;

use amends_client::v1;
use amends_domain::sla::Metric;
use amends_domain::{CaseId, ShopId, Span, Time};
use amends_store::clock;
use amends_tests::harness::{MAIN, by_operator, last};
use amends_tests::make::{LEAKS, WRONG_SIZE, answer, message, order, return_request, review, stamp, time};
use amends_tests::{Desk, Harness, flow, refusal, refused};
use prost_types::Duration;
use tonic::Code;
use v1::timeline_entry::Entry;
use v1::{HardDeadlineKind, MessageAuthor, Reason, SlaHours, SlaMetric, SlaVerdict};

flow!(
    a_promise_is_warned_of_and_broken_once_and_explained_to_the_minute,
    a_machines_answer_stops_no_clock_and_a_persons_does,
    an_answer_that_becomes_known_late_counts_from_when_it_was_given,
    what_cannot_be_explained_is_refused,
    a_nearer_deadline_of_the_channel_stays_the_nearest,
    many_signals_about_one_case_are_heard_in_order,
    the_buyers_turn_pauses_what_is_theirs,
    what_is_stored_can_be_recounted_and_repaired,
    a_case_without_clocks_gets_them_from_its_log
);

pub(super) async fn explain(h: &Harness, case: &str, version: &str) -> v1::ExplainSlaResponse {
    let request = v1::ExplainSlaRequest { name: case.to_owned(), policy_version: version.to_owned() };
    h.client().call(request).await.unwrap()
}

pub(super) fn clock_of(explained: &v1::ExplainSlaResponse, metric: SlaMetric) -> &v1::SlaComparison {
    let of =
        |one: &&v1::SlaComparison| one.account.as_ref().unwrap().clock.as_ref().unwrap().metric() == metric;
    explained.clocks.iter().rfind(of).unwrap()
}

fn verdict(one: &v1::SlaComparison) -> SlaVerdict {
    one.account.as_ref().unwrap().clock.as_ref().unwrap().verdict()
}

/// What was told about the clocks of a case: whether a breach, of what, and when it came due.
pub(super) async fn told(h: &Harness, case: &str) -> Vec<(bool, SlaMetric, Time)> {
    let entries = h.timeline(case).await.into_iter();
    let step = |entry: v1::TimelineEntry| match entry.entry? {
        Entry::SlaWarned(step) => Some((false, step.metric(), time(step.due_time))),
        Entry::SlaBreached(step) => Some((true, step.metric(), time(step.due_time))),
        _ => None,
    };
    entries.filter_map(step).collect()
}

/// A buyer asks, and a case opens.
pub(super) async fn asked(h: &Harness, id: &str) -> String {
    asked_in(h, MAIN, id).await
}

pub(super) async fn asked_in(h: &Harness, shop: &str, id: &str) -> String {
    h.say_in(shop, h.now(), order(id)).await;
    h.say_in(shop, h.now(), message(&format!("m-{id}"), id, WRONG_SIZE)).await.case
}

pub(super) fn seconds(span: Option<Duration>) -> i64 {
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
    let first = clock_of(&explained, SlaMetric::FirstResponse);
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
    let first = |explained: &v1::ExplainSlaResponse| verdict(clock_of(explained, SlaMetric::FirstResponse));
    assert_eq!(first(&explain(h, &case, "").await), SlaVerdict::Running);
    h.advance(Span::from_minutes(10)).await;
    h.say(answer("a2", "o1", MessageAuthor::QuickReply)).await;
    let explained = explain(h, &case, "").await;
    assert_eq!(first(&explained), SlaVerdict::Met);
    assert_eq!(verdict(clock_of(&explained, SlaMetric::Update)), SlaVerdict::Running);
    h.say(message("m2", "o1", "And when will that be?")).await;
    let next = explain(h, &case, "").await;
    assert_eq!(verdict(clock_of(&next, SlaMetric::NextResponse)), SlaVerdict::Running);
    let mut desk = Desk::claim(h.client(), &case).await;
    desk.contact("Tomorrow.").await.unwrap();
    let explained = explain(h, &case, "").await;
    assert_eq!(verdict(clock_of(&explained, SlaMetric::NextResponse)), SlaVerdict::Met);
    let update = clock_of(&explained, SlaMetric::Update).account.clone().unwrap().clock.unwrap();
    assert_eq!(update.instance, 2, "each answer owes the next");
}

async fn an_answer_that_becomes_known_late_counts_from_when_it_was_given(h: &Harness) {
    let (start, case) = (h.now(), asked(h, "o1").await);
    // Known before anything was told: the promise was kept.
    h.clock.advance_to(start + Span::from_minutes(40));
    h.say_at(start + Span::from_minutes(20), answer("a1", "o1", MessageAuthor::Human)).await;
    let first = |explained: &v1::ExplainSlaResponse| {
        clock_of(explained, SlaMetric::FirstResponse).account.clone().unwrap().clock.unwrap()
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
    let _ = refused(h.client().call(ask(&nobody, "")).await, Code::NotFound, Reason::CaseNotFound);
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
    let first = clock_of(&explained, SlaMetric::FirstResponse);
    assert_eq!(verdict(first), SlaVerdict::Met, "it counts from when there is a case");
    let next = clock_of(&explained, SlaMetric::NextResponse).account.clone().unwrap().clock.unwrap();
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
        let account = clock_of(&explained, metric).account.clone().unwrap();
        assert_eq!(seconds(account.paused), 2 * 86_400, "{metric:?}");
        let sums = seconds(account.running) + seconds(account.outside_hours) + seconds(account.paused);
        let since = h.now().since(time(account.clock.unwrap().start_time)).micros() / 1_000_000;
        assert_eq!(sums, since, "every second is accounted for");
    }
    let next = clock_of(&explained, SlaMetric::NextResponse).account.clone().unwrap();
    assert_eq!(seconds(next.running), 3_600);
}

fn key(case: &str) -> (ShopId, CaseId) {
    (ShopId::new("main").unwrap(), last(case).parse().unwrap())
}

async fn recompute(h: &Harness, repair: bool) -> Vec<String> {
    let shop = ShopId::new("main").unwrap();
    let found = h.app.recompute(by_operator(), &shop, repair, Arc::new(|_, _| {})).await.unwrap();
    found.differences
}

async fn what_is_stored_can_be_recounted_and_repaired(h: &Harness) {
    let case = asked(h, "o1").await;
    h.advance(Span::from_hours(2)).await;
    let before = h.view(&case).await.clocks;
    let mut kept = clock::whole(&h.app.store().reader(), &[key(&case)]).await.unwrap();
    kept[0].parts.rows.retain(|row| row.metric != Metric::Resolution);
    kept[0].parts.stand.buyer_waits = false;
    kept[0].due_at = None;
    let tx = h.app.store().begin().await.unwrap();
    tx.send(clock::forget(&[key(&case)])).await.unwrap();
    tx.send(clock::put(&kept)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(recompute(h, false).await.len(), 3, "the rows, their promise, and the queue's");
    recompute(h, true).await;
    assert_eq!(recompute(h, false).await, [""; 0]);
    assert_eq!(h.view(&case).await.clocks, before);
    let count = told(h, &case).await.len();
    h.settle().await;
    assert_eq!(told(h, &case).await.len(), count, "what was told is not told again");
}

async fn a_case_without_clocks_gets_them_from_its_log(h: &Harness) {
    let (one, other) = (asked(h, "o1").await, asked(h, "o2").await);
    h.advance(Span::from_hours(2)).await;
    let tx = h.app.store().begin().await.unwrap();
    tx.send(clock::forget(&[key(&one), key(&other)])).await.unwrap();
    tx.commit().await.unwrap();
    assert!(h.view(&one).await.clocks.is_empty());
    h.say(answer("a1", "o1", MessageAuthor::Human)).await;
    let mut desk = Desk::claim(h.client(), &other).await;
    desk.contact("We send the right size.").await.unwrap();
    for case in [one, other] {
        let clocks = explain(h, &case, "").await.clocks.into_iter();
        let clocks: Vec<_> = clocks.map(|one| one.account.unwrap().clock.unwrap()).collect();
        assert_eq!(h.view(&case).await.clocks, clocks);
        assert_eq!(told(h, &case).await.len(), 2, "nothing is told twice");
    }
}
