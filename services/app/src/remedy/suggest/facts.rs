//! Reads what a suggestion depends on: in one trip, or two where only the order tells who the buyer is,
//! whatever the shop's past.

use amends_domain::counting;
use amends_domain::learning::holdout;
use amends_domain::learning::trial::Trial;
use amends_domain::order::{Line, Units};
use amends_domain::remedy::{RemedyKind, Terms};
use amends_domain::remedy_policy::RemedyPolicy;
use amends_domain::scrutiny::Claims;
use amends_domain::stock::{Standing, StockKind, sends};
use amends_domain::suggestion::{Buyer, Channel, Draw, LineTerms};
use amends_domain::{BuyerKey, CaseId, Day, LineId, OrderId, ShopId};
use amends_store::bulk::Trip;
use amends_store::learned::AnswersRow;
use amends_store::suggestion::{History, Wanted, history};
use amends_store::{stock, trial};

use super::Inputs;
use super::line::{described, found, of_account, so_far};
use super::subject::Subject;
use crate::error::{AppError, Result};
use crate::remedy::{learned, ledger};
use crate::shops::ShopInfo;
use crate::work::Work;

/// What was read.
pub(super) struct Facts {
    pub(super) case: Option<CaseId>,
    pub(super) account: Option<ledger::Account>,
    pub(super) inputs: Inputs,
    pub(super) language: String,
    /// What the case began with, if it was given a suggestion before.
    pub(super) trial: Option<Trial>,
    /// How the articles in question stand, those that were ever counted.
    pub(super) stock: Vec<Standing>,
}

/// What one trip brings.
struct Read {
    books: ledger::Books,
    trial: Option<Trial>,
    known: Vec<AnswersRow>,
    past: History,
    stock: Vec<Standing>,
}

impl Read {
    /// Reads all that the subject leads to.
    async fn of(work: &Work, info: &ShopInfo, subject: &Subject) -> Result<Self> {
        let shop = &info.shop.id;
        let order = subject.of.as_ref().map(|(order, _)| order);
        let orders: Vec<_> = order.iter().map(|order| (shop.clone(), OrderId::clone(order))).collect();
        let cases: Vec<_> = subject.case.iter().map(|case| (shop.clone(), *case)).collect();
        let mut trip = Trip::of_one();
        let asked = ledger::Asked::of(&mut trip, &orders);
        let trial = trip.ask(trial::of_cases(&cases));
        let chances = trip.ask(trial::chances_of(&cases));
        let known = trip.ask(learned::of_reason(shop, subject.reason, &info.remedy));
        let past = trip.select(history(&wanted(work, info, subject, subject.buyer)));
        let described = subject.bought.as_ref().and_then(|bought| bought.sku.as_ref());
        let in_order = order.map(|order| trip.select(stock::of_order(shop, order)));
        let described = described.map(|sku| trip.select(stock::of_article(shop, sku)));
        let mut answers = trip.go(&work.tx).await?;
        let chances = answers.take(chances)?;
        let mut stock = Vec::new();
        for place in [in_order, described].into_iter().flatten() {
            stock.extend(answers.take(place)?);
        }
        Ok(Self {
            trial: answers.take(trial)?.pop().map(|(trial, _)| Trial { chances, ..trial }),
            known: answers.take(known)?,
            past: answers.take(past)?.into_iter().collect(),
            books: asked.take(&mut answers)?,
            stock,
        })
    }
}

/// Reads everything for so many units.
pub(super) async fn load(work: &Work, info: &ShopInfo, subject: Subject, units: u32) -> Result<Facts> {
    let Read { books, trial, known, mut past, stock } = Read::of(work, info, &subject).await?;
    let named = subject.of.as_ref().and_then(|(_, line)| line.clone());
    let line = found(&books.lines, named.as_ref()).cloned();
    let so_far = so_far(line.as_ref(), &books, subject.deadline);
    let account = line.clone().and_then(|line| books.account(line));
    let purchase = account.as_ref().map(|account| &account.purchase);
    let language = purchase.map(|p| p.language.clone()).filter(|tag| !tag.is_empty());
    let buyer = purchase.map(|p| p.buyer).or(subject.buyer);
    if buyer != subject.buyer {
        // Only the order told who the buyer is.
        past = history(&wanted(work, info, &subject, buyer)).all(&work.tx).await?.into_iter().collect();
    }
    let terms = account.as_ref().map(of_account).or_else(|| subject.bought.as_ref().map(described));
    let units = units.max(1);
    let channel = info.channel_policy(work.now);
    let mut inputs = Inputs {
        now: work.now,
        reason: subject.reason,
        flags: subject.flags.clone(),
        stock: Vec::new(),
        line: terms,
        units,
        currency: info.shop.currency,
        channel: Channel {
            rule: channel.counting,
            auto_approval: channel.auto_approval,
            so_far,
            bounds: account.as_ref().map(ledger::Account::bounds).unwrap_or_default(),
            standing: counting::Standing { delivered: past.delivered, counted: past.returned },
        },
        buyer: Buyer { orders: u32::try_from(past.orders).unwrap_or(u32::MAX), claims: claims(&past) },
        evidence: Vec::new(),
        draw: Draw { holdout: false, seed: 0, first: None },
    };
    inputs.evidence = learned::gather(&known, info.remedy.band(inputs.paid()));
    inputs.draw = draw(info, &subject, line.as_ref(), buyer, &inputs);
    if let Some(trial) = &trial {
        // What was drawn once stays, whatever was learned since.
        (inputs.draw.holdout, inputs.draw.first) = (trial.holdout, Some((trial.first, trial.chance())));
    }
    Ok(Facts {
        case: subject.case,
        account,
        inputs,
        language: language.unwrap_or(subject.language),
        trial,
        stock,
    })
}

