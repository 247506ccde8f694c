//! Where words stand, in whatever table and column: what shows that an erasure left nothing.

use sea_orm::Value;

use crate::conn::Conn;
use crate::engine::Engine;
use crate::error::Result;
use crate::row::Row;
use crate::value::str;

/// Every `table.column: word` in which one of these words stands. It reads the whole database: for tests,
/// and for whoever has to prove that somebody was forgotten.
///
/// # Errors
/// When the database fails.
pub async fn standing(conn: &Conn, words: &[&str]) -> Result<Vec<String>> {
    let columns = match conn.engine() {
        Engine::Sqlite => {
            "SELECT m.name AS held_by, c.name AS held_in, '' AS kind \
             FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        }
        Engine::Postgres => {
            "SELECT table_name::text AS held_by, column_name::text AS held_in, data_type::text AS kind \
             FROM information_schema.columns WHERE table_schema = current_schema()"
        }
    };
    let mut found = Vec::new();
    for row in &conn.all(columns, vec![]).await? {
        let row = Row::new("the catalogue", row);
        let (table, column): (String, String) = (row.get("held_by")?, row.get("held_in")?);
        let kind: String = row.get("kind")?;
        for word in words {
            let bytes = || Value::Bytes(Some(word.as_bytes().to_vec()));
            let (condition, value) = match (conn.engine(), kind.as_str()) {
                (Engine::Sqlite, _) => (format!("instr(CAST({column} AS BLOB), $1) > 0"), bytes()),
                (Engine::Postgres, "bytea") => (format!("position($1 in {column}) > 0"), bytes()),
                (Engine::Postgres, _) => (format!("position($1 in {column}::text) > 0"), str(word)),
            };
            let sql = format!("SELECT 1 AS yes FROM {table} WHERE {condition} LIMIT 1");
            if conn.one(sql, vec![value]).await?.is_some() {
                found.push(format!("{table}.{column}: {word}"));
            }
        }
    }
    Ok(found)
}
