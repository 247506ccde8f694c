//! The picture that a batch works on: everything its signals touch, in memory.
//!
//! It is loaded once, changed by one signal after the other without any I/O,
//! and written once. What a fact counted for before is kept beside it, so that
//! the figures can be restated by the difference.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use amends_domain::case::{Case, State};
use amends_domain::deadline::DeadlineChange;
use amends_domain::detection::Detection;
use amends_domain::event::{Actor, ActorKind, Event};
use amends_domain::ledger::Grant;
use amends_domain::order::{Line, Shipment, Wish};
use amends_domain::remedy::Remedy;
use amends_domain::reply::Reply;
use amends_domain::returns::ReturnEvent;
use amends_domain::review::ReviewVersion;
use amends_domain::signal::{Signal, SignalBody, SignalKind};
use amends_domain::subject::{Anchor, Subject};
use amends_domain::tally::Counted;
use amends_domain::{
    BuyerKey, BuyerRef, CaseId, EventId, LineId, MessageId, OrderId, RemedyId, ReturnId, ReviewId,
    ShipmentId, ShopId, SignalId, SurveyId, Time,
};
use amends_store::Of;
use amends_store::buyer::BuyerRow;
use amends_store::course::CourseRow;
use amends_store::event::EventRow;
use amends_store::message::MessageRow;
use amends_store::review::ReviewRow;
use amends_store::signal::{KnownSignal, SignalRow};
use amends_store::survey::SurveyRow;
use amends_store::text::TextRow;

use super::erased::ErasedOrders;
use super::{Prepared, Receipt, Submission, refused};
use crate::agent::Present;
use crate::context::Ids;
use crate::error::Why;
use crate::facts::ReturnFacts;
use crate::shops::ShopInfo;
use crate::sla::Known;

/// Everything a batch touches.
#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) shops: HashMap<ShopId, Arc<ShopInfo>>,
    pub(super) known: HashMap<(ShopId, SignalKind, SignalId), KnownSignal>,
    pub(super) orders: HashMap<Of<OrderId>, OrderWorld>,
    pub(super) reviews: HashMap<Of<ReviewId>, ReviewWorld>,
    pub(super) cases: CaseWorld,
    /// What all cases were loaded of.
    pub(super) whole: BTreeSet<(ShopId, Anchor)>,
    /// The agents who had these cases before and are there.
    pub(super) present: Present,
    /// The clocks of these cases, but of those that this batch opens.
    pub(super) clocks: Known,
    /// Their courses.
    pub(super) courses: Vec<CourseRow>,
    /// What was given in the cases that answers to surveys name.
    pub(super) remedies: HashMap<Of<CaseId>, Vec<Remedy>>,
    /// The remedies and grants on the orders that a refund may have come for.
    pub(super) promised: HashMap<Of<OrderId>, Vec<Kept<Remedy>>>,
    pub(super) grants: HashMap<Of<OrderId>, Vec<(LineId, Grant)>>,
    /// The cases of the remedies that late parcels fulfil.
    pub(super) remedy_cases: HashMap<Of<RemedyId>, CaseId>,
    /// What was answered about the cases that this batch names.
    pub(super) surveys: HashMap<Of<CaseId>, Vec<SurveyRow>>,
    /// Those of the buyers behind this batch who were erased.
    pub(super) erased: HashSet<Of<BuyerKey>>,
    /// Orders that one of them bought.
    pub(super) erased_orders: ErasedOrders,
    /// Those answers of this batch that are stored already, under whatever case.
    pub(super) judged: HashSet<Of<SurveyId>>,
    /// Those messages of this batch that were heard already, and the cases they are about.
    pub(super) heard: HashMap<Of<MessageId>, Option<CaseId>>,
    /// Our own replies, by what the channel calls them.
    pub(super) replies: HashMap<Of<MessageId>, Kept<Reply>>,
    /// The order each known return request is about.
    pub(super) return_orders: HashMap<Of<ReturnId>, OrderId>,
    pub(super) out: Out,
}

