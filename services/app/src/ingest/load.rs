//! Loading what a batch touches: a few set-based reads, whatever its size.

use std::collections::{BTreeSet, HashMap};

use amends_domain::returns::ReturnStatus;
use amends_domain::signal::{SignalBody, SignalKind};
use amends_domain::subject::Anchor;
use amends_domain::{CaseId, OrderId, ReturnId, ReviewId, ShopId};
use amends_store::review::ReviewRow;
use amends_store::{Engine, Of, case, message, order, remedy, returns, review, shipment, signal};

use super::Submission;
use super::world::{Kept, LineWorld, ReviewWorld, World};
use crate::error::Result;
use crate::facts::{ReturnFacts, refresh_review};
use crate::restate::home;
use crate::work::Work;

/// What the signals of a batch name.
#[derive(Debug, Default)]
pub(super) struct Named {
    signals: Vec<(ShopId, SignalKind, amends_domain::SignalId)>,
    anchors: BTreeSet<(ShopId, Anchor)>,
    /// Anchors that may have a case: a parcel without trouble has none to join.
    case_anchors: BTreeSet<(ShopId, Anchor)>,
    cases: BTreeSet<Of<CaseId>>,
    orders: BTreeSet<Of<OrderId>>,
    reviews: BTreeSet<Of<ReviewId>>,
    /// Reviews whose signal names no order.
    unplaced: BTreeSet<Of<ReviewId>>,
    returns: BTreeSet<Of<ReturnId>>,
    /// Orders whose lines may become known, or known to be delivered.
    moved_orders: BTreeSet<Of<OrderId>>,
    settles: bool,
}

/// Makes this transaction the only one that writes about what the batch touches.
pub(super) async fn lock(work: &Work, submissions: &[Submission]) -> Result<Named> {
    let mut named = name(submissions);
    // A review that names no order may have one. It is looked up before
    // anything is locked, so that all locks are taken at once and in order.
    if work.tx.engine() == Engine::Postgres && !named.unplaced.is_empty() {
        let ids: Vec<Of<ReviewId>> = named.unplaced.iter().cloned().collect();
        let rows = review::by_ids(&work.tx, &ids).await?;
        named.anchors.extend(rows.iter().map(|row| (row.shop.clone(), home(row))));
    }
    work.lock(named.anchors.iter().map(|(shop, anchor)| (shop, anchor))).await?;
    Ok(named)
}

/// Locks what these reviews hang on as well; says whether that took anything,
/// for then the rows must be read again.
async fn hold(work: &Work, named: &mut Named, rows: &[ReviewRow]) -> Result<bool> {
    let homes: BTreeSet<_> = rows.iter().map(|row| (row.shop.clone(), home(row))).collect();
    let missing: Vec<_> = homes.into_iter().filter(|home| !named.anchors.contains(home)).collect();
    work.lock(missing.iter().map(|(shop, anchor)| (shop, anchor))).await?;
    let took = !missing.is_empty();
    named.anchors.extend(missing);
    Ok(took)
}

/// Loads what the batch touches.
pub(super) async fn load(work: &Work, submissions: &[Submission], mut named: Named) -> Result<World> {
    let mut world = World::default();
    for submission in submissions {
        world.shops.insert(submission.shop.shop.id.clone(), submission.shop.clone());
    }
    for known in signal::known(&work.tx, &named.signals).await? {
        world.known.insert((known.shop.clone(), known.kind, known.id.clone()), known);
    }
    let requests: Vec<Of<ReturnId>> = named.returns.iter().cloned().collect();
    for row in returns::by_ids(&work.tx, &requests).await? {
        world.return_orders.insert((row.shop, row.return_id), row.order);
    }
    load_reviews(work, &mut named, &mut world).await?;
    load_orders(work, &named, &mut world).await?;
    load_cases(work, &mut named, &mut world).await?;
    Ok(world)
}

