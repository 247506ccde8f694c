//! Every event is written as flat facts and read back the same.

use std::collections::BTreeSet;

use amends_domain::agent::Leaving;
use amends_domain::case::{CaseKind, Outcome};
use amends_domain::detection::Reason;
use amends_domain::event::Event;
use amends_domain::guardrail::Rule;
use amends_domain::link::Relation;
use amends_domain::remedy::{Disposal, RemedyKind};
use amends_domain::reply::HoldEnd;
use amends_domain::returns::{ReturnStatus, Verdict};
use amends_domain::review::DiffKind;
use amends_domain::signal::{Author, Direction, ShipmentState, SignalKind};
use amends_domain::sla::Metric;
use amends_domain::subject::Subject;
use amends_domain::{
    AgentId, BuyerKey, CaseId, ConversationId, DecisionId, IncidentId, MessageId, ReplyId, ReturnId,
    ReviewId, SampleId, ShipmentId, Sku, Span, SuggestionId, TemplateId,
};

use crate::make::{agent, at, line_id, order, remedy_id, signal};

fn read_back(event: &Event) -> Result<Event, amends_domain::UnknownWord> {
    let facts = event.facts();
    Event::read(event.word(), |name| {
        facts.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    })
}

fn case_events() -> Vec<Event> {
    let case = CaseId::from_bits(u128::MAX);
    let subject = Subject::Line { order: order(), line: line_id() };
    let ann = || agent("ann b: 50%");
    vec![
        Event::CaseOpened {
            kind: CaseKind::Return,
            subject: subject.clone(),
            reason: Reason::Late,
            follow_up_of: Some(case),
            priority: Some(100),
            waiting_since: Some(at(1)),
        },
        Event::CaseOpened {
            kind: CaseKind::Review,
            subject: subject.clone(),
            reason: Reason::Other,
            follow_up_of: None,
            priority: None,
            waiting_since: None,
        },
        Event::SignalJoined { kind: SignalKind::Survey, signal: signal("s:1") },
        Event::CaseClaimed { agent: ann(), fence: i64::MAX },
        Event::CaseAssigned { agent: ann(), fence: 1 },
        Event::CaseReleased { agent: ann(), cause: Some("AGENT_GONE".to_owned()) },
        Event::LeaseExpired { agent: ann(), abandon_count: 3, cause: None, ended_at: None },
        Event::CaseHandedBack { agent: ann(), fence: 4 },
        Event::AgentAvailable { agent: ann(), until: at(5) },
        Event::AgentAway { agent: ann(), until: at(5) },
        Event::AgentOffline { agent: ann(), cause: Leaving::Expired, ended_at: None },
        Event::WorkStarted { agent: ann() },
        Event::NoteAdded { agent: ann(), text_id: String::new() },
        Event::ContactRecorded { agent: ann(), means: "phone".to_owned(), reached: true },
        Event::MessageSeen {
            message: MessageId::new("m").unwrap(),
            direction: Direction::FromBuyer,
            author: Author::Human,
        },
        Event::WaitingForBuyer { agent: ann(), give_up_at: at(1) },
        Event::WaitingForThirdParty { agent: ann(), until: at(1) },
        Event::CaseSnoozed { agent: ann(), until: at(1) },
        Event::CaseWoken { cause: "a=b;c\nd \"e\"".to_owned() },
        Event::ReminderDue { waiting_since: at(0) },
        Event::CaseEscalated { level: u8::MAX, reason: "é".to_owned() },
        Event::CaseSolved { outcome: Outcome::NoAnswer, close_at: at(9) },
        Event::CaseClosed { outcome: Outcome::Other },
        Event::CaseReopened { reopen_count: u32::MAX, cause: "agent".to_owned() },
        Event::CaseMerged { into: case },
        Event::CaseAbsorbed { from: case },
        Event::CaseCancelled { reason: "test order".to_owned() },
        Event::SubjectRefined { from: Subject::Order { order: order() }, to: subject },
        Event::ChannelDeadlineNear { deadline: at(5) },
    ]
}

