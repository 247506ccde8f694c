//! Loading what a batch touches: once it is locked, all of it in one round trip, whatever its size.

use std::collections::{BTreeSet, HashMap};

use amends_domain::case::Case;
use amends_domain::ledger::Grant;
use amends_domain::order::{Line, Shipment, Wish};
use amends_domain::remedy::Remedy;
use amends_domain::reply::Reply;
use amends_domain::returns::ReturnEvent;
use amends_domain::review::ReviewVersion;
use amends_domain::{CaseId, LineId, OrderId, ReturnId, ReviewId, ShopId};
use amends_store::bulk::{Answers, Place, Query, Trip};
use amends_store::clock::{self, ClocksRow};
use amends_store::course::{self, CourseRow};
use amends_store::message::MessageRow;
use amends_store::returns::ReturnRow;
use amends_store::review::ReviewRow;
use amends_store::signal::KnownSignal;
use amends_store::survey::SurveyRow;
use amends_store::{
    Engine, Of, case, grant, message, order, remedy, reply, returns, review, shipment, signal, survey,
};

use super::Submission;
use super::erased::Erased;
use super::redirect::{follow_conversations, follow_merged};
use super::world::{Kept, LineWorld, ReviewWorld, World};
use crate::agent::Present;
use crate::error::Result;
use crate::facts::{ReturnFacts, refresh_review};
use crate::sla::by_case;
use crate::work::Work;

mod named;

pub(super) use named::{Named, order_of};

/// Loads what the batch touches, and makes this transaction the only one that writes about it.
pub(super) async fn load(work: &Work, submissions: &[Submission]) -> Result<World> {
    let mut named = Named::by(submissions);
    // A review that names no order may have one. It is looked up before
    // anything is locked, so that all locks are taken at once and in order.
    if work.tx.engine() == Engine::Postgres {
        let unplaced = review::by_ids(&list(&named.unplaced)).all(&work.tx).await?;
        named.follow(&unplaced);
    }
    follow_conversations(work, &mut named).await?;
    let held = named.held.iter().map(|(shop, anchor)| (shop, anchor));
    work.lock_named(held, &list(&named.buyers)).await?;
    let facts = loop {
        let facts = Facts::ask(work, &named).await?;
        let (orders, anchors, held) = (named.orders.clone(), named.anchors.clone(), named.held.clone());
        let (cases, remedies) = (named.cases.clone(), named.remedies.clone());
        named.follow(&facts.named_reviews.rows);
        facts.other_reviews.iter().for_each(|reviews| named.hold(&reviews.rows));
        follow_merged(work, &mut named, &facts.cases).await?;
        named.follow_replies(&facts.replies, &facts.cases);
        named.follow_promises(&facts.promised);
        named.follow_parcels(&facts.shipments, &facts.remedies, &facts.cases);
        named.hold_cases(&facts.cases);
        named.follow_anchors();
        let seen = (&orders, &anchors, &held, &cases, &remedies);
        if (&named.orders, &named.anchors, &named.held, &named.cases, &named.remedies) == seen {
            break facts;
        }
        // What was read before it was locked must be read again.
        work.lock(named.held.difference(&held).map(|(shop, anchor)| (shop, anchor))).await?;
    };
    let mut world = World::default();
    for submission in submissions {
        world.shops.insert(submission.shop.shop.id.clone(), submission.shop.clone());
    }
    facts.add_to(work, &mut world);
    world.whole = std::mem::take(&mut named.anchors);
    world.present = Present::look(work, world.cases.list.iter().map(|one| &one.case)).await?;
    world.look_for_erased(work, &named).await?;
    if !named.judged.is_empty() {
        let known = survey::by_ids(&work.tx, &list(&named.judged)).await?;
        world.judged = known.into_iter().map(|row| (row.shop, row.survey)).collect();
    }
    if !named.judged.is_empty() {
        // A score is about what was given.
        let cases: Vec<Of<CaseId>> = world.cases.by_id.keys().cloned().collect();
        for remedy in remedy::of_cases(&work.tx, &cases).await? {
            world.remedies.entry((remedy.shop.clone(), remedy.case)).or_default().push(remedy);
        }
    }
    Ok(world)
}

fn list<T: Clone>(set: &BTreeSet<T>) -> Vec<T> {
    set.iter().cloned().collect()
}

