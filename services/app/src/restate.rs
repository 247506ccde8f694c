//! What a changed fact counts now instead of before, and what follows from it.
//!
//! Every use case of the desk that touches an order line or a review goes
//! through here, so that no figure is forgotten.

use std::collections::HashMap;

use amends_domain::case::Case;
use amends_domain::deadline::DeadlineKind;
use amends_domain::event::Event;
use amends_domain::order::Line;
use amends_domain::review::{ReviewHistory, ReviewVersion, replay};
use amends_domain::rollup::About;
use amends_domain::subject::Anchor;
use amends_domain::{CaseId, ReviewId, Time};
use amends_store::review::ReviewRow;
use amends_store::{Conn, case, order, review, trial};

use crate::error::Result;
use crate::shops::ShopInfo;
use crate::work::Work;

/// What one must hold to write a review: its order, or itself while it has none.
pub(crate) fn home(row: &ReviewRow) -> Anchor {
    row.order.clone().map_or_else(|| Anchor::Review(row.review.clone()), Anchor::Order)
}

/// The reviews of a case that is held, each of them held too: a case that
/// another was merged into has reviews that hang on something else.
pub(crate) async fn reviews_held(work: &Work, case: &Case) -> Result<Vec<ReviewRow>> {
    let key = [(case.shop.clone(), case.id)];
    let rows = review::by_cases(&key).all(&work.tx).await?;
    let mut others: Vec<Anchor> = rows.iter().map(home).filter(|h| *h != case.subject.anchor()).collect();
    if others.is_empty() {
        return Ok(rows);
    }
    others.sort();
    others.dedup();
    work.lock(others.iter().map(|anchor| (&case.shop, anchor))).await?;
    Ok(review::by_cases(&key).all(&work.tx).await?)
}

/// The story of a review, by the channel's policy of the day it was first seen.
pub(crate) fn review_story(info: &ShopInfo, versions: Vec<ReviewVersion>) -> ReviewHistory {
    let first = versions.iter().map(|v| v.observed_at).min().unwrap_or(Time::MIN);
    replay(versions, info.channel_policy(first).negative_threshold).1
}

/// Stores a line that the desk changed, with everything that follows from it.
pub(crate) async fn line(
    work: &mut Work,
    info: &ShopInfo,
    case: Option<CaseId>,
    before: &Line,
    after: &Line,
) -> Result<()> {
    order::put(std::slice::from_ref(after)).run(&work.tx).await?;
    if before.counted != after.counted {
        work.write([trial::follow_lines([after])]);
    }
    work.count(&after.shop, &info.line_counts(before), &info.line_counts(after));
    let (from, to) = (before.verdict(), after.verdict());
    if from != to {
        let (order, line) = (after.order.clone(), after.line.clone());
        work.happened(&after.shop, case, Event::VerdictChanged { order, line, from, to });
    }
    watch(work, info, after);
    Ok(())
}

/// Sets or clears the deadline at which an avoided return is confirmed.
pub(crate) fn watch(work: &mut Work, info: &ShopInfo, line: &Line) {
    let subject = format!("{}/{}", line.order, line.line);
    let window = info.channel_policy(line.helped.map_or(Time::MIN, |help| help.at)).avoid_window;
    match line.confirm_due_at(window) {
        Some(at) => work.due(&line.shop, DeadlineKind::AvoidedConfirmation, subject, at),
        None => work.not_due(&line.shop, DeadlineKind::AvoidedConfirmation, subject),
    }
}

/// Changes what was done about reviews, and stores those that changed.
pub(crate) async fn reviews(
    work: &mut Work,
    info: &ShopInfo,
    rows: Vec<ReviewRow>,
    change: impl Fn(&mut ReviewRow) + Send,
) -> Result<Vec<ReviewRow>> {
    let mut versions = versions_of(&work.tx, &rows).await?;
    let mut changed = Vec::new();
    let mut all = Vec::with_capacity(rows.len());
    for mut row in rows {
        let before = row.clone();
        change(&mut row);
        if row != before {
            let history = review_story(info, versions.remove(&row.review).unwrap_or_default());
            let (old, new) = (info.review_counts(&history, &before), info.review_counts(&history, &row));
            work.count(&row.shop, &old, &new);
            changed.push(row.clone());
        }
        all.push(row);
    }
    review::put(&changed).run(&work.tx).await?;
    Ok(all)
}

/// Tells the line and the reviews of a case what it says of them now, where that is something else.
pub(crate) async fn about(work: &mut Work, before: &Case, after: &Case) -> Result<()> {
    let of = |case: &Case| About::of([case]);
    if of(before) == of(after) { Ok(()) } else { about_anew(work, after).await }
}

/// Tells the line and the reviews of a case what it says of them.
pub(crate) async fn about_anew(work: &mut Work, after: &Case) -> Result<()> {
    work.touch(&after.shop, after.id);
    let info = work.app.shops().get(&work.tx, &after.shop, work.now).await?;
    if let (Some(order), Some(line)) = (after.subject.order(), after.subject.line()) {
        let anchor = (after.shop.clone(), after.subject.anchor());
        let cases = case::of_anchors(&[anchor]).all(&work.tx).await?;
        let lines = order::get(&work.tx, &after.shop, order).await?;
        if let Some(old) = lines.into_iter().find(|one| one.line == *line) {
            let new = Line { about: about_line(&old, &cases), ..old.clone() };
            if new != old {
                order::put(std::slice::from_ref(&new)).run(&work.tx).await?;
                work.count(&after.shop, &info.line_counts(&old), &info.line_counts(&new));
            }
        }
    }
    let rows = reviews_held(work, after).await?;
    if !rows.is_empty() {
        let said = About::of([after]);
        reviews(work, &info, rows, move |row| row.about = said.clone()).await?;
    }
    Ok(())
}

/// What those of the cases say of a line that are about it.
pub(crate) fn about_line<'a>(line: &Line, cases: impl IntoIterator<Item = &'a Case>) -> About {
    let is_mine =
        |case: &&Case| case.subject.order() == Some(&line.order) && case.subject.line() == Some(&line.line);
    About::of(cases.into_iter().filter(is_mine))
}

/// The versions of some reviews of one shop.
pub(crate) async fn versions_of(
    conn: &Conn,
    rows: &[ReviewRow],
) -> Result<HashMap<ReviewId, Vec<ReviewVersion>>> {
    let keys: Vec<_> = rows.iter().map(|row| (row.shop.clone(), row.review.clone())).collect();
    let mut versions: HashMap<ReviewId, Vec<ReviewVersion>> = HashMap::new();
    for (_, review, version) in review::versions(&keys).all(conn).await? {
        versions.entry(review).or_default().push(version);
    }
    Ok(versions)
}