fn sla_events() -> Vec<Event> {
    vec![
        Event::CasePriorityChanged { from: 0, to: 100 },
        Event::SlaWarned {
            metric: Metric::FirstResponse,
            instance: 1,
            target: Span::from_hours(1),
            due_at: at(1),
        },
        Event::SlaBreached {
            metric: Metric::Resolution,
            instance: u32::MAX,
            target: Span::from_days(366),
            due_at: at(1),
        },
    ]
}

fn remedy_events() -> Vec<Event> {
    let (remedy, kind) = (remedy_id(7), RemedyKind::PartialRefund);
    let accepted = |amount: Option<i64>| Event::RemedyAccepted {
        remedy,
        kind,
        order: amount.map(|_| order()),
        line: amount.map(|_| line_id()),
        units: 2,
        amount,
        currency: amount.map(|_| "EUR".to_owned()),
        article: String::new(),
        disposal: amount.map(|_| Disposal::SendBack),
        gift: amount.map(|_| 300),
        coupon_code: amount.map(|_| "C 1".to_owned()),
        note: amount.map(|_| "with care".to_owned()),
        due_at: at(8),
    };
    vec![
        Event::RemedySuggested { suggestion: "sug".to_owned(), first: Some(kind) },
        Event::RemedySuggested { suggestion: "sug".to_owned(), first: None },
        Event::RemedyProposed { remedy, kind, units: 1, suggestion: None },
        Event::RemedyProposed { remedy, kind, units: 1, suggestion: Some(SuggestionId::from_bits(8)) },
        Event::ApprovalAsked { remedy, decision: None },
        Event::ApprovalAsked { remedy, decision: Some(DecisionId::from_bits(9)) },
        Event::RemedyApproved { remedy, by: agent("bob") },
        Event::RemedyOffered { remedy, kind, expires_at: at(3), decision: None },
        Event::RemedyOffered { remedy, kind, expires_at: at(3), decision: Some(DecisionId::from_bits(9)) },
        accepted(Some(-5)),
        accepted(None),
        Event::RemedyDeclined { remedy, wish: None, currency: None },
        Event::RemedyDeclined { remedy, wish: Some(1_250), currency: Some("EUR".to_owned()) },
        Event::RemedyExpired { remedy },
        Event::RemedyWithdrawn { remedy },
        Event::RemedyExecuting { remedy },
        Event::RemedyFulfilled { remedy, kind, tracking: "T 1".to_owned(), at: None },
        Event::RemedyFulfilled { remedy, kind, tracking: "T 1".to_owned(), at: Some(at(2)) },
        Event::RemedyFailed { remedy, why: "lost".to_owned() },
        Event::FulfilmentOverdue { remedy },
        stopped(true),
        stopped(false),
        Event::DoubleCompensated {
            remedy,
            return_id: ReturnId::new("r").unwrap(),
            kind,
            order: Some(order()),
            line: Some(line_id()),
            units: 1,
            refund: Some(1_000),
            currency: Some("EUR".to_owned()),
            tracking: "T 1".to_owned(),
        },
    ]
}

/// As it is written now, and as it was before it held what the shipping back end needs.
fn stopped(whole: bool) -> Event {
    let some = |given: &str| Some(given.to_owned()).filter(|_| whole);
    Event::StopShipment {
        remedy: remedy_id(7),
        return_id: ReturnId::new("r").unwrap(),
        kind: Some(RemedyKind::Exchange).filter(|_| whole),
        order: Some(order()).filter(|_| whole),
        line: Some(line_id()).filter(|_| whole),
        units: Some(2).filter(|_| whole),
        article: some("SKU-9"),
        disposal: Some(Disposal::HandToCourier).filter(|_| whole),
        refund: Some(2_000).filter(|_| whole),
        currency: some("EUR"),
        paid: Some(true).filter(|_| whole),
    }
}

