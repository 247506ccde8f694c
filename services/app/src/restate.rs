//! What a changed fact counts now instead of before, and what follows from it.
//!
//! Every use case of the desk that touches an order line or a review goes
//! through here, so that no figure is forgotten.

use std::collections::HashMap;

use amends_domain::deadline::DeadlineKind;
use amends_domain::event::Event;
use amends_domain::order::Line;
use amends_domain::policy::ChannelPolicy;
use amends_domain::review::{ReviewHistory, ReviewVersion, replay};
use amends_domain::tally::{self, Count, ReviewHandling};
use amends_domain::{CaseId, ReviewId, Time};
use amends_store::review::ReviewRow;
use amends_store::{Conn, order, review};

use crate::error::Result;
use crate::shops::ShopInfo;
use crate::work::Work;

/// What an order line counts, by the channel's policy of its own day.
#[must_use]
pub fn line_counts(info: &ShopInfo, line: &Line) -> Vec<Count> {
    tally::of_line(line, &line_policy(info, line))
}

/// The channel's policy of the day the line was delivered, or else wanted back.
#[must_use]
pub fn line_policy(info: &ShopInfo, line: &Line) -> ChannelPolicy {
    let at = line.delivered.map(|d| d.at).or_else(|| line.wanted_at());
    info.channel_policy(at.unwrap_or(Time::MIN))
}

/// The story of a review, by the channel's policy of the day it was first seen.
#[must_use]
pub fn review_story(info: &ShopInfo, versions: Vec<ReviewVersion>) -> (ReviewHistory, ChannelPolicy) {
    let first = versions.iter().map(|v| v.observed_at).min().unwrap_or(Time::MIN);
    let policy = info.channel_policy(first);
    let (_, history) = replay(versions, policy.negative_threshold);
    (history, policy)
}

/// Stores a line that the desk changed, with everything that follows from it.
pub(crate) async fn line(
    work: &mut Work,
    info: &ShopInfo,
    case: Option<CaseId>,
    before: &Line,
    after: &Line,
) -> Result<()> {
    order::put(&work.tx, std::slice::from_ref(after)).await?;
    let policy = line_policy(info, after);
    work.count(&after.shop, &line_counts(info, before), &tally::of_line(after, &policy));
    let (from, to) = (before.verdict(), after.verdict());
    if from != to {
        let (order, line) = (after.order.clone(), after.line.clone());
        work.happened(&after.shop, case, Event::VerdictChanged { order, line, from, to });
    }
    let subject = format!("{}/{}", after.order, after.line);
    match after.confirm_due_at(policy.avoid_window) {
        Some(at) => work.due(&after.shop, DeadlineKind::AvoidedConfirmation, subject, at),
        None => work.not_due(&after.shop, DeadlineKind::AvoidedConfirmation, subject),
    }
    Ok(())
}

/// Changes what was done about reviews, and stores those that changed.
pub(crate) async fn reviews(
    work: &mut Work,
    info: &ShopInfo,
    rows: Vec<ReviewRow>,
    change: impl Fn(&mut ReviewHandling) + Send,
) -> Result<Vec<ReviewRow>> {
    let mut versions = versions_of(&work.tx, &rows).await?;
    let mut changed = Vec::new();
    let mut all = Vec::with_capacity(rows.len());
    for mut row in rows {
        let before = row.handling;
        change(&mut row.handling);
        if row.handling != before {
            let (history, policy) = review_story(info, versions.remove(&row.review).unwrap_or_default());
            let old = tally::of_review(&history, &before, &policy);
            let new = tally::of_review(&history, &row.handling, &policy);
            work.count(&row.shop, &old, &new);
            changed.push(row.clone());
        }
        all.push(row);
    }
    review::put(&work.tx, &changed).await?;
    Ok(all)
}

/// The versions of some reviews of one shop.
pub(crate) async fn versions_of(
    conn: &Conn,
    rows: &[ReviewRow],
) -> Result<HashMap<ReviewId, Vec<ReviewVersion>>> {
    let keys: Vec<_> = rows.iter().map(|row| (row.shop.clone(), row.review.clone())).collect();
    let mut versions: HashMap<ReviewId, Vec<ReviewVersion>> = HashMap::new();
    for (_, review, version) in review::versions(conn, &keys).await? {
        versions.entry(review).or_default().push(version);
    }
    Ok(versions)
}
