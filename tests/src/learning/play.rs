//! Plays the cases of one seed, and keeps what would have been expected of every alternative.

use std::sync::Arc;

use amends_app::case::ClaimCase;
use amends_app::ingest::{Incoming, Receipt};
use amends_app::metrics::{Days, RemedyFigures, RemedyQuestion};
use amends_app::remedy::{
    BuyerAnswer, OfferRemedy, RecordAnswer, Report, ReportFulfilment, SuggestRemedies, Suggested, Target,
};
use amends_app::remedy_policy::ApplyRemedyPolicy;
use amends_app::shop::CreateShop;
use amends_app::{App, Call, Ids, Principal, Role, Settings, ShopScope, VirtualClock};
use amends_detect::Detector;
use amends_domain::detection::Reason;
use amends_domain::event::ActorKind;
use amends_domain::remedy::{RemedyKind, Terms};
use amends_domain::returns::ReturnStatus;
use amends_domain::shop::Channel;
use amends_domain::signal::{Signal, SignalBody};
use amends_domain::suggestion::{Alternative, answers};
use amends_domain::{AgentId, CaseId, Day, RemedyId, ShopId, Span};
use amends_store::{Options, Store};

use super::said::{delivered, ordered, wants_back};
use super::{Buyers, Size};
use crate::Database;
use crate::harness::{START, by_operator};

/// A shop that measures well: more of its buyers stay in the fixed order, and more is tried out.
const POLICY: &str = "[learning]\nholdout = \"20%\"\nexplore = \"30%\"\nfloor = \"6%\"\n";

/// Cases whose signals come together.
const AT_ONCE: u32 = 40;

/// What was expected of the alternatives of a case, by those who know the buyers.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// Why.
    pub reason: Reason,
    /// Whether the case was kept in the fixed order.
    pub holdout: bool,
    /// What came first.
    pub first: RemedyKind,
    /// What the fixed order begins with.
    pub fixed: RemedyKind,
    /// For each that could come first: what it would have cost, and how likely a return was.
    pub expected: Vec<(RemedyKind, f64, f64)>,
}

/// What was played.
#[derive(Debug)]
pub struct Played {
    /// The truth of each case, in order.
    pub truths: Vec<Truth>,
    /// What the service says of them.
    pub figures: RemedyFigures,
    /// Values that are not what the log makes them.
    pub differences: u64,
}

struct House {
    app: App,
    clock: Arc<VirtualClock>,
    shop: ShopId,
    signals: u64,
}

fn call(name: &str, roles: &[Role]) -> Call {
    let principal =
        Principal { name: AgentId::new(name).unwrap(), roles: roles.to_vec(), shops: ShopScope::All };
    Call { principal, request: None, trace: None, cause: "learning".to_owned(), actor: ActorKind::Agent }
}

pub(super) fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: impl AsRef<str>) -> T {
    text.as_ref().parse().unwrap()
}

/// Plays all cases on a fresh database, lets every window close, and asks for the figures.
pub async fn play(database: &Database, size: Size) -> Played {
    let mut house = House::open(&database.url, size.seed).await;
    let mut buyers = Buyers::new(size.seed);
    let mut truths = Vec::new();
    let mut played = 0;
    while played < size.cases {
        let many = AT_ONCE.min(size.cases - played);
        let troubles: Vec<(String, Reason, i64)> = (played..played + many)
            .map(|n| {
                let (reason, paid) = buyers.trouble();
                (format!("o{n}"), reason, paid)
            })
            .collect();
        let cases = house.open_cases(&troubles).await;
        let mut returned = Vec::new();
        for ((order, reason, paid), case) in troubles.iter().zip(cases) {
            let (truth, comes_back) = house.case(&mut buyers, case, *reason, *paid).await;
            truths.push(truth);
            returned.extend(comes_back.then_some((order.clone(), *reason)));
        }
        house.come_back(&returned).await;
        played += many;
    }
    house.clock.advance_to(house.app.now() + Span::from_days(120));
    let figures = house.figures().await;
    let silent = Arc::new(|_, _| {});
    let found = house.app.recompute(by_operator(), &house.shop, false, silent).await.unwrap();
    house.close().await;
    Played { truths, figures, differences: found.difference_count }
}

impl House {
    async fn open(url: &str, seed: u64) -> Self {
        let store = Store::open(url, &Options::default()).await.unwrap();
        store.migrate().await.unwrap();
        let clock = Arc::new(VirtualClock::at(START));
        let detector = Arc::new(Detector::embedded().unwrap());
        let app = App::new(store, detector, clock.clone(), Ids::seeded(seed), Settings::default());
        let shop = ShopId::new("learning").unwrap();
        let create = CreateShop {
            id: shop.clone(),
            display_name: String::new(),
            channel: Channel::new("own_store").unwrap(),
            region: String::new(),
            currency: id("EUR"),
            time_zone: "UTC".to_owned(),
        };
        app.perform(by_operator(), create).await.unwrap();
        let apply = ApplyRemedyPolicy {
            shop: shop.clone(),
            version: 0,
            document: POLICY.to_owned(),
            effective_from: None,
        };
        app.perform(by_operator(), apply).await.unwrap();
        Self { app, clock, shop, signals: 0 }
    }

    async fn close(self) {
        self.app.stop();
        let store = self.app.store().clone();
        drop(self.app);
        store.close().await;
    }

