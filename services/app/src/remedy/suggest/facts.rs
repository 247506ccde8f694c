//! Reads what a suggestion depends on: in one trip, whatever the shop's past.

use amends_domain::counter::OfferBounds;
use amends_domain::counting::{ReturnSoFar, Standing};
use amends_domain::learning::holdout;
use amends_domain::learning::trial::Trial;
use amends_domain::ledger::Grant;
use amends_domain::order::{Line, Purchase, Units};
use amends_domain::remedy::RemedyKind;
use amends_domain::remedy_policy::RemedyPolicy;
use amends_domain::returns::ReturnStatus;
use amends_domain::scrutiny::Claims;
use amends_domain::suggestion::{Bounds, Buyer, Channel, Draw, LineTerms};
use amends_domain::{BuyerKey, CaseId, Day, LineId, OrderId};
use amends_store::bulk::Trip;
use amends_store::returns::ReturnRow;
use amends_store::suggestion::{History, Wanted, history};
use amends_store::{case, grant, order, returns};

use super::subject::Subject;
use super::{Bought, Inputs, SuggestRemedies};
use crate::error::{AppError, Result};
use crate::facts::only_line;
use crate::remedy::stock::free;
use crate::remedy::{learned, ledger};
use crate::shops::ShopInfo;
use crate::work::Work;

/// What was read.
pub(super) struct Facts {
    pub(super) case: Option<CaseId>,
    pub(super) line: Option<(OrderId, LineId)>,
    pub(super) inputs: Inputs,
    pub(super) language: String,
    /// What the case began with, if it was given a suggestion before.
    pub(super) trial: Option<Trial>,
    /// What the channel counts of the line.
    pub(super) counted: Option<Units>,
}

/// Reads everything.
pub(super) async fn load(
    work: &Work,
    info: &ShopInfo,
    mut subject: Subject,
    command: &SuggestRemedies,
) -> Result<Facts> {
    let shop = &info.shop.id;
    let orders: Vec<_> = subject.of.iter().map(|(order, _)| (shop.clone(), order.clone())).collect();
    let cases: Vec<_> = subject.case.iter().map(|case| (shop.clone(), *case)).collect();
    let mut trip = Trip::default();
    let case = trip.ask(case::by_ids(&cases));
    let lines = trip.ask(order::by_orders(&orders));
    let grants = trip.ask(grant::by_orders(&orders));
    let requests = trip.ask(returns::by_orders(&orders));
    let trial = trip.ask(amends_store::trial::of_cases(&cases));
    let expected = subject.reason;
    let known = trip.ask(learned::of_reason(shop, expected, &info.remedy));
    let mut answers = trip.go(&work.tx).await?;
    if let Some(case) = answers.take(case)?.pop() {
        subject.refresh(case)?;
    }
    let trial = answers.take(trial)?.pop().map(|(trial, _)| trial);
    let mut known = answers.take(known)?;
    if subject.reason != expected {
        known = learned::of_reason(shop, subject.reason, &info.remedy).all(&work.tx).await?;
    }
    let (lines, grants) = (answers.take(lines)?, answers.take(grants)?);
    let requests: Vec<ReturnRow> = answers.take(requests)?;

    let named = subject.of.as_ref().and_then(|(_, line)| line.clone());
    let line = found(&lines, named.as_ref());
    let purchase = line.and_then(|line| line.purchase.as_ref());
    let buyer = purchase.map(|p| p.buyer).or(subject.buyer);
    let past = past(work, info, &subject, buyer).await?;
    let terms = match (line, purchase, &subject.bought) {
        (Some(line), Some(purchase), _) => {
            let own =
                grants.into_iter().filter(|(_, _, of, _)| *of == line.line).map(|(_, _, _, grant)| grant);
            let taken = taken(work, line, &requests, own.collect()).await?;
            Some(of_line(line, purchase, taken))
        }
        (_, _, Some(bought)) => Some(described(bought)),
        _ => None,
    };
    let units = command.units.max(1);
    if terms.as_ref().is_some_and(|t| units > t.purchased) {
        return Err(AppError::field("quantity", "must be at most as many as were bought"));
    }
    let so_far = so_far(line, &lines, &requests, &subject);
    let channel = info.channel_policy(work.now);
    let language = purchase.map(|p| p.language.clone()).filter(|tag| !tag.is_empty());
    let mut inputs = Inputs {
        now: work.now,
        reason: subject.reason,
        flags: subject.flags.clone(),
        line: terms,
        units,
        currency: info.shop.currency,
        channel: Channel {
            rule: channel.counting,
            auto_approval: channel.auto_approval,
            so_far,
            bounds: bounds(line, &requests),
            standing: Standing { delivered: past.delivered, counted: past.returned },
        },
        stock: stock(work, purchase, command).await?,
        buyer: Buyer { orders: u32::try_from(past.orders).unwrap_or(u32::MAX), claims: claims(&past) },
        evidence: Vec::new(),
        draw: Draw { holdout: false, seed: 0, first: None },
    };
    inputs.evidence = learned::gather(&known, info.remedy.band(inputs.paid()));
    inputs.draw = draw(info, &subject, line, buyer, &inputs);
    if let Some(trial) = &trial {
        // What was drawn once stays, whatever was learned since.
        (inputs.draw.holdout, inputs.draw.first) = (trial.holdout, Some((trial.first, trial.chance())));
    }
    let counted = line.and_then(|line| line.counted);
    let line = line.filter(|line| line.purchase.is_some());
    Ok(Facts {
        case: subject.case,
        line: line.map(|line| (line.order.clone(), line.line.clone())),
        inputs,
        language: language.unwrap_or(subject.language),
        trial,
        counted,
    })
}

