//! Migrations, one at a time across all processes.

use crate::conn::Conn;
use crate::engine::{Engine, Store};
use crate::error::{Result, StoreError};

/// The migrations there are, in order; none is ever changed once released.
const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_base", include_str!("../migrations/0001_base.sql")),
    ("0002_sla", include_str!("../migrations/0002_sla.sql")),
    ("0003_watch", include_str!("../migrations/0003_watch.sql")),
    ("0004_reply", include_str!("../migrations/0004_reply.sql")),
    ("0005_queue", include_str!("../migrations/0005_queue.sql")),
    ("0006_history", include_str!("../migrations/0006_history.sql")),
    ("0007_agent", include_str!("../migrations/0007_agent.sql")),
    ("0008_incident", include_str!("../migrations/0008_incident.sql")),
    ("0009_remedy_policy", include_str!("../migrations/0009_remedy_policy.sql")),
    ("0012_learning", include_str!("../migrations/0012_learning.sql")),
    ("0010_stock", include_str!("../migrations/0010_stock.sql")),
    ("0013_refund_notices", include_str!("../migrations/0013_refund_notices.sql")),
    ("0015_offers", include_str!("../migrations/0015_offers.sql")),
    ("0014_channels", include_str!("../migrations/0014_channels.sql")),
    ("0016_guard", include_str!("../migrations/0016_guard.sql")),
    ("0017_zone_said_at", include_str!("../migrations/0017_zone_said_at.sql")),
    ("0018_written_at", include_str!("../migrations/0018_written_at.sql")),
    ("0019_rollups", include_str!("../migrations/0019_rollups.sql")),
    ("0020_planning", include_str!("../migrations/0020_planning.sql")),
    ("0021_rollup_mends", include_str!("../migrations/0021_rollup_mends.sql")),
    ("0022_handling_rollups", include_str!("../migrations/0022_handling_rollups.sql")),
    ("0023_reversal_lags", include_str!("../migrations/0023_reversal_lags.sql")),
    ("0024_incident_signals", include_str!("../migrations/0024_incident_signals.sql")),
    ("0026_solved_at", include_str!("../migrations/0026_solved_at.sql")),
    ("0028_erasure", include_str!("../migrations/0028_erasure.sql")),
    ("0029_sealed", include_str!("../migrations/0029_sealed.sql")),
    ("0027_quality", include_str!("../migrations/0027_quality.sql")),
    ("0030_packed", include_str!("../migrations/0030_packed.sql")),
];

/// Any number that only Amends locks.
const ADVISORY_LOCK: i64 = 0x0041_6d65_6e64_7301;

/// What the planners of the engines are told about tables they know nothing of.
const SHAPE_SQLITE: &str = include_str!("../migrations/shape_sqlite.sql");
const SHAPE_POSTGRES: &str = include_str!("../migrations/shape_postgres.sql");

impl Store {
    /// Brings the schema up to date; says which migrations were applied.
    ///
    /// Two processes that start together do not race: on PostgreSQL an advisory
    /// lock lets one wait for the other, on SQLite the write lock does.
    ///
    /// # Errors
    /// When a migration fails (then nothing of it was done), or the database
    /// was migrated by a newer version of the service.
    pub async fn migrate(&self) -> Result<Vec<&'static str>> {
        let tx = self.begin().await?;
        if self.engine() == Engine::Postgres {
            tx.run("SELECT pg_advisory_xact_lock($1)", vec![ADVISORY_LOCK.into()]).await?;
        }
        tx.script(
            "CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL)",
        )
        .await?;
        let applied = applied(&tx).await?;
        if let Some(unknown) = applied.iter().find(|name| !MIGRATIONS.iter().any(|(known, _)| known == name))
        {
            return Err(StoreError::Database(format!(
                "migration {unknown} is unknown to this version: start a version that knows it"
            )));
        }
        let mut done = Vec::new();
        for (name, sql) in MIGRATIONS {
            if applied.iter().any(|a| a == name) {
                continue;
            }
            tx.script(&dialect(self.engine(), sql)).await?;
            tx.run("INSERT INTO schema_migrations (name, applied_at) VALUES ($1, 0)", vec![(*name).into()])
                .await?;
            done.push(*name);
        }
        match self.engine() {
            Engine::Sqlite if !done.is_empty() => tx.script(SHAPE_SQLITE).await?,
            // Only while nobody else sees the tables: rows come and go.
            Engine::Postgres if applied.is_empty() => tx.script(SHAPE_POSTGRES).await?,
            Engine::Sqlite | Engine::Postgres => {}
        }
        tx.commit().await?;
        Ok(done)
    }

    /// The migrations that are still to be applied.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn pending(&self) -> Result<Vec<&'static str>> {
        let writer = self.writer();
        let exists = match self.engine() {
            Engine::Sqlite => {
                "SELECT 1 AS yes FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'"
            }
            Engine::Postgres => "SELECT 1 AS yes WHERE to_regclass('schema_migrations') IS NOT NULL",
        };
        let applied = match writer.one(exists, vec![]).await? {
            Some(_) => applied(&writer).await?,
            None => Vec::new(),
        };
        Ok(MIGRATIONS
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| !applied.iter().any(|a| a == name))
            .collect())
    }
}

async fn applied(conn: &Conn) -> Result<Vec<String>> {
    let rows = conn.all("SELECT name FROM schema_migrations ORDER BY name", vec![]).await?;
    rows.iter().map(|row| crate::row::Row::new("schema_migrations", row).get("name")).collect()
}

fn dialect(engine: Engine, sql: &str) -> String {
    let words = match engine {
        Engine::Sqlite => [
            ("{bytes}", "BLOB"),
            ("{seq}", "INTEGER PRIMARY KEY AUTOINCREMENT"),
            ("{events_key}", ""),
            ("{rowid}", "WITHOUT ROWID"),
            ("{least}", "min"),
            ("{most}", "max"),
            ("{generated}", "VIRTUAL"),
        ],
        Engine::Postgres => [
            ("{bytes}", "BYTEA"),
            ("{seq}", "BIGINT GENERATED ALWAYS AS IDENTITY"),
            ("{events_key}", ", PRIMARY KEY (shop_id, seq)"),
            ("{rowid}", ""),
            ("{least}", "least"),
            ("{most}", "greatest"),
            ("{generated}", "STORED"),
        ],
    };
    words.iter().fold(sql.to_owned(), |sql, (place, word)| sql.replace(place, word))
}