fn other_events() -> Vec<Event> {
    let (review, decision) = (ReviewId::new("rv").unwrap(), DecisionId::from_bits(4));
    let observed = |rating| Event::ReviewObserved {
        review: review.clone(),
        diff: DiffKind::ReReversed,
        rating,
        observed_at: at(2),
    };
    vec![
        observed(Some(1)),
        observed(None),
        Event::ActionRefused {
            action: "ask".to_owned(),
            rule: Rule::G11,
            also: vec![Rule::G16, Rule::AskQuota],
            decision,
        },
        Event::AskSent { review: review.clone(), template: "t".to_owned(), decision },
        Event::ReturnObserved {
            return_id: ReturnId::new("r").unwrap(),
            status: ReturnStatus::Unmapped,
            raw_status: "Weird Word".to_owned(),
        },
        Event::VerdictChanged {
            order: order(),
            line: line_id(),
            from: Verdict::AvoidedConfirmed,
            to: Verdict::AvoidFailed,
        },
        Event::ShipmentTrouble {
            shipment: ShipmentId::new("p").unwrap(),
            state: ShipmentState::Lost,
            eta: None,
        },
        Event::ShipmentTrouble {
            shipment: ShipmentId::new("p").unwrap(),
            state: ShipmentState::Delayed,
            eta: Some(at(4)),
        },
        Event::SurveyAnswered { score: 10, asked: "NPS".to_owned(), solution: None },
        Event::SurveyAnswered { score: 1, asked: "CSAT".to_owned(), solution: Some(2) },
    ]
}

fn beside_events() -> Vec<Event> {
    let (shipment, incident) = (ShipmentId::new("p").unwrap(), IncidentId::from_bits(3));
    let overdue = |remedy| Event::DeliveryOverdue {
        shipment: shipment.clone(),
        order: order(),
        state: ShipmentState::InTransit,
        eta: at(5),
        promised: at(4),
        carrier: "DHL".to_owned(),
        tracking: String::new(),
        remedy,
    };
    let arrived = |promised| {
        let (shipment, order) = (shipment.clone(), order());
        Event::DeliveryArrived { shipment, order, delivered_at: at(7), promised }
    };
    let asked = |order| Event::SatisfactionDue { solution: 1, outcome: Outcome::TalkedThrough, order };
    let (other, relation) = (CaseId::from_bits(4), Relation::Causes);
    vec![
        overdue(None),
        overdue(Some(remedy_id(1))),
        arrived(None),
        arrived(Some(at(3))),
        asked(None),
        asked(Some(order())),
        Event::CaseLinked { other, relation, incoming: true },
        Event::CaseUnlinked { other, relation: Relation::Related, incoming: false },
        Event::IncidentJoined { incident },
        Event::IncidentLeft { incident },
        Event::IncidentResolved { incident },
        Event::IncidentRaised {
            incident,
            sku: Sku::new("S-1").unwrap(),
            reason: Reason::WrongSize,
            week_from: at(1),
            week_until: at(8),
            complaints: 9,
            of_units: 160,
            base_complaints: 21,
            base_units: 1_900,
            base_weeks: 12,
            pairs: 1_400,
        },
        Event::RemedyPolicyApplied { version: 3, effective_from: at(9) },
        Event::BuyerErased { buyer: BuyerKey::from_bits(7) },
    ]
}

