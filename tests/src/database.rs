//! A fresh database for every test: a file of its own, or a schema of its own.

use std::io::Write as _;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use amends_store::{Options, Store};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// Where a test runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file.
    Sqlite,
    /// A schema on the server that `AMENDS_TEST_POSTGRES_URL` names.
    Postgres,
}

/// An empty database of one test.
#[derive(Debug)]
pub struct Database {
    /// What a store or a server opens.
    pub url: String,
    /// A directory that goes with the database, for other files of the test.
    pub directory: TempDir,
    schema: Option<(String, String)>,
}

impl Database {
    /// A new one; none, said aloud, where there is no server for it.
    pub async fn fresh(engine: Engine) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        if engine == Engine::Sqlite {
            let url = format!("sqlite:{}", directory.path().join("amends.db").display());
            return Some(Self { url, directory, schema: None });
        }
        let Some(server) = server() else {
            say_skipped();
            return None;
        };
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let schema = format!("flow_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        script(&server, &format!("CREATE SCHEMA {schema}")).await;
        let joint = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{joint}options=-csearch_path%3D{schema}");
        Some(Self { url, directory, schema: Some((server, schema)) })
    }

    /// A new one with all tables; on SQLite the tables are made once for all of a run, and then copied.
    pub async fn migrated(engine: Engine) -> Option<Self> {
        static TABLES: OnceCell<Vec<u8>> = OnceCell::const_new();
        let fresh = Self::fresh(engine).await?;
        if engine == Engine::Postgres {
            migrate(&fresh.url).await;
            return Some(fresh);
        }
        let make = async || {
            let first = tempfile::tempdir().unwrap();
            let path = first.path().join("amends.db");
            migrate(&format!("sqlite:{}", path.display())).await;
            std::fs::read(path).unwrap()
        };
        let tables = TABLES.get_or_init(make).await;
        std::fs::write(fresh.directory.path().join("amends.db"), tables).unwrap();
        Some(fresh)
    }

    /// Leaves nothing behind.
    pub async fn remove(self) {
        if let Some((server, schema)) = self.schema {
            script(&server, &format!("DROP SCHEMA {schema} CASCADE")).await;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test has no other configuration than its environment")]
fn server() -> Option<String> {
    std::env::var("AMENDS_TEST_POSTGRES_URL").ok()
}

async fn migrate(url: &str) {
    let store = Store::open(url, &Options { connections_max: 1, ..Options::default() }).await.unwrap();
    store.migrate().await.unwrap();
    store.close().await;
}

async fn script(url: &str, text: &str) {
    let store = Store::open(url, &Options { connections_max: 1, ..Options::default() }).await.unwrap();
    let tx = store.begin().await.unwrap();
    tx.script(text).await.unwrap();
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
