//! Migrations, transactions, and writing in bulk.

use amends_domain::order::Line;
use amends_store::{Engine, Store, StoreError, bulk, order, shop, signal};

use amends_store::row::Fetched;

use crate::harness::Handle;
use crate::sample::{ODD, at, line_id, order_id, shop as a_shop, shop_id};

conformance!(empty:
    migrating_twice_changes_nothing,
    two_processes_that_migrate_at_once_do_not_race,
    a_database_of_a_newer_version_is_refused,
);

conformance!(
    rolling_back_undoes_everything,
    dropping_a_transaction_undoes_it_and_leaves_the_pool_usable,
    the_second_writer_of_a_key_is_told_to_try_again,
    a_failed_statement_leaves_the_pool_usable,
    a_batch_of_a_thousand_rows_takes_few_statements,
    a_batch_of_any_size_is_written_whole,
    a_value_that_breaks_the_schema_is_named,
    reading_writes_nothing_on_sqlite,
    a_batch_of_keys_is_looked_up_and_never_searched_for,
    a_migrated_database_holds_no_rows,
);

async fn migrating_twice_changes_nothing(database: Handle) {
    let store = database.open().await;
    let all = store.pending().await.unwrap();
    assert_eq!(all.first(), Some(&"0001_base"));
    assert_eq!(store.migrate().await.unwrap(), all);
    assert!(store.pending().await.unwrap().is_empty());
    assert!(store.migrate().await.unwrap().is_empty());
    store.close().await;
}

async fn two_processes_that_migrate_at_once_do_not_race(database: Handle) {
    let (one, other) = (database.open().await, database.open().await);
    let all = one.pending().await.unwrap().len();
    let (first, second) = tokio::join!(
        tokio::spawn({
            let store = one.clone();
            async move { store.migrate().await }
        }),
        tokio::spawn({
            let store = other.clone();
            async move { store.migrate().await }
        }),
    );
    let applied = first.unwrap().unwrap().len() + second.unwrap().unwrap().len();
    assert_eq!(applied, all, "each migration is applied by exactly one of the two");
    one.close().await;
    other.close().await;
}

async fn a_database_of_a_newer_version_is_refused(database: Handle) {
    let store = database.open().await;
    store.migrate().await.unwrap();
    let tx = store.begin().await.unwrap();
    let newer = "INSERT INTO schema_migrations (name, applied_at) VALUES ('9999_tomorrow', 0)";
    tx.script(newer).await.unwrap();
    tx.commit().await.unwrap();
    let refused = store.migrate().await.unwrap_err();
    assert!(refused.to_string().contains("9999_tomorrow is unknown to this version"), "{refused}");
    store.close().await;
}

async fn rolling_back_undoes_everything(store: Store) {
    let tx = store.begin().await.unwrap();
    assert!(shop::insert(&tx, &a_shop("one"), b"salt", at(0)).await.unwrap());
    assert!(shop::get(&tx, &shop_id("one")).await.unwrap().is_some(), "a transaction sees its own writes");
    tx.rollback().await.unwrap();
    assert_eq!(shop::get(&store.reader(), &shop_id("one")).await.unwrap(), None);
}

