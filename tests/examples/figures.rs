//! Measures what figures over 90 days cost in a shop of a year of orders.
//!
//! `cargo run --release -p amends-tests --example figures -- --orders 10000000 [--articles 2000] [--questions 100]`
//!
//! On SQLite in a directory of its own, or in a schema of the server that AMENDS_TEST_POSTGRES_URL names with
//! `--postgres`; either goes when it ends. `--check` derives all figures anew first and says what differs,
//! `--wait` waits for Enter before it asks. It prints the median and the 90th percentile of whole calls over gRPC.

use std::sync::Arc;
use std::time::{Duration, Instant};

use amends_app::{Ids, Role, ShopScope, VirtualClock};
use amends_client::{Client, v1};
use amends_domain::{ShopId, Time};
use amends_server::{Parts, serve};
use amends_store::{Options, Store};
use amends_tests::harness::{by_operator, configuration, connect, make_key, make_shop, parts};
use amends_tests::make::days;
use amends_tests::year::{Size, hear_all, order_all};
use amends_tests::{Database, Engine};
use v1::{Dimension, TimeBucket};

/// As in the service.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 2026-03-02T10:00:00Z: the end of the year.
const NOW: Time = Time::from_secs(1_772_445_600);

/// What is asked: the name of the question, dimensions, and how time is cut.
const QUESTIONS: [(&str, &[Dimension], TimeBucket); 5] = [
    ("in all", &[], TimeBucket::Total),
    ("by day", &[], TimeBucket::Day),
    ("by reason and language", &[Dimension::Reason, Dimension::Language], TimeBucket::Total),
    ("by article and reason", &[Dimension::Sku, Dimension::Reason], TimeBucket::Total),
    ("by article and reason, each week", &[Dimension::Sku, Dimension::Reason], TimeBucket::Week),
];

fn number(name: &str, usual: u64) -> u64 {
    let mut words = std::env::args().skip_while(|word| word != name).skip(1);
    words.next().and_then(|word| word.parse().ok()).unwrap_or(usual)
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::unwrap_used, reason = "an example may panic")]
async fn main() {
    let size = Size { orders: number("--orders", 1_000_000), articles: number("--articles", 2_000) };
    let postgres = std::env::args().any(|word| word == "--postgres");
    let engine = if postgres { Engine::Postgres } else { Engine::Sqlite };
    let Some(database) = Database::fresh(engine).await else { return };
    let shop = ShopId::new("main").unwrap();
    let started = Instant::now();
    let tell = |what: &str| eprintln!("{:>6.0} s  {what}", started.elapsed().as_secs_f64());

    let clock = Arc::new(VirtualClock::at(NOW));
    let configuration = configuration(&database.url, &[]);
    let start = || serve::start(&configuration, Parts { ids: Ids::random(), ..parts(&clock) });
    let running = start().await.unwrap();
    let token = make_key(&running.app, "root", &Role::ALL, ShopScope::All).await;
    let client = connect(&format!("http://{}", running.address), Some(token.clone())).await;
    make_shop(&client, "main", "own_store").await;
    drop(client);
    running.stop().await.unwrap();

    let store = Store::open(&database.url, &Options::default()).await.unwrap();
    order_all(&store, &shop, size, NOW, tell).await;
    store.close().await;

    let running = start().await.unwrap();
    let app = running.app.clone();
    let client = connect(&format!("http://{}", running.address), Some(token)).await;
    hear_all(&app, &client, &shop, size, NOW, tell).await;
    if std::env::args().any(|word| word == "--check") {
        let found = app.recompute(by_operator(), &shop, false, Arc::new(|_, _| {})).await.unwrap();
        tell(&format!("{} lines and {} reviews derived", found.lines, found.reviews));
        assert_eq!(found.differences, Vec::<String>::new(), "what is stored is what everything gives");
    }
    if postgres {
        // What its background process would have done by now; SQLite is left as the service leaves it.
        let tx = app.store().begin().await.unwrap();
        tx.script("ANALYZE").await.unwrap();
        tx.commit().await.unwrap();
    }
    if std::env::args().any(|word| word == "--wait") {
        tell("press Enter when the machine is quiet");
        std::io::stdin().read_line(&mut String::new()).unwrap();
    }
    println!("{engine:?}, {} orders, {} reviews, {} articles", size.orders, size.reviews(), size.articles);
    for (name, dimensions, bucket) in QUESTIONS {
        measure(&client, name, dimensions, bucket).await;
    }
    drop((app, client));
    running.stop().await.unwrap();
    database.remove().await;
}

#[expect(clippy::unwrap_used, reason = "an example may panic")]
async fn measure(client: &Client, name: &str, dimensions: &[Dimension], bucket: TimeBucket) {
    let cohort = || Some(days("2025-12-02", "2026-03-02"));
    let split = || dimensions.iter().map(|dimension| i32::from(*dimension)).collect::<Vec<_>>();
    let (parent, cut) = (|| "shops/main".to_owned(), || Some(i32::from(bucket)));
    let (mut returns, mut reversal) = (Vec::new(), Vec::new());
    let mut rows = (0, 0);
    for _ in 0..number("--questions", 100) {
        let asked = Instant::now();
        let request = v1::GetReturnsRequest {
            parent: parent(),
            cohort: cohort(),
            bucket: cut(),
            dimensions: split(),
            ..Default::default()
        };
        rows.0 = client.call(request).await.unwrap().rows.len();
        returns.push(asked.elapsed());
        let asked = Instant::now();
        let request = v1::GetReviewReversalRequest {
            parent: parent(),
            cohort: cohort(),
            bucket: cut(),
            dimensions: split(),
            ..Default::default()
        };
        rows.1 = client.call(request).await.unwrap().rows.len();
        reversal.push(asked.elapsed());
    }
    print(&format!("returns, {name}"), rows.0, returns);
    print(&format!("reversal, {name}"), rows.1, reversal);
}

fn print(what: &str, rows: usize, mut times: Vec<Duration>) {
    times.sort();
    let at =
        |share: f64| times.get((times.len() as f64 * share) as usize).map_or(0.0, |t| 1e3 * t.as_secs_f64());
    println!("{what:<45} {rows:>5} rows  median {:>7.1} ms  90th percentile {:>7.1} ms", at(0.5), at(0.9));
}
