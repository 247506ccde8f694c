//! A shop whose buyers and back ends push signals, and whose agent works the cases that come of them.

use std::sync::atomic::{AtomicU32, Ordering};

use amends_app::case::{ClaimCase, SolveCase, Target};
use amends_app::ingest::{Incoming, Receipt};
use amends_app::remedy::{BuyerAnswer, OfferRemedy, RecordAnswer, Report, ReportFulfilment};
use amends_app::shop::CreateShop;
use amends_app::{App, AppError, Call, Principal, Role, ShopScope};
use amends_domain::case::{Case, Outcome};
use amends_domain::event::ActorKind;
use amends_domain::remedy::{Remedy, RemedyKind, Terms};
use amends_domain::returns::ReturnStatus;
use amends_domain::shop::Channel;
use amends_domain::signal::*;
use amends_domain::{AgentId, BuyerRef, CaseId, Money, RemedyId, ShopId, Span, Time};
use amends_store::case;

use crate::house::House;
use crate::make::root;

pub(crate) struct Stage<'a> {
    pub(crate) app: &'a App,
    house: &'a House,
    pub(crate) shop: ShopId,
    signals: AtomicU32,
}

pub(crate) fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: impl AsRef<str>) -> T {
    text.as_ref().parse().unwrap()
}

pub(crate) fn eur(minor_units: i64) -> Money {
    Money::new(minor_units, id("EUR"))
}

pub(crate) fn call(name: &str, roles: &[Role]) -> Call {
    Call {
        principal: Principal {
            name: AgentId::new(name).unwrap(),
            roles: roles.to_vec(),
            shops: ShopScope::All,
        },
        request: None,
        trace: None,
        cause: "test".to_owned(),
        actor: ActorKind::Agent,
    }
}

pub(crate) fn ann() -> Call {
    call("ann", &[Role::Agent])
}

pub(crate) fn boss() -> Call {
    call("boss", &[Role::Supervisor])
}

pub(crate) fn back_end() -> Call {
    call("back-end", &[Role::Ingest])
}

pub(crate) fn analyst() -> Principal {
    call("analyst", &[Role::Analyst]).principal
}

impl<'a> Stage<'a> {
    /// A shop on a channel.
    pub(crate) async fn on(house: &'a House, channel: &str) -> Self {
        let shop = ShopId::new(format!("on-{channel}")).unwrap();
        let create = CreateShop {
            id: shop.clone(),
            display_name: "Shop".to_owned(),
            channel: Channel::new(channel).unwrap(),
            region: String::new(),
            currency: id("EUR"),
            time_zone: "Europe/Berlin".to_owned(),
        };
        house.perform(&root(), create).await.unwrap();
        Self::at(house, shop)
    }

    /// A shop that is there already.
    pub(crate) fn at(house: &'a House, shop: ShopId) -> Self {
        Self { app: &house.app, house, shop, signals: AtomicU32::new(0) }
    }

    pub(crate) fn now(&self) -> Time {
        self.app.now()
    }

    /// Lets time pass, and does what falls due meanwhile.
    pub(crate) async fn pass(&self, span: Span) {
        self.house.advance(self.now() + span).await;
    }

    /// Pushes a signal that happens now.
    pub(crate) async fn push(&self, body: SignalBody) -> Receipt {
        self.push_at(self.now(), body).await
    }

    /// Pushes a signal about what happened earlier.
    pub(crate) async fn push_at(&self, occurred_at: Time, body: SignalBody) -> Receipt {
        let number = self.signals.fetch_add(1, Ordering::Relaxed);
        let digest = u128::from(number).to_be_bytes();
        let signal = Signal { id: id(format!("s{number}")), occurred_at, body };
        let mut receipts =
            self.app.record(back_end(), self.shop.clone(), vec![Incoming { signal, digest }]).await.unwrap();
        receipts.remove(0)
    }

    /// The buyer of an order wrote that the article shall go back; it is told only now.
    pub(crate) async fn wish_of(&self, order: &str, wrote_at: Time) -> Receipt {
        self.wish(order, Some("1"), wrote_at).await
    }

