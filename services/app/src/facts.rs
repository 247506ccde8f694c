//! Facts that are never stored as said but derived: from parcels and return
//! requests to an order line, from versions to a review.
//!
//! Ingest derives them for what a batch touched, recompute for everything; both
//! call these functions, so that the two cannot differ.

use std::collections::HashMap;

use amends_domain::observation::next_look;
use amends_domain::order::{Help, HelpKind, InWindow, Line, Shipment, Units, Wish};
use amends_domain::policy::{ChannelPolicy, CountingRule};
use amends_domain::refund::Refund;
use amends_domain::returns::{self, Pays, ReturnEvent, ReturnHistory, ReturnStatus};
use amends_domain::review::{DiffKind, ReviewHistory, ReviewVersion};
use amends_domain::signal::OrderState;
use amends_domain::{LineId, OrderId, ReturnId, ShopId, Sku, Span, Time};
use amends_store::returns::ReturnRow;
use amends_store::review::{ReviewHead, ReviewRow};

use crate::shops::ShopInfo;

/// A return request with its story.
#[derive(Debug, Clone)]
pub struct ReturnFacts {
    /// The request as it is stored.
    pub row: ReturnRow,
    /// What the channel said about it.
    pub events: Vec<ReturnEvent>,
}

impl ReturnFacts {
    /// Derives where the request stands.
    pub fn refresh(&mut self, rule: CountingRule) -> Option<ReturnHistory> {
        let story = self.story()?;
        self.row.status = story.status;
        self.row.refund = story.refund;
        self.row.bounds = story.bounds;
        self.row.quantity = story.quantity;
        self.row.requested_at = story.requested_at;
        self.row.withdrawn_at = story.withdrawn_at;
        self.row.counted_at = story.counted_at(rule);
        self.row.last_event_at =
            self.events.iter().map(|e| e.occurred_at).max().unwrap_or(story.requested_at);
        Some(story)
    }
}

impl ReturnFacts {
    /// What the channel said about the request so far.
    fn story(&self) -> Option<ReturnHistory> {
        let story = returns::replay(self.events.clone())?;
        // Amounts that were said before each word kept its own stand with the request alone.
        Some(ReturnHistory { refund: story.refund.or(self.row.refund), ..story })
    }

    /// Whether the channel pays money back for it.
    #[must_use]
    pub fn pays(&self) -> Pays {
        self.story().map_or(Pays::Nothing, |story| story.pays())
    }
}

/// Return requests with their events.
pub fn with_events(
    rows: Vec<ReturnRow>,
    events: Vec<(ShopId, OrderId, ReturnId, ReturnEvent)>,
) -> Vec<ReturnFacts> {
    let mut of: HashMap<(OrderId, ReturnId), Vec<ReturnEvent>> = HashMap::new();
    for (_, order, id, event) in events {
        of.entry((order, id)).or_default().push(event);
    }
    let facts = |row: ReturnRow| {
        let events = of.remove(&(row.order.clone(), row.return_id.clone())).unwrap_or_default();
        ReturnFacts { row, events }
    };
    rows.into_iter().map(facts).collect()
}

/// What the channel pays back on a line. A request that names no line may mean any of its order.
pub fn refunds_of<'a>(line: &Line, returns: impl Iterator<Item = &'a ReturnFacts>) -> Vec<Refund> {
    let mine = returns.filter(|r| r.row.line.as_ref().is_none_or(|named| *named == line.line));
    let refund = |facts: &ReturnFacts| {
        let story = facts.story()?;
        let at = story.pays_since.or(story.settled_at)?;
        let (paid, units) = match story.pays() {
            Pays::Nothing => return None,
            Pays::Agreed => (false, story.quantity),
            Pays::Paid => (true, story.settled_units),
        };
        let price = line.purchase.as_ref()?.unit_price;
        let whole = || price.times(units).map_or(i64::MAX, |whole| whole.minor_units);
        let amount = story.refund.map_or_else(whole, |money| money.minor_units);
        Some(Refund { return_id: facts.row.return_id.clone(), at, paid, units, amount })
    };
    mine.filter_map(refund).collect()
}

