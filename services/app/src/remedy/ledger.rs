//! Grants on an order line: reserved, confirmed and released under its lock.

use amends_domain::ledger::{self, Grant, GrantState, LedgerRefused, Request};
use amends_domain::order::{Line, Purchase};
use amends_domain::refund::{self, Refund, Refunded};
use amends_domain::remedy::{Remedy, Takes};
use amends_domain::returns::{Pays, ReturnEvent};
use amends_domain::{LineId, OrderId, RemedyId, ReturnId, ShopId};
use amends_store::bulk::{Answers, Place, Trip};
use amends_store::returns::ReturnRow;
use amends_store::{Conn, Of, grant, order, remedy, returns};

use crate::error::{AppError, Result};
use crate::facts::{ReturnFacts, refunds_of, with_events};
use crate::work::Work;

/// What was bought, granted and refunded on a line.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) line: Line,
    pub(crate) purchase: Purchase,
    pub(crate) grants: Vec<Grant>,
    refunds: Vec<Refund>,
    /// The money remedies that the buyer accepted and that did not fail.
    promised: Vec<RemedyId>,
    pub(crate) returns: Vec<ReturnFacts>,
}

impl Account {
    /// What the channel refunded besides what we gave.
    pub(crate) fn refunded(&self) -> Refunded {
        refund::beside(&self.refunds, &self.grants, &self.promised)
    }

    /// The same for the rules.
    pub(crate) fn rules(&self) -> ledger::Account<'_> {
        ledger::Account {
            purchased: self.purchase.quantity,
            unit_price: self.purchase.unit_price,
            grants: &self.grants,
            refunded: self.refunded(),
        }
    }

    /// What the channel allows to be offered for the line now, by its open requests.
    pub(crate) fn bounds(&self) -> amends_domain::counter::OfferBounds {
        let mine = self.returns.iter().map(|r| &r.row);
        let open =
            mine.filter(|r| r.status.is_open() && r.line.as_ref().is_none_or(|l| *l == self.line.line));
        open.map(|r| r.bounds).reduce(amends_domain::counter::OfferBounds::and).unwrap_or_default()
    }

    /// Whether the return that stopped a remedy still pays.
    fn pays(&self, remedy: &Remedy) -> Pays {
        let stopped_by = remedy.stopped_by.as_ref();
        let stopping = self.returns.iter().find(|r| Some(&r.row.return_id) == stopped_by);
        stopping.map_or(Pays::Nothing, ReturnFacts::pays)
    }
}

/// The account of one line; none while its order is not known.
pub(crate) async fn account(conn: &Conn, shop: &ShopId, of: &(OrderId, LineId)) -> Result<Option<Account>> {
    let mut trip = Trip::default();
    let asked = Asked::of(&mut trip, &[(shop.clone(), of.0.clone())]);
    let books = asked.take(&mut trip.go(conn).await?)?;
    let line = books.lines.iter().find(|line| line.line == of.1).cloned();
    Ok(line.and_then(|line| books.account(line)))
}

/// The questions for everything that was bought, granted and refunded on an order.
pub(crate) struct Asked {
    lines: Place<Line>,
    grants: Place<(ShopId, OrderId, LineId, Grant)>,
    remedies: Place<Remedy>,
    rows: Place<ReturnRow>,
    events: Place<(ShopId, OrderId, ReturnId, ReturnEvent)>,
}

impl Asked {
    /// Asks them beside others.
    pub(crate) fn of(trip: &mut Trip, order: &[Of<OrderId>]) -> Self {
        Self {
            lines: trip.ask(order::by_orders(order)),
            grants: trip.ask(grant::by_orders(order)),
            remedies: trip.ask(remedy::by_orders(order)),
            rows: trip.ask(returns::by_orders(order)),
            events: trip.ask(returns::events_by_orders(order)),
        }
    }

    /// Takes the answers.
    pub(crate) fn take(self, answers: &mut Answers) -> Result<Books> {
        Ok(Books {
            lines: answers.take(self.lines)?,
            grants: answers.take(self.grants)?.into_iter().map(|(_, _, line, grant)| (line, grant)).collect(),
            promised: answers.take(self.remedies)?.iter().filter(|r| gives_money(r)).map(|r| r.id).collect(),
            returns: with_events(answers.take(self.rows)?, answers.take(self.events)?),
        })
    }
}

/// Everything that was bought, granted and refunded on an order.
pub(crate) struct Books {
    /// Its lines.
    pub(crate) lines: Vec<Line>,
    grants: Vec<(LineId, Grant)>,
    promised: Vec<RemedyId>,
    /// Its return requests.
    pub(crate) returns: Vec<ReturnFacts>,
}