    /// The same, and nobody knows of which article.
    pub(crate) async fn wish_of_the_order(&self, order: &str, wrote_at: Time) -> Receipt {
        self.wish(order, None, wrote_at).await
    }

    async fn wish(&self, order: &str, line: Option<&str>, wrote_at: Time) -> Receipt {
        let message = MessageSignal {
            message: id(format!("m-{order}")),
            conversation: id(format!("c-{order}")),
            order: Some(id(order)),
            line: line.map(id),
            buyer: buyer(order),
            direction: Direction::FromBuyer,
            author: Author::Human,
            text: "I want to send it back.".to_owned(),
            language: String::new(),
            public: false,
        };
        self.push_at(wrote_at, SignalBody::Message(message)).await
    }

    pub(crate) async fn case_of(&self, body: SignalBody) -> CaseId {
        match self.push(body).await {
            Receipt::Accepted { case: Some(case), .. } => case,
            other => panic!("no case: {other:?}"),
        }
    }

    /// An order of so many units at 100.00 each, delivered.
    pub(crate) async fn delivered(&self, order: &str, units: u32) {
        let line = OrderedLine {
            line: id("1"),
            sku: id("SKU-1"),
            title: String::new(),
            category: String::new(),
            quantity: units,
            unit_price: eur(10_000),
        };
        self.push(SignalBody::Order(OrderSignal {
            order: id(order),
            buyer: buyer(order),
            lines: vec![line],
            state: OrderState::Paid,
            language: "de".to_owned(),
            time_zone: String::new(),
        }))
        .await;
        self.push(SignalBody::Shipment(ShipmentSignal {
            shipment: id(format!("p-{order}")),
            order: id(order),
            lines: Vec::new(),
            state: ShipmentState::Delivered,
            eta: None,
            carrier: String::new(),
            tracking: String::new(),
            remedy: None,
        }))
        .await;
    }

    /// Another order of the buyer of an earlier one, not delivered yet.
    pub(crate) async fn ordered_by(&self, order: &str, earlier: &str) -> Receipt {
        let line = OrderedLine {
            line: id("1"),
            sku: id("SKU-1"),
            title: String::new(),
            category: String::new(),
            quantity: 1,
            unit_price: eur(10_000),
        };
        self.push(SignalBody::Order(OrderSignal {
            order: id(order),
            buyer: buyer(earlier),
            lines: vec![line],
            state: OrderState::Paid,
            language: "de".to_owned(),
            time_zone: String::new(),
        }))
        .await
    }

    /// A review of an order, seen now.
    pub(crate) async fn review(&self, order: &str, rating: u8, text: &str) -> Receipt {
        self.push(Self::seen(order, rating, text)).await
    }

    /// The same, seen earlier and told now.
    pub(crate) async fn review_at(&self, at: Time, order: &str, rating: u8) -> Receipt {
        self.push_at(at, Self::seen(order, rating, "They helped me.")).await
    }

    fn seen(order: &str, rating: u8, text: &str) -> SignalBody {
        SignalBody::Review(ReviewSignal {
            review: id(format!("r-{order}")),
            order: Some(id(order)),
            line: Some(id("1")),
            sku: None,
            buyer: Some(buyer(order)),
            rating: Some(rating),
            text: text.to_owned(),
            language: String::new(),
            visible: true,
            removed_by: None,
            platform_modified_at: None,
            edit_state: None,
            follow_up: false,
        })
    }

    /// A delivered order of so many units, and the case of its one-star review.
    pub(crate) async fn broken(&self, order: &str, units: u32) -> CaseId {
        self.delivered(order, units).await;
        match self.review(order, 1, "It arrived broken, the glass is cracked.").await {
            Receipt::Accepted { case: Some(case), .. } => case,
            other => panic!("no case: {other:?}"),
        }
    }

    /// A return request, or a later word about it.
    pub(crate) async fn wants_return(&self, order: &str, status: ReturnStatus) -> CaseId {
        self.case_of(self.request(order, status)).await
    }