/// An order with whatever hangs on it.
#[derive(Debug, Default)]
pub(super) struct OrderWorld {
    pub(super) lines: BTreeMap<LineId, LineWorld>,
    pub(super) shipments: BTreeMap<ShipmentId, Kept<Shipment>>,
    pub(super) returns: BTreeMap<ReturnId, Kept<ReturnFacts>>,
    pub(super) new_return_events: Vec<(ReturnId, ReturnEvent, String)>,
    /// Wishes to return that messages voiced.
    pub(super) wishes: Vec<Wish>,
    /// The same that were heard in reviews.
    pub(super) heard: BTreeMap<ReviewId, Wish>,
}

/// A line, and what it counted for when it was loaded.
#[derive(Debug)]
pub(super) struct LineWorld {
    pub(super) line: Line,
    pub(super) stored: Option<Line>,
    pub(super) before: Counted,
}

/// A review, and what it counted for when it was loaded.
#[derive(Debug)]
pub(super) struct ReviewWorld {
    pub(super) row: ReviewRow,
    pub(super) versions: Vec<ReviewVersion>,
    pub(super) new_versions: Vec<ReviewVersion>,
    pub(super) before: Counted,
    pub(super) after: Counted,
    pub(super) changed: bool,
}

/// Something that is written only when it changed.
#[derive(Debug)]
pub(super) struct Kept<T> {
    pub(super) value: T,
    pub(super) changed: bool,
}

/// The cases of all anchors the batch touches.
#[derive(Debug, Default)]
pub(super) struct CaseWorld {
    pub(super) list: Vec<OneCase>,
    pub(super) by_anchor: HashMap<(ShopId, Anchor), Vec<usize>>,
    pub(super) by_id: HashMap<Of<CaseId>, usize>,
}

/// A case, and the version it was loaded at; none if this batch opened it.
#[derive(Debug)]
pub(super) struct OneCase {
    pub(super) case: Case,
    pub(super) loaded: Option<i64>,
    /// As it was loaded, where an agent's hold may end.
    pub(super) held: Option<Box<Case>>,
    /// Whether its nearest promise falls due at another time now.
    pub(super) promised_anew: bool,
}

/// What is written and was not there before.
#[derive(Debug, Default)]
pub(super) struct Out {
    pub(super) signals: Vec<SignalRow>,
    pub(super) buyers: BTreeMap<Of<BuyerKey>, BuyerRow>,
    pub(super) opt_outs: BTreeMap<Of<BuyerKey>, Time>,
    /// Erased buyers of whom something came: more may be theirs now than was known to be.
    pub(super) erased_again: BTreeSet<Of<BuyerKey>>,
    /// Time zones of buyers as their latest orders said, and when.
    pub(super) zones: BTreeMap<Of<BuyerKey>, (Time, String)>,
    pub(super) texts: Vec<TextRow>,
    pub(super) messages: Vec<MessageRow>,
    pub(super) surveys: Vec<SurveyRow>,
    /// What answers about no case add.
    pub(super) said: Vec<(ShopId, Counted)>,
    pub(super) events: Vec<EventRow>,
    pub(super) deadlines: Vec<DeadlineChange>,
    /// Cases that became part of another: which, and of which.
    pub(super) merged: Vec<(ShopId, CaseId, CaseId)>,
}

/// The signal under way, with whom and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now<'a> {
    pub(super) info: &'a ShopInfo,
    pub(super) submission: &'a Submission,
    pub(super) signal: &'a Signal,
    pub(super) now: Time,
    pub(super) ids: &'a Ids,
}

/// What a signal did, beside being stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Effect {
    pub(super) case: Option<CaseId>,
    pub(super) opened: bool,
}

/// What is remembered of a signal, should it come again.
fn known(row: &SignalRow) -> KnownSignal {
    KnownSignal {
        shop: row.shop.clone(),
        kind: row.kind,
        id: row.id.clone(),
        digest: row.digest,
        received_at: row.received_at,
        case: row.case,
        case_opened: row.case_opened,
        detection: row.detection.clone(),
    }
}