/// What is stored about everything that is named.
#[derive(Debug)]
struct Facts {
    known: Vec<KnownSignal>,
    return_orders: Vec<ReturnRow>,
    named_reviews: Reviews,
    other_reviews: Vec<Reviews>,
    lines: Vec<Line>,
    shipments: Vec<Shipment>,
    returns: Vec<ReturnRow>,
    return_events: Vec<(ShopId, OrderId, ReturnId, ReturnEvent)>,
    erased: Erased,
    wishes: Vec<(ShopId, OrderId, Wish)>,
    heard: Vec<review::Heard>,
    messages: Vec<MessageRow>,
    replies: Vec<Reply>,
    remedies: Vec<Remedy>,
    promised: Vec<Remedy>,
    grants: Vec<(ShopId, OrderId, LineId, Grant)>,
    cases: Vec<Case>,
    surveys: Vec<SurveyRow>,
    clocks: Vec<ClocksRow>,
    courses: Vec<CourseRow>,
}

/// Reviews with their versions.
#[derive(Debug)]
struct Reviews {
    rows: Vec<ReviewRow>,
    versions: Vec<(ShopId, ReviewId, ReviewVersion)>,
}

impl Facts {
    async fn ask(work: &Work, named: &Named) -> Result<Self> {
        let (orders, moved) = (list(&named.orders), list(&named.moved_orders));
        let (anchors, cases) = (list(&named.anchors), list(&named.cases));
        let mut trip = Trip::default();
        let known = trip.ask(signal::known(&list(&named.signals)));
        let return_orders = trip.ask(returns::by_ids(&list(&named.returns)));
        let named_reviews = Reviews::ask(&mut trip, review::by_ids(&list(&named.reviews)));
        // What is done to a case is remembered by its reviews.
        let other_reviews = [
            review::by_orders(&moved),
            review::of_cases(case::of_anchors(&anchors)),
            review::by_cases(&cases),
        ]
        .map(|query| Reviews::ask(&mut trip, query));
        let lines = trip.ask(order::by_orders(&orders));
        let shipments = trip.ask(shipment::by_orders(&orders));
        let returns = trip.ask(returns::by_orders(&orders));
        let return_events = trip.ask(returns::events_by_orders(&orders));
        let erased = Erased::ask(&mut trip, &list(&named.buyers), &orders);
        let wishes = trip.ask(signal::wishes_of_orders(&orders));
        let heard = trip.ask(review::wishes_of_orders(&orders));
        let messages = trip.ask(message::by_ids(&list(&named.messages)));
        let replies = trip.ask(reply::by_messages(&list(&named.echoes)));
        let remedies = trip.ask(remedy::by_ids(&list(&named.remedies)));
        let promised = trip.ask(remedy::by_orders(&list(&named.refunded)));
        let grants = trip.ask(grant::by_orders(&list(&named.refunded)));
        let of_anchors = trip.ask(case::of_anchors(&anchors));
        let (surveys, by_ids) = (trip.ask(survey::of_cases(&cases)), trip.ask(case::by_ids(&cases)));
        let clocks = [case::of_anchors(&anchors), case::by_ids(&cases)].map(|of| clock::ask(&mut trip, of));
        let courses = [case::of_anchors(&anchors), case::by_ids(&cases)].map(|of| trip.ask(course::of(of)));
        let mut answers = trip.go(&work.tx).await?;
        let other_reviews = other_reviews.map(|places| Reviews::take(&mut answers, places));
        let cases = [answers.take(of_anchors)?, answers.take(by_ids)?].concat();
        let clocks = clocks.map(|asked| clock::take(&mut answers, asked));
        let clocks = clocks.into_iter().collect::<std::result::Result<Vec<_>, _>>()?.concat();
        let courses = courses.map(|asked| answers.take(asked));
        let courses = courses.into_iter().collect::<std::result::Result<Vec<_>, _>>()?.concat();
        Ok(Self {
            known: answers.take(known)?,
            return_orders: answers.take(return_orders)?,
            named_reviews: Reviews::take(&mut answers, named_reviews)?,
            other_reviews: other_reviews.into_iter().collect::<Result<_>>()?,
            lines: answers.take(lines)?,
            shipments: answers.take(shipments)?,
            returns: answers.take(returns)?,
            return_events: answers.take(return_events)?,
            erased: Erased::take(&mut answers, erased)?,
            wishes: answers.take(wishes)?,
            heard: answers.take(heard)?,
            messages: answers.take(messages)?,
            replies: answers.take(replies)?,
            remedies: answers.take(remedies)?,
            promised: answers.take(promised)?,
            grants: answers.take(grants)?,
            cases,
            surveys: answers.take(surveys)?,
            clocks,
            courses,
        })
    }

