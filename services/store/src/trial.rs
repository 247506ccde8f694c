//! Trials: what each case began with, and what came of it.

use amends_domain::learning::trial::{Outcome, Trial};
use amends_domain::order::Line;
use amends_domain::remedy::RemedyKind;
use amends_domain::{CaseId, ShopId};
use sea_orm::Value;

use crate::Of;
use crate::bulk::{Column, Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, int_opt, str, str_opt, text, text_opt, time, time_opt};

pub mod figures;

const TABLE: Table = Table {
    name: "trials",
    columns: &[
        ("shop_id", Kind::Text),
        ("case_id", Kind::Text),
        ("at", Kind::Int),
        ("day", Kind::Int),
        ("channel", Kind::Text),
        ("reason", Kind::Text),
        ("band", Kind::Int),
        ("holdout", Kind::Bool),
        ("first_kind", Kind::Text),
        ("propensity", Kind::Int),
        ("units", Kind::Int),
        ("order_id", Kind::Text),
        ("line_id", Kind::Text),
        ("loss", Kind::Int),
        ("currency", Kind::Text),
        ("matures_at", Kind::Int),
        ("offered_kind", Kind::Text),
        ("accepted_kind", Kind::Text),
        ("helped", Kind::Bool),
        ("cost", Kind::Int),
        ("returned_units", Kind::Int),
    ],
    key: &["shop_id", "case_id"],
};

const ARMS: Table = Table {
    name: "trial_arms",
    columns: &[
        ("shop_id", Kind::Text),
        ("case_id", Kind::Text),
        ("kind", Kind::Text),
        ("propensity", Kind::Int),
    ],
    key: &["shop_id", "case_id", "kind"],
};

/// What remedies make of the trial `old`: a column and its value.
const FROM_REMEDIES: [(&str, &str); 4] = [
    (
        "offered_kind",
        "(SELECT r.kind FROM remedies r WHERE r.shop_id = old.shop_id AND r.trial_case = old.case_id \
         AND r.proposed_at >= old.at ORDER BY r.proposed_at, r.remedy_id LIMIT 1)",
    ),
    (
        "accepted_kind",
        "(SELECT r.kind FROM remedies r WHERE r.shop_id = old.shop_id AND r.trial_case = old.case_id \
         AND r.proposed_at >= old.at AND r.stage IN ('ACCEPTED', 'EXECUTING', 'FULFILLED', 'FAILED') \
         ORDER BY r.proposed_at, r.remedy_id LIMIT 1)",
    ),
    (
        "helped",
        "EXISTS (SELECT 1 FROM remedies r WHERE r.shop_id = old.shop_id AND r.trial_case = old.case_id \
         AND r.proposed_at >= old.at AND r.stage = 'FULFILLED' AND r.kind <> 'RETURN_LABEL')",
    ),
    (
        "cost",
        "(SELECT CAST(COALESCE(SUM(r.cost), 0) AS BIGINT) FROM remedies r WHERE r.shop_id = old.shop_id \
         AND r.trial_case = old.case_id AND r.proposed_at >= old.at AND r.stage = 'FULFILLED' \
         AND r.kind <> 'RETURN_LABEL')",
    ),
];

/// The units of the trial `old` that a counting event `t` makes returned, as the domain has it.
const RETURNED: &str = "CASE WHEN t.counted_at >= old.at AND t.counted_at <= old.matures_at \
    THEN CASE WHEN t.counted_units < old.units THEN t.counted_units ELSE old.units END ELSE 0 END";

/// Begins trials. `Contended` when a case got one meanwhile, which it keeps.
pub fn begin(trials: &[(ShopId, Trial, Outcome)]) -> [Write; 2] {
    let rows = trials.iter().map(|(shop, trial, outcome)| write(shop, trial, outcome)).collect();
    let arms = trials.iter().flat_map(|(shop, trial, _)| {
        trial.chances.iter().map(|(kind, chance)| {
            vec![str(shop.as_str()), text(trial.case), str(kind.as_str()), int(*chance)]
        })
    });
    let arms = Write::insert(&ARMS, arms.collect(), Existing::Refuse);
    [Write::insert(&TABLE, rows, Existing::Refuse), arms]
}

/// The trials of these cases, without the chances of what did not come first.
pub fn of_cases(cases: &[Of<CaseId>]) -> Query<(Trial, Outcome)> {
    Query::by(&TABLE, TABLE.key, value::of(cases), read)
}

/// How likely each alternative of these cases was to come first.
pub fn chances_of(cases: &[Of<CaseId>]) -> Query<(RemedyKind, i64)> {
    Query::by(&ARMS, &["shop_id", "case_id"], value::of(cases), |row| {
        let row = Row::new("trial_arms", row);
        Ok((row.parse("kind")?, row.get("propensity")?))
    })
}

/// Lets the trials of these cases follow their remedies, which must be written before.
pub fn follow_remedies(cases: &[Of<CaseId>]) -> Write {
    let set: Vec<String> =
        FROM_REMEDIES.iter().map(|(column, value)| format!("{column} = {value}")).collect();
    let rows = cases.iter().map(|(shop, case)| vec![str(shop.as_str()), text(case)]).collect();
    let columns: [Column; 2] = [("shop_id", Kind::Text), ("case_id", Kind::Text)];
    let before = format!("UPDATE trials AS old SET {} FROM", set.join(", "));
    let after = "WHERE old.shop_id = t.shop_id AND old.case_id = t.case_id";
    Write::change(TABLE.name, &columns, rows, before, after)
}

