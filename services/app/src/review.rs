//! Reviews as they were observed, and the one neutral message about them.
//!
//! What became of a review is replayed from its versions; nobody sets it.

use amends_domain::review::{DiffKind, RemovedBy, ReviewHistory, ReviewVersion, replay};
use amends_domain::{ReviewId, ShopId, Time};
use amends_store::review::{self, ReviewFilter, ReviewRow};
use amends_store::text::{self, TextOwner};

use crate::app::App;
use crate::call::{Principal, Role};
use crate::error::{AppError, Result};
use crate::shops::ShopInfo;

mod ask;
mod due;
mod facts;
mod plan;

pub use ask::{Ask, AskOutcome};
pub use due::LOOKS_PAGE_MAX;
pub use facts::AskState;

pub(crate) use plan::ReviewToPlan;

use facts::{AskFacts, judge};

/// The most reviews or versions on one page.
pub const REVIEWS_PAGE_MAX: u32 = 200;

const READERS: &[Role] = &[Role::Agent, Role::Supervisor, Role::Analyst];
/// Figures need no words: an analyst does not get them.
const TEXT_READERS: &[Role] = &[Role::Agent, Role::Supervisor];

/// A review with its story.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewView {
    /// The review as it stands.
    pub row: ReviewRow,
    /// Its story.
    pub history: ReviewHistory,
    /// What became of it since it was first seen.
    pub outcome: DiffKind,
    /// Who removed it, if it is gone and someone said so.
    pub removed_by: Option<RemovedBy>,
    /// Whether that happened before any person acted on its case.
    pub natural: bool,
    /// Whether the buyer may be told that it can be updated.
    pub ask: AskState,
    /// Until when the buyer can edit it; none if never, always or not known.
    pub editable_until: Option<Time>,
    /// How many versions there are.
    pub versions: usize,
    /// The latest text; empty where there is none or it is withheld.
    pub text: String,
}

/// One version of a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionView {
    /// Its number, from 1, in the order of observation.
    pub number: u32,
    /// What was seen.
    pub version: ReviewVersion,
    /// What lies between it and the one before.
    pub diff: DiffKind,
    /// What it said; empty where there was nothing or it is withheld.
    pub text: String,
}

impl App {
    /// One review.
    ///
    /// # Errors
    /// When there is no such review, the principal may not read it, or storage fails.
    pub async fn review(&self, principal: &Principal, shop: &ShopId, id: &ReviewId) -> Result<ReviewView> {
        principal.require(READERS)?;
        principal.enter(shop)?;
        let rows = review::by_ids(&[(shop.clone(), id.clone())]).all(&self.store().reader()).await?;
        let mut views = self.review_views(principal, shop, rows).await?;
        views.pop().ok_or_else(|| AppError::not_found("review", id))
    }

    /// Reviews of a shop, the latest observed first.
    ///
    /// # Errors
    /// When the principal may not read them, or storage fails.
    pub async fn reviews(
        &self,
        principal: &Principal,
        shop: &ShopId,
        filter: &ReviewFilter,
        after: Option<(Time, ReviewId)>,
        limit: u32,
    ) -> Result<Vec<ReviewView>> {
        principal.require(READERS)?;
        principal.enter(shop)?;
        let limit = limit.clamp(1, REVIEWS_PAGE_MAX);
        let rows = review::list(&self.store().reader(), shop, filter, after, limit).await?;
        self.review_views(principal, shop, rows).await
    }

    /// The versions of a review after a number, the oldest first.
    ///
    /// # Errors
    /// When there is no such review, the principal may not read it, or storage fails.
    pub async fn review_versions(
        &self,
        principal: &Principal,
        shop: &ShopId,
        id: &ReviewId,
        after: u32,
        limit: u32,
    ) -> Result<Vec<VersionView>> {
        principal.require(READERS)?;
        principal.enter(shop)?;
        let conn = self.store().reader();
        let found = review::versions(&[(shop.clone(), id.clone())]).all(&conn).await?;
        if found.is_empty() {
            return Err(AppError::not_found("review", id));
        }
        let info = self.shops().get(&conn, shop, self.now()).await?;
        let (versions, history) = story(&info, found.into_iter().map(|(_, _, v)| v).collect());
        let page: Vec<_> = (1_u32..)
            .zip(versions.into_iter().zip(history.diffs))
            .filter(|(number, _)| *number > after)
            .take(usize::try_from(limit.clamp(1, REVIEWS_PAGE_MAX)).unwrap_or(usize::MAX))
            .collect();
        let keys = page.iter().map(|(_, (version, _))| text_key(id, version));
        let keys: Vec<_> = if principal.has(TEXT_READERS) { keys.collect() } else { Vec::new() };
        let texts = text::get(&conn, shop, &keys).await?;
        let view = |(number, (version, diff)): (u32, (ReviewVersion, DiffKind))| VersionView {
            text: find(&texts, &text_key(id, &version).1),
            number,
            version,
            diff,
        };
        Ok(page.into_iter().map(view).collect())
    }

    pub(crate) async fn review_views(
        &self,
        principal: &Principal,
        shop: &ShopId,
        rows: Vec<ReviewRow>,
    ) -> Result<Vec<ReviewView>> {
        let conn = self.store().reader();
        let (now, info) = (self.now(), self.shops().get(&conn, shop, self.now()).await?);
        let facts = AskFacts::load(&conn, &info, &rows).await?;
        let latest =
            rows.iter().filter_map(|row| Some(text_key(&row.review, facts.last_words(&row.review)?)));
        let keys: Vec<_> = if principal.has(TEXT_READERS) { latest.collect() } else { Vec::new() };
        let texts = text::get(&conn, shop, &keys).await?;
        let view = |row: ReviewRow| {
            let (versions, history) = facts.story(&row.review);
            let words = facts.last_words(&row.review).map(|v| text_key(&row.review, v).1);
            let policy = info.channel_policy(now);
            let written = history.written_at.unwrap_or(now);
            let (window, delivered) = (policy.edit_window, row.handling.delivered_at);
            let end = window.ends_at(written, delivered).filter(|_| !window.lacks_delivery(delivered));
            ReviewView {
                outcome: history.outcome(),
                removed_by: history.removed_by,
                natural: is_natural(&row, &history),
                ask: judge(&facts, &row, &info, now),
                editable_until: end.filter(|end| *end != Time::MAX),
                versions: versions.len(),
                text: words.map_or_else(String::new, |id| find(&texts, &id)),
                history,
                row,
            }
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// Versions in order, and the story by the policy of the day the review was first seen.
fn story(info: &ShopInfo, versions: Vec<ReviewVersion>) -> (Vec<ReviewVersion>, ReviewHistory) {
    let first = versions.iter().map(|v| v.observed_at).min().unwrap_or(Time::MIN);
    replay(versions, info.channel_policy(first).negative_threshold)
}

fn text_key(review: &ReviewId, version: &ReviewVersion) -> (TextOwner, String) {
    (TextOwner::Review, format!("{review}/{}", version.signal))
}

fn find(texts: &[(TextOwner, String, String)], id: &str) -> String {
    texts.iter().find(|(_, of, _)| of == id).map_or_else(String::new, |(_, _, body)| body.clone())
}

fn is_natural(row: &ReviewRow, history: &ReviewHistory) -> bool {
    match (history.changed_at(), row.handling.first_human_action_at) {
        (Some(changed), Some(acted)) => changed <= acted,
        (Some(_), None) => true,
        (None, _) => false,
    }
}