impl World {
    /// Takes one signal in: stored, repeated or refused.
    pub(super) fn take(
        &mut self,
        submission: &Submission,
        prepared: &Prepared,
        now: Time,
        ids: &Ids,
    ) -> Receipt {
        let signal = &*self.without_words(&submission.shop, &prepared.signal);
        let shop = submission.shop.shop.id.clone();
        let key = (shop.clone(), signal.body.kind(), signal.id.clone());
        if let Some(known) = self.known.get(&key) {
            return repeated(known, prepared);
        }
        let at = Now { info: &submission.shop, submission, signal, now, ids };
        let detection = prepared.detection.as_ref();
        let wish = wish(&signal.body, detection).filter(|_| !self.is_heard(&shop, &signal.body));
        let outcome = match &signal.body {
            SignalBody::Order(order) => self.take_order(at, order),
            SignalBody::Shipment(shipment) => self.take_shipment(at, shipment),
            SignalBody::Review(review) => self.take_review(at, review, detection),
            SignalBody::Message(message) => self.take_message(at, message, detection),
            SignalBody::Return(request) => self.take_return(at, request),
            SignalBody::Survey(survey) => self.take_survey(at, survey),
            // What a timer says is done and not kept: the parcel remembers it.
            SignalBody::Overdue(parcel) => {
                let effect = self.take_overdue(at, parcel);
                return Receipt::Accepted { detection: None, case: effect.case, opened: effect.opened };
            }
        };
        let effect = match outcome {
            Ok(effect) => effect,
            Err(violation) => return Receipt::Rejected(violation),
        };
        self.look_again(&shop, &signal.body, effect.case);
        let row = SignalRow {
            shop,
            kind: signal.body.kind(),
            id: signal.id.clone(),
            digest: prepared.digest,
            occurred_at: signal.occurred_at,
            received_at: now,
            trace: submission.call.trace.clone(),
            case: effect.case,
            case_opened: effect.opened,
            detection: prepared.detection.clone(),
            wish,
        };
        self.known.insert(key, known(&row));
        self.out.signals.push(row);
        Receipt::Accepted { detection: prepared.detection.clone(), case: effect.case, opened: effect.opened }
    }

    /// Whether it is a message that was told before, in another signal.
    fn is_heard(&self, shop: &ShopId, body: &SignalBody) -> bool {
        matches!(body, SignalBody::Message(m) if self.heard.contains_key(&(shop.clone(), m.message.clone())))
    }

    /// The buyer's pseudonym; the name behind it is kept apart.
    pub(super) fn buyer(&mut self, at: Now<'_>, buyer: &BuyerRef) -> BuyerKey {
        let shop = &at.info.shop.id;
        let key = at.info.buyer_key(buyer);
        if self.erased.contains(&(shop.clone(), key)) {
            self.out.erased_again.insert((shop.clone(), key));
        }
        self.out.buyers.entry((shop.clone(), key)).or_insert_with(|| BuyerRow {
            shop: shop.clone(),
            key,
            buyer: buyer.clone(),
            first_seen_at: at.now,
        });
        key
    }

    /// Notes that something happened by this signal.
    pub(super) fn happened(&mut self, at: Now<'_>, case: Option<CaseId>, event: Event) {
        let call = &at.submission.call;
        let (actor, cause) = match call.actor {
            ActorKind::System => (call.actor(), call.cause.clone()),
            ActorKind::Agent | ActorKind::Caller => {
                let name = call.principal.name.to_string();
                let cause = format!("signal {} {}", at.signal.body.kind(), at.signal.id);
                (Actor { kind: ActorKind::Caller, name }, cause)
            }
        };
        self.out.events.push(EventRow {
            shop: at.info.shop.id.clone(),
            id: EventId::from_bits(at.ids.next(at.now)),
            case,
            event,
            actor,
            cause,
            trace: call.trace.clone(),
            occurred_at: at.signal.occurred_at,
            recorded_at: at.now,
        });
    }

    /// The order with its lines; empty when nothing is known.
    pub(super) fn order(&mut self, shop: &ShopId, order: &OrderId) -> &mut OrderWorld {
        self.orders.entry((shop.clone(), order.clone())).or_default()
    }