impl Facts {
    /// No more can be asked about than were bought.
    pub(super) fn check_units(&self) -> Result<()> {
        let purchased = self.inputs.line.as_ref().map(|line| line.purchased);
        if purchased.is_some_and(|purchased| self.inputs.units > purchased) {
            return Err(AppError::field("quantity", "must be at most as many as were bought"));
        }
        Ok(())
    }
}

/// What the channel counts of the line, read again under its lock.
pub(super) async fn counted_now(
    work: &Work,
    shop: &ShopId,
    line: Option<&(OrderId, LineId)>,
) -> Result<Option<Units>> {
    let Some(of) = line else { return Ok(None) };
    Ok(ledger::line(&work.tx, shop, of).await?.and_then(|line| line.counted))
}

/// What can be shipped of the article of the line, by way of a remedy; what was `said` goes before
/// what is stored.
pub(super) fn in_stock(
    line: Option<&LineTerms>,
    stored: &[Standing],
    said: &[(RemedyKind, i64)],
) -> Vec<(RemedyKind, i64)> {
    let mut known = said.to_vec();
    let Some(sku) = line.and_then(|line| line.sku.as_ref()) else { return known };
    let of_article = |standing: &&Standing| standing.level.item.sku == *sku;
    let Some(free) = stored.iter().find(of_article).map(Standing::free) else { return known };
    let ships = |kind: &RemedyKind| {
        let item = sends(*kind, &Terms::default(), Some(sku));
        item.is_some_and(|item| item.kind == StockKind::Article && item.sku == *sku)
    };
    let unsaid = |kind: &RemedyKind| !said.iter().any(|(of, _)| of == kind);
    known.extend(RemedyKind::ALL.iter().filter(|kind| ships(kind) && unsaid(kind)).map(|kind| (*kind, free)));
    known
}

/// What is asked of the past of a buyer, if known, and of the shop.
fn wanted<'a>(work: &Work, info: &'a ShopInfo, subject: &'a Subject, buyer: Option<BuyerKey>) -> Wanted<'a> {
    let today = info.zone.day(work.now);
    let policy: &RemedyPolicy = &info.remedy;
    let days = policy.target.map_or(0, |target| i32::try_from(target.days).unwrap_or(i32::MAX));
    Wanted {
        shop: &info.shop.id,
        buyer,
        order: subject.of.as_ref().map(|(order, _)| order),
        remedies_from: work.now - policy.scrutiny.window,
        days: (Day::from_number(today.number().saturating_sub(days)), today),
    }
}

fn claims(past: &History) -> Claims {
    let mut claims = Claims::default();
    for (kind, reason, times) in &past.remedies {
        claims.add(*kind, *reason, u32::try_from(*times).unwrap_or(u32::MAX));
    }
    claims
}

/// How the order is drawn: by the case, by the order line while there is none, or else anew each time.
fn draw(
    info: &ShopInfo,
    subject: &Subject,
    line: Option<&Line>,
    buyer: Option<BuyerKey>,
    inputs: &Inputs,
) -> Draw {
    let name = match (subject.case, line) {
        (Some(case), _) => case.to_string(),
        (None, Some(line)) => format!("{}\0{}", line.order, line.line),
        (None, None) => subject.drawn_by.clone(),
    };
    let channel = info.shop.channel.as_str();
    let points = info.remedy.learning.holdout;
    Draw {
        holdout: holdout::is_held_out(points, buyer, &name, channel, inputs.reason),
        seed: holdout::seed(&name),
        first: None,
    }
}
