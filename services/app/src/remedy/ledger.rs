//! Grants on an order line: reserved, confirmed and released under its lock.

use amends_domain::counter::is_negotiable;
use amends_domain::ledger::{self, Grant, GrantState, LedgerRefused, Request};
use amends_domain::order::{Line, Purchase};
use amends_domain::refund::{self, Promise, Refund, Refunded};
use amends_domain::remedy::{NoticeKind, Remedy, Takes};
use amends_domain::returns::{Pays, ReturnEvent};
use amends_domain::{LineId, OrderId, ReturnId, ShopId};
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
    promised: Vec<Promise>,
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

    /// The returns that may be about the line and pay now, with how, the latest stored last.
    fn paying(&self) -> impl DoubleEndedIterator<Item = (&ReturnFacts, Pays)> {
        let mine = self.returns.iter().filter(|r| r.row.line.as_ref().is_none_or(|l| *l == self.line.line));
        mine.map(|facts| (facts, facts.pays())).filter(|(_, pays)| *pays != Pays::Nothing)
    }

    /// The same, of those for which the remedy was told to stop.
    fn stopping(&self, remedy: &Remedy) -> impl DoubleEndedIterator<Item = (&ReturnFacts, Pays)> {
        self.paying().filter(|(facts, _)| remedy.was_told(&facts.row.return_id, NoticeKind::Stop))
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
            promised: answers.take(self.remedies)?.iter().filter_map(promise).collect(),
            returns: with_events(answers.take(self.rows)?, answers.take(self.events)?),
        })
    }
}

/// Everything that was bought, granted and refunded on an order.
pub(crate) struct Books {
    /// Its lines.
    pub(crate) lines: Vec<Line>,
    grants: Vec<(LineId, Grant)>,
    promised: Vec<Promise>,
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

/// What a refund of the channel can be, if it can be this very remedy.
pub(crate) fn promise(remedy: &Remedy) -> Option<Promise> {
    let given = remedy.kind.takes() == Takes::Money && remedy.state.stage().is_given();
    let accepted_at = remedy.accepted_at.filter(|_| given)?;
    Some(Promise { remedy: remedy.id, accepted_at })
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
pub(crate) async fn reserve(work: &Work, account: Option<&Account>, remedy: &Remedy) -> Result<()> {
    if remedy.kind.takes() == Takes::Nothing {
        return Ok(());
    }
    let unknown = AppError::Precondition("the order line is not known yet, and the remedy needs one");
    let (Some(of), Some(account)) = (&remedy.line, account) else { return Err(unknown) };
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

/// Takes them again, for a remedy that had given them back.
pub(crate) async fn reserve_again(work: &Work, remedy: &Remedy) -> Result<()> {
    let account = match &remedy.line {
        Some(of) => account(&work.tx, &remedy.shop, of).await?,
        None => None,
    };
    reserve(work, account.as_ref(), remedy).await
}

/// Whether an offer that waited can still be made: beside what was refunded, and by what the channel takes now.
pub(crate) async fn still_stands(work: &Work, remedy: &Remedy) -> Result<()> {
    stands(work, remedy).await?;
    let Some(of) = remedy.line.as_ref().filter(|_| is_negotiable(remedy.kind)) else { return Ok(()) };
    let account = account(&work.tx, &remedy.shop, of).await?;
    Ok(account.map_or(Ok(()), |account| account.bounds().check(remedy.kind, remedy.terms.amount))?)
}

/// Whether the remedy can go on beside what the channel refunds meanwhile.
///
/// What it paid before the buyer says yes is never what is said yes to: that would be paid again.
pub(crate) async fn stands(work: &Work, remedy: &Remedy) -> Result<()> {
    let Some(of) = remedy.line.as_ref().filter(|_| remedy.kind.takes() != Takes::Nothing) else {
        return Ok(());
    };
    let Some(account) = account(&work.tx, &remedy.shop, of).await? else { return Ok(()) };
    if remedy.kind.takes() == Takes::Goods
        && let Some((stopping, _)) = account.stopping(remedy).next_back()
    {
        let return_id = stopping.row.return_id.clone();
        return Err(LedgerRefused::RefundedSince { return_id }.into());
    }
    Ok(account.rules().stands(remedy.id)?)
}

/// The refund that a remedy which is given all the same comes on top of, if there is one.
///
/// Goods come on top of any refund for which they were told to stop; whatever is given, of one
/// that leaves no room for it.
pub(crate) async fn paid_twice(work: &Work, remedy: &Remedy) -> Result<Option<ReturnFacts>> {
    let Some(of) = remedy.line.as_ref().filter(|_| remedy.kind.takes() != Takes::Nothing) else {
        return Ok(None);
    };
    let Some(account) = account(&work.tx, &remedy.shop, of).await? else { return Ok(None) };
    let goods = remedy.kind.takes() == Takes::Goods;
    let paid = |(facts, pays): (&ReturnFacts, Pays)| (pays == Pays::Paid).then(|| facts.clone());
    let told = account.stopping(remedy).rev().find_map(paid);
    if goods && told.is_some() {
        return Ok(told);
    }
    let over = account.rules().beside_paid().stands(remedy.id).is_err();
    let any = || account.paying().rev().find_map(paid);
    Ok(if over { told.or_else(any) } else { None })
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
