//! What the service says was told and done, put down as plain entries.

use std::collections::{BTreeMap, HashMap};

use amends_app::ingest::Receipt;
use amends_domain::detection::Detection;
use amends_domain::event::Event;
use amends_domain::returns::ReturnStatus;
use amends_domain::review::RemovedBy;
use amends_domain::signal::{Author, Direction, ReviewSignal, ShipmentState, Signal, SignalBody, SurveyKind};
use amends_domain::subject::Subject;
use amends_domain::{ShopId, SignalId};
use amends_store::event::StoredEvent;
use amends_store::{event, review};
use amends_tests::oracle::record::{Asked, Seen};
use amends_tests::oracle::{At, Entry, Record, Removed, Status};

use super::desk::cases;
use super::house::House;
use super::shift;
use super::timeline;

/// One shop, with how far its log was read.
pub(super) struct Book {
    pub(super) shop: ShopId,
    pub(super) record: Record,
    /// The first content of every signal that was taken in.
    pub(super) told: HashMap<SignalId, Signal>,
    /// The version of its policy.
    pub(super) version: i64,
    seq: i64,
    belongs: BTreeMap<String, String>,
    found: BTreeMap<String, (String, String)>,
}

impl Book {
    pub(super) fn new(record: Record) -> Self {
        let shop = record.shop.parse().unwrap();
        let (told, belongs, found) = (HashMap::new(), BTreeMap::new(), BTreeMap::new());
        let version = i64::from(record.before.is_some());
        Self { shop, record, told, version, seq: 0, belongs, found }
    }

    /// Puts down what was taken in.
    pub(super) fn hear(&mut self, signals: &[Signal], receipts: &[Receipt], now: At) {
        for (signal, receipt) in signals.iter().zip(receipts) {
            let (Receipt::Accepted { detection, .. } | Receipt::Duplicate { detection, .. }) = receipt else {
                continue;
            };
            if let Some(known) = self.told.get(&signal.id) {
                assert_eq!(known, signal, "what contradicts is refused");
                assert!(matches!(receipt, Receipt::Duplicate { .. }), "{receipt:?}");
                continue;
            }
            self.told.insert(signal.id.clone(), signal.clone());
            self.record.entries.extend(entry(signal, detection.as_ref(), now));
        }
    }

    /// Puts down what happened on the desk since.
    pub(super) async fn look(&mut self, house: &House) {
        let conn = house.look.reader();
        let cases = cases(house, &self.shop).await;
        let keys: Vec<_> = cases.iter().map(|case| (self.shop.clone(), case.id)).collect();
        let mut log = event::by_cases(&keys, &[Event::WORDS]).all(&conn).await.unwrap();
        log.retain(|one| one.seq > self.seq);
        log.sort_by_key(|one| one.seq);
        self.seq = log.last().map_or(self.seq, |one| one.seq);
        self.record.entries.extend(log.iter().filter_map(timeline::line).map(Entry::Told));
        self.record.entries.extend(log.iter().filter_map(shift::deed));
        // Cases that are new are known before reviews are in them, and what they became part of as well.
        let is_first = |one: &&StoredEvent| {
            matches!(
                one.row.event,
                Event::CaseOpened { .. } | Event::SubjectRefined { .. } | Event::CaseMerged { .. }
            )
        };
        self.record.entries.extend(log.iter().filter(is_first).filter_map(happened));
        for row in review::page(&conn, &self.shop, None, 1_000).await.unwrap() {
            let Some(case) = row.case.map(|case| case.to_string()) else { continue };
            let review = row.review.to_string();
            if self.belongs.insert(review.clone(), case.clone()).as_ref() != Some(&case) {
                self.record.entries.push(Entry::Belongs { review, case });
            }
        }
        for one in log.iter().filter(|one| !is_first(one)) {
            self.record.entries.extend(heard(one).into_iter().chain(happened(one)));
        }
        for case in &cases {
            let reason = case.reasons.first().map(ToString::to_string).unwrap_or_default();
            let (id, said) = (case.id.to_string(), (reason.clone(), case.language.clone()));
            if self.found.insert(id.clone(), said.clone()).as_ref() != Some(&said) {
                self.record.entries.push(Entry::Found { case: id, reason, language: said.1 });
            }
        }
    }
}

fn about(subject: &Subject) -> Option<(String, String)> {
    Some((subject.order()?.to_string(), subject.line()?.to_string()))
}

/// What makes a case come back although its buyer said nothing.
const NO_WORDS: [&str; 3] = ["TIME", "INCIDENT", "DELIVERY"];

/// A word of the buyer: an answer to an offer is one, and so is what brings a case back.
fn heard(one: &StoredEvent) -> Option<Entry> {
    let case = one.row.case?.to_string();
    let at = one.row.occurred_at.micros();
    match &one.row.event {
        Event::RemedyAccepted { .. } | Event::RemedyDeclined { .. } => Some(Entry::Heard { case, at }),
        Event::CaseWoken { cause } if !NO_WORDS.contains(&cause.as_str()) => Some(Entry::Heard { case, at }),
        _ => None,
    }
}

