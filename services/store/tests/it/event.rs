//! The timeline: append-only, in order, and every event readable for ever.

use amends_domain::agent::Leaving;
use amends_domain::case::{CaseKind, Outcome};
use amends_domain::detection::Reason;
use amends_domain::event::{Actor, ActorKind, Event};
use amends_domain::guardrail::Rule;
use amends_domain::link::Relation;
use amends_domain::remedy::{Disposal, RemedyKind};
use amends_domain::returns::{ReturnStatus, Verdict};
use amends_domain::review::DiffKind;
use amends_domain::signal::{Author, Direction, ShipmentState, SignalKind};
use amends_domain::sla::Metric;
use amends_domain::{
    BuyerKey, CaseId, DecisionId, EventId, IncidentId, RemedyId, ReplyId, SampleId, ShopId, SuggestionId,
};
use amends_store::Store;
use amends_store::event::{self, EventRow};

use crate::case::{at, shop};

conformance!(
    every_event_reads_back_as_written,
    a_timeline_is_in_the_order_of_writing_and_pages_by_number,
    an_event_rolled_back_never_happened,
);

pub(crate) fn row(shop: &ShopId, number: u32, case: u32, event: Event) -> EventRow {
    EventRow {
        shop: shop.clone(),
        id: EventId::from_bits(u128::from(number)),
        case: Some(CaseId::from_bits(u128::from(case))),
        event,
        actor: Actor { kind: ActorKind::System, name: "due".to_owned() },
        cause: "lease_expiry".to_owned(),
        trace: None,
        occurred_at: at(i64::from(number)),
        recorded_at: at(i64::from(number) + 1),
    }
}

pub(crate) fn woken(shop: &ShopId, number: u32, case: u32) -> EventRow {
    row(shop, number, case, Event::CaseWoken { cause: format!("timer {number}") })
}

/// A value for a fact of an event.
fn fact(word: &str, name: &str) -> String {
    match word {
        "incident.raised" | "buyer.erased" => raised(name),
        _ if name == "sample" => SampleId::from_bits(10).to_string(),
        _ if name == "metric" => Metric::ALL[0].to_string(),
        _ => usual(word, name),
    }
}

fn usual(word: &str, name: &str) -> String {
    let odd = "“odd” \"words\", \n 壊れた {0}";
    match (word, name) {
        ("case.opened", "kind") => CaseKind::Return.to_string(),
        ("case.signal_joined", "kind") => SignalKind::ALL[0].to_string(),
        ("agent.offline", "cause") => Leaving::ALL[0].to_string(),
        (_, "kind" | "first") => RemedyKind::MissingPart.to_string(),
        ("case.opened", "reason") => Reason::Defective.to_string(),
        ("case.subject_refined", "from") => "order:O-1".to_owned(),
        ("case.subject_refined", "to") => "line:O-1/L-1".to_owned(),
        ("return.verdict_changed", "from") => Verdict::ALL[0].to_string(),
        ("return.verdict_changed", "to") => Verdict::ALL[1].to_string(),
        ("case.priority_changed", _) | (_, "priority" | "instance") => "3".to_owned(),
        (_, "target") => "3600000000".to_owned(),
        ("reply.adopted", "from") => "an id: 'ü'".to_owned(),
        (_, "follow_up_of" | "into" | "from") => CaseId::from_bits(5).to_string(),
        (_, "subject") => "review:R-1".to_owned(),
        (_, "outcome") => Outcome::NoAnswer.to_string(),
        (_, "rule") => Rule::ALL[0].to_string(),
        ("remedy.proposed", "suggestion") => SuggestionId::from_bits(4).to_string(),
        ("remedy.fulfilled", "at") => "1700000000000006".to_owned(),
        (_, "also") => format!("{} {}", Rule::ALL[1], Rule::ALL[2]),
        (_, "decision") => DecisionId::from_bits(6).to_string(),
        (_, "remedy") => RemedyId::from_bits(7).to_string(),
        (_, "direction") => Direction::ALL[0].to_string(),
        (_, "author") => Author::ALL[0].to_string(),
        (_, "diff") => DiffKind::ALL[0].to_string(),
        (_, "status") => ReturnStatus::ALL[0].to_string(),
        (_, "state") => ShipmentState::ALL[0].to_string(),
        (_, "relation") => Relation::ALL[0].to_string(),
        (_, "incident") => IncidentId::from_bits(9).to_string(),
        (_, "other") => CaseId::from_bits(5).to_string(),
        (_, "solution") => "2".to_owned(),
        (_, "promised" | "delivered_at") => "1700000000000004".to_owned(),
        (_, "reached" | "public" | "incoming" | "paid" | "upheld") => "true".to_owned(),
        (_, "reply") => ReplyId::from_bits(8).to_string(),
        (_, "attempt" | "attempts") => "3".to_owned(),
        (_, "drafted_at" | "sent_at") => "1700000000000003".to_owned(),
        (_, "conversation" | "approved_by") => "an id: 'ü'".to_owned(),
        (word, "template") if word.starts_with("reply.") => "an id: 'ü'".to_owned(),
        ("reply.withdrawn" | "reply.recalled", "why") => "LEASE_EXPIRED".to_owned(),
        (_, "fence" | "abandon_count" | "reopen_count" | "level" | "units" | "score" | "rating") => {
            "3".to_owned()
        }
        (_, "amount" | "gift" | "wish" | "refund" | "version") => "-9007199254740993".to_owned(),
        (_, "disposal") => Disposal::ALL[0].to_string(),
        (_, "effective_from") => "1700000000000005".to_owned(),
        (
            _,
            "expires_at" | "due_at" | "observed_at" | "close_at" | "give_up_at" | "until" | "eta"
            | "ended_at",
        ) => "1700000000000001".to_owned(),
        (_, "waiting_since" | "deadline") => "1700000000000002".to_owned(),
        (
            _,
            "agent" | "by" | "signal" | "message" | "order" | "line" | "review" | "return_id" | "shipment",
        ) => "an id: 'ü'".to_owned(),
        _ => odd.to_owned(),
    }
}

