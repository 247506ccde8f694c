//! A fresh database for every test, on every engine.
//!
//! SQLite is run twice: with the default pool, and with one connection, where
//! a nested acquire would hang. PostgreSQL is run when `AMENDS_TEST_POSTGRES_URL`
//! names a server; each test has a schema of its own there.

use std::io::Write as _;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use amends_store::{Options, Store};
use tempfile::TempDir;

/// Where a test runs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Variant {
    Sqlite,
    SqliteOneConnection,
    Postgres,
}

/// An empty database of one test.
#[derive(Debug)]
pub(crate) struct Fresh {
    variant: Variant,
    url: String,
    _dir: Option<TempDir>,
    schema: Option<(String, String)>,
}

/// Runs each named function on a migrated database, or after `empty:` on a
/// database without any table, once per engine.
///
/// `conformance!(a_thing_holds);` beside `async fn a_thing_holds(store: Store)`
/// makes the tests `a_thing_holds::sqlite` and so on.
macro_rules! conformance {
    (empty: $($name:ident),+ $(,)?) => { conformance!(@ on_empty: $($name),+); };
    (@ $on:ident: $($name:ident),+) => {$(
        mod $name {
            use crate::harness::{Variant, $on};

            #[tokio::test]
            async fn sqlite() {
                $on(Variant::Sqlite, super::$name).await;
            }

            #[tokio::test]
            async fn sqlite_one_connection() {
                $on(Variant::SqliteOneConnection, super::$name).await;
            }

            #[tokio::test]
            async fn postgres() {
                $on(Variant::Postgres, super::$name).await;
            }
        }
    )+};
    ($($name:ident),+ $(,)?) => { conformance!(@ on_migrated: $($name),+); };
}

/// Runs a test on a migrated database.
pub(crate) async fn on_migrated<F: Future<Output = ()> + Send + 'static>(
    variant: Variant,
    test: fn(Store) -> F,
) {
    let Some(fresh) = Fresh::make(variant).await else { return };
    let store = fresh.open().await;
    store.migrate().await.unwrap();
    // A task of its own, so that the database goes even when the test fails.
    let outcome = tokio::spawn(test(store.clone())).await;
    store.close().await;
    fresh.remove().await;
    outcome.unwrap();
}

/// Runs a test on a database without any table.
pub(crate) async fn on_empty<F: Future<Output = ()> + Send + 'static>(
    variant: Variant,
    test: fn(Handle) -> F,
) {
    let Some(fresh) = Fresh::make(variant).await else { return };
    let outcome = tokio::spawn(test(Handle { variant, url: fresh.url.clone() })).await;
    fresh.remove().await;
    outcome.unwrap();
}

/// Opens the test's database as often as the test likes.
#[derive(Debug, Clone)]
pub(crate) struct Handle {
    variant: Variant,
    url: String,
}

impl Handle {
    pub(crate) async fn open(&self) -> Store {
        open(self.variant, &self.url).await
    }
}

async fn open(variant: Variant, url: &str) -> Store {
    let connections_max = match variant {
        Variant::Sqlite => Options::default().connections_max,
        Variant::SqliteOneConnection => 1,
        // Many tests share one server.
        Variant::Postgres => 4,
    };
    Store::open(url, &Options { connections_max, ..Options::default() }).await.unwrap()
}

impl Fresh {
    async fn make(variant: Variant) -> Option<Self> {
        if !matches!(variant, Variant::Postgres) {
            let dir = tempfile::tempdir().unwrap();
            let url = format!("sqlite:{}", dir.path().join("amends.db").display());
            return Some(Self { variant, url, _dir: Some(dir), schema: None });
        }
        let Some(server) = server() else {
            say_skipped();
            return None;
        };
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let schema = format!("it_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        script(&server, &format!("CREATE SCHEMA {schema}")).await;
        let joint = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{joint}options=-csearch_path%3D{schema}");
        Some(Self { variant, url, _dir: None, schema: Some((server, schema)) })
    }

    async fn open(&self) -> Store {
        open(self.variant, &self.url).await
    }

    async fn remove(self) {
        if let Some((server, schema)) = self.schema {
            script(&server, &format!("DROP SCHEMA {schema} CASCADE")).await;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test has no other configuration than its environment")]
fn server() -> Option<String> {
    std::env::var("AMENDS_TEST_POSTGRES_URL").ok()
}

async fn script(url: &str, sql: &str) {
    let store = Store::open(url, &Options { connections_max: 1, ..Options::default() }).await.unwrap();
    let tx = store.begin().await.unwrap();
    tx.script(sql).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
}

/// Past the capture of test output: a suite that looks green must not hide
/// that half of it did not run.
fn say_skipped() {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        let line = "\n!!! PostgreSQL tests are SKIPPED: AMENDS_TEST_POSTGRES_URL is not set !!!\n\n";
        let _ = std::io::stderr().write_all(line.as_bytes());
    });
}
