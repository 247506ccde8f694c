//! Viewers: leases that are renewed, ended, ignored when their time is over, and swept.

use amends_domain::{CaseId, Time};
use amends_store::Store;
use amends_store::bulk::Write;
use amends_store::viewer::{self, ViewerRow};

use crate::case::{agent, at, shop};

conformance!(
    a_viewer_reads_back_as_written_and_stays_longer_when_said_again,
    one_screen_is_closed_and_the_others_stay,
    what_is_over_is_swept_oldest_first,
);

fn case(number: u32) -> CaseId {
    CaseId::from_bits(u128::from(number))
}

fn row(number: u32, name: &str, screen: &str, expires_at: Time) -> ViewerRow {
    let (shop, agent) = (shop(), agent(name));
    ViewerRow { shop, case: case(number), agent, screen: screen.to_owned(), since: at(1), expires_at }
}

async fn write(store: &Store, what: Write) {
    let tx = store.begin().await.unwrap();
    what.run(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn there(store: &Store, numbers: &[u32]) -> Vec<ViewerRow> {
    let keys: Vec<_> = numbers.iter().map(|n| (shop(), case(*n))).collect();
    let mut rows = viewer::of_cases(&keys).all(&store.reader()).await.unwrap();
    rows.sort_by_key(|row| (row.case, row.agent.clone(), row.screen.clone()));
    rows
}

async fn a_viewer_reads_back_as_written_and_stays_longer_when_said_again(store: Store) {
    let (mia, tom) = (row(1, "mia", "a", at(30)), row(2, "tom", "it's {\"b\"}", at(31)));
    write(&store, viewer::put(&[mia.clone(), tom.clone()])).await;
    assert_eq!(there(&store, &[1, 2, 3]).await, [mia.clone(), tom]);
    let longer = ViewerRow { expires_at: at(60), ..mia };
    write(&store, viewer::put(std::slice::from_ref(&longer))).await;
    assert_eq!(there(&store, &[1]).await, [longer]);
}

async fn one_screen_is_closed_and_the_others_stay(store: Store) {
    let rows = [row(1, "mia", "a", at(30)), row(1, "mia", "b", at(30)), row(1, "tom", "a", at(30))];
    write(&store, viewer::put(&rows)).await;
    write(&store, viewer::remove(&rows[..1])).await;
    assert_eq!(there(&store, &[1]).await, rows[1..]);
    write(&store, viewer::remove(&[])).await;
}

async fn what_is_over_is_swept_oldest_first(store: Store) {
    let rows: Vec<_> = (1..=5).map(|n| row(n, "mia", "a", at(i64::from(n)))).collect();
    write(&store, viewer::put(&rows)).await;
    let tx = store.begin().await.unwrap();
    assert_eq!(viewer::sweep(&tx, at(4), 2).await.unwrap(), 2);
    assert_eq!(viewer::sweep(&tx, at(4), 9).await.unwrap(), 1);
    assert_eq!(viewer::sweep(&tx, at(4), 9).await.unwrap(), 0);
    tx.commit().await.unwrap();
    assert_eq!(there(&store, &[1, 2, 3, 4, 5]).await, rows[3..]);
}
