//! Plays shops whose buyers are known, and prints what was learned and estimated beside the truth.
//!
//! `cargo run --release -p amends-tests --example learning -- --seeds 10 --cases 4000`; `--from` names the first seed.

use amends_domain::learning::Posterior;
use amends_domain::learning::choice::{Arm, Limits, shares};
use amends_tests::learning::{Judged, Size, judge, play, print};
use amends_tests::{Database, Engine};
use futures::StreamExt as _;

/// Seeds played at a time.
const AT_ONCE: usize = 2;

fn number(name: &str, usual: u64) -> u64 {
    let mut words = std::env::args().skip_while(|word| word != name).skip(1);
    words.next().and_then(|word| word.parse().ok()).unwrap_or(usual)
}

#[expect(clippy::unwrap_used, reason = "an example may panic")]
async fn one(size: Size) -> Judged {
    let database = Database::fresh(Engine::Sqlite).await.unwrap();
    let played = play(&database, size).await;
    database.remove().await;
    eprintln!("seed {} is done", size.seed);
    judge(size.seed, &played)
}

/// How long the shares of eleven alternatives take, the most a suggestion can have.
fn timed() -> std::time::Duration {
    const ROUNDS: u32 = 10_000;
    let arm = |n: u32| Arm {
        posterior: Posterior { alpha: 6.0 + f64::from(n), beta: 14.0 },
        accepted: 500.0 + 20.0 * f64::from(n),
        declined: 1_300.0,
    };
    let arms: Vec<Arm> = (0..11).map(arm).collect();
    let limits = Limits { explore: 0.2, floor: 0.01 };
    let started = std::time::Instant::now();
    (0..ROUNDS).for_each(|_| {
        std::hint::black_box(shares(std::hint::black_box(&arms), limits));
    });
    started.elapsed() / ROUNDS
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let (seeds, from, cases) = (number("--seeds", 10), number("--from", 1), number("--cases", 4_000));
    let cases = u32::try_from(cases).unwrap_or(u32::MAX);
    let runs = (from..from + seeds).map(|seed| tokio::spawn(one(Size { seed, cases })));
    let runs: Vec<_> = futures::stream::iter(runs).buffered(AT_ONCE).collect().await;
    let all: Vec<Judged> = runs.into_iter().map(Result::unwrap).collect();
    print(&all);
    println!("the shares of eleven alternatives take {:?}", timed());
}
