//! A year of a large shop: orders and parcels are put in as rows, with what their deliveries add to the figures;
//! everything that is heard (reviews, requests) is sent through the service afterwards, and counted by it.

use std::collections::BTreeMap;

use amends_app::App;
use amends_client::{Client, v1};
use amends_domain::order::{Line, Purchase, Shipment, Units};
use amends_domain::policy;
use amends_domain::rollup::{Cell, Facets, Sealed};
use amends_domain::signal::{OrderState, ShipmentState};
use amends_domain::tally::{self, Family, Measure};
use amends_domain::zone::Zone;
use amends_domain::{BuyerKey, Day, LineId, Money, OrderId, ShipmentId, ShopId, SignalId, Sku, Span, Time};
use amends_store::{Store, order, rollup, shipment};
use futures::{StreamExt as _, TryStreamExt as _};
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::make::{CURRENCY, Fact as _, return_request, review, stamp};

/// How large the shop is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Orders of the year, one line of one unit each.
    pub orders: u64,
    /// Articles: the first sell most (a tenth of them brings a third of the orders).
    pub articles: u64,
}

/// The length of the year.
const DAYS: i64 = 365;
/// Rows of a transaction.
const ROWS: u64 = 20_000;
/// Signals of a call, and calls at a time.
const SIGNALS: usize = 500;
const CALLS: usize = 8;
/// One order of so many is reviewed.
const REVIEWED: u64 = 10;
/// Of a thousand reviews, so many are negative: each opens a case.
const NEGATIVE: u32 = 120;
/// One order of so many is asked back: each opens a case.
const ASKED_BACK: u64 = 125;

const PRAISE: [&str; 3] = ["Works as described.", "Sehr gute Qualität, gerne wieder.", "Muy buen producto."];
const COMPLAINTS: [&str; 6] = [
    "The lid is cracked and the bottle leaks, very disappointed.",
    "You sent the wrong size.",
    "Me enviaron el color equivocado.",
    "Nach zwei Tagen kaputt, nicht zu empfehlen.",
    "Barang rusak waktu sampai, kecewa.",
    "It never arrived.",
];
const REASONS: [v1::ComplaintReason; 4] = [
    v1::ComplaintReason::Damaged,
    v1::ComplaintReason::WrongItem,
    v1::ComplaintReason::WrongSize,
    v1::ComplaintReason::NotAsDescribed,
];

/// Order number `n` of the shop: the same in every run.
#[derive(Debug, Clone, Copy)]
struct Ordered {
    n: u64,
    article: u64,
    delivered: Time,
}

impl Size {
    /// Reviews among it.
    #[must_use]
    pub const fn reviews(self) -> u64 {
        self.orders.div_ceil(REVIEWED)
    }

    fn order(self, n: u64, until: Time) -> Ordered {
        let mut random = ChaCha8Rng::seed_from_u64(n);
        let skew: f64 = random.random::<f64>().powi(2);
        let article = (skew * self.articles as f64) as u64;
        let back = random.random_range(1..DAYS * 86_400);
        Ordered { n, article, delivered: until - Span::from_secs(back) }
    }
}

impl Ordered {
    fn id(self) -> String {
        format!("o-{:09}", self.n)
    }

    fn rows(self, shop: &ShopId) -> (Line, Shipment) {
        let order = OrderId::new(self.id()).unwrap();
        let (said_at, said_by) = (self.delivered - Span::from_days(4), SignalId::new(self.id()).unwrap());
        let purchase = Purchase {
            said_at,
            said_by: said_by.clone(),
            placed_at: said_at,
            state: OrderState::Paid,
            buyer: BuyerKey::from_bits(u128::from(self.n / 2)),
            sku: Sku::new(format!("sku-{:05}", self.article)).unwrap(),
            title: format!("Article {}", self.article),
            category: "kitchen".to_owned(),
            quantity: 1,
            unit_price: Money { minor_units: 2_000, currency: CURRENCY.parse().unwrap() },
            language: "en".to_owned(),
        };
        let line = Line {
            purchase: Some(purchase),
            delivered: Some(Units { at: self.delivered, units: 1 }),
            ..Line::unknown(shop.clone(), order.clone(), LineId::new("1").unwrap())
        };
        let parcel = Shipment {
            shop: shop.clone(),
            shipment: ShipmentId::new(format!("p-{:09}", self.n)).unwrap(),
            order,
            lines: Vec::new(),
            state: ShipmentState::Delivered,
            state_at: self.delivered,
            said_by,
            expected: Default::default(),
            carrier: "post".to_owned(),
            tracking: String::new(),
            delivered_at: Some(self.delivered),
            for_remedy: false,
            remedy: None,
        };
        (line, parcel)
    }

