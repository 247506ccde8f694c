//! A small play with buyers whose behaviour is known; the whole one is the example `learning`.

use amends_tests::learning::{Size, judge, play};
use amends_tests::{Database, Engine};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_learned_and_estimated_agrees_with_what_is_true() {
    let Some(database) = Database::fresh(Engine::Sqlite).await else { return };
    let played = play(&database, Size { seed: 1, cases: 240 }).await;
    database.remove().await;
    let judged = judge(1, &played);
    assert_eq!((judged.cases.0 + judged.cases.1, judged.differences), (240, 0));
    assert_eq!(played.figures.mature, 240);
    // How many could have come first, as told by whoever played, is what the service counts.
    for (kind, found) in &played.figures.always {
        let allowed = played.truths.iter().filter(|t| t.expected.iter().any(|(of, _, _)| of == kind));
        assert_eq!(allowed.count(), usize::try_from(found.allowed).unwrap(), "{kind}");
    }
    let first: f64 = judged.regret.iter().sum();
    assert!(first.is_finite() && judged.fixed_regret > 0.0, "{judged:?}");
    let covered = judged.always.iter().filter_map(|(_, _, normalised)| normalised.covers());
    let told: Vec<bool> = covered.collect();
    assert!(!told.is_empty() && told.iter().filter(|yes| **yes).count() * 2 > told.len(), "{judged:?}");
}