/// The one line of an order that has exactly one, if the order is known.
pub fn only_line<'a>(mut lines: impl Iterator<Item = &'a Line>) -> Option<&'a Line> {
    let first = lines.find(|line| line.purchase.is_some())?;
    lines.all(|line| line.purchase.is_none()).then_some(first)
}

/// The article that the order says a review is about: that of its line, or of the only one.
fn line_sku<'a>(line: Option<&LineId>, mut lines: impl Iterator<Item = &'a Line>) -> Option<Sku> {
    let meant = match line {
        Some(line) => lines.find(|one| one.line == *line),
        None => only_line(lines),
    };
    meant?.purchase.as_ref().map(|bought| bought.sku.clone())
}

/// What hangs on the order of a line.
#[derive(Debug, Clone, Copy)]
pub struct Hung<'a> {
    /// Its parcels.
    pub shipments: &'a [&'a Shipment],
    /// Its return requests.
    pub returns: &'a [&'a ReturnFacts],
    /// Wishes to return that messages and reviews voiced.
    pub wishes: &'a [Wish],
}

/// Derives what was delivered, wished, requested, counted and withdrawn of a line.
///
/// `is_only` says that the order is known and has no other line, so that what
/// names no line means this one.
pub fn refresh_line(line: &mut Line, is_only: bool, hung: Hung<'_>, info: &ShopInfo) {
    line.delivered = delivered(line, hung.shipments);
    let mine: Vec<&ReturnFacts> =
        hung.returns.iter().copied().filter(|r| concerns(r.row.line.as_ref(), &line.line, is_only)).collect();
    line.intent_at = wished_at(line, is_only, &mine, hung.wishes);
    let mine: Vec<&ReturnRow> =
        mine.iter().map(|r| &r.row).filter(|r| r.status != ReturnStatus::Intent).collect();
    line.requested = total(mine.iter().map(|r| (r.requested_at, r.quantity)));
    line.counted = total(mine.iter().filter_map(|r| r.counted_at.map(|at| (at, r.quantity))));
    line.in_window = line.delivered.filter(|_| !mine.is_empty()).map(|delivered| {
        let until = delivered.at + info.channel_policy(delivered.at).return_window;
        let sum = |at: fn(&ReturnRow) -> Option<Time>| {
            let inside = mine.iter().filter(|r| at(r).is_some_and(|at| at <= until));
            inside.fold(0, |sum: u32, r| sum.saturating_add(r.quantity))
        };
        InWindow { requested: sum(|r| Some(r.requested_at)), counted: sum(|r| r.counted_at) }
    });
    let all_withdrawn = !mine.is_empty() && mine.iter().all(|r| r.withdrawn_at.is_some());
    let withdrawn = all_withdrawn
        .then(|| total(mine.iter().filter_map(|r| r.withdrawn_at.map(|at| (at, r.quantity)))))
        .flatten()
        // Nothing was avoided before the last of them was withdrawn.
        .zip(mine.iter().filter_map(|r| r.withdrawn_at).max())
        .map(|(units, at)| Help { kind: HelpKind::Withdrawn, at, units: units.units });
    // What an agent gave stands; only the buyer's own withdrawal is derived.
    if line.helped.is_none_or(|help| help.kind == HelpKind::Withdrawn) {
        if line.helped != withdrawn {
            // Another help opens another window.
            line.confirmed_at = None;
        }
        line.helped = withdrawn;
    }
}

/// When the wish to return was first voiced: in a message or a review, or to the channel before the
/// request; whatever came of it, and whichever was heard of first.
fn wished_at(line: &Line, is_only: bool, returns: &[&ReturnFacts], wishes: &[Wish]) -> Option<Time> {
    let said = returns.iter().flat_map(|r| &r.events).filter(|e| e.status == ReturnStatus::Intent);
    let voiced = wishes.iter().filter(|wish| concerns(wish.line.as_ref(), &line.line, is_only));
    said.map(|event| event.occurred_at).chain(voiced.map(|wish| wish.at)).min()
}

fn concerns(named: Option<&LineId>, line: &LineId, is_only: bool) -> bool {
    named.map_or(is_only, |named| named == line)
}