fn reply_events() -> Vec<Event> {
    let (reply, template) = (ReplyId::from_bits(9), TemplateId::new("delay").unwrap());
    let agent = || agent("ann");
    let queued = |known: bool| Event::ReplyQueued {
        reply,
        agent: agent(),
        public: known,
        order: known.then(order),
        line: known.then(line_id),
        conversation: known.then(|| ConversationId::new("c").unwrap()),
        review: known.then(|| ReviewId::new("rv").unwrap()),
        language: String::new(),
        template: known.then(|| template.clone()),
        fence: 4,
        attempts: 1,
        drafted_at: at(3),
        approved_by: known.then(agent),
        decision: known.then(|| DecisionId::from_bits(9)),
    };
    vec![
        Event::ReplyDrafted { reply, agent: agent(), template: None, public: false },
        Event::ReplyApprovalAsked { reply },
        Event::ReplyApproved { reply, by: agent() },
        queued(true),
        queued(false),
        Event::ReplySending { reply, attempt: 1, until: at(2), decision: None },
        Event::ReplySending { reply, attempt: 1, until: at(2), decision: Some(DecisionId::from_bits(9)) },
        Event::ReplySent {
            reply,
            attempt: 1,
            message: MessageId::new("m").unwrap(),
            agent: agent(),
            public: true,
            sent_at: at(2),
        },
        Event::ReplyFailed { reply, attempt: u32::MAX, why: "blocked".to_owned() },
        Event::ReplyUnknown { reply, attempt: 1, why: String::new() },
        Event::ReplyWithdrawn { reply, why: None },
        Event::ReplyWithdrawn { reply, why: Some(HoldEnd::Closed) },
        Event::ReplyRecalled { reply, why: HoldEnd::LeaseExpired, fence: i64::MAX },
        Event::ReplyAdopted { reply, agent: agent(), from: agent(), fence: 2 },
    ]
}

fn quality_events() -> Vec<Event> {
    let (sample, ann) = (SampleId::from_bits(u128::MAX), AgentId::new("ann").unwrap());
    vec![
        Event::QualityReviewed { sample, by: ann.clone() },
        Event::QualityDisputed { sample, by: ann.clone() },
        Event::QualityResolved { sample, by: ann, upheld: false },
    ]
}

fn all() -> Vec<Event> {
    let quality = quality_events();
    [case_events(), sla_events(), remedy_events(), other_events(), beside_events(), reply_events(), quality]
        .concat()
}

#[test]
fn every_event_reads_back_as_it_was() {
    for event in all() {
        assert_eq!(read_back(&event).as_ref(), Ok(&event));
    }
}

#[test]
fn there_is_one_event_of_each_word_here() {
    let here: BTreeSet<_> = all().iter().map(Event::word).collect();
    let known: BTreeSet<_> = Event::WORDS.iter().copied().collect();
    assert_eq!(here, known);
    assert_eq!(known.len(), Event::WORDS.len(), "a word stands for two events");
}

#[test]
fn a_missing_or_broken_fact_is_told_with_the_word() {
    for event in all() {
        let facts = event.facts();
        for (left_out, _) in &facts {
            let fact = |name: &str| {
                facts.iter().find(|(known, _)| *known == name && known != left_out).map(|(_, v)| v.as_str())
            };
            // Either the fact was optional, or its absence is an error that names the event.
            match Event::read(event.word(), fact) {
                Ok(other) => assert_ne!(other, event, "{left_out} of {event:?}"),
                Err(error) => assert_eq!(error.word, event.word()),
            }
        }
    }
    assert!(Event::read("case.claimed", |name| (name == "agent").then_some("ann")).is_err());
    assert!(Event::read("case.claimed", |name| Some(if name == "agent" { "ann" } else { "many" })).is_err());
    assert!(Event::read("case.unheard_of", |_| None).is_err());
}

#[test]
fn a_fact_that_nobody_knows_yet_breaks_no_reader() {
    let event = Event::WorkStarted { agent: agent("ann") };
    assert_eq!(Event::read(event.word(), |_| Some("ann")), Ok(event));
}

#[test]
fn no_fact_has_an_optional_part_that_could_be_mistaken() {
    // None is absent, so it differs from an empty word.
    let none = Event::RemedySuggested { suggestion: String::new(), first: None };
    assert_eq!(none.facts(), [("suggestion", String::new())]);
}
