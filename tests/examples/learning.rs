//! Plays shops whose buyers are known, and prints what was learned and estimated beside the truth.
//!
//! `cargo run --release -p amends-tests --example learning -- --seeds 10 --cases 4000`

use amends_tests::learning::{Judged, Size, judge, play, print};
use amends_tests::{Database, Engine};
use futures::StreamExt as _;

/// Seeds played at a time.
const AT_ONCE: usize = 2;

fn number(name: &str, usual: u64) -> u64 {
    let mut words = std::env::args().skip_while(|word| word != name).skip(1);
    words.next().and_then(|word| word.parse().ok()).unwrap_or(usual)
}

async fn one(size: Size) -> Judged {
    let Some(database) = Database::fresh(Engine::Sqlite).await else { panic!("no database") };
    let played = play(&database, size).await;
    database.remove().await;
    eprintln!("seed {} is done", size.seed);
    judge(size.seed, &played)
}

#[expect(clippy::panic, clippy::unwrap_used, reason = "an example may panic")]
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let (seeds, from, cases) = (number("--seeds", 10), number("--from", 1), number("--cases", 4_000));
    let cases = u32::try_from(cases).unwrap_or(u32::MAX);
    let runs = (from..from + seeds).map(|seed| tokio::spawn(one(Size { seed, cases })));
    let runs: Vec<_> = futures::stream::iter(runs).buffered(AT_ONCE).collect().await;
    let all: Vec<Judged> = runs.into_iter().map(Result::unwrap).collect();
    print(&all);
}
