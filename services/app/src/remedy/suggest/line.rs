//! The order line that a suggestion is about, as the rules want it.

use amends_domain::counting::ReturnSoFar;
use amends_domain::order::Line;
use amends_domain::refund::Refunded;
use amends_domain::suggestion::LineTerms;
use amends_domain::{LineId, Time};
use amends_store::returns::ReturnRow;

use super::Bought;
use crate::facts::only_line;
use crate::remedy::ledger::{Account, Books};

/// The line that is meant: the one named, or the only one there is.
pub(super) fn found<'a>(lines: &'a [Line], named: Option<&LineId>) -> Option<&'a Line> {
    match named {
        Some(named) => lines.iter().find(|line| line.line == *named),
        None => only_line(lines.iter()),
    }
}

/// A line that the service knows.
pub(super) fn of_account(account: &Account) -> LineTerms {
    LineTerms {
        purchased: account.purchase.quantity,
        unit_price: account.purchase.unit_price,
        sku: Some(account.purchase.sku.clone()),
        category: account.purchase.category.clone(),
        delivered_at: account.line.delivered.map(|delivered| delivered.at),
        grants: account.grants.clone(),
        refunded: account.refunded(),
    }
}

/// One that a caller describes.
pub(super) fn described(bought: &Bought) -> LineTerms {
    LineTerms {
        purchased: bought.quantity,
        unit_price: bought.unit_price,
        sku: bought.sku.clone(),
        category: bought.category.clone(),
        delivered_at: bought.delivered_at,
        grants: Vec::new(),
        refunded: Refunded::default(),
    }
}

/// The requests that are alive on the channel, as one.
pub(super) fn so_far(line: Option<&Line>, books: &Books, deadline: Option<Time>) -> ReturnSoFar {
    let is_only = only_line(books.lines.iter()).is_some();
    let concerns = |row: &&ReturnRow| match (&row.line, line) {
        (Some(named), Some(line)) => *named == line.line,
        (None, Some(_)) => is_only,
        (_, None) => false,
    };
    let rows = books.returns.iter().map(|request| &request.row);
    let open: Vec<&ReturnRow> = rows.filter(concerns).filter(|row| row.status.is_open()).collect();
    ReturnSoFar {
        requested_at: open.iter().map(|row| row.requested_at).min(),
        counted_at: open.iter().filter_map(|row| row.counted_at).min().or_else(|| wholly_counted(line)),
        deadline: open.iter().filter_map(|row| row.deadline).chain(deadline).min(),
    }
}

/// When a line was counted of which no unit is left to count.
fn wholly_counted(line: Option<&Line>) -> Option<Time> {
    let (line, counted) = line.and_then(|line| Some((line, line.counted?)))?;
    let purchased = line.purchase.as_ref().map_or(0, |purchase| purchase.quantity);
    (counted.units >= purchased).then_some(counted.at)
}
