//! What a document would have changed, in a few lines.

use amends_proto::v1;

use crate::{
    amount::money,
    codes::word,
    output::table::{id, table, text},
};

/// The most cases that are printed; `--json` has all of them.
const CASES_SHOWN: usize = 20;

/// The totals and, by kind, what changes.
pub(super) fn totals(run: &v1::RemedyDryRun) -> String {
    let compared = run.cases.len();
    if compared == 0 {
        return format!("No case could be compared{}.", left_out(run));
    }
    let amount = |amount: &Option<v1::Money>| amount.as_ref().map_or("-".to_owned(), money);
    let mut told = format!(
        "On the latest {compared} cases{}: {} differ; expected cost {} then, {} now.",
        left_out(run),
        run.changed_cases,
        amount(&run.expected_cost_then),
        amount(&run.expected_cost_now),
    );
    if !run.kinds.is_empty() {
        let mut table = table(&["remedy", "first then", "first now", "no longer offered", "newly offered"]);
        for one in &run.kinds {
            table.add_row([
                word::<v1::RemedyKind>(one.kind),
                one.first_then.to_string(),
                one.first_now.to_string(),
                one.newly_excluded.to_string(),
                one.newly_offered.to_string(),
            ]);
        }
        told.push_str("\n\n");
        told.push_str(&text(&table));
    }
    told
}

fn left_out(run: &v1::RemedyDryRun) -> String {
    match run.incomparable_cases {
        0 => String::new(),
        n => format!(" ({n} more are of an earlier version of the service)"),
    }
}

/// The totals and the cases that differ.
pub(super) fn whole(run: &v1::RemedyDryRun) -> String {
    let mut told = totals(run);
    let changed = |case: &&v1::RemedyDryRunCase| {
        case.first_then != case.first_now
            || case.expected_cost_then != case.expected_cost_now
            || !case.newly_excluded.is_empty()
            || !case.newly_offered.is_empty()
    };
    let mut differing = run.cases.iter().filter(changed).peekable();
    if differing.peek().is_none() {
        return told;
    }
    let mut table = table(&["case", "first then", "first now", "cost then", "cost now"]);
    let kind = |kind: Option<i32>| kind.map_or("-".to_owned(), word::<v1::RemedyKind>);
    let amount = |amount: &Option<v1::Money>| amount.as_ref().map_or("-".to_owned(), money);
    for case in differing.by_ref().take(CASES_SHOWN) {
        table.add_row([
            id(&case.case).to_owned(),
            kind(case.first_then),
            kind(case.first_now),
            amount(&case.expected_cost_then),
            amount(&case.expected_cost_now),
        ]);
    }
    told.push_str("\n\n");
    told.push_str(&text(&table));
    let more = differing.count();
    if more > 0 {
        told.push_str(&format!("\n… and {more} more; --json has all of them."));
    }
    told
}