/// Lets the trials of these lines follow what is counted of them.
pub fn follow_lines<'a>(lines: impl IntoIterator<Item = &'a Line>) -> Write {
    let row = |line: &Line| {
        let counted = line.counted;
        vec![
            str(line.shop.as_str()),
            str(line.order.as_str()),
            str(line.line.as_str()),
            time_opt(counted.map(|units| units.at)),
            int_opt(counted.map(|units| units.units)),
        ]
    };
    let columns: [Column; 5] = [
        ("shop_id", Kind::Text),
        ("order_id", Kind::Text),
        ("line_id", Kind::Text),
        ("counted_at", Kind::Int),
        ("counted_units", Kind::Int),
    ];
    let before = format!("UPDATE trials AS old SET returned_units = {RETURNED} FROM");
    let after = "WHERE old.shop_id = t.shop_id AND old.order_id = t.order_id AND old.line_id = t.line_id";
    Write::change(TABLE.name, &columns, lines.into_iter().map(row).collect(), before, after)
}

/// A page of trials by case, each with what is stored of its outcome and what remedies and lines make of it.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn outcomes(
    conn: &Conn,
    shop: &ShopId,
    after: Option<CaseId>,
    limit: u32,
) -> Result<Vec<(CaseId, Outcome, Outcome)>> {
    let derived: Vec<String> =
        FROM_REMEDIES.iter().map(|(column, value)| format!("{value} AS derived_{column}")).collect();
    let sql = format!(
        "SELECT old.case_id, old.offered_kind, old.accepted_kind, old.helped, old.cost, old.returned_units, \
         {}, CAST(COALESCE({RETURNED}, 0) AS BIGINT) AS derived_returned_units FROM trials AS old \
         LEFT JOIN order_lines AS t ON t.shop_id = old.shop_id AND t.order_id = old.order_id \
         AND t.line_id = old.line_id WHERE old.shop_id = $1 AND old.case_id > $2 \
         ORDER BY old.case_id LIMIT $3",
        derived.join(", ")
    );
    let after = after.map(|case| case.to_string()).unwrap_or_default();
    let rows = conn.all(sql, vec![text(shop), str(&after), int(limit)]).await?;
    let read = |row: &Fetched| {
        let row = Row::new("trials", row);
        Ok((row.parse("case_id")?, outcome(&row, "")?, outcome(&row, "derived_")?))
    };
    rows.iter().map(read).collect()
}

/// Puts derived outcomes in the place of stored ones.
pub fn put_outcomes(shop: &ShopId, outcomes: &[(CaseId, Outcome)]) -> Write {
    let row = |(case, outcome): &(CaseId, Outcome)| {
        let mut row = vec![str(shop.as_str()), text(case)];
        row.extend(write_outcome(outcome));
        row
    };
    let columns: [Column; 7] = [
        ("shop_id", Kind::Text),
        ("case_id", Kind::Text),
        ("offered_kind", Kind::Text),
        ("accepted_kind", Kind::Text),
        ("helped", Kind::Bool),
        ("cost", Kind::Int),
        ("returned_units", Kind::Int),
    ];
    let set = columns.iter().skip(2).map(|(name, _)| format!("{name} = t.{name}"));
    let before = format!("UPDATE trials AS old SET {} FROM", set.collect::<Vec<_>>().join(", "));
    let after = "WHERE old.shop_id = t.shop_id AND old.case_id = t.case_id";
    Write::change(TABLE.name, &columns, outcomes.iter().map(row).collect(), before, after)
}

fn write(shop: &ShopId, trial: &Trial, outcome: &Outcome) -> Vec<Value> {
    let mut row = vec![
        str(shop.as_str()),
        text(trial.case),
        time(trial.at),
        int(trial.at.day().number()),
        str(&trial.channel),
        str(trial.reason.as_str()),
        int(trial.band),
        trial.holdout.into(),
        str(trial.first.as_str()),
        int(trial.propensity()),
        int(trial.units),
        text_opt(trial.line.as_ref().map(|(order, _)| order)),
        text_opt(trial.line.as_ref().map(|(_, line)| line)),
        int(trial.loss),
        str(trial.currency.as_str()),
        time(trial.matures_at),
    ];
    row.extend(write_outcome(outcome));
    row
}

fn write_outcome(outcome: &Outcome) -> [Value; 5] {
    [
        str_opt(outcome.offered.map(|kind| kind.as_str())),
        str_opt(outcome.accepted.map(|kind| kind.as_str())),
        outcome.helped.into(),
        int(outcome.cost),
        int(outcome.returned),
    ]
}

fn read(row: &Fetched) -> Result<(Trial, Outcome)> {
    let row = Row::new("trials", row);
    let line = match (row.parse_opt("order_id")?, row.parse_opt("line_id")?) {
        (Some(order), Some(line)) => Some((order, line)),
        _ => None,
    };
    let first = row.parse("first_kind")?;
    let trial = Trial {
        case: row.parse("case_id")?,
        at: row.time("at")?,
        channel: row.get("channel")?,
        reason: row.parse("reason")?,
        band: row.number("band")?,
        holdout: row.get("holdout")?,
        first,
        chances: vec![(first, row.get("propensity")?)],
        units: row.number("units")?,
        line,
        loss: row.get("loss")?,
        currency: row.parse("currency")?,
        matures_at: row.time("matures_at")?,
    };
    Ok((trial, outcome(&row, "")?))
}

fn outcome(row: &Row<'_>, derived: &str) -> Result<Outcome> {
    let name = |column: &str| format!("{derived}{column}");
    Ok(Outcome {
        offered: row.parse_opt(&name("offered_kind"))?,
        accepted: row.parse_opt(&name("accepted_kind"))?,
        helped: row.get(&name("helped"))?,
        cost: row.get(&name("cost"))?,
        returned: row.number(&name("returned_units"))?,
    })
}