fn happened(one: &StoredEvent) -> Option<Entry> {
    let case = one.row.case.map(|case| case.to_string()).unwrap_or_default();
    let at = one.row.occurred_at.micros();
    Some(match &one.row.event {
        Event::CaseOpened { subject, waiting_since, .. } => Entry::Opened {
            case,
            at: one.row.recorded_at.micros(),
            about: about(subject),
            waits: waiting_since.map(amends_domain::Time::micros),
        },
        Event::SubjectRefined { to, .. } => Entry::Refined { case, about: about(to) },
        Event::CaseMerged { into } => Entry::Merged { from: case, into: into.to_string() },
        Event::WorkStarted { agent } => Entry::Began { case, agent: agent.to_string() },
        Event::ContactRecorded { reached: true, .. } => Entry::Reached { case, at },
        Event::ContactRecorded { .. } | Event::RemedyProposed { .. } => Entry::Acted { case, at },
        Event::MessageSeen { direction: Direction::ToBuyer, author, .. } if *author != Author::Bot => {
            Entry::Wrote { case, at }
        }
        Event::ReplySent { sent_at, .. } => Entry::Reached { case, at: sent_at.micros() },
        Event::MessageSeen { direction: Direction::FromBuyer, .. } => Entry::Heard { case, at },
        Event::WaitingForBuyer { .. } => Entry::BuyersTurn { case },
        Event::CaseSolved { outcome, .. } => {
            let in_words = *outcome == amends_domain::case::Outcome::TalkedThrough;
            Entry::Solved { case, at, in_words }
        }
        Event::AskSent { review, .. } => Entry::AskSent { review: review.to_string(), at },
        Event::RemedyAccepted { remedy, order: Some(order), line: Some(line), units, .. } => {
            Entry::Promised {
                remedy: remedy.to_string(),
                order: order.to_string(),
                line: line.to_string(),
                units: i64::from(*units),
            }
        }
        Event::RemedyFulfilled { remedy, kind, at: said, .. } => Entry::Fulfilled {
            case,
            remedy: remedy.to_string(),
            kind: kind.to_string(),
            at: said.map_or(at, |at| at.micros()),
        },
        _ => return None,
    })
}

fn entry(signal: &Signal, heard: Option<&Detection>, now: At) -> Option<Entry> {
    let (id, at) = (signal.id.to_string(), signal.occurred_at.micros());
    let wish = heard.is_some_and(|heard| heard.return_intent);
    Some(match &signal.body {
        SignalBody::Order(said) => {
            let line = |l: &amends_domain::signal::OrderedLine| {
                (l.line.to_string(), l.sku.to_string(), i64::from(l.quantity))
            };
            Entry::Order {
                id,
                at,
                order: said.order.to_string(),
                lines: said.lines.iter().map(line).collect(),
            }
        }
        SignalBody::Shipment(said) => Entry::Parcel {
            id,
            at,
            parcel: said.shipment.to_string(),
            order: said.order.to_string(),
            lines: said.lines.iter().map(|(line, units)| (line.to_string(), i64::from(*units))).collect(),
            delivered: said.state == ShipmentState::Delivered,
        },
        SignalBody::Review(said) => Entry::Review(seen(id, at, said, heard)),
        SignalBody::Message(said) => Entry::Wish {
            at,
            order: said.order.as_ref().filter(|_| wish)?.to_string(),
            line: said.line.as_ref().map(ToString::to_string),
        },
        SignalBody::Return(said) => Entry::Return(Asked {
            id,
            at,
            request: said.return_id.to_string(),
            order: said.order.to_string(),
            line: said.line.as_ref().map(ToString::to_string),
            units: i64::from(said.quantity),
            status: status(said.status),
            fault: said.seller_fault,
            opened: said.requested_at.micros(),
        }),
        SignalBody::Survey(said) => Entry::Answer {
            survey: said.survey.to_string(),
            at: at.min(now),
            case: said.case.map(|case| case.to_string()),
            recommends: said.kind == SurveyKind::Nps,
            score: said.score,
            solution: said.solution,
        },
        SignalBody::Overdue(_) => return None,
    })
}

fn seen(id: String, at: i64, said: &ReviewSignal, heard: Option<&Detection>) -> Seen {
    let heard_in = heard.filter(|heard| heard.language_supported).map(|heard| heard.language.clone());
    let told = Some(said.language.clone()).filter(|told| !told.is_empty());
    Seen {
        id,
        at,
        review: said.review.to_string(),
        order: said.order.as_ref().map(ToString::to_string),
        line: said.line.as_ref().map(ToString::to_string),
        sku: said.sku.as_ref().map(ToString::to_string),
        stars: said.rating.map(i64::from),
        text: said.text.clone(),
        visible: said.visible,
        removed: said.removed_by.map(|by| match by {
            RemovedBy::Buyer => Removed::Buyer,
            RemovedBy::Platform => Removed::Platform,
        }),
        modified: said.platform_modified_at.map(|at| at.micros()),
        follow_up: said.follow_up,
        wish: heard.is_some_and(|heard| heard.return_intent),
        language: told.or(heard_in).unwrap_or_default(),
    }
}

const fn status(status: ReturnStatus) -> Status {
    match status {
        ReturnStatus::Intent => Status::Intent,
        ReturnStatus::Requested => Status::Requested,
        ReturnStatus::Withdrawn => Status::Withdrawn,
        ReturnStatus::Approved => Status::Approved,
        ReturnStatus::InTransit => Status::InTransit,
        ReturnStatus::Received => Status::Received,
        ReturnStatus::Settled => Status::Settled,
        ReturnStatus::Unmapped => Status::Unmapped,
        _ => Status::Other,
    }
}
