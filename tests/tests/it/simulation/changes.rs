//! What changes around the cases: promises, hours, rules, shifts of agents, the wall clock.

use std::collections::BTreeSet;

use amends_app::case::{AssignCase, ClaimNextCase};
use amends_app::policy::{PolicyChange, UpdatePolicy};
use amends_app::{AppError, Role};
use amends_domain::signal::{Author, Direction, MessageSignal, Signal, SignalBody};
use amends_domain::sla::{Hours, Metric, OpeningHours, Shift, Target};
use amends_domain::{CaseId, Span};
use amends_store::{clock, policy};
use futures::future::join_all;
use rand::Rng;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

use super::house::{House, call, principal, shop};
use super::seen::every_case;
use super::story::{buyer_of, buyers_word};

/// Another promise, other hours or other rules, in the middle of everything.
pub(super) async fn policy(house: &House, rng: &mut ChaCha8Rng) {
    let version = policy::latest(&house.look.reader(), &shop()).await.unwrap().map_or(0, |row| row.version);
    let mut change = PolicyChange::default();
    match rng.random_range(0..4) {
        0 => change.targets = Some(promises(rng)),
        1 => change.hours = Some(rng.random_bool(0.7).then(|| hours(rng))),
        2 => change.reply_approval = Some(rng.random_bool(0.4)),
        _ => change.lease = Some(Span::from_minutes(rng.random_range(1..60))),
    }
    let update = UpdatePolicy { shop: shop(), version, change };
    let admin = principal("root", &[Role::Admin]);
    let done = house.app.change_shop(call(&admin), update, |_| Vec::new()).await;
    assert!(done.is_ok() || house.is_dead(), "{done:?}");
}

fn promises(rng: &mut ChaCha8Rng) -> Vec<Target> {
    let promised = Metric::ALL.iter().filter(|metric| metric.has_target() && rng.random_bool(0.7));
    let promised: Vec<Metric> = promised.copied().collect();
    let target = |metric| Target {
        metric,
        kind: None,
        channel: None,
        least_priority: None,
        span: Span::from_minutes(rng.random_range(10..4_000)),
        hours: if rng.random_bool(0.5) { Hours::Business } else { Hours::Always },
    };
    promised.into_iter().map(target).collect()
}

fn hours(rng: &mut ChaCha8Rng) -> OpeningHours {
    let from = rng.random_range(0..600);
    let shift = Shift { from, to: from + rng.random_range(60..800) };
    let mut week: [Vec<Shift>; 7] = std::array::from_fn(|_| vec![shift]);
    if rng.random_bool(0.6) {
        week[5].clear();
        week[6].clear();
    }
    OpeningHours { zone: "UTC".to_owned(), week, exceptions: Vec::new() }
}

/// Several agents ask for the next case at the same time: nobody gets what another got.
pub(super) async fn shift_begins(house: &House, rng: &mut ChaCha8Rng) {
    let asks = (0..rng.random_range(2..8)).map(|n| {
        let who = principal(["mia", "tom", "zoe"][n % 3], &[Role::Agent]);
        let next = ClaimNextCase { shop: shop(), kinds: Vec::new(), languages: Vec::new(), level_max: None };
        async move { house.app.claim_next(call(&who), next, |_| Vec::new()).await }
    });
    let mut given = Vec::new();
    for answer in join_all(asks).await {
        match answer {
            Ok(amends_app::Answer::Fresh(Some(claimed))) => given.push(claimed.summary.case.id),
            // Whoever has gone, or holds enough, gets none.
            Ok(_) | Err(AppError::AtCapacity { .. } | AppError::Agent(_)) => {}
            Err(error) => assert!(house.is_dead(), "{error}"),
        }
    }
    let all = given.len();
    given.sort();
    given.dedup();
    assert_eq!(given.len(), all, "a case was given twice");
}

/// A supervisor gives a case to someone, or takes it back.
pub(super) async fn assign(house: &House, rng: &mut ChaCha8Rng) {
    let cases = every_case(house).await;
    let Some(case) = cases.choose(rng) else { return };
    let agent = rng.random_bool(0.5).then(|| "boss".parse().unwrap());
    let assign =
        AssignCase { shop: shop(), case: case.id, version: case.version, agent, note: String::new() };
    house.attempt(&principal("boss", &[Role::Supervisor]), assign).await;
}

/// Whose word it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    Buyer,
    Seller,
    QuickReply,
    Bot,
}

/// Something said in a conversation about an order, just now or weeks ago.
pub(super) fn said(house: &House, rng: &mut ChaCha8Rng, number: u64, voice: Voice) -> Signal {
    let order = rng.random_range(0..9);
    let body = SignalBody::Message(MessageSignal {
        message: format!("said-{number}").parse().unwrap(),
        conversation: format!("c{order}").parse().unwrap(),
        order: rng.random_bool(0.8).then(|| format!("o{order}").parse().unwrap()),
        line: None,
        buyer: format!("b{}", buyer_of(order)).parse().unwrap(),
        direction: if voice == Voice::Buyer { Direction::FromBuyer } else { Direction::ToBuyer },
        author: match voice {
            Voice::Buyer | Voice::Seller => Author::Human,
            Voice::QuickReply => Author::QuickReply,
            Voice::Bot => Author::Bot,
        },
        text: format!("I still wait for my refund, this is a joke. {}", buyers_word(buyer_of(order))),
        language: String::new(),
        public: false,
    });
    let ago = if rng.random_bool(0.2) { rng.random_range(0..28 * 24) } else { 0 };
    let id = format!("said-{number}").parse().unwrap();
    Signal { id, occurred_at: house.app.now() - Span::from_hours(ago), body }
}

/// The clocks that wait for a person: they have not ended.
pub(super) async fn waiting(house: &House) -> BTreeSet<(CaseId, &'static str, u32)> {
    let cases = every_case(house).await;
    let keys: Vec<_> = cases.iter().map(|case| (shop(), case.id)).collect();
    let clocks = clock::whole(&house.look.reader(), &keys).await.unwrap();
    let rows = clocks.iter().flat_map(|one| one.parts.rows.iter().map(|row| (one.case, row)));
    rows.filter(|(_, row)| row.phase.is_open())
        .map(|(case, row)| (case, row.metric.as_str(), row.number))
        .collect()
}