    /// What is heard of it, if anything.
    fn heard(self, until: Time) -> Vec<v1::Signal> {
        let mut random = ChaCha8Rng::seed_from_u64(!self.n);
        let mut heard = Vec::new();
        let mut hear = |name: &str, days: i64, body| {
            let at = (self.delivered + Span::from_days(days)).min(until);
            let (signal_id, occur_time) = (format!("{name}-{}", self.n), Some(stamp(at)));
            heard.push(v1::Signal { signal_id, occur_time, traceparent: String::new(), body: Some(body) });
        };
        if self.n.is_multiple_of(REVIEWED) {
            let negative = random.random_range(0..1_000) < NEGATIVE;
            let texts: &[&str] = if negative { &COMPLAINTS } else { &PRAISE };
            let (low, high) = if negative { (1, 2) } else { (4, 5) };
            let text = texts.choose(&mut random).unwrap();
            let said = review(&format!("r-{}", self.n), &self.id(), random.random_range(low..=high), text);
            let said = v1::ReviewSignal { buyer_id: String::new(), ..said };
            hear("review", random.random_range(1..14), said.body());
        }
        if self.n % ASKED_BACK == 1 {
            let days = random.random_range(1..20);
            let at = (self.delivered + Span::from_days(days)).min(until);
            let asked = return_request(&format!("back-{}", self.n), &self.id(), at);
            let reason = REASONS.choose(&mut random).map(|reason| i32::from(*reason));
            let asked = v1::ReturnSignal { buyer_id: String::new(), reason, ..asked };
            hear("asked-back", days, asked.body());
        }
        heard
    }
}

/// Puts the orders and parcels of a shop that has nothing into its rows; `tell` hears how far it is. No server may
/// run meanwhile: it would seal days that are not full yet.
pub async fn order_all(store: &Store, shop: &ShopId, size: Size, until: Time, tell: impl Fn(&str)) {
    for first in (0..size.orders).step_by(usize::try_from(ROWS).unwrap()) {
        let orders = first..(first + ROWS).min(size.orders);
        let (lines, parcels): (Vec<_>, Vec<_>) = orders.map(|n| size.order(n, until).rows(shop)).unzip();
        let tx = store.begin().await.unwrap();
        order::put(&lines).run(&tx).await.unwrap();
        shipment::put(&parcels).run(&tx).await.unwrap();
        tx.send(rollup::add(0, &rollup::Seals::new(), &deliveries(&lines))).await.unwrap();
        tx.commit().await.unwrap();
        if first.is_multiple_of(ROWS * 50) {
            tell(&format!("{first} orders"));
        }
    }
}

/// Tells a server what is heard of the orders, and has it packed.
pub async fn hear_all(
    app: &App,
    client: &Client,
    shop: &ShopId,
    size: Size,
    until: Time,
    tell: impl Fn(&str),
) {
    while app.seal_some().await.unwrap() > 0 {}
    tell("sealed and packed");
    let heard = (0..size.orders).filter(|n| n.is_multiple_of(REVIEWED) || n % ASKED_BACK == 1);
    let heard = heard.flat_map(|n| size.order(n, until).heard(until));
    let calls = futures::stream::iter(heard).chunks(SIGNALS).enumerate().map(|(n, signals)| {
        let tell = &tell;
        async move {
            let parent = format!("shops/{shop}");
            let answer = client.call(v1::RecordRequest { parent, signals, ..Default::default() }).await?;
            let refused = answer.results.iter().find_map(|result| result.rejection.as_ref());
            assert_eq!(refused, None, "every signal is taken in");
            if n.is_multiple_of(200) {
                tell(&format!("{} signals", n * SIGNALS));
            }
            Ok::<(), amends_client::Error>(())
        }
    });
    calls.buffer_unordered(CALLS).try_collect::<()>().await.unwrap();
    tell("heard");
    while app.repack_some().await.unwrap() > 0 {}
    tell("packed again");
}

/// What delivered lines that nothing else is known of add to the figures.
fn deliveries(lines: &[Line]) -> BTreeMap<(ShopId, Cell), rollup::Sums> {
    let policy = policy::in_force(&[], "own_store", "", Time::MIN);
    let mut known: BTreeMap<(Facets, Day), BTreeMap<Measure, i64>> = BTreeMap::new();
    for line in lines {
        let facets = Facets::new(line.purchase.as_ref().map(|bought| &bought.sku), &line.about, None);
        for (day, measure, value) in tally::of_line(line, &policy, &Zone::utc()) {
            *known.entry((facets.clone(), day)).or_default().entry(measure).or_default() += value;
        }
    }
    let mut cells: BTreeMap<_, rollup::Sums> = BTreeMap::new();
    let shop = lines.first().map(|line| line.shop.clone()).unwrap();
    for ((facets, day), sums) in known {
        for cell in Cell::all_on(Family::Line, day, &facets.places(Family::Line), Sealed::NONE) {
            let row = cells.entry((shop.clone(), cell)).or_default();
            sums.iter().for_each(|(measure, value)| *row.entry(*measure).or_default() += value);
        }
    }
    cells
}
