//! One way to talk to the database, inside a transaction or outside.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, Statement, Value};

use crate::engine::Engine;
use crate::error::{Result, StoreError};
use crate::row::Fetched;

/// How often the database was asked, since the store was opened.
#[derive(Debug)]
pub struct Counters {
    statements: AtomicU64,
    commits: AtomicU64,
    /// After so many statements the database answers no more; never, but in tests of crashes.
    cut_at: AtomicU64,
}

impl Default for Counters {
    fn default() -> Self {
        Self { statements: AtomicU64::new(0), commits: AtomicU64::new(0), cut_at: AtomicU64::new(u64::MAX) }
    }
}

impl Counters {
    /// Answers so many statements more and then none, as if the process had ended there: for tests of
    /// what a crash between any two statements leaves. A commit that is the last is done and not answered.
    pub fn cut_after(&self, statements: u64) {
        self.cut_at.store(self.statements().saturating_add(statements), Ordering::Relaxed);
    }

    /// Whether nothing is answered any more.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.statements() >= self.cut_at.load(Ordering::Relaxed)
    }

    /// Counts a statement that is about to be sent.
    pub(crate) fn ask(&self) -> Result<()> {
        let before = self.statements.fetch_add(1, Ordering::Relaxed);
        if before >= self.cut_at.load(Ordering::Relaxed) { Err(gone()) } else { Ok(()) }
    }

    /// Statements sent, each one round trip; begin and commit among them.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Transactions committed.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }
}

fn gone() -> StoreError {
    StoreError::Unavailable("it was cut off".to_owned())
}

/// A connection: of a transaction, or any of the pool.
#[derive(Debug)]
pub struct Conn {
    engine: Engine,
    inner: Inner,
    counters: Arc<Counters>,
}

#[derive(Debug)]
enum Inner {
    Pool(DatabaseConnection),
    Transaction(DatabaseTransaction),
}

/// A transaction. Committing spends it; dropping it rolls everything back.
#[derive(Debug)]
pub struct Tx(Conn);

impl Conn {
    pub(crate) fn pool(engine: Engine, pool: DatabaseConnection, counters: Arc<Counters>) -> Self {
        Self { engine, inner: Inner::Pool(pool), counters }
    }

    /// Which engine this talks to.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    fn statement(&self, sql: String, values: Vec<Value>) -> Result<Statement> {
        self.counters.ask()?;
        let backend = match self.engine {
            Engine::Sqlite => DbBackend::Sqlite,
            Engine::Postgres => DbBackend::Postgres,
        };
        Ok(Statement::from_sql_and_values(backend, sql, values))
    }

    /// Reads all rows.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn all(&self, sql: impl Into<String>, values: Vec<Value>) -> Result<Vec<Fetched>> {
        let statement = self.statement(sql.into(), values)?;
        let rows = match &self.inner {
            Inner::Pool(pool) => pool.query_all_raw(statement).await?,
            Inner::Transaction(tx) => tx.query_all_raw(statement).await?,
        };
        Ok(rows.into_iter().map(Fetched::Row).collect())
    }

    /// Reads the first row, if there is one.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn one(&self, sql: impl Into<String>, values: Vec<Value>) -> Result<Option<Fetched>> {
        let statement = self.statement(sql.into(), values)?;
        let row = match &self.inner {
            Inner::Pool(pool) => pool.query_one_raw(statement).await?,
            Inner::Transaction(tx) => tx.query_one_raw(statement).await?,
        };
        Ok(row.map(Fetched::Row))
    }

    /// Writes; says how many rows changed.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn run(&self, sql: impl Into<String>, values: Vec<Value>) -> Result<u64> {
        let statement = self.statement(sql.into(), values)?;
        let done = match &self.inner {
            Inner::Pool(pool) => pool.execute_raw(statement).await?,
            Inner::Transaction(tx) => tx.execute_raw(statement).await?,
        };
        Ok(done.rows_affected())
    }

    /// Runs statements that take no values, such as a migration.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn script(&self, sql: &str) -> Result<()> {
        self.counters.ask()?;
        match &self.inner {
            Inner::Pool(pool) => pool.execute_unprepared(sql).await?,
            Inner::Transaction(tx) => tx.execute_unprepared(sql).await?,
        };
        Ok(())
    }
}

impl Tx {
    pub(crate) fn new(engine: Engine, tx: DatabaseTransaction, counters: Arc<Counters>) -> Self {
        Self(Conn { engine, inner: Inner::Transaction(tx), counters })
    }

    /// Makes everything done in this transaction durable.
    ///
    /// # Errors
    /// When the database refuses; then nothing of it was done, unless it went away meanwhile.
    pub async fn commit(self) -> Result<()> {
        let Conn { inner, counters, .. } = self.0;
        if let Inner::Transaction(tx) = inner {
            counters.ask()?;
            tx.commit().await?;
            counters.commits.fetch_add(1, Ordering::Relaxed);
            if counters.is_cut() {
                return Err(gone());
            }
        }
        Ok(())
    }

    /// Undoes everything done in this transaction and gives the connection back clean.
    ///
    /// # Errors
    /// When the database cannot be reached; it then undoes it by itself.
    pub async fn rollback(self) -> Result<()> {
        if let Inner::Transaction(tx) = self.0.inner {
            tx.rollback().await?;
        }
        Ok(())
    }
}

impl Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.0
    }
}
