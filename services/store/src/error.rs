//! What can go wrong in storage, as far as a caller can act on it.

use sea_orm::{DbErr, RuntimeErr};

/// The result of a storage call.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why a storage call failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer was in the way; trying the whole transaction again can help.
    #[error("another writer was in the way: {0}")]
    Contended(String),
    /// The database cannot be reached or gave no connection in time.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A stored value is not what the schema promises.
    #[error("{table}.{column} holds what it must not: {why}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: String,
        /// What is wrong with the value.
        why: String,
    },
    /// Anything else the database said.
    #[error("the database refused: {0}")]
    Database(String),
}

/// The one place that reads error codes of the engines.
impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        let text = error.to_string();
        match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => return Self::Unavailable(text),
            DbErr::Exec(RuntimeErr::SqlxError(e)) | DbErr::Query(RuntimeErr::SqlxError(e)) => {
                if let Some(kind) = classify(e) {
                    return kind(text);
                }
            }
            _ => {}
        }
        Self::Database(text)
    }
}

/// Whether a pooled connection turned out to be dead: another one may be alive.
pub(crate) fn is_dead_connection(error: &DbErr) -> bool {
    use sea_orm::sqlx::Error;
    let (DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))
    | DbErr::Conn(RuntimeErr::SqlxError(error))) = error
    else {
        return false;
    };
    match &**error {
        Error::Database(db) => matches!(db.code().as_deref(), Some("57P01" | "57P02")),
        Error::Io(_) => true,
        _ => false,
    }
}

fn classify(error: &sea_orm::sqlx::Error) -> Option<fn(String) -> StoreError> {
    use sea_orm::sqlx::Error;
    match error {
        Error::Database(db) => {
            let code = db.code().unwrap_or_default();
            // PostgreSQL: serialization failure, deadlock, lock not available.
            // SQLite: locked, busy snapshot. Two writers that insert the
            // same key are contention too: the second sees the first on retry.
            let busy = ["40001", "40P01", "55P03", "6", "517", "261"].contains(&code.as_ref());
            // The server is shutting down, or has no slot for another connection. SQLite: another
            // program kept the file locked for as long as one waits for a connection; whoever
            // tried again here would keep callers beyond their deadline.
            let gone = ["57P01", "57P02", "57P03", "53300", "5"].contains(&code.as_ref());
            if busy || db.is_unique_violation() {
                Some(StoreError::Contended)
            } else if gone {
                Some(StoreError::Unavailable)
            } else {
                None
            }
        }
        Error::Io(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed => {
            Some(StoreError::Unavailable)
        }
        _ => None,
    }
}