/// One of what is about no case: an incident that was heard by itself, a buyer who is forgotten.
fn raised(name: &str) -> String {
    match name {
        "incident" => IncidentId::from_bits(9).to_string(),
        "buyer" => BuyerKey::from_bits(9).to_string(),
        "sku" => "a sku: 'ü'".to_owned(),
        "reason" => Reason::Defective.to_string(),
        "week_from" | "week_until" => "1700000000000007".to_owned(),
        _ => "3".to_owned(),
    }
}

/// Every event there is: with all facts, and without each one that may be missing.
fn every_event() -> Vec<Event> {
    let mut events = Vec::new();
    for word in Event::WORDS {
        let known = std::cell::RefCell::new(Vec::new());
        let read = |left_out: Option<&str>| {
            Event::read(word, |name| {
                let value: &'static str = Box::leak(fact(word, name).into_boxed_str());
                known.borrow_mut().push(name.to_owned());
                (left_out != Some(name)).then_some(value)
            })
        };
        events.push(read(None).unwrap_or_else(|e| panic!("{word}: {e}")));
        let names = known.borrow().clone();
        events.extend(names.iter().filter_map(|name| read(Some(name)).ok()));
    }
    events
}

async fn every_event_reads_back_as_written(store: Store) {
    let events = every_event();
    assert!(events.len() > Event::WORDS.len(), "some facts may be missing");
    let rows: Vec<EventRow> =
        (1..).zip(events).map(|(number, event)| row(&shop(), number, 1, event)).collect();
    let tx = store.begin().await.unwrap();
    event::append(&rows).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let stored = event::of_case(&store.reader(), &shop(), &CaseId::from_bits(1), 0, 1_000).await.unwrap();
    assert_eq!(stored.into_iter().map(|e| e.row).collect::<Vec<_>>(), rows);
}

async fn a_timeline_is_in_the_order_of_writing_and_pages_by_number(store: Store) {
    // More than one statement's worth on SQLite; two cases interleaved.
    let mut rows: Vec<EventRow> = (1..=300).map(|n| woken(&shop(), n, n % 2)).collect();
    rows[0].actor = Actor { kind: ActorKind::Agent, name: "ana".to_owned() };
    rows[0].trace = Some("00-1-2-01".to_owned());
    rows[2].case = None;
    let tx = store.begin().await.unwrap();
    event::append(&rows[..150]).run(&tx).await.unwrap();
    event::append(&rows[150..]).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let odd = CaseId::from_bits(1);
    let (mut seen, mut after) = (Vec::new(), 0);
    loop {
        let page = event::of_case(&store.reader(), &shop(), &odd, after, 40).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.seq;
        assert!(page.iter().all(|e| e.position.is_none()));
        seen.extend(page.into_iter().map(|e| e.row));
    }
    rows.retain(|r| r.case == Some(odd));
    assert_eq!(seen, rows);
    let elsewhere = ShopId::new("shop-2").unwrap();
    assert_eq!(event::of_case(&store.reader(), &elsewhere, &odd, 0, 40).await.unwrap(), Vec::new());
}

async fn an_event_rolled_back_never_happened(store: Store) {
    let tx = store.begin().await.unwrap();
    event::append(&[woken(&shop(), 1, 1)]).run(&tx).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(event::pending_count(&store.reader()).await.unwrap(), 0);
}