impl Books {
    /// The account of one of its lines; none while nothing is known of what was bought.
    pub(crate) fn account(self, line: Line) -> Option<Account> {
        let purchase = line.purchase.clone()?;
        let mine = self.grants.into_iter().filter(|(of, _)| *of == line.line);
        let mut grants: Vec<Grant> = mine.map(|(_, grant)| grant).collect();
        grants.sort_by_key(|grant| (grant.unit, grant.remedy));
        let refunds = refunds_of(&line, self.returns.iter());
        Some(Account { line, purchase, grants, refunds, promised: self.promised, returns: self.returns })
    }
}

/// Whether a refund of the channel can be this very remedy.
pub(crate) fn gives_money(remedy: &Remedy) -> bool {
    remedy.kind.takes() == Takes::Money && remedy.state.stage().is_given()
}

/// All grants a line ever had.
pub(crate) async fn grants(conn: &Conn, shop: &ShopId, order: &OrderId, line: &LineId) -> Result<Vec<Grant>> {
    let found = grant::of_lines(conn, &[(shop.clone(), order.clone(), line.clone())]).await?;
    Ok(found.into_iter().map(|(_, _, _, grant)| grant).collect())
}

/// One line of an order.
pub(crate) async fn line(conn: &Conn, shop: &ShopId, of: &(OrderId, LineId)) -> Result<Option<Line>> {
    let lines = order::get(conn, shop, &of.0).await?;
    Ok(lines.into_iter().find(|line| line.line == of.1))
}

/// Takes the units that the remedy is for, or says why it cannot have them.
pub(crate) async fn reserve(work: &Work, remedy: &Remedy) -> Result<()> {
    if remedy.kind.takes() == Takes::Nothing {
        return Ok(());
    }
    let unknown = AppError::Precondition("the order line is not known yet, and the remedy needs one");
    let Some(of) = &remedy.line else { return Err(unknown) };
    let Some(account) = account(&work.tx, &remedy.shop, of).await? else { return Err(unknown) };
    let request = Request {
        remedy: remedy.id,
        takes: remedy.kind.takes(),
        units: remedy.units,
        amount: remedy.terms.amount,
        after: remedy.after,
    };
    let reserved = account.rules().reserve(&request)?;
    grant::put(&work.tx, &remedy.shop, &of.0, &of.1, &reserved).await?;
    Ok(())
}

/// Whether the remedy, as it stands now, can go on beside what the channel refunded meanwhile.
///
/// A money remedy that the buyer just accepted may be what the channel paid already.
pub(crate) async fn stands(work: &Work, remedy: &Remedy) -> Result<()> {
    let Some(of) = remedy.line.as_ref().filter(|_| remedy.kind.takes() != Takes::Nothing) else {
        return Ok(());
    };
    let Some(mut account) = account(&work.tx, &remedy.shop, of).await? else { return Ok(()) };
    if gives_money(remedy) {
        account.promised.push(remedy.id);
    }
    if remedy.kind.takes() == Takes::Goods
        && let Some(return_id) = remedy.stopped_by.clone()
        && account.pays(remedy) != Pays::Nothing
    {
        return Err(LedgerRefused::RefundedSince { return_id }.into());
    }
    Ok(account.rules().stands(remedy.id)?)
}

/// The refund that a remedy which was given all the same comes on top of, if there is one.
pub(crate) async fn paid_twice(work: &Work, remedy: &Remedy) -> Result<Option<ReturnFacts>> {
    let (Some(of), Some(_)) = (&remedy.line, &remedy.stopped_by) else { return Ok(None) };
    let Some(account) = account(&work.tx, &remedy.shop, of).await? else { return Ok(None) };
    let goods = remedy.kind.takes() == Takes::Goods;
    let twice = account.pays(remedy) == Pays::Paid && (goods || account.rules().stands(remedy.id).is_err());
    let mut returns = account.returns.into_iter();
    Ok(returns.find(|r| twice && Some(&r.row.return_id) == remedy.stopped_by.as_ref()))
}

/// Confirms or releases what the remedy still has reserved.
///
/// Only that: a remedy that failed once may have older grants on other units,
/// and those are not its own any more.
pub(crate) async fn settle(work: &Work, remedy: &Remedy, to: GrantState) -> Result<()> {
    let Some((order, line)) = &remedy.line else { return Ok(()) };
    let mut mine = grants(&work.tx, &remedy.shop, order, line).await?;
    mine.retain(|g| g.remedy == remedy.id && g.state == GrantState::Reserved);
    mine.iter_mut().for_each(|g| g.state = to);
    grant::put(&work.tx, &remedy.shop, order, line, &mine).await?;
    Ok(())
}
