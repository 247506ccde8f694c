//! Opening a database: pools, and what every connection is set to.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use crate::conn::{Conn, Counters, Tx};
use crate::error::{Result, StoreError, is_dead_connection};

/// The engines there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file, one writer.
    Sqlite,
    /// A server.
    Postgres,
}

/// How a database is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// The most connections (PostgreSQL: one half for writers, one for readers), or the
    /// most readers (SQLite has one writer).
    pub connections_max: u32,
    /// How long to wait for a connection before the database counts as unavailable.
    pub acquire_within: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { connections_max: 16, acquire_within: Duration::from_secs(5) }
    }
}

/// An open database.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Engine,
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    /// Connections of the writer's pool.
    writers: u32,
    counters: Arc<Counters>,
}

/// Statements kept prepared per connection: those of the desk, and one for each set of
/// tables that batches come to touch together.
const STATEMENTS_KEPT: usize = 256;

impl Store {
    /// Opens `sqlite:PATH`, `sqlite::memory:` is refused, or `postgres://…`.
    ///
    /// # Errors
    /// When the URL is of neither engine or the database cannot be reached.
    pub async fn open(url: &str, options: &Options) -> Result<Self> {
        let counters = Arc::new(Counters::default());
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            // Each connection prepares each statement once, and a pool hands
            // its connections out in turn: writers have their own, so that few
            // connections see the many statements of a batch.
            let (writers, readers) = (options.connections_max.div_ceil(2), options.connections_max / 2);
            let writer = Database::connect(postgres(url, writers, options)).await?;
            let reader = match readers {
                0 => writer.clone(),
                some => Database::connect(postgres(url, some, options)).await?,
            };
            return Ok(Self { engine: Engine::Postgres, writer, reader, writers, counters });
        }
        if !url.starts_with("sqlite:") || url.contains(":memory:") {
            return Err(StoreError::Unavailable(
                "the database URL must begin with sqlite: and name a file, or with postgres://".to_owned(),
            ));
        }
        // The writer comes first: it makes the file and switches it to WAL.
        let writer = Database::connect(sqlite(url, 1, false, options)).await?;
        let reader = Database::connect(sqlite(url, options.connections_max, true, options)).await?;
        Ok(Self { engine: Engine::Sqlite, writer, reader, writers: 1, counters })
    }

    /// Which engine this is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// How often the database was asked.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// A connection for reading, outside any transaction.
    #[must_use]
    pub fn reader(&self) -> Conn {
        Conn::pool(self.engine, self.reader.clone(), Arc::clone(&self.counters))
    }

    /// A connection for single writes outside any transaction: migrations use it.
    pub(crate) fn writer(&self) -> Conn {
        Conn::pool(self.engine, self.writer.clone(), Arc::clone(&self.counters))
    }

    /// Begins a transaction that writes.
    ///
    /// Call it from a task that nobody cancels: a caller who drops a half-begun
    /// transaction would leave the pooled connection in it.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn begin(&self) -> Result<Tx> {
        let options = TransactionOptions {
            // A deferred transaction that reads first fails at its first write
            // when another writer was faster; an immediate one waits its turn.
            sqlite_transaction_mode: (self.engine == Engine::Sqlite)
                .then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.counters.ask()?;
        // A server that was away leaves a pool of dead connections. Nothing was done on one that
        // cannot even begin, so each is thrown away here and not on a caller.
        for _ in 0..self.writers {
            match self.writer.begin_with_options(options).await {
                Err(error) if is_dead_connection(&error) => {}
                begun => return Ok(Tx::new(self.engine, begun?, Arc::clone(&self.counters))),
            }
        }
        let tx = self.writer.begin_with_options(options).await?;
        Ok(Tx::new(self.engine, tx, Arc::clone(&self.counters)))
    }

    /// Closes all connections.
    pub async fn close(self) {
        let _ = self.writer.close_by_ref().await;
        let _ = self.reader.close_by_ref().await;
    }
}

fn common(url: &str, connections_max: u32, options: &Options) -> ConnectOptions {
    let mut connect = ConnectOptions::new(url);
    connect
        .max_connections(connections_max.max(1))
        .acquire_timeout(options.acquire_within)
        .test_before_acquire(false)
        .sqlx_logging(false);
    connect
}

fn postgres(url: &str, connections_max: u32, options: &Options) -> ConnectOptions {
    let mut connect = common(url, connections_max, options);
    connect.map_sqlx_postgres_opts(|o| {
        o.statement_cache_capacity(STATEMENTS_KEPT)
            .application_name("amends")
            // Every statement looks rows up by a few keys. A table that grew
            // since it was last analysed must not tempt the planner to scan it.
            // A scan that cannot be avoided then looks dear enough to compile code for; it is not.
            .options([
                ("enable_seqscan", "off"),
                ("enable_hashjoin", "off"),
                ("enable_mergejoin", "off"),
                ("jit", "off"),
                // Some statements would otherwise be planned anew at each call, for the same plan.
                ("plan_cache_mode", "force_generic_plan"),
            ])
    });
    connect
}

fn sqlite(url: &str, connections_max: u32, read_only: bool, options: &Options) -> ConnectOptions {
    let mut connect = common(url, connections_max, options);
    let busy = options.acquire_within;
    connect.map_sqlx_sqlite_opts(move |o| {
        let o = o
            .foreign_keys(true)
            .busy_timeout(busy)
            .statement_cache_capacity(STATEMENTS_KEPT)
            .pragma("cache_size", "-32768")
            .pragma("temp_store", "memory");
        if read_only {
            return o.pragma("query_only", "on");
        }
        // Acknowledged means committed: FULL waits for the disk at each commit.
        o.create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("wal_autocheckpoint", "4000")
    });
    connect
}
