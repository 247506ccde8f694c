//! Plain values for tests: short names, no choices hidden in them.

use amends_app::case::Target;
use amends_app::{Principal, Role, ShopScope};
use amends_domain::case::{Case, CaseKind, Opening};
use amends_domain::detection::Reason;
use amends_domain::order::{Line, Purchase, Units};
use amends_domain::remedy::{Remedy, RemedyKind, RemedyState, Terms};
use amends_domain::review::{DiffKind, ReviewVersion, Told};
use amends_domain::rollup::About;
use amends_domain::signal::OrderState;
use amends_domain::subject::Subject;
use amends_domain::tally::ReviewHandling;
use amends_domain::{
    AgentId, BuyerKey, CaseId, LineId, Money, OrderId, RemedyId, ReviewId, ShopId, SignalId, Sku, Span, Time,
};
use amends_store::review::{ReviewHead, ReviewRow};

/// 2026-03-01T10:00:00Z, when buyers may be written to: when every test begins.
pub(crate) const START: Time = Time::from_secs(1_772_359_200);

/// So long after the beginning.
pub(crate) fn after(span: Span) -> Time {
    START + span
}

pub(crate) fn minutes(n: i64) -> Span {
    Span::from_minutes(n)
}

pub(crate) fn days(n: i64) -> Span {
    Span::from_days(n)
}

pub(crate) fn shop() -> ShopId {
    "shop".parse().unwrap()
}

pub(crate) fn agent(name: &str) -> AgentId {
    name.parse().unwrap()
}

fn principal(name: &str, role: Role) -> Principal {
    Principal { name: agent(name), roles: vec![role], shops: ShopScope::Only(vec![shop()]) }
}

/// An agent.
pub(crate) fn ann() -> Principal {
    principal("ann", Role::Agent)
}

/// Another agent.
pub(crate) fn bob() -> Principal {
    principal("bob", Role::Agent)
}

/// A supervisor.
pub(crate) fn sue() -> Principal {
    principal("sue", Role::Supervisor)
}

/// An analyst.
pub(crate) fn nan() -> Principal {
    principal("nan", Role::Analyst)
}

/// Who may do everything, everywhere.
pub(crate) fn root() -> Principal {
    Principal { name: agent("root"), roles: Role::ALL.to_vec(), shops: ShopScope::All }
}

/// Whoever works for another shop only.
pub(crate) fn stranger() -> Principal {
    Principal { shops: ShopScope::Only(vec!["other".parse().unwrap()]), ..sue() }
}

pub(crate) fn case_id(n: u32) -> CaseId {
    CaseId::from_bits(u128::from(n))
}

pub(crate) fn order_id(n: u32) -> OrderId {
    format!("o{n}").parse().unwrap()
}

pub(crate) fn line_id() -> LineId {
    "1".parse().unwrap()
}

pub(crate) fn buyer(n: u32) -> BuyerKey {
    BuyerKey::from_bits(u128::from(n))
}

/// A case in the queue about the one line of its own order, of its own buyer.
pub(crate) fn case(n: u32) -> Case {
    let opening = Opening {
        id: case_id(n),
        shop: shop(),
        subject: Subject::Line { order: order_id(n), line: line_id() },
        kind: CaseKind::Review,
        origin: None,
        reasons: vec![Reason::Damaged],
        flags: Vec::new(),
        buyer: Some(buyer(n)),
        language: "en".to_owned(),
        stars: Some(1),
        hard_deadline: None,
        waiting_since: None,
        follow_up_of: None,
    };
    Case::open(opening, START)
}

/// The line of the order of that number: two units at 10.00, delivered the day before, wanted back now.
pub(crate) fn line(n: u32) -> Line {
    let before = START - days(1);
    Line {
        purchase: Some(Purchase {
            said_at: before,
            said_by: signal("order"),
            placed_at: before,
            state: OrderState::Paid,
            buyer: buyer(n),
            sku: Sku::new("sku").unwrap(),
            title: "Lamp".to_owned(),
            category: String::new(),
            quantity: 2,
            unit_price: Money::new(1_000, "EUR".parse().unwrap()),
            language: "en".to_owned(),
        }),
        delivered: Some(Units { at: before, units: 2 }),
        intent_at: Some(START),
        ..Line::unknown(shop(), order_id(n), line_id())
    }
}

pub(crate) fn signal(id: &str) -> SignalId {
    id.parse().unwrap()
}

pub(crate) fn review_id(n: u32) -> ReviewId {
    format!("r{n}").parse().unwrap()
}

/// A one-star review of the case of that number, seen when the tests begin.
pub(crate) fn review(n: u32) -> (ReviewRow, ReviewVersion) {
    let version = ReviewVersion {
        observed_at: START,
        signal: signal("review"),
        rating: Some(1),
        text_hash: 1,
        visible: true,
        removed_by: None,
        edit_state: None,
        platform_modified_at: None,
        follow_up: false,
        told: Told::default(),
    };
    let head = ReviewHead {
        negative: true,
        first_rating: Some(1),
        rating: Some(1),
        first_observed_at: Some(START),
        written_at: Some(START),
        visible: true,
        last_diff: DiffKind::First,
        reversed_at: None,
    };
    let row = ReviewRow {
        shop: shop(),
        review: review_id(n),
        order: Some(order_id(n)),
        line: Some(line_id()),
        sku: None,
        buyer: Some(buyer(n)),
        case: Some(case_id(n)),
        language: "en".to_owned(),
        hidden_negative: false,
        last_observed_at: START,
        history: head,
        handling: ReviewHandling::default(),
        next_look_at: Some(START + Span::from_hours(1)),
        line_sku: Some(Sku::new("sku").unwrap()),
        wished_at: None,
        about: About::of([&case(n)]),
    };
    (row, version)
}

/// A remedy of the case of that number, offered for three days.
pub(crate) fn offered(n: u32) -> Remedy {
    Remedy {
        id: RemedyId::from_bits(u128::from(n)),
        shop: shop(),
        case: case_id(n),
        line: None,
        units: 1,
        kind: RemedyKind::Instructions,
        terms: Terms::default(),
        reason: Reason::Defective,
        cost: None,
        stake: None,
        proposed_by: agent("ann"),
        proposed_at: START,
        after: None,
        offered_at: None,
        accepted_at: None,
        stopped_by: None,
        told: Vec::new(),
        state: RemedyState::Offered { at: START, expires_at: after(days(3)) },
        version: 1,
    }
}

/// What the holder of a case shows who has just seen it.
pub(crate) fn target(case: &Case) -> Target {
    Target { shop: case.shop.clone(), case: case.id, fence: case.fence, version: case.version }
}

/// What a supervisor without a hold shows.
pub(crate) fn unheld(case: &Case) -> Target {
    Target { fence: 0, ..target(case) }
}
