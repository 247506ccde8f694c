//! What the signals of a batch name, and what that leads to.

use std::collections::BTreeSet;

use amends_domain::case::Case;
use amends_domain::order::Shipment;
use amends_domain::remedy::Remedy;
use amends_domain::reply::Reply;
use amends_domain::returns::ReturnStatus;
use amends_domain::signal::Direction;
use amends_domain::signal::{SignalBody, SignalKind};
use amends_domain::subject::Anchor;
use amends_domain::{
    BuyerKey, BuyerRef, CaseId, MessageId, OrderId, RemedyId, ReturnId, ReviewId, ShipmentId, ShopId,
    SignalId, SurveyId,
};
use amends_store::Of;
use amends_store::review::ReviewRow;

use crate::ingest::Submission;
use crate::restate::home;

/// What is to be loaded and held.
#[derive(Debug, Default)]
pub(in crate::ingest) struct Named {
    pub(super) signals: BTreeSet<(ShopId, SignalKind, SignalId)>,
    /// What may have a case.
    pub(in crate::ingest) anchors: BTreeSet<(ShopId, Anchor)>,
    /// What must be locked: the anchors, and what the reviews of their cases hang on.
    pub(in crate::ingest) held: BTreeSet<(ShopId, Anchor)>,
    /// Conversations of which no order is known: their cases may be part of others by now.
    pub(in crate::ingest) conversations: BTreeSet<(ShopId, Anchor)>,
    pub(super) cases: BTreeSet<Of<CaseId>>,
    pub(in crate::ingest) orders: BTreeSet<Of<OrderId>>,
    pub(in crate::ingest) reviews: BTreeSet<Of<ReviewId>>,
    /// Reviews whose signal names no order.
    pub(super) unplaced: BTreeSet<Of<ReviewId>>,
    pub(in crate::ingest) returns: BTreeSet<Of<ReturnId>>,
    /// Messages, each of which may have been told before.
    pub(super) messages: BTreeSet<Of<MessageId>>,
    /// Messages of sellers, each of which may be a reply of ours.
    pub(super) echoes: BTreeSet<Of<MessageId>>,
    /// Orders whose lines may become known, or known to be delivered.
    pub(super) moved_orders: BTreeSet<Of<OrderId>>,
    /// Parcels that may be late.
    pub(super) overdue: BTreeSet<(ShopId, OrderId, ShipmentId)>,
    /// The remedies that such parcels fulfil.
    pub(super) remedies: BTreeSet<Of<RemedyId>>,
    /// Buyers whom the signals name.
    pub(in crate::ingest) buyers: BTreeSet<Of<BuyerKey>>,
    /// Answers about cases, each of which judges what the buyer was given.
    pub(in crate::ingest) judged: BTreeSet<Of<SurveyId>>,
    /// Orders whose remedies a refund may have to stop: by this word, or with an amount said before.
    pub(super) refunded: BTreeSet<Of<OrderId>>,
}

/// Whom a signal names.
const fn buyer_of(body: &SignalBody) -> Option<&BuyerRef> {
    match body {
        SignalBody::Order(s) => Some(&s.buyer),
        SignalBody::Message(s) => Some(&s.buyer),
        SignalBody::Review(s) => s.buyer.as_ref(),
        SignalBody::Return(s) => s.buyer.as_ref(),
        SignalBody::Shipment(_) | SignalBody::Survey(_) | SignalBody::Overdue(_) => None,
    }
}

/// The order that a signal names.
pub(in crate::ingest) const fn order_of(body: &SignalBody) -> Option<&OrderId> {
    match body {
        SignalBody::Order(s) => Some(&s.order),
        SignalBody::Shipment(s) => Some(&s.order),
        SignalBody::Return(s) => Some(&s.order),
        SignalBody::Review(s) => s.order.as_ref(),
        SignalBody::Message(s) => s.order.as_ref(),
        SignalBody::Survey(s) => s.order.as_ref(),
        SignalBody::Overdue(s) => Some(&s.order),
    }
}

/// Whether a word of the channel can make it pay, with an amount that was said at any time.
const fn may_pay(status: ReturnStatus) -> bool {
    matches!(
        status,
        ReturnStatus::Approved | ReturnStatus::InTransit | ReturnStatus::Received | ReturnStatus::Settled
    )
}

impl Named {
    pub(super) fn by(submissions: &[Submission]) -> Self {
        let mut named = Self::default();
        for submission in submissions {
            let shop = &submission.shop.shop.id;
            for prepared in &submission.signals {
                let (id, body) = (&prepared.signal.id, &prepared.signal.body);
                if !matches!(body, SignalBody::Overdue(_)) {
                    named.signals.insert((shop.clone(), body.kind(), id.clone()));
                }
                named.anchors.extend(body.anchor().map(|anchor| (shop.clone(), anchor)));
                named
                    .buyers
                    .extend(buyer_of(body).map(|buyer| (shop.clone(), submission.shop.buyer_key(buyer))));
                named.add(shop, body);
            }
        }
        named.held = named.anchors.clone();
        named
    }

