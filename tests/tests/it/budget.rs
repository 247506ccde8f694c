//! What a signal may cost: round trips and commits, counted.

use amends_client::v1;
use amends_tests::harness::MAIN;
use amends_tests::make::{Fact, LEAKS, WRONG_SIZE, delivery, message, order, review};
use amends_tests::{Harness, flow};

flow!(
    a_batch_of_a_hundred_signals_is_one_transaction_of_a_few_statements,
    callers_who_come_together_are_committed_together,
    a_caller_who_comes_alone_does_not_wait_for_others,
    sixty_four_callers_share_their_commits
);

/// What one transaction of ingest may ask of the database, begin and commit included. It is seven or eight, and two
/// more where what a read leads to is not locked yet: it is locked and read once more.
const STATEMENTS_MAX: u64 = 10;

/// Statements and commits since the last look.
struct Meter<'a>(&'a Harness, u64, u64);

impl<'a> Meter<'a> {
    fn start(h: &'a Harness) -> Self {
        let counters = h.app.store().counters();
        Self(h, counters.statements(), counters.commits())
    }

    fn read(&self) -> (u64, u64) {
        let counters = self.0.app.store().counters();
        (counters.statements() - self.1, counters.commits() - self.2)
    }
}

/// Signals about so many orders, in the mix that shops send.
fn mixed(h: &Harness, from: usize, count: usize) -> Vec<v1::Signal> {
    (from..from + count)
        .map(|n| {
            let o = format!("o{}", n / 4);
            let body = match n % 4 {
                0 => order(&o).body(),
                1 => delivery(&o).body(),
                2 => review(&format!("r{n}"), &o, if n % 8 == 2 { 1 } else { 5 }, LEAKS).body(),
                _ => message(&format!("m{n}"), &o, WRONG_SIZE).body(),
            };
            h.signal(body)
        })
        .collect()
}

/// The first call of a key or shop asks for it; that is not what is measured.
async fn warm_up(h: &Harness) {
    h.record(MAIN, mixed(h, 1_000_000, 8)).await;
}

async fn a_batch_of_a_hundred_signals_is_one_transaction_of_a_few_statements(h: &Harness) {
    warm_up(h).await;
    let signals = mixed(h, 0, 100);
    let meter = Meter::start(h);
    let results = h.record(MAIN, signals).await;
    let (statements, commits) = meter.read();
    assert!(results.iter().all(|r| r.disposition() == v1::SignalDisposition::Accepted));
    eprintln!("a batch of 100: {statements} statements, {commits} commits");
    let writers = u64::try_from(h.app.settings().lanes).unwrap();
    assert!(commits <= writers, "{commits} commits: one for each writer at most");
    assert!(statements <= writers * STATEMENTS_MAX, "{statements} statements for 100 signals");
}

async fn callers_who_come_together_are_committed_together(h: &Harness) {
    warm_up(h).await;
    let signals = mixed(h, 0, 100);
    let meter = Meter::start(h);
    futures::future::join_all(signals.into_iter().map(|signal| h.record(MAIN, vec![signal]))).await;
    let (statements, commits) = meter.read();
    eprintln!("100 callers: {statements} statements, {commits} commits");
    assert!(statements <= commits * STATEMENTS_MAX, "{statements} statements for 100 callers of one signal");
    assert!(commits <= 12, "{commits} commits for 100 callers");
}

async fn a_caller_who_comes_alone_does_not_wait_for_others(h: &Harness) {
    warm_up(h).await;
    let signals = mixed(h, 0, 8);
    let meter = Meter::start(h);
    for signal in signals {
        h.record(MAIN, vec![signal]).await;
    }
    let (_, commits) = meter.read();
    assert_eq!(commits, 8, "each was committed by itself, at once");
}

async fn sixty_four_callers_share_their_commits(h: &Harness) {
    warm_up(h).await;
    const CALLERS: usize = 64;
    const EACH: usize = 12;
    let meter = Meter::start(h);
    let callers = (0..CALLERS).map(|caller| async move {
        for signal in mixed(h, caller * EACH, EACH) {
            h.record(MAIN, vec![signal]).await;
        }
    });
    futures::future::join_all(callers).await;
    let (statements, commits) = meter.read();
    let signals = u64::try_from(CALLERS * EACH).unwrap();
    eprintln!("{signals} signals of 64 callers: {statements} statements, {commits} commits");
    assert!(commits * 4 <= signals, "{commits} commits for {signals} signals");
    // The cost is that of a transaction, whatever it holds: what it touches is read and
    // written in sets.
    assert!(statements <= commits * STATEMENTS_MAX, "{statements} statements in {commits} commits");
}
