//! Order lines and return requests, derived again.

use amends_domain::case::Case;
use amends_domain::deadline::{Deadline, DeadlineChange, DeadlineKind};
use amends_domain::order::{HelpKind, Line, Shipment, Wish};
use amends_domain::subject::Anchor;
use amends_domain::{OrderId, Time};
use amends_store::{Conn, Of, case, order, returns, review, shipment, signal};

use super::{Corrections, PAGE, Pass};
use crate::error::Result;
use crate::facts::{Hung, ReturnFacts, late_at, only_line, place_review, refresh_line, with_events};
use crate::restate::{about_line, versions_of};
use crate::shops::ShopInfo;

/// What a page of lines is derived from.
struct Sources {
    lines: Vec<Line>,
    shipments: Vec<Shipment>,
    returns: Vec<ReturnFacts>,
    cases: Vec<Case>,
    wishes: Vec<(OrderId, Wish)>,
}

impl Pass {
    pub(super) async fn lines(&mut self, conn: &Conn, mut fix: Option<&mut Corrections>) -> Result<()> {
        let mut after = None;
        // A request is told of once, though its order may lie on two pages.
        let mut last_order: Option<OrderId> = None;
        loop {
            let page = order::page(conn, &self.info.shop.id, after.clone(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some((last.order.clone(), last.line.clone()));
            let mut sources = load(conn, &self.info, &page).await?;
            self.requests(&mut sources, last_order.as_ref(), fix.as_deref_mut());
            last_order = after.as_ref().map(|(order, _)| order.clone());
            if let Some(fix) = fix.as_deref_mut() {
                fix.deadlines.extend(self.parcels(&sources));
            }
            for line in page {
                self.line(line, &sources, fix.as_deref_mut());
            }
            self.page_done();
        }
    }

    /// Derives the requests from what the channel said; the lines are derived from these.
    fn requests(&mut self, sources: &mut Sources, told: Option<&OrderId>, mut fix: Option<&mut Corrections>) {
        for facts in &mut sources.returns {
            let stored = facts.row.clone();
            let first = facts.events.iter().map(|e| e.occurred_at).min().unwrap_or(Time::MIN);
            if facts.refresh(self.info.channel_policy(first).counting).is_none()
                || told == Some(&stored.order)
            {
                continue;
            }
            let state = |r: &returns::ReturnRow| {
                let money = (r.refund, r.bounds);
                (r.status, r.quantity, r.requested_at, r.withdrawn_at, r.counted_at, r.last_event_at, money)
            };
            let what = format_args!("return {}", stored.return_id);
            if self.differ(what, &state(&stored), &state(&facts.row))
                && let Some(fix) = fix.as_deref_mut()
            {
                fix.returns.push(facts.row.clone());
            }
        }
    }

    /// When each parcel would be late. What is set already is set to the same again; one that
    /// holds no longer is found out when it comes.
    fn parcels(&self, sources: &Sources) -> Vec<DeadlineChange> {
        let grace = self.info.policy.delivery_grace;
        let late = |parcel: &Shipment| {
            let due_at = late_at(parcel, sources.lines.iter().filter(|l| l.order == parcel.order), grace)?;
            let (shop, subject) = (parcel.shop.clone(), format!("{}/{}", parcel.order, parcel.shipment));
            Some(DeadlineChange::Set(Deadline { shop, kind: DeadlineKind::DeliveryDue, subject, due_at }))
        };
        sources.shipments.iter().filter_map(late).collect()
    }

    fn line(&mut self, stored: Line, sources: &Sources, fix: Option<&mut Corrections>) {
        let of = |order: &OrderId| *order == stored.order;
        let shipments: Vec<&Shipment> = sources.shipments.iter().filter(|s| of(&s.order)).collect();
        let requests: Vec<&ReturnFacts> = sources.returns.iter().filter(|r| of(&r.row.order)).collect();
        let only = only_line(sources.lines.iter().filter(|l| of(&l.order)));
        let is_only = only.is_some_and(|only| only.line == stored.line);
        let mut derived = stored.clone();
        let wishes: Vec<Wish> =
            sources.wishes.iter().filter(|(order, _)| of(order)).map(|(_, wish)| wish.clone()).collect();
        let hung = Hung { shipments: &shipments, returns: &requests, wishes: &wishes };
        refresh_line(&mut derived, is_only, hung, &self.info);
        derived.about = about_line(&derived, &sources.cases);
        let name = format!("line {}/{}", stored.order, stored.line);
        let withdrawn = |l: &Line| l.helped.filter(|help| help.kind == HelpKind::Withdrawn);
        let differs = [
            self.differ(format_args!("{name}, delivered"), &stored.delivered, &derived.delivered),
            self.differ(format_args!("{name}, wished"), &stored.intent_at, &derived.intent_at),
            self.differ(format_args!("{name}, requested"), &stored.requested, &derived.requested),
            self.differ(format_args!("{name}, counted"), &stored.counted, &derived.counted),
            self.differ(format_args!("{name}, in the window"), &stored.in_window, &derived.in_window),
            self.differ(format_args!("{name}, withdrawn"), &withdrawn(&stored), &withdrawn(&derived)),
            self.differ(format_args!("{name}, what its cases say"), &stored.about, &derived.about),
        ];
        self.found.lines += 1;
        let counts = self.info.line_counts(&derived);
        self.sums.add(&stored.shop, &counts);
        if let Some(fix) = fix.filter(|_| differs.contains(&true)) {
            fix.lines.push(derived);
        }
    }
}

async fn load(conn: &Conn, info: &ShopInfo, page: &[Line]) -> Result<Sources> {
    let mut orders: Vec<_> = page.iter().map(|line| (info.shop.id.clone(), line.order.clone())).collect();
    orders.dedup();
    let anchors: Vec<_> =
        orders.iter().map(|(shop, order)| (shop.clone(), Anchor::Order(order.clone()))).collect();
    let wishes = wishes(conn, &orders).await?;
    let events = returns::events_by_orders(&orders).all(conn).await?;
    Ok(Sources {
        returns: with_events(returns::by_orders(&orders).all(conn).await?, events),
        lines: order::by_orders(&orders).all(conn).await?,
        shipments: shipment::by_orders(&orders).all(conn).await?,
        cases: case::of_anchors(&anchors).all(conn).await?,
        wishes,
    })
}

/// Wishes to return by order: what messages voiced, and what was heard in the versions of reviews.
async fn wishes(conn: &Conn, orders: &[Of<OrderId>]) -> Result<Vec<(OrderId, Wish)>> {
    let voiced = signal::wishes_of_orders(orders).all(conn).await?;
    let mut wishes: Vec<_> = voiced.into_iter().map(|(_, order, wish)| (order, wish)).collect();
    let reviews = review::by_orders(orders).all(conn).await?;
    let mut versions = versions_of(conn, &reviews).await?;
    for mut row in reviews {
        let mine = versions.remove(&row.review).unwrap_or_default();
        place_review(&mut row, &mine, None::<std::iter::Empty<&Line>>);
        let heard = row.wished_at.map(|at| Wish { line: row.line.clone(), at });
        wishes.extend(row.order.zip(heard));
    }
    Ok(wishes)
}
