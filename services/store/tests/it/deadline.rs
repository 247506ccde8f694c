//! Deadlines: set, moved, cleared, due.

use amends_domain::deadline::{Deadline, DeadlineChange, DeadlineKind};
use amends_store::{Store, deadline};

use crate::case::{at, shop};

conformance!(
    what_is_due_comes_longest_overdue_first,
    every_kind_reads_back_as_written,
    setting_again_moves_and_clearing_forgets,
    of_several_changes_to_one_deadline_the_last_counts,
);

fn of(kind: DeadlineKind, subject: &str, secs: i64) -> Deadline {
    Deadline { shop: shop(), kind, subject: subject.to_owned(), due_at: at(secs) }
}

fn set(subject: &str, secs: i64) -> DeadlineChange {
    DeadlineChange::Set(of(DeadlineKind::Wake, subject, secs))
}

fn clear(subject: &str) -> DeadlineChange {
    DeadlineChange::Clear { shop: shop(), kind: DeadlineKind::Wake, subject: subject.to_owned() }
}

async fn apply(store: &Store, changes: &[DeadlineChange]) {
    let tx = store.begin().await.unwrap();
    tx.send(deadline::apply(changes)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn due(store: &Store, secs: i64, limit: u32) -> Vec<(String, i64)> {
    let found = deadline::due(&store.reader(), at(secs), limit).await.unwrap();
    found.into_iter().map(|d| (d.subject, d.due_at.micros() / 1_000_000)).collect()
}

fn named(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    expected.iter().map(|(subject, secs)| ((*subject).to_owned(), *secs)).collect()
}

async fn what_is_due_comes_longest_overdue_first(store: Store) {
    apply(&store, &[set("c", 30), set("a", 10), set("d", 41), set("b", 10)]).await;
    assert_eq!(due(&store, 9, 10).await, named(&[]));
    assert_eq!(due(&store, 10, 10).await, named(&[("a", 10), ("b", 10)]));
    assert_eq!(due(&store, 40, 10).await, named(&[("a", 10), ("b", 10), ("c", 30)]));
    assert_eq!(due(&store, 40, 1).await, named(&[("a", 10)]));
    assert_eq!(deadline::count(&store.reader()).await.unwrap(), 4);
}

async fn every_kind_reads_back_as_written(store: Store) {
    let all: Vec<Deadline> = DeadlineKind::ALL.iter().map(|kind| of(*kind, "O-1/L-1", 5)).collect();
    let changes: Vec<DeadlineChange> = all.iter().cloned().map(DeadlineChange::Set).collect();
    apply(&store, &changes).await;
    let mut found = deadline::due(&store.reader(), at(5), 100).await.unwrap();
    found.sort_by_key(|d| d.kind);
    let mut expected = all;
    expected.sort_by_key(|d| d.kind);
    assert_eq!(found, expected);
}

async fn setting_again_moves_and_clearing_forgets(store: Store) {
    apply(&store, &[set("a", 10), set("b", 10), set("c", 10)]).await;
    apply(&store, &[set("a", 20), clear("b"), clear("never set")]).await;
    assert_eq!(due(&store, 99, 10).await, named(&[("c", 10), ("a", 20)]));
    let wake = DeadlineKind::Wake;
    let reader = store.reader();
    assert_eq!(deadline::get(&reader, &shop(), wake, "a").await.unwrap(), Some(at(20)));
    assert_eq!(deadline::get(&reader, &shop(), wake, "b").await.unwrap(), None);
    assert_eq!(deadline::get(&reader, &shop(), DeadlineKind::AutoClose, "a").await.unwrap(), None);
}

async fn of_several_changes_to_one_deadline_the_last_counts(store: Store) {
    apply(&store, &[set("a", 10), set("a", 20), set("b", 10), clear("b"), clear("c"), set("c", 30)]).await;
    assert_eq!(due(&store, 99, 10).await, named(&[("a", 20), ("c", 30)]));
    apply(&store, &[]).await;
    assert_eq!(deadline::count(&store.reader()).await.unwrap(), 2);
}