async fn dropping_a_transaction_undoes_it_and_leaves_the_pool_usable(store: Store) {
    for round in 0..20 {
        let tx = store.begin().await.unwrap();
        shop::insert(&tx, &a_shop("dropped"), b"salt", at(0)).await.unwrap();
        drop(tx);
        let name = format!("kept-{round}");
        let tx = store.begin().await.unwrap();
        shop::insert(&tx, &a_shop(&name), b"salt", at(0)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(shop::get(&store.reader(), &shop_id(&name)).await.unwrap().is_some());
    }
    assert_eq!(shop::get(&store.reader(), &shop_id("dropped")).await.unwrap(), None);
}

async fn the_second_writer_of_a_key_is_told_to_try_again(store: Store) {
    let row = crate::signal::bare("twice");
    let tx = store.begin().await.unwrap();
    signal::insert(std::slice::from_ref(&row)).run(&tx).await.unwrap();
    let second = signal::insert(&[row]).run(&tx).await;
    assert!(matches!(second, Err(StoreError::Contended(_))), "{second:?}");
    tx.rollback().await.unwrap();
}

async fn a_failed_statement_leaves_the_pool_usable(store: Store) {
    let tx = store.begin().await.unwrap();
    shop::insert(&tx, &a_shop("lost"), b"salt", at(0)).await.unwrap();
    assert!(matches!(tx.run("INSERT INTO nowhere VALUES (1)", vec![]).await, Err(StoreError::Database(_))));
    drop(tx);
    let tx = store.begin().await.unwrap();
    shop::insert(&tx, &a_shop("kept"), b"salt", at(0)).await.unwrap();
    tx.commit().await.unwrap();
    let shops = shop::list(&store.reader(), None, None, 10).await.unwrap();
    assert_eq!(shops, [a_shop("kept")]);
}

fn lines(count: usize) -> Vec<Line> {
    (0..count)
        .map(|i| {
            Line::unknown(shop_id(ODD), order_id(&format!("{ODD} {}", i % 7)), line_id(&format!("{i:05}")))
        })
        .collect()
}

async fn a_batch_of_a_thousand_rows_takes_few_statements(store: Store) {
    let written = lines(1_000);
    let tx = store.begin().await.unwrap();
    let before = store.counters().statements();
    order::put(&written).run(&tx).await.unwrap();
    let put = store.counters().statements() - before;
    assert_eq!(put, 1);
    let orders: Vec<_> = written.iter().map(|line| (line.shop.clone(), line.order.clone())).collect();
    let before = store.counters().statements();
    let mut read = order::by_orders(&orders).all(&tx).await.unwrap();
    assert_eq!(store.counters().statements() - before, 1);
    read.sort_by(|a, b| a.line.cmp(&b.line));
    assert_eq!(read, written);
    tx.commit().await.unwrap();
}

async fn a_batch_of_any_size_is_written_whole(store: Store) {
    for size in [1, 3, 4, 5, 31, 33, 255, 256, 257, 293] {
        let written = lines(size);
        let tx = store.begin().await.unwrap();
        order::put(&written).run(&tx).await.unwrap();
        let mut read = order::page(&tx, &shop_id(ODD), None, 1_000).await.unwrap();
        read.sort_by(|a, b| a.line.cmp(&b.line));
        assert_eq!(read, written, "{size} rows");
        tx.rollback().await.unwrap();
    }
}

async fn a_value_that_breaks_the_schema_is_named(store: Store) {
    let tx = store.begin().await.unwrap();
    shop::insert(&tx, &a_shop("one"), b"salt", at(0)).await.unwrap();
    tx.script("UPDATE shops SET currency = 'gold'").await.unwrap();
    let corrupt = shop::get(&tx, &shop_id("one")).await.unwrap_err();
    assert!(matches!(&corrupt, StoreError::Corrupt { table: "shops", column, .. } if column == "currency"));
    tx.rollback().await.unwrap();
}

async fn reading_writes_nothing_on_sqlite(store: Store) {
    if store.engine() == Engine::Sqlite {
        let refused = shop::insert(&store.reader(), &a_shop("one"), b"salt", at(0)).await;
        assert!(refused.is_err(), "the readers' connections refuse to write");
    }
}

async fn a_batch_of_keys_is_looked_up_and_never_searched_for(store: Store) {
    let lookups = [
        ("order_lines", "order_id"),
        ("shipments", "order_id"),
        ("reviews", "review_id"),
        ("reviews", "order_id"),
        ("reviews", "case_id"),
        ("review_versions", "review_id"),
        ("messages", "order_id"),
        ("returns", "order_id"),
        ("returns", "return_id"),
        ("return_events", "order_id"),
        ("cases", "case_id"),
        ("cases", "anchor"),
        ("remedies", "case_id"),
        ("grants", "order_id"),
        ("agents", "agent_id"),
    ];
    let explain = match store.engine() {
        Engine::Sqlite => "EXPLAIN QUERY PLAN",
        Engine::Postgres => "EXPLAIN",
    };
    for (table, column) in lookups {
        let (filter, values) = bulk::keys(store.engine(), &["shop_id", column], 1, &[["a", "b"], ["c", "d"]]);
        let sql = format!("{explain} SELECT * FROM {table} WHERE {filter} AND {column} IS NOT NULL");
        let plan: Vec<String> = store.reader().all(sql, values).await.unwrap().iter().map(detail).collect();
        let looked_up = |line: &String| match store.engine() {
            Engine::Sqlite => line.contains(&format!("shop_id=? AND {column}=?")),
            Engine::Postgres => line.contains("Index Cond: ") && line.contains(&format!("({column} = ")),
        };
        assert!(plan.iter().any(looked_up), "{table} by {column}: {plan:#?}");
    }
}

async fn a_migrated_database_holds_no_rows(store: Store) {
    let tables = "order_lines signals cases events review_rollups line_rollups requests api_keys grants deadlines shops";
    for table in tables.split(' ') {
        let found =
            store.reader().one(format!("SELECT 1 AS one FROM {table} LIMIT 1"), vec![]).await.unwrap();
        assert!(found.is_none(), "{table}");
    }
}

pub(crate) fn detail(row: &Fetched) -> String {
    row.get("detail").or_else(|_| row.get("QUERY PLAN")).unwrap()
}
