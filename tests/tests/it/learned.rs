//! A small play with buyers whose behaviour is known; the whole one is the example `learning`.

use amends_tests::learning::{Size, judge, play};
use amends_tests::{Database, Engine};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_learned_and_estimated_agrees_with_what_is_true() {
    let Some(database) = Database::fresh(Engine::Sqlite).await else { return };
    let played = play(&database, Size { seed: 1, cases: 600 }).await;
    database.remove().await;
    let judged = judge(1, &played);
    assert_eq!((judged.cases.0 + judged.cases.1, judged.differences), (600, 0));
    assert_eq!(played.figures.mature, 600);
    // How many could have come first, as told by whoever played, is what the service counts.
    for (kind, found) in &played.figures.always {
        let allowed = played.truths.iter().filter(|t| t.expected.iter().any(|(of, _, _)| of == kind));
        assert_eq!(allowed.count(), usize::try_from(found.allowed).unwrap(), "{kind}");
    }
    // What is learned is better than what was fixed, by far more than chance would have it.
    let regret = judged.regret.iter().sum::<f64>() / judged.regret.len() as f64;
    assert!(regret < judged.fixed_regret * 0.85, "{judged:?}");
    assert!(judged.saving.covers() == Some(true) && judged.avoided.covers() == Some(true), "{judged:?}");
    let covered = judged.always.iter().filter_map(|(_, inverse, _)| inverse.covers());
    let told: Vec<bool> = covered.collect();
    assert!(told.iter().filter(|yes| **yes).count() * 4 >= told.len() * 3, "{judged:?}");
}