    /// What the channel says about it.
    pub(crate) fn request(&self, order: &str, status: ReturnStatus) -> SignalBody {
        SignalBody::Return(ReturnSignal {
            return_id: id(format!("ret-{order}")),
            order: id(order),
            line: Some(id("1")),
            quantity: 1,
            status,
            raw_status: status.to_string(),
            reason: None,
            raw_reason: String::new(),
            buyer: Some(buyer(order)),
            requested_at: self.now(),
            deadline: None,
            refund: None,
            seller_fault: None,
            bounds: Default::default(),
        })
    }

    /// The words of a case's timeline, in order.
    pub(crate) async fn words(&self, id: CaseId) -> Vec<&'static str> {
        let conn = self.app.store().reader();
        let events = amends_store::event::of_case(&conn, &self.shop, &id, 0, 1_000).await.unwrap();
        events.iter().map(|stored| stored.row.event.word()).collect()
    }

    pub(crate) async fn case(&self, id: CaseId) -> Case {
        case::get(&self.app.store().reader(), &self.shop, &id).await.unwrap().unwrap()
    }

    /// Ann takes the case.
    pub(crate) async fn claim(&self, case: CaseId) -> Case {
        self.app.perform(ann(), ClaimCase { shop: self.shop.clone(), case }).await.unwrap();
        self.case(case).await
    }

    pub(crate) async fn target(&self, case: CaseId) -> Target {
        let case = self.case(case).await;
        Target { shop: self.shop.clone(), case: case.id, fence: case.fence, version: case.version }
    }

    /// Ann takes the case and reaches the buyer.
    pub(crate) async fn worked(&self, case: CaseId) {
        let contact = crate::house::contact(&self.claim(case).await);
        self.app.perform(ann(), contact).await.unwrap();
    }

    pub(crate) async fn solve(&self, case: CaseId, outcome: Outcome) {
        let target = self.target(case).await;
        let solve = SolveCase { target, outcome, note: String::new(), reason: None };
        self.app.perform(ann(), solve).await.unwrap();
    }

    /// An offer of Ann's on the case as it stands.
    pub(crate) async fn offer(&self, case: CaseId, kind: RemedyKind, terms: Terms) -> OfferRemedy {
        let case = self.case(case).await;
        OfferRemedy {
            shop: self.shop.clone(),
            case: case.id,
            version: case.version,
            fence: case.fence,
            suggestion: None,
            kind,
            units: 1,
            terms,
            after: None,
            life: None,
            text: String::new(),
        }
    }

    pub(crate) async fn offered(
        &self,
        case: CaseId,
        kind: RemedyKind,
        terms: Terms,
    ) -> Result<Remedy, AppError> {
        let offer = self.offer(case, kind, terms).await;
        self.app.perform(ann(), offer).await.map(|done| done.remedy)
    }

    pub(crate) async fn answer(&self, remedy: RemedyId, answer: BuyerAnswer) -> Result<Remedy, AppError> {
        let (shop, note) = (self.shop.clone(), String::new());
        let record = RecordAnswer { shop, remedy, version: None, fence: 0, answer, note };
        self.app.perform(back_end(), record).await.map(|done| done.remedy)
    }

    pub(crate) async fn report(&self, remedy: RemedyId, report: Report) -> Result<Remedy, AppError> {
        let report = ReportFulfilment { shop: self.shop.clone(), remedy, report, at: None };
        self.app.perform(back_end(), report).await.map(|done| done.remedy)
    }

    /// Offered, accepted and fulfilled.
    pub(crate) async fn fulfilled(&self, case: CaseId, kind: RemedyKind, terms: Terms) -> Remedy {
        let remedy = self.offered(case, kind, terms).await.unwrap();
        self.answer(remedy.id, BuyerAnswer::Accepted).await.unwrap();
        self.report(remedy.id, Report::Fulfilled { tracking: "T1".to_owned() }).await.unwrap()
    }
}

pub(crate) fn buyer(order: &str) -> BuyerRef {
    BuyerRef::new(format!("buyer-of-{order}")).unwrap()
}

pub(crate) fn money(minor_units: i64) -> Terms {
    Terms { amount: Some(eur(minor_units)), ..Terms::default() }
}