fn delivered(line: &Line, shipments: &[&Shipment]) -> Option<Units> {
    let purchased = line.purchase.as_ref().map(|p| p.quantity);
    let parcels = shipments.iter().filter(|s| !s.for_remedy).filter_map(|s| {
        let at = s.delivered_at?;
        let units = if s.lines.is_empty() {
            purchased?
        } else {
            s.lines.iter().filter(|(l, _)| *l == line.line).map(|(_, units)| *units).sum()
        };
        (units > 0).then_some((at, units))
    });
    let all = total(parcels)?;
    Some(Units { units: purchased.map_or(all.units, |p| all.units.min(p)), ..all })
}

/// The first time and the sum of units; none of nothing.
fn total(parts: impl Iterator<Item = (Time, u32)>) -> Option<Units> {
    parts.fold(None, |sum: Option<Units>, (at, units)| {
        Some(sum.map_or(Units { at, units }, |s| Units {
            at: s.at.min(at),
            units: s.units.saturating_add(units),
        }))
    })
}

/// When it is to be told that a parcel is late, if it has not arrived by then: as the parcel itself
/// says, unless everything in it was cancelled, or it fulfils a remedy that nobody knows of.
pub fn late_at<'a>(
    parcel: &Shipment,
    lines: impl IntoIterator<Item = &'a Line>,
    grace: Span,
) -> Option<Time> {
    if parcel.for_remedy {
        return parcel.remedy.and_then(|_| parcel.late_at(grace));
    }
    let in_it =
        |line: &&Line| parcel.lines.is_empty() || parcel.lines.iter().any(|(one, _)| *one == line.line);
    let bought = lines.into_iter().filter(in_it).filter_map(|line| line.purchase.as_ref());
    let mut bought = bought.peekable();
    // Nobody waits for what was cancelled.
    let cancelled = bought.peek().is_some() && bought.all(|one| one.state == OrderState::Cancelled);
    parcel.late_at(grace).filter(|_| !cancelled)
}

/// Derives what a review is about: the line and the article that its latest word names, whichever came
/// first, and, where its order is known, when that was delivered and which article the order says it is.
pub fn place_review<'a>(
    row: &mut ReviewRow,
    versions: &[ReviewVersion],
    lines: Option<impl Iterator<Item = &'a Line> + Clone>,
) {
    let mut told: Vec<&ReviewVersion> = versions.iter().collect();
    told.sort_by_key(|v| (v.observed_at, &v.signal));
    let latest = told.iter().rev();
    // Versions of before they said so leave what is there.
    row.line = latest.clone().find_map(|v| v.told.line.clone()).or(row.line.take());
    row.sku = latest.clone().find_map(|v| v.told.sku.clone()).or(row.sku.take());
    row.wished_at = told.iter().find(|v| v.told.wish).map(|v| v.observed_at);
    let Some(lines) = lines else { return };
    let meant = lines.clone().filter(|line| row.line.as_ref().is_none_or(|of| *of == line.line));
    row.handling.delivered_at = meant.filter_map(|line| line.delivered).map(|delivered| delivered.at).min();
    row.line_sku = line_sku(row.line.as_ref(), lines);
}

/// Derives where a review stands from its versions, and when to look at it again, by the channel's
/// policy of the day it was first seen; the versions come back in order.
///
/// What is known of the delivery must be in the row already: a window may count from it.
pub fn refresh_review(
    row: &mut ReviewRow,
    versions: Vec<ReviewVersion>,
    policy: &ChannelPolicy,
) -> (Vec<ReviewVersion>, ReviewHistory) {
    let (versions, history) = amends_domain::review::replay(versions, policy.negative_threshold);
    row.history = head(&history);
    row.next_look_at = next_look(&versions, policy.edit_window, row.handling.delivered_at);
    if let Some(last) = versions.last() {
        row.last_observed_at = last.observed_at;
    }
    (versions, history)
}

fn head(history: &ReviewHistory) -> ReviewHead {
    ReviewHead {
        negative: history.negative,
        first_rating: history.first_rating,
        rating: history.rating,
        first_observed_at: history.first_observed_at,
        written_at: history.written_at,
        visible: history.visible,
        // Looks that found nothing new do not hide what the one before them found.
        last_diff: history
            .diffs
            .iter()
            .rev()
            .find(|kind| **kind != DiffKind::Unchanged)
            .copied()
            .unwrap_or(DiffKind::First),
        reversed_at: history.reversed_at,
    }
}
