//! Links between cases.
//!
//! A link is written from an open case, by whoever may write to it. The other may be in any
//! state: nothing of it changes, only an open one shows the link on its timeline as well.

use amends_domain::case::{Case, Verb};
use amends_domain::event::Event;
use amends_domain::link::{LINKS_MAX, Link, Relation, ends};
use amends_domain::{CaseId, ShopId};
use amends_store::{Conn, StoreError, case, link};

use super::note::unheld;
use super::summary::{CaseSummary, summary};
use super::{DESK, SUPERVISION, Target, keep, tell};
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::work::Work;

/// Why a case cannot be linked; the transport knows it by this text.
pub const LINKS_FULL: &str = "a case has at most 50 links";

/// Which link of a case is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkTo {
    /// The other case.
    pub other: CaseId,
    /// How the case stands to it.
    pub relation: Relation,
    /// Whether it is the other way round.
    pub incoming: bool,
}

/// Links a case to another.
#[derive(Debug, Clone)]
pub struct LinkCases {
    /// Which case, under which hold; a supervisor without one gives fence 0.
    pub target: Target,
    /// To what.
    pub link: LinkTo,
}

/// Takes a link away.
#[derive(Debug, Clone)]
pub struct UnlinkCases {
    /// Which case, under which hold; a supervisor without one gives fence 0.
    pub target: Target,
    /// To what.
    pub link: LinkTo,
}

/// A case whose link was written or taken away.
#[derive(Debug, Clone)]
pub struct Linked {
    /// The case.
    pub case: CaseSummary,
    /// Whether the link was there before.
    pub existed: bool,
}

/// A link as one of its cases shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkView {
    /// The other case.
    pub other: CaseId,
    /// Whether that is the first of the two.
    pub incoming: bool,
    /// The link.
    pub link: Link,
}

impl Command for LinkCases {
    type Output = Linked;

    const NAME: &'static str = "LinkCases";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.target.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Linked> {
        let (shop, to) = (&self.target.shop, &self.link);
        let (before, other) = open_both(work, &self.target, to).await?;
        let (mine, theirs) = (of(&work.tx, shop, before.id).await?, of(&work.tx, shop, other.id).await?);
        if found(&mine, before.id, to).next().is_some() {
            return Ok(Linked { case: summary(&work.tx, before).await?, existed: true });
        }
        let after = written_to(work, &self.target, &before)?;
        if mine.len() >= LINKS_MAX || theirs.len() >= LINKS_MAX {
            return Err(AppError::Precondition(LINKS_FULL));
        }
        let (from, second) = ends(before.id, other.id, to.relation, to.incoming);
        let (by, at) = (work.call.principal.name.clone(), work.now);
        let link = Link { shop: shop.clone(), from, to: second, relation: to.relation, by, at };
        work.write([link::insert(&[link])]);
        keep(work, &before, &after).await?;
        let told = |other, relation, incoming| Event::CaseLinked { other, relation, incoming };
        tell_both(work, (&after, &other), to, told).await?;
        Ok(Linked { case: summary(&work.tx, after).await?, existed: false })
    }
}

impl Command for UnlinkCases {
    type Output = Linked;

    const NAME: &'static str = "UnlinkCases";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.target.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Linked> {
        let (before, other) = open_both(work, &self.target, &self.link).await?;
        let mine = of(&work.tx, &self.target.shop, before.id).await?;
        let gone: Vec<Link> = found(&mine, before.id, &self.link).cloned().collect();
        if gone.is_empty() {
            return Ok(Linked { case: summary(&work.tx, before).await?, existed: false });
        }
        let after = written_to(work, &self.target, &before)?;
        work.write([link::remove(&gone)]);
        keep(work, &before, &after).await?;
        let told = |other, relation, incoming| Event::CaseUnlinked { other, relation, incoming };
        tell_both(work, (&after, &other), &self.link, told).await?;
        Ok(Linked { case: summary(&work.tx, after).await?, existed: true })
    }
}

/// Both cases under both locks, taken in one go and in one order for everyone.
async fn open_both(work: &Work, target: &Target, to: &LinkTo) -> Result<(Case, Case)> {
    work.call.principal.require(DESK)?;
    if to.other == target.case {
        return Err(AppError::field("other", "must be another case"));
    }
    let (a, b) = read_both(work, target, to).await?;
    let (anchor_a, anchor_b) = (a.subject.anchor(), b.subject.anchor());
    work.lock([(&target.shop, &anchor_a), (&target.shop, &anchor_b)]).await?;
    let (a, b) = read_both(work, target, to).await?;
    if (a.subject.anchor(), b.subject.anchor()) != (anchor_a, anchor_b) {
        return Err(StoreError::Contended("a case moved to another subject".to_owned()).into());
    }
    Ok((a, b))
}

async fn read_both(work: &Work, target: &Target, to: &LinkTo) -> Result<(Case, Case)> {
    let ids = [target.case, to.other];
    let keys = ids.map(|id| (target.shop.clone(), id));
    let found = case::by_ids(&keys).all(&work.tx).await?;
    let [a, b] = ids.map(|id| found.iter().find(|case| case.id == id).cloned());
    let gone = |id| move || AppError::not_found("case", id);
    Ok((a.ok_or_else(gone(target.case))?, b.ok_or_else(gone(to.other))?))
}

/// The case after a write that says nothing about it but that it changed: as a note.
fn written_to(work: &Work, target: &Target, before: &Case) -> Result<Case> {
    if target.fence == 0 {
        work.call.principal.require(SUPERVISION)?;
        return unheld(before, target.version);
    }
    let hold = target.hold(&work.call.principal.name);
    Ok(before.clone().apply(Verb::Note { hold }, work.now)?)
}

async fn tell_both(
    work: &mut Work,
    (case, other): (&Case, &Case),
    to: &LinkTo,
    told: impl Fn(CaseId, Relation, bool) -> Event,
) -> Result<()> {
    let directed = to.relation != Relation::Related;
    tell(work, case, told(other.id, to.relation, directed && to.incoming), "").await?;
    if other.is_open() {
        tell(work, other, told(case.id, to.relation, directed && !to.incoming), "").await?;
    }
    Ok(())
}

/// The links of a case, of both directions.
async fn of(conn: &Conn, shop: &ShopId, id: CaseId) -> Result<Vec<Link>> {
    let [first, second] = link::of_cases(&[(shop.clone(), id)]);
    let mut links = first.all(conn).await?;
    links.extend(second.all(conn).await?);
    Ok(links)
}

/// Those of them that are meant.
fn found<'a>(links: &'a [Link], case: CaseId, to: &'a LinkTo) -> impl Iterator<Item = &'a Link> {
    let incoming = to.relation != Relation::Related && to.incoming;
    let wanted = (to.other, incoming);
    links.iter().filter(move |link| link.relation == to.relation && link.seen_from(case) == wanted)
}

/// The links of a case as it shows them, oldest first. What was merged took its links along.
pub(super) async fn views(conn: &Conn, case: &Case) -> Result<Vec<LinkView>> {
    let mut views: Vec<LinkView> = Vec::new();
    let mut links = of(conn, &case.shop, case.id).await?;
    links.sort_by_key(|link| (link.at, link.from, link.to));
    for link in links {
        let (other, incoming) = link.seen_from(case.id);
        let same = |one: &LinkView| (one.other, one.link.relation) == (other, link.relation);
        if !views.iter().any(|one| same(one) && one.incoming == incoming) {
            views.push(LinkView { other, incoming, link });
        }
    }
    Ok(views)
}