/// The line that is meant: the one named, or the only one there is.
fn found<'a>(lines: &'a [Line], named: Option<&LineId>) -> Option<&'a Line> {
    match named {
        Some(named) => lines.iter().find(|line| line.line == *named),
        None => only_line(lines.iter()),
    }
}

fn of_line(line: &Line, purchase: &Purchase, grants: Vec<Grant>) -> LineTerms {
    LineTerms {
        purchased: purchase.quantity,
        unit_price: purchase.unit_price,
        sku: Some(purchase.sku.clone()),
        category: purchase.category.clone(),
        delivered_at: line.delivered.map(|delivered| delivered.at),
        grants,
    }
}

fn described(bought: &Bought) -> LineTerms {
    LineTerms {
        purchased: bought.quantity,
        unit_price: bought.unit_price,
        sku: bought.sku.clone(),
        category: bought.category.clone(),
        delivered_at: bought.delivered_at,
        grants: Vec::new(),
    }
}

/// What was granted, and what the channel refunded besides: units that are taken as well.
async fn taken(work: &Work, line: &Line, requests: &[ReturnRow], grants: Vec<Grant>) -> Result<Vec<Grant>> {
    // Refunds are rare, and what they leave takes another look.
    if !requests.iter().any(|row| row.status == ReturnStatus::Settled) {
        return Ok(grants);
    }
    let of = (line.order.clone(), line.line.clone());
    let account = ledger::account(&work.tx, &line.shop, &of).await?;
    Ok(account.map_or(grants, |account| account.with_refunds()))
}

/// What the channel takes as an offer for the line, by its open requests.
fn bounds(line: Option<&Line>, requests: &[ReturnRow]) -> Bounds {
    let mine =
        |row: &&ReturnRow| row.line.as_ref().is_none_or(|of| line.is_some_and(|line| line.line == *of));
    let open = requests.iter().filter(|row| row.status.is_open()).filter(mine);
    let both = open.map(|row| row.bounds).reduce(OfferBounds::and).unwrap_or_default();
    let minor = |bound: Option<amends_domain::Money>| bound.map(|money| money.minor_units);
    Bounds { least: minor(both.min), most: minor(both.max) }
}

/// What is in stock of the article that was ordered, where the caller did not say it.
async fn stock(
    work: &Work,
    purchase: Option<&Purchase>,
    command: &SuggestRemedies,
) -> Result<Vec<(RemedyKind, i64)>> {
    let mut known = command.stock.clone();
    let kinds = [RemedyKind::Replacement, RemedyKind::Reship];
    let open: Vec<RemedyKind> =
        kinds.into_iter().filter(|kind| !known.iter().any(|(of, _)| of == kind)).collect();
    if let Some(purchase) = purchase.filter(|_| !open.is_empty()) {
        let skus = std::slice::from_ref(&purchase.sku);
        let free = free(&work.tx, &command.shop, skus).await?.pop().and_then(|(_, free)| free);
        known.extend(open.into_iter().filter_map(|kind| Some((kind, free?))));
    }
    Ok(known)
}

/// The requests that are alive on the channel, as one.
fn so_far(line: Option<&Line>, lines: &[Line], requests: &[ReturnRow], subject: &Subject) -> ReturnSoFar {
    let is_only = only_line(lines.iter()).is_some();
    let concerns = |row: &&ReturnRow| match (&row.line, line) {
        (Some(named), Some(line)) => *named == line.line,
        (None, Some(_)) => is_only,
        (_, None) => false,
    };
    let open = requests.iter().filter(concerns).filter(|row| row.status.is_open());
    let open: Vec<&ReturnRow> = open.collect();
    ReturnSoFar {
        requested_at: open.iter().map(|row| row.requested_at).min(),
        counted_at: line.and_then(|line| line.counted).map(|counted| counted.at),
        deadline: open.iter().filter_map(|row| row.deadline).chain(subject.deadline).min(),
    }
}

async fn past(work: &Work, info: &ShopInfo, subject: &Subject, buyer: Option<BuyerKey>) -> Result<History> {
    let today = work.now.day();
    let policy: &RemedyPolicy = &info.remedy;
    let days = policy.target.map_or(0, |target| i32::try_from(target.days).unwrap_or(i32::MAX));
    let wanted = Wanted {
        shop: &info.shop.id,
        buyer,
        order: subject.of.as_ref().map(|(order, _)| order),
        remedies_from: work.now - policy.scrutiny.window,
        days: (Day::from_number(today.number().saturating_sub(days)), today),
    };
    Ok(history(&work.tx, &wanted).await?)
}

fn claims(past: &History) -> Claims {
    let mut claims = Claims::default();
    for (kind, reason, times) in &past.remedies {
        claims.add(*kind, *reason, u32::try_from(*times).unwrap_or(u32::MAX));
    }
    claims
}

/// How the order is drawn: by the case, or by the order line while there is none.
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
        (None, None) => String::new(),
    };
    let channel = info.shop.channel.as_str();
    let points = info.remedy.learning.holdout;
    Draw {
        holdout: holdout::is_held_out(points, buyer, &name, channel, inputs.reason),
        seed: holdout::seed(&name),
        first: None,
    }
}
