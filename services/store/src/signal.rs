//! Signals: what was pushed, once each.

mod heard;
mod wish;

use amends_domain::detection::Detection;
use amends_domain::signal::SignalKind;
use amends_domain::{CaseId, LineId, OrderId, ShopId, SignalId, Time};
use sea_orm::Value;

use crate::bulk::{self, Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, str, str_opt, text, text_opt, time};

const SIGNALS: Table = Table {
    name: "signals",
    columns: &[
        ("shop_id", Kind::Text),
        ("kind", Kind::Text),
        ("signal_id", Kind::Text),
        ("digest", Kind::Bytes),
        ("occurred_at", Kind::Int),
        ("received_at", Kind::Int),
        ("trace", Kind::Text),
        ("case_id", Kind::Text),
        ("case_opened", Kind::Bool),
        ("detection", Kind::Text),
        ("wish_order", Kind::Text),
        ("wish_line", Kind::Text),
    ],
    key: &["shop_id", "kind", "signal_id"],
};

pub use wish::wishes_of_orders;

/// A signal as it was recorded; its facts stand in the tables of their nouns.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalRow {
    /// The tenant.
    pub shop: ShopId,
    /// Which of the six.
    pub kind: SignalKind,
    /// The caller's id.
    pub id: SignalId,
    /// A hash of everything in it, to tell a repetition from a contradiction.
    pub digest: [u8; 16],
    /// When it happened.
    pub occurred_at: Time,
    /// When it came.
    pub received_at: Time,
    /// The trace it came in.
    pub trace: Option<String>,
    /// The case it opened or joined.
    pub case: Option<CaseId>,
    /// Whether it opened that case.
    pub case_opened: bool,
    /// What was heard in its text.
    pub detection: Option<Detection>,
    /// The order, and the line if it names one, on which a message voices the wish to return.
    pub wish: Option<(OrderId, Option<LineId>)>,
}

/// What a repetition is answered with.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownSignal {
    /// The tenant.
    pub shop: ShopId,
    /// Which of the six.
    pub kind: SignalKind,
    /// The caller's id.
    pub id: SignalId,
    /// The hash of what it held.
    pub digest: [u8; 16],
    /// When it came.
    pub received_at: Time,
    /// The case it opened or joined.
    pub case: Option<CaseId>,
    /// Whether it opened that case.
    pub case_opened: bool,
    /// What was heard in its text.
    pub detection: Option<Detection>,
}

/// Those of the signals that were recorded before.
pub fn known(signals: &[(ShopId, SignalKind, SignalId)]) -> Query<KnownSignal> {
    let keys =
        signals.iter().map(|(shop, kind, id)| vec![shop.to_string(), kind.to_string(), id.to_string()]);
    Query::by(&SIGNALS, SIGNALS.key, keys.collect(), read_known)
}

/// Records signals.
/// `Contended` when one was recorded before.
pub fn insert(signals: &[SignalRow]) -> Write {
    let rows = signals.iter().map(|s| {
        vec![
            str(s.shop.as_str()),
            str(s.kind.as_str()),
            str(s.id.as_str()),
            Value::Bytes(Some(s.digest.to_vec())),
            time(s.occurred_at),
            time(s.received_at),
            str_opt(s.trace.as_deref()),
            text_opt(s.case),
            s.case_opened.into(),
            Value::String(s.detection.as_ref().map(heard::write)),
            str_opt(s.wish.as_ref().map(|(order, _)| order.as_str())),
            str_opt(s.wish.as_ref().and_then(|(_, line)| line.as_ref()).map(LineId::as_str)),
        ]
    });
    Write::insert(&SIGNALS, rows.collect(), Existing::Refuse)
}

/// The latest signals that opened or joined a case, in the order they came.
///
/// # Errors
/// When the database refuses.
pub async fn of_case(conn: &Conn, shop: &ShopId, case: &CaseId, limit: u32) -> Result<Vec<SignalRow>> {
    let sql = format!(
        "{} WHERE shop_id = $1 AND case_id = $2 ORDER BY received_at DESC, kind DESC, signal_id DESC LIMIT $3",
        bulk::select(&SIGNALS)
    );
    let rows = conn.all(sql, vec![str(shop.as_str()), text(case), int(limit)]).await?;
    rows.iter().rev().map(read).collect()
}

/// How many of each kind a shop has.
///
/// # Errors
/// When the database refuses.
pub async fn count(conn: &Conn, shop: &ShopId) -> Result<Vec<(SignalKind, i64)>> {
    let sql = "SELECT kind, COUNT(*) AS signals FROM signals WHERE shop_id = $1 GROUP BY kind ORDER BY kind";
    let rows = conn.all(sql, vec![str(shop.as_str())]).await?;
    let read = |row| {
        let row = Row::new("signals", row);
        Ok((row.parse("kind")?, row.get("signals")?))
    };
    rows.iter().map(read).collect()
}

fn read_known(row: &Fetched) -> Result<KnownSignal> {
    let row = Row::new("signals", row);
    let digest: Vec<u8> = row.get("digest")?;
    let heard: Option<String> = row.get("detection")?;
    Ok(KnownSignal {
        shop: row.parse("shop_id")?,
        kind: row.parse("kind")?,
        id: row.parse("signal_id")?,
        digest: digest.try_into().map_err(|_| row.corrupt("digest", "not 16 bytes"))?,
        received_at: row.time("received_at")?,
        case: row.parse_opt("case_id")?,
        case_opened: row.get("case_opened")?,
        detection: heard
            .map(|text| heard::read(&text).map_err(|why| row.corrupt("detection", why)))
            .transpose()?,
    })
}

fn read(row: &Fetched) -> Result<SignalRow> {
    let known = read_known(row)?;
    let row = Row::new("signals", row);
    Ok(SignalRow {
        shop: known.shop,
        kind: known.kind,
        id: known.id,
        digest: known.digest,
        occurred_at: row.time("occurred_at")?,
        received_at: known.received_at,
        trace: row.get("trace")?,
        case: known.case,
        case_opened: known.case_opened,
        detection: known.detection,
        wish: row.parse_opt::<OrderId>("wish_order")?.zip(Some(row.parse_opt("wish_line")?)),
    })
}