    /// The line, made up when nothing is known of it yet.
    pub(super) fn line(&mut self, shop: &ShopId, order: &OrderId, line: &LineId) -> &mut LineWorld {
        self.order(shop, order).lines.entry(line.clone()).or_insert_with(|| LineWorld {
            line: Line::unknown(shop.clone(), order.clone(), line.clone()),
            stored: None,
            before: Counted::default(),
        })
    }

    /// The subjects of open cases that hang on an order.
    pub(super) fn open_subjects(&self, shop: &ShopId, anchor: &Anchor) -> HashSet<&Subject> {
        self.cases.on(shop, anchor).filter(|c| c.case.is_open()).map(|c| &c.case.subject).collect()
    }
}

/// On what a message voices the wish to return.
fn wish(body: &SignalBody, heard: Option<&Detection>) -> Option<(OrderId, Option<LineId>)> {
    match body {
        SignalBody::Message(message) if heard.is_some_and(|heard| heard.return_intent) => {
            Some((message.order.clone()?, message.line.clone()))
        }
        _ => None,
    }
}

fn repeated(known: &KnownSignal, prepared: &Prepared) -> Receipt {
    if known.digest != prepared.digest {
        let problem = "this signal_id was used before for another content; a correction is a new signal";
        return Receipt::Rejected(refused("signal_id", problem, Why::Conflict));
    }
    Receipt::Duplicate {
        first_received_at: known.received_at,
        detection: known.detection.clone(),
        case: known.case,
        opened: known.case_opened,
    }
}

impl CaseWorld {
    /// Adds a case that was loaded or opened.
    pub(super) fn add(&mut self, case: Case, loaded: Option<i64>) -> usize {
        let index = self.list.len();
        let key = (case.shop.clone(), case.id);
        if let Some(existing) = self.by_id.get(&key) {
            return *existing;
        }
        self.by_anchor.entry((case.shop.clone(), case.subject.anchor())).or_default().push(index);
        self.by_id.insert(key, index);
        let may_end = loaded.is_some() && case.is_open() && case.handling.state() != State::Queued;
        let held = may_end.then(|| Box::new(case.clone()));
        self.list.push(OneCase { case, loaded, held, promised_anew: false });
        index
    }

    /// The cases that hang on an anchor.
    pub(super) fn on(&self, shop: &ShopId, anchor: &Anchor) -> impl Iterator<Item = &OneCase> {
        let places = self.by_anchor.get(&(shop.clone(), anchor.clone()));
        places.into_iter().flatten().filter_map(|i| self.list.get(*i))
    }

    /// The open case on a subject.
    pub(super) fn open_on(&self, shop: &ShopId, subject: &Subject) -> Option<usize> {
        let places = self.by_anchor.get(&(shop.clone(), subject.anchor()))?;
        places
            .iter()
            .copied()
            .find(|i| self.list.get(*i).is_some_and(|c| c.case.subject == *subject && c.case.is_open()))
    }

    /// The latest ended case on a subject.
    pub(super) fn ended_on(&self, shop: &ShopId, subject: &Subject) -> Option<CaseId> {
        self.on(shop, &subject.anchor())
            .filter(|c| c.case.subject == *subject && !c.case.is_open())
            .max_by_key(|c| (c.case.opened_at, c.case.id))
            .map(|c| c.case.id)
    }

    /// When the nearest promise of a case falls due. It is no step: the version stays.
    pub(super) fn promise(&mut self, shop: &ShopId, case: CaseId, due: Option<Time>) {
        let place = self.by_id.get(&(shop.clone(), case)).copied();
        if let Some(one) = place.and_then(|place| self.list.get_mut(place)) {
            one.case.sla_due = due;
            one.promised_anew = true;
        }
    }

    /// The case at a place.
    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut OneCase> {
        self.list.get_mut(place)
    }

    /// The case at a place.
    pub(super) fn get(&self, place: usize) -> Option<&OneCase> {
        self.list.get(place)
    }
}