    fn add_to(self, work: &Work, world: &mut World) {
        for known in self.known {
            world.known.insert((known.shop.clone(), known.kind, known.id.clone()), known);
        }
        for row in self.return_orders {
            world.return_orders.insert((row.shop, row.return_id), row.order);
        }
        for reviews in std::iter::once(self.named_reviews).chain(self.other_reviews) {
            reviews.add_to(work, world);
        }
        for line in self.lines {
            let before = world.shops.get(&line.shop).map(|info| info.line_counts(&line)).unwrap_or_default();
            let facts = world.orders.entry((line.shop.clone(), line.order.clone())).or_default();
            facts.lines.insert(line.line.clone(), LineWorld { stored: Some(line.clone()), line, before });
        }
        for value in self.shipments {
            let facts = world.orders.entry((value.shop.clone(), value.order.clone())).or_default();
            facts.shipments.insert(value.shipment.clone(), Kept { value, changed: false });
        }
        let mut events: HashMap<(ShopId, OrderId, ReturnId), Vec<_>> = HashMap::new();
        for (shop, order, request, event) in self.return_events {
            events.entry((shop, order, request)).or_default().push(event);
        }
        for row in self.returns {
            let key = (row.shop.clone(), row.order.clone(), row.return_id.clone());
            let events = events.remove(&key).unwrap_or_default();
            let facts = world.orders.entry((row.shop.clone(), row.order.clone())).or_default();
            let id = row.return_id.clone();
            facts.returns.insert(id, Kept { value: ReturnFacts { row, events }, changed: false });
        }
        (world.erased, world.erased_orders) = (self.erased.buyers, self.erased.orders);
        for (shop, order, wish) in self.wishes {
            world.orders.entry((shop, order)).or_default().wishes.push(wish);
        }
        for (shop, order, review, wish) in self.heard {
            world.orders.entry((shop, order)).or_default().heard.insert(review, wish);
        }
        world.heard = self.messages.into_iter().map(|row| ((row.shop, row.message), row.case)).collect();
        world.clocks = by_case(self.clocks);
        world.courses = self.courses;
        world.remedy_cases = self.remedies.into_iter().map(|one| ((one.shop, one.id), one.case)).collect();
        add_promises(world, self.promised, self.grants);
        for row in self.surveys {
            if let Some(case) = row.case {
                world.surveys.entry((row.shop.clone(), case)).or_default().push(row);
            }
        }
        for value in self.replies {
            if let Some(message) = value.message.clone() {
                world.replies.insert((value.shop.clone(), message), Kept { value, changed: false });
            }
        }
        for case in self.cases {
            let version = case.version;
            world.cases.add(case, Some(version));
        }
    }
}

/// Adds what was promised and granted on the orders that a refund may have come for.
fn add_promises(world: &mut World, promised: Vec<Remedy>, grants: Vec<(ShopId, OrderId, LineId, Grant)>) {
    for value in promised {
        if let Some((order, _)) = value.line.clone() {
            let promised = world.promised.entry((value.shop.clone(), order)).or_default();
            promised.push(Kept { value, changed: false });
        }
    }
    world.promised.values_mut().for_each(|all| all.sort_by_key(|one| one.value.id));
    for (shop, order, line, grant) in grants {
        world.grants.entry((shop, order)).or_default().push((line, grant));
    }
}

type ReviewPlaces = (Place<ReviewRow>, Place<(ShopId, ReviewId, ReviewVersion)>);

impl Reviews {
    fn ask(trip: &mut Trip, query: Query<ReviewRow>) -> ReviewPlaces {
        (trip.ask(query.clone()), trip.ask(review::versions_of(query)))
    }

    fn take(answers: &mut Answers, (rows, versions): ReviewPlaces) -> Result<Self> {
        Ok(Self { rows: answers.take(rows)?, versions: answers.take(versions)? })
    }

    /// Adds reviews with their versions; those that are there already stay.
    fn add_to(self, work: &Work, world: &mut World) {
        let mut versions: HashMap<Of<ReviewId>, Vec<_>> = HashMap::new();
        for (shop, review, version) in self.versions {
            versions.entry((shop, review)).or_default().push(version);
        }
        for mut row in self.rows {
            let key = (row.shop.clone(), row.review.clone());
            let Some(info) = world.shops.get(&key.0).filter(|_| !world.reviews.contains_key(&key)) else {
                continue;
            };
            let versions = versions.remove(&key).unwrap_or_default();
            let first_seen = versions.iter().map(|v| v.observed_at).min().unwrap_or(work.now);
            let policy = info.channel_policy(first_seen);
            let (versions, history) = refresh_review(&mut row, versions, &policy);
            let before = info.review_counts(&history, &row);
            let after = before.clone();
            let new_versions = Vec::new();
            let one = ReviewWorld { row, versions, new_versions, before, after, changed: false };
            world.reviews.insert(key, one);
        }
    }
}