fn name(submissions: &[Submission]) -> Named {
    let mut named = Named::default();
    for submission in submissions {
        let shop = &submission.shop.shop.id;
        for prepared in &submission.signals {
            let body = &prepared.signal.body;
            named.signals.push((shop.clone(), body.kind(), prepared.signal.id.clone()));
            if let Some(anchor) = body.anchor() {
                named.anchors.insert((shop.clone(), anchor.clone()));
                if may_have_case(body) {
                    named.case_anchors.insert((shop.clone(), anchor));
                }
            }
            named.add(shop, body);
        }
    }
    named.signals.sort();
    named.signals.dedup();
    named
}

fn may_have_case(body: &SignalBody) -> bool {
    use amends_domain::signal::ShipmentState::{Delayed, Failed, Lost};
    match body {
        SignalBody::Shipment(s) => matches!(s.state, Delayed | Failed | Lost),
        _ => true,
    }
}

impl Named {
    fn add(&mut self, shop: &ShopId, body: &SignalBody) {
        let order = match body {
            SignalBody::Order(s) => Some(&s.order),
            SignalBody::Shipment(s) => Some(&s.order),
            SignalBody::Return(s) => Some(&s.order),
            SignalBody::Review(s) => s.order.as_ref(),
            SignalBody::Message(s) => s.order.as_ref(),
            SignalBody::Survey(s) => s.order.as_ref(),
        };
        if let Some(order) = order {
            self.orders.insert((shop.clone(), order.clone()));
        }
        match body {
            SignalBody::Order(s) => {
                self.moved_orders.insert((shop.clone(), s.order.clone()));
            }
            SignalBody::Shipment(s) => {
                self.moved_orders.insert((shop.clone(), s.order.clone()));
            }
            SignalBody::Review(s) => {
                self.reviews.insert((shop.clone(), s.review.clone()));
                if s.order.is_none() {
                    self.unplaced.insert((shop.clone(), s.review.clone()));
                }
                // A review that was seen without its order hangs on itself until now.
                self.case_anchors.insert((shop.clone(), Anchor::Review(s.review.clone())));
                self.anchors.insert((shop.clone(), Anchor::Review(s.review.clone())));
            }
            SignalBody::Return(s) => {
                self.returns.insert((shop.clone(), s.return_id.clone()));
                self.settles |= s.status == ReturnStatus::Settled;
            }
            SignalBody::Survey(s) => self.cases.extend(s.case.map(|case| (shop.clone(), case))),
            SignalBody::Message(_) => {}
        }
    }
}

async fn load_reviews(work: &Work, named: &mut Named, world: &mut World) -> Result<()> {
    let ids: Vec<Of<ReviewId>> = named.reviews.iter().cloned().collect();
    let orders: Vec<Of<OrderId>> = named.moved_orders.iter().cloned().collect();
    let mut rows = review::by_ids(&work.tx, &ids).await?;
    if hold(work, named, &rows).await? {
        rows = review::by_ids(&work.tx, &ids).await?;
    }
    rows.extend(review::by_orders(&work.tx, &orders).await?);
    add_reviews(work, world, rows).await
}

/// Adds reviews with their versions; those that are there already stay.
async fn add_reviews(work: &Work, world: &mut World, rows: Vec<ReviewRow>) -> Result<()> {
    let rows: HashMap<Of<ReviewId>, ReviewRow> = rows
        .into_iter()
        .map(|row| ((row.shop.clone(), row.review.clone()), row))
        .filter(|(key, _)| !world.reviews.contains_key(key))
        .collect();
    let keys: Vec<Of<ReviewId>> = rows.keys().cloned().collect();
    let mut versions: HashMap<Of<ReviewId>, Vec<_>> = HashMap::new();
    for (shop, review, version) in review::versions(&work.tx, &keys).await? {
        versions.entry((shop, review)).or_default().push(version);
    }
    for (key, mut row) in rows {
        let Some(info) = world.shops.get(&key.0) else { continue };
        let versions = versions.remove(&key).unwrap_or_default();
        let first_seen = versions.iter().map(|v| v.observed_at).min().unwrap_or(work.now);
        let threshold = info.channel_policy(first_seen).negative_threshold;
        let (versions, history) = refresh_review(&mut row, versions, threshold);
        let before = info.review_counts(&history, &row.handling);
        let after = before.clone();
        world.reviews.insert(
            key,
            ReviewWorld { row, versions, new_versions: Vec::new(), before, after, changed: false },
        );
    }
    Ok(())
}

