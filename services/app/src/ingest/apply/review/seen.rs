//! What a signal about a review says, as it is kept.

use amends_domain::detection::Detection;
use amends_domain::review::{DiffKind, ReviewVersion, Told};
use amends_domain::rollup::About;
use amends_domain::signal::ReviewSignal;
use amends_domain::tally::{Counted, ReviewHandling};
use amends_store::review::{ReviewHead, ReviewRow};

use crate::ingest::world::{Now, ReviewWorld};

/// Whether no version with words of its own was seen after this one.
pub(super) fn says_the_latest(at: Now<'_>, seen: &ReviewSignal, versions: &[ReviewVersion]) -> bool {
    let mut others = versions.iter().filter(|v| v.visible && !v.follow_up);
    let mine = (at.signal.occurred_at, &at.signal.id);
    seen.visible && !seen.follow_up && others.all(|v| (v.observed_at, &v.signal) < mine)
}

/// As the channel tells it, or as it was heard; empty if nobody can say.
pub(super) fn language(seen: &ReviewSignal, detection: Option<&Detection>) -> String {
    let heard = detection.filter(|d| d.language_supported).map(|d| &d.language);
    let told = Some(&seen.language).filter(|told| !told.is_empty());
    told.or(heard).cloned().unwrap_or_default()
}

pub(super) fn version(at: Now<'_>, seen: &ReviewSignal, heard: Option<&Detection>) -> ReviewVersion {
    let hash = blake3::hash(seen.text.as_bytes());
    let mut first = [0_u8; 8];
    first.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);
    ReviewVersion {
        observed_at: at.signal.occurred_at,
        signal: at.signal.id.clone(),
        rating: seen.rating,
        text_hash: i64::from_be_bytes(first),
        visible: seen.visible,
        removed_by: seen.removed_by,
        edit_state: seen.edit_state,
        platform_modified_at: seen.platform_modified_at,
        follow_up: seen.follow_up,
        told: Told {
            line: seen.line.clone(),
            sku: seen.sku.clone(),
            wish: heard.is_some_and(|heard| heard.return_intent),
        },
    }
}

pub(super) fn unknown(at: Now<'_>, seen: &ReviewSignal) -> ReviewWorld {
    ReviewWorld {
        row: ReviewRow {
            shop: at.info.shop.id.clone(),
            review: seen.review.clone(),
            order: None,
            line: None,
            sku: None,
            buyer: None,
            case: None,
            language: String::new(),
            hidden_negative: false,
            last_observed_at: at.signal.occurred_at,
            history: ReviewHead {
                negative: false,
                first_rating: None,
                rating: None,
                first_observed_at: None,
                written_at: None,
                visible: true,
                last_diff: DiffKind::First,
                reversed_at: None,
            },
            handling: ReviewHandling::default(),
            next_look_at: None,
            line_sku: None,
            wished_at: None,
            about: About::default(),
        },
        versions: Vec::new(),
        new_versions: Vec::new(),
        before: Counted::default(),
        after: Counted::default(),
        changed: true,
    }
}
