//! Plain values for tests: short names, no choices hidden in them.

use amends_domain::case::{Case, CaseKind, Hold, Lease, Opening, Verb};
use amends_domain::detection::Reason;
use amends_domain::order::{Line, Purchase};
use amends_domain::policy::{ChannelPolicy, in_force};
use amends_domain::remedy::{Remedy, RemedyKind, RemedyState, Terms};
use amends_domain::review::{ReviewHistory, ReviewVersion, Told};
use amends_domain::signal::OrderState;
use amends_domain::subject::Subject;
use amends_domain::tally::{self, Count, ReviewHandling};
use amends_domain::zone::Zone;
use amends_domain::{
    AgentId, BuyerKey, CaseId, LeaseId, LineId, Money, OrderId, RemedyId, ShopId, SignalId, Sku, Time,
};

/// 2026-03-01T00:00:00Z, plus so many seconds.
pub(crate) fn at(secs: i64) -> Time {
    Time::from_secs(1_772_323_200 + secs)
}

/// So many days after the first instant of these tests.
pub(crate) fn on_day(day: i64) -> Time {
    at(day * 86_400)
}

pub(crate) fn eur(minor_units: i64) -> Money {
    Money::new(minor_units, "EUR".parse().unwrap())
}

pub(crate) fn agent(name: &str) -> AgentId {
    AgentId::new(name).unwrap()
}

pub(crate) fn shop() -> ShopId {
    ShopId::new("shop").unwrap()
}

pub(crate) fn order() -> OrderId {
    OrderId::new("o1").unwrap()
}

pub(crate) fn line_id() -> LineId {
    LineId::new("1").unwrap()
}

pub(crate) fn signal(id: impl std::fmt::Display) -> SignalId {
    SignalId::new(id.to_string()).unwrap()
}

/// A remedy's identifier made in the given millisecond, as a UUIDv7 begins with it.
pub(crate) fn remedy_id(ms: u32) -> RemedyId {
    RemedyId::from_bits(u128::from(ms) << 80)
}

pub(crate) fn opening() -> Opening {
    Opening {
        id: CaseId::from_bits(1),
        shop: shop(),
        subject: Subject::Line { order: order(), line: line_id() },
        kind: CaseKind::Review,
        origin: None,
        reasons: vec![Reason::Damaged],
        flags: Vec::new(),
        buyer: Some(BuyerKey::from_bits(7)),
        language: "en".to_owned(),
        stars: Some(1),
        hard_deadline: None,
        waiting_since: None,
        follow_up_of: None,
    }
}

/// A case in the queue since `at(0)`.
pub(crate) fn queued() -> Case {
    Case::open(opening(), at(0))
}

pub(crate) fn lease(agent_name: &str, expires_at: Time) -> Lease {
    Lease { id: LeaseId::from_bits(9), agent: agent(agent_name), expires_at }
}

/// The hold of whoever has the case now, as that agent sees it.
pub(crate) fn hold(case: &Case) -> Hold {
    let owner = case.handling.owner().cloned().unwrap_or_else(|| agent("ann"));
    Hold { agent: owner, fence: case.fence, version: case.version }
}

/// Claimed by ann at `at(10)` until `at(310)`.
pub(crate) fn claimed() -> Case {
    queued().apply(Verb::Claim { lease: lease("ann", at(310)) }, at(10)).unwrap()
}

/// Worked on by ann since `at(20)`.
pub(crate) fn working() -> Case {
    let case = claimed();
    let hold = hold(&case);
    case.apply(Verb::Act { hold }, at(20)).unwrap()
}

/// A proposed replacement of one unit.
pub(crate) fn proposed() -> Remedy {
    Remedy {
        id: remedy_id(1),
        shop: shop(),
        case: CaseId::from_bits(1),
        line: Some((order(), line_id())),
        units: 1,
        kind: RemedyKind::Replacement,
        terms: Terms::default(),
        reason: Reason::Damaged,
        cost: Some(eur(700)),
        stake: None,
        proposed_by: agent("ann"),
        proposed_at: at(0),
        after: None,
        offered_at: None,
        accepted_at: None,
        stopped_by: None,
        told: Vec::new(),
        state: RemedyState::Proposed,
        version: 1,
    }
}

/// A line of so many units, bought on the first day for 10.00 a unit.
pub(crate) fn bought(quantity: u32) -> Line {
    Line {
        purchase: Some(Purchase {
            said_at: on_day(0),
            said_by: signal("order"),
            placed_at: on_day(0),
            state: OrderState::Paid,
            buyer: BuyerKey::from_bits(7),
            sku: Sku::new("sku").unwrap(),
            title: String::new(),
            category: String::new(),
            quantity,
            unit_price: eur(1_000),
            language: String::new(),
        }),
        ..Line::unknown(shop(), order(), line_id())
    }
}

/// The policy of a channel, all regions.
pub(crate) fn policy(channel: &str) -> ChannelPolicy {
    in_force(&[], channel, "", on_day(0))
}

/// A visible version of a review; the text is a number.
pub(crate) fn seen(secs: i64, rating: u8, text: i64) -> ReviewVersion {
    ReviewVersion {
        observed_at: at(secs),
        signal: signal(secs),
        rating: Some(rating),
        text_hash: text,
        visible: true,
        removed_by: None,
        edit_state: None,
        platform_modified_at: None,
        follow_up: false,
        told: Told::default(),
    }
}

/// What a line adds, by the days of UTC.
pub(crate) fn of_line(line: &Line, policy: &ChannelPolicy) -> Vec<Count> {
    tally::of_line(line, policy, &Zone::utc())
}

/// What a review adds, by the days of UTC.
pub(crate) fn of_review(
    review: &ReviewHistory,
    handling: &ReviewHandling,
    policy: &ChannelPolicy,
) -> Vec<Count> {
    tally::of_review(review, handling, policy, &Zone::utc())
}