    fn add(&mut self, shop: &ShopId, body: &SignalBody) {
        self.orders.extend(order_of(body).map(|order| (shop.clone(), order.clone())));
        match body {
            SignalBody::Order(s) => {
                self.moved_orders.insert((shop.clone(), s.order.clone()));
            }
            SignalBody::Shipment(s) => {
                self.remedies.extend(s.remedy.filter(|_| s.state.is_trouble()).map(|id| (shop.clone(), id)));
                self.moved_orders.insert((shop.clone(), s.order.clone()));
            }
            SignalBody::Review(s) => {
                let key = (shop.clone(), s.review.clone());
                self.unplaced.extend(s.order.is_none().then(|| key.clone()));
                self.reviews.insert(key);
                // A review that was seen without its order hangs on itself until now.
                self.anchors.insert((shop.clone(), Anchor::Review(s.review.clone())));
            }
            SignalBody::Return(s) => {
                self.returns.insert((shop.clone(), s.return_id.clone()));
                if may_pay(s.status) || s.refund.is_some() {
                    self.refunded.insert((shop.clone(), s.order.clone()));
                }
            }
            SignalBody::Overdue(s) => {
                self.overdue.insert((shop.clone(), s.order.clone(), s.shipment.clone()));
            }
            SignalBody::Survey(s) => {
                self.cases.extend(s.case.map(|case| (shop.clone(), case)));
                self.judged.insert((shop.clone(), s.survey.clone()));
            }
            SignalBody::Message(s) => {
                self.messages.insert((shop.clone(), s.message.clone()));
                if s.order.is_none() {
                    self.conversations.insert((shop.clone(), Anchor::Conversation(s.conversation.clone())));
                }
                if s.direction == Direction::ToBuyer {
                    self.echoes.insert((shop.clone(), s.message.clone()));
                }
            }
        }
    }

    /// A review that is known may name an order that its signal does not repeat:
    /// then that is touched as well.
    pub(super) fn follow(&mut self, reviews: &[ReviewRow]) {
        for row in reviews {
            self.orders.extend(row.order.clone().map(|order| (row.shop.clone(), order)));
            self.anchors.insert((row.shop.clone(), home(row)));
        }
        self.hold(reviews);
    }

    /// A reply of ours belongs to a case, which may hang on something the message does not name.
    pub(super) fn follow_replies(&mut self, replies: &[Reply], cases: &[Case]) {
        for reply in replies {
            self.cases.insert((reply.shop.clone(), reply.case));
            let case = cases.iter().find(|case| case.shop == reply.shop && case.id == reply.case);
            self.held.extend(case.map(|case| (case.shop.clone(), case.subject.anchor())));
        }
    }

    /// A refund is news to the case of every remedy on its order, whatever that hangs on by now.
    pub(super) fn follow_promises(&mut self, promised: &[Remedy]) {
        let given = promised.iter().filter(|r| r.state.stage().is_promised() || r.state.stage().is_given());
        self.cases.extend(given.map(|remedy| (remedy.shop.clone(), remedy.case)));
    }

    /// A late parcel that fulfils a remedy is news to the case of that remedy, whatever it hangs on.
    pub(super) fn follow_parcels(&mut self, parcels: &[Shipment], remedies: &[Remedy], cases: &[Case]) {
        let key = |one: &Shipment| (one.shop.clone(), one.order.clone(), one.shipment.clone());
        let late = parcels.iter().filter(|one| self.overdue.contains(&key(one)));
        let named: Vec<_> = late.filter_map(|one| Some((one.shop.clone(), one.remedy?))).collect();
        self.remedies.extend(named);
        for remedy in remedies {
            self.cases.insert((remedy.shop.clone(), remedy.case));
            let case = cases.iter().find(|case| case.shop == remedy.shop && case.id == remedy.case);
            // If it is over, another case on its subject may be open, or opens now.
            self.anchors.extend(case.map(|case| (case.shop.clone(), case.subject.anchor())));
        }
    }

    /// What the cases of an order say is told to its lines.
    pub(super) fn follow_anchors(&mut self) {
        let orders = self.anchors.iter().filter_map(|(shop, anchor)| match anchor {
            Anchor::Order(order) => Some((shop.clone(), order.clone())),
            Anchor::Review(_) | Anchor::Conversation(_) => None,
        });
        self.orders.extend(orders);
    }

    /// What is written to the cases that are named hangs on what they hang on.
    pub(super) fn hold_cases(&mut self, cases: &[Case]) {
        let ours = cases.iter().filter(|case| self.cases.contains(&(case.shop.clone(), case.id)));
        let held: Vec<_> = ours.map(|case| (case.shop.clone(), case.subject.anchor())).collect();
        self.held.extend(held);
    }

    /// What one must hold to write these reviews.
    pub(super) fn hold(&mut self, reviews: &[ReviewRow]) {
        self.held.extend(reviews.iter().map(|row| (row.shop.clone(), home(row))));
    }
}