async fn load_orders(work: &Work, named: &Named, world: &mut World) -> Result<()> {
    // A review that is known may name an order that its signal does not repeat.
    let known = world.reviews.values().filter_map(|r| r.row.order.clone().map(|o| (r.row.shop.clone(), o)));
    let orders: Vec<Of<OrderId>> =
        named.orders.iter().cloned().chain(known).collect::<BTreeSet<_>>().into_iter().collect();
    for line in order::by_orders(&work.tx, &orders).await? {
        let before = world.shops.get(&line.shop).map(|info| info.line_counts(&line)).unwrap_or_default();
        let facts = world.orders.entry((line.shop.clone(), line.order.clone())).or_default();
        facts.lines.insert(line.line.clone(), LineWorld { stored: Some(line.clone()), line, before });
    }
    for value in shipment::by_orders(&work.tx, &orders).await? {
        let facts = world.orders.entry((value.shop.clone(), value.order.clone())).or_default();
        facts.shipments.insert(value.shipment.clone(), Kept { value, changed: false });
    }
    let mut events: HashMap<(ShopId, OrderId, ReturnId), Vec<_>> = HashMap::new();
    let requests = returns::by_orders(&work.tx, &orders).await?;
    let keys: Vec<_> =
        requests.iter().map(|r| (r.shop.clone(), r.order.clone(), r.return_id.clone())).collect();
    for (shop, order, request, event) in returns::events(&work.tx, &keys).await? {
        events.entry((shop, order, request)).or_default().push(event);
    }
    for row in requests {
        let events =
            events.remove(&(row.shop.clone(), row.order.clone(), row.return_id.clone())).unwrap_or_default();
        let facts = world.orders.entry((row.shop.clone(), row.order.clone())).or_default();
        facts
            .returns
            .insert(row.return_id.clone(), Kept { value: ReturnFacts { row, events }, changed: false });
    }
    let moved: Vec<Of<OrderId>> = named.moved_orders.iter().cloned().collect();
    for wish in message::intents_of_orders(&work.tx, &moved).await?.into_iter().filter(|m| m.line.is_none()) {
        if let Some(order) = wish.order {
            world.orders.entry((wish.shop, order)).or_default().wishes.push(wish.occurred_at);
        }
    }
    Ok(())
}

async fn load_cases(work: &Work, named: &mut Named, world: &mut World) -> Result<()> {
    let known = world
        .reviews
        .values()
        .filter_map(|r| r.row.order.clone().map(|o| (r.row.shop.clone(), Anchor::Order(o))));
    let anchors: BTreeSet<(ShopId, Anchor)> = named.case_anchors.iter().cloned().chain(known).collect();
    let anchors: Vec<(ShopId, Anchor)> = anchors.into_iter().collect();
    let ids: Vec<Of<CaseId>> = named.cases.iter().cloned().collect();
    let mut cases = case::of_anchors(&work.tx, &anchors).await?;
    cases.extend(case::by_ids(&work.tx, &ids).await?);
    for case in cases {
        let version = case.version;
        world.cases.add(case, Some(version));
    }
    // What is done to a case is remembered by its reviews, and a refund stops its parcels.
    let keys: Vec<Of<CaseId>> = world.cases.by_id.keys().cloned().collect();
    let mut rows = review::by_cases(&work.tx, &keys).await?;
    if hold(work, named, &rows).await? {
        rows = review::by_cases(&work.tx, &keys).await?;
    }
    add_reviews(work, world, rows).await?;
    if named.settles {
        for remedy in remedy::of_cases(&work.tx, &keys).await? {
            world.remedies.entry((remedy.shop.clone(), remedy.case)).or_default().push(remedy);
        }
    }
    Ok(())
}
