//! The proof that no remedy of a case depended on a review, as a chain of stored decisions.
//!
//! What must be true of it stands in the domain; here it is read and hashed. Nothing is written: the
//! same log gives the same chain, whoever asks.

use amends_domain::attestation::{Attestation, Evidence, Happened, Link, WORDS, attest, beginning};
use amends_domain::case::{Case, Handling};
use amends_domain::event::Event;
use amends_domain::{CaseId, DecisionId, ShopId, SuggestionId, Time};
use amends_store::event::StoredEvent;
use amends_store::{Conn, case, decision, event, suggestion};
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::call::Principal;
use crate::case::READERS;
use crate::error::{AppError, Result};

mod read;

/// The most links on one page.
pub const LINKS_PAGE_MAX: u32 = 200;

/// The most entries of a log that are looked at, and the most cases that became part of one.
pub const ENTRIES_MAX: u32 = 10_000;
const CASES_MAX: usize = 200;

/// How often a case that was merged into was merged itself.
const MERGES_MAX: u32 = 8;

/// Why a case is not attested; the transport knows it by this text.
pub const TOO_LONG: &str = "the case has more entries than can be attested";

/// The hash of a link: of the hash before it and of its exact text.
pub type Hash = [u8; 32];

/// A link as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashed {
    /// The link.
    pub link: Link,
    /// Its exact text.
    pub canonical: String,
    /// Its hash, in hexadecimal digits.
    pub hash: String,
}

/// The attestation of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attested {
    /// The tenant.
    pub shop: ShopId,
    /// The case: the one that was asked for, or the one it became part of.
    pub case: CaseId,
    /// What was found; its links are in [`Self::links`].
    pub attestation: Attestation,
    /// Every link with its hash.
    pub links: Vec<Hashed>,
    /// The hash before the first link.
    pub beginning: String,
    /// The hash of the last link: it stands for all of them.
    pub head: String,
    /// When it was looked at.
    pub at: Time,
}

impl App {
    /// The chain of decisions of a case, with what was found about it. A case that became part of
    /// another leads to that one.
    ///
    /// # Errors
    /// When there is no such case, the role is missing, the case is too long, or storage fails.
    pub async fn attest_case(&self, principal: &Principal, shop: &ShopId, id: CaseId) -> Result<Attested> {
        principal.enter(shop)?;
        principal.require(READERS)?;
        let conn = self.store().reader();
        let case = heir(&conn, shop, id).await?.id;
        let evidence = gather(&conn, shop, case).await?;
        let mut attestation = attest(&evidence);
        let first = hash(None, &beginning(shop, case));
        let links = chained(std::mem::take(&mut attestation.links), first);
        let head = links.last().map_or_else(|| hex(&first), |last| last.hash.clone());
        Ok(Attested {
            shop: shop.clone(),
            case,
            attestation,
            links,
            beginning: hex(&first),
            head,
            at: self.now(),
        })
    }
}

async fn heir(conn: &Conn, shop: &ShopId, id: CaseId) -> Result<Case> {
    let gone = |id| AppError::not_found("case", id);
    let mut found = case::get(conn, shop, &id).await?.ok_or_else(|| gone(id))?;
    for _ in 0..MERGES_MAX {
        let Handling::Merged { into, .. } = found.handling else { break };
        found = case::get(conn, shop, &into).await?.ok_or_else(|| gone(into))?;
    }
    Ok(found)
}

/// What is known of a case and of all that became part of it. Decisions are written with the events
/// that name them and never change, so whoever read an event finds its decision.
async fn gather(conn: &Conn, shop: &ShopId, case: CaseId) -> Result<Evidence> {
    let (mut cases, mut entries) = (vec![case], Vec::<StoredEvent>::new());
    let mut new = vec![case];
    while !new.is_empty() {
        let keys: Vec<_> = new.iter().map(|id| (shop.clone(), *id)).collect();
        let found = event::first_by_cases(&keys, WORDS, ENTRIES_MAX + 1).all(conn).await?;
        new = found.iter().filter_map(|one| absorbed(&one.row.event)).collect();
        new.retain(|id| !cases.contains(id));
        cases.extend(&new);
        entries.extend(found);
        if entries.len() > usize::try_from(ENTRIES_MAX).unwrap_or(usize::MAX) || cases.len() > CASES_MAX {
            return Err(AppError::Precondition(TOO_LONG));
        }
    }
    let (mut decisions, mut suggestions): (Vec<DecisionId>, Vec<SuggestionId>) = (Vec::new(), Vec::new());
    for one in &entries {
        decisions.extend(decision_of(&one.row.event));
        if let Event::RemedyProposed { suggestion: Some(id), .. } = &one.row.event {
            suggestions.push(*id);
        }
    }
    let keys: Vec<_> = decisions.into_iter().map(|id| (shop.clone(), id)).collect();
    let decisions = decision::by_ids(&keys).all(conn).await?;
    let keys: Vec<_> = suggestions.into_iter().map(|id| (shop.clone(), id)).collect();
    let suggestions = suggestion::by_ids(&keys).all(conn).await?;
    Ok(Evidence {
        case,
        events: entries.into_iter().filter_map(happened).collect(),
        decisions: decisions.iter().map(read::record).collect(),
        suggestions: suggestions.iter().map(read::suggested).collect(),
    })
}

fn absorbed(event: &Event) -> Option<CaseId> {
    match event {
        Event::CaseAbsorbed { from } => Some(*from),
        _ => None,
    }
}

fn happened(one: StoredEvent) -> Option<Happened> {
    Some(Happened { seq: one.seq, case: one.row.case?, at: one.row.recorded_at, event: one.row.event })
}

/// The decision that an event names.
#[must_use]
pub fn decision_of(event: &Event) -> Option<DecisionId> {
    match event {
        Event::RemedyOffered { decision, .. }
        | Event::ApprovalAsked { decision, .. }
        | Event::ReplyQueued { decision, .. }
        | Event::ReplySending { decision, .. } => *decision,
        Event::AskSent { decision, .. } | Event::ActionRefused { decision, .. } => Some(*decision),
        _ => None,
    }
}

fn chained(links: Vec<Link>, first: Hash) -> Vec<Hashed> {
    let mut before = first;
    let link = |link: Link| {
        let canonical = link.canonical();
        before = hash(Some(&before), &canonical);
        Hashed { link, canonical, hash: hex(&before) }
    };
    links.into_iter().map(link).collect()
}

/// SHA-256 over the hash before in hexadecimal digits, a line feed and the text; over the text alone
/// where nothing is before.
fn hash(before: Option<&Hash>, text: &str) -> Hash {
    let mut hasher = Sha256::new();
    if let Some(before) = before {
        hasher.update(hex(before).as_bytes());
        hasher.update(b"\n");
    }
    hasher.update(text.as_bytes());
    hasher.finalize().into()
}

fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