    async fn push(&mut self, bodies: Vec<SignalBody>) -> Vec<Receipt> {
        let occurred_at = self.app.now();
        let signals = bodies.into_iter().map(|body| {
            self.signals += 1;
            let signal = Signal { id: id(format!("s{}", self.signals)), occurred_at, body };
            Incoming { signal, digest: u128::from(self.signals).to_be_bytes() }
        });
        let signals = signals.collect();
        self.app.record(call("back-end", &[Role::Ingest]), self.shop.clone(), signals).await.unwrap()
    }

    /// Orders that arrived, and whose buyers want to send them back.
    async fn open_cases(&mut self, troubles: &[(String, Reason, i64)]) -> Vec<CaseId> {
        self.clock.advance_to(self.app.now() + Span::from_hours(4));
        let bought = troubles.iter().flat_map(|(order, _, paid)| [ordered(order, *paid), delivered(order)]);
        self.push(bought.collect()).await;
        self.clock.advance_to(self.app.now() + Span::from_hours(1));
        let now = self.app.now();
        let asked = troubles
            .iter()
            .map(|(order, reason, _)| wants_back(order, *reason, ReturnStatus::Requested, now));
        let receipts = self.push(asked.collect()).await;
        let case = |receipt: Receipt| match receipt {
            Receipt::Accepted { case: Some(case), .. } => case,
            other => panic!("no case: {other:?}"),
        };
        receipts.into_iter().map(case).collect()
    }

    /// Suggests, offers what comes first, and lets the buyer answer; says whether the article comes back.
    async fn case(&mut self, buyers: &mut Buyers, case: CaseId, reason: Reason, paid: i64) -> (Truth, bool) {
        self.clock.advance_to(self.app.now() + Span::from_minutes(5));
        // Each case has an agent of its own: who holds how many is another matter.
        let agent = call(&format!("agent-{case}"), &[Role::Agent]);
        let shop = self.shop.clone();
        let claimed = self.app.perform(agent.clone(), ClaimCase { shop: shop.clone(), case }).await.unwrap();
        let suggest =
            SuggestRemedies { shop: shop.clone(), target: Target::Case(case), units: 1, stock: Vec::new() };
        let suggested = self.app.perform(agent.clone(), suggest).await.unwrap();
        let truth = truth(buyers, &suggested, reason, paid);
        let first = suggested.suggestion.alternatives.first().unwrap();
        let offer = OfferRemedy {
            shop: shop.clone(),
            case,
            version: claimed.summary.case.version,
            fence: claimed.summary.case.fence,
            suggestion: Some(suggested.id),
            kind: first.kind,
            units: 1,
            terms: filled(first),
            after: None,
            life: None,
            text: String::new(),
        };
        let remedy = self.app.perform(agent, offer).await.unwrap().remedy.id;
        let accepts = buyers.happens(buyers.accepts(reason, first.kind, paid));
        self.answer(remedy, accepts).await;
        (truth, buyers.happens(Buyers::returns(accepts)))
    }

    async fn answer(&self, remedy: RemedyId, accepts: bool) {
        let back_end = call("back-end", &[Role::Ingest]);
        let answer = if accepts { BuyerAnswer::Accepted } else { BuyerAnswer::Declined };
        let (shop, note) = (self.shop.clone(), String::new());
        let record = RecordAnswer { shop: shop.clone(), remedy, version: None, fence: 0, answer, note };
        self.app.perform(back_end.clone(), record).await.unwrap();
        if accepts {
            let report = Report::Fulfilled { tracking: "T".to_owned() };
            let report = ReportFulfilment { shop, remedy, report, at: None };
            self.app.perform(back_end, report).await.unwrap();
        }
    }

    /// The channel approves these returns, and so counts them.
    async fn come_back(&mut self, orders: &[(String, Reason)]) {
        self.clock.advance_to(self.app.now() + Span::from_hours(2));
        let now = self.app.now();
        let approved = orders.iter().map(|(o, reason)| wants_back(o, *reason, ReturnStatus::Approved, now));
        self.push(approved.collect()).await;
    }

    async fn figures(&self) -> RemedyFigures {
        let until = Day::from_number(self.app.now().day().number() + 1);
        let question = RemedyQuestion {
            shop: self.shop.clone(),
            days: Days { from: START.day(), until },
            reason: None,
            kinds: Vec::new(),
            immature: false,
        };
        self.app.remedy_figures(&by_operator().principal, &question).await.unwrap()
    }
}

/// What must be said for a kind to be offered.
fn filled(alternative: &Alternative) -> Terms {
    let mut terms = alternative.terms.clone();
    match alternative.kind {
        RemedyKind::Exchange => terms.article = "SKU-2".to_owned(),
        RemedyKind::Instructions => terms.note = "Hold the button for ten seconds.".to_owned(),
        _ => {}
    }
    terms
}

fn truth(buyers: &Buyers, suggested: &Suggested, reason: Reason, paid: i64) -> Truth {
    let alternatives = &suggested.suggestion.alternatives;
    let named = |a: &Alternative, name: &str| a.explanation.iter().find(|n| n.0 == name).unwrap().1;
    let expected = alternatives.iter().filter(|a| a.kind.is_alternative()).map(|a| {
        let (cost, loss) = (named(a, "direct_cost"), named(a, "loss_of_return"));
        let accepts = buyers.accepts(reason, a.kind, paid);
        let comes_back = accepts * Buyers::returns(true) + (1.0 - accepts) * Buyers::returns(false);
        (a.kind, accepts * cost + comes_back * loss, comes_back)
    });
    let fixed = answers(reason).iter().find(|kind| alternatives.iter().any(|a| a.kind == **kind));
    Truth {
        reason,
        holdout: suggested.holdout(),
        first: alternatives.first().unwrap().kind,
        fixed: *fixed.unwrap(),
        expected: expected.collect(),
    }
}
