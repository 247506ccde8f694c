//! Versions of a shop's remedy policy as they are stored, and which of them holds.

use std::sync::Arc;

use amends_domain::policy::ShopPolicy;
use amends_domain::remedy_policy::RemedyPolicy;
use amends_domain::shop::Shop;
use amends_domain::{ShopId, Time};
use amends_store::remedy_policy::{self, Version};
use amends_store::{Conn, policy, shop};

use super::{DocumentProblem, base, parse, print};
use crate::app::App;
use crate::call::{Principal, Role};
use crate::error::{AppError, Result};
use crate::shops::ShopInfo;

/// Who may read remedy policies.
pub(super) const READERS: &[Role] = &[Role::Agent, Role::Supervisor, Role::Analyst, Role::Admin];

/// The most versions on one page.
pub const REMEDY_POLICIES_PAGE_MAX: u32 = 200;

/// The version that holds for a shop, and until when.
#[derive(Debug, Clone)]
pub(crate) struct InForce {
    /// Its number; 0 for what every shop starts with.
    pub(crate) version: i64,
    /// What it says.
    pub(crate) policy: Arc<RemedyPolicy>,
    /// When another version takes over; none if none does.
    pub(crate) until: Option<Time>,
}

/// A version as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct RemedyPolicyView {
    /// Its number; 0 for what every shop starts with.
    pub version: i64,
    /// From when it holds.
    pub effective_from: Time,
    /// The document as it was written; empty for version 0 and in lists.
    pub document: String,
    /// Every value that holds, as a document; empty in lists.
    pub effective: String,
    /// Who made it; empty for version 0.
    pub changed_by: String,
    /// When it was made; none for version 0.
    pub changed_at: Option<Time>,
    /// The newest version of the shop, in force or not: the etag.
    pub newest: i64,
}

/// What holds for a shop at a time. What was read before is taken again as long as nothing changed,
/// so that a document is read once and not with every look.
pub(crate) async fn in_force(
    conn: &Conn,
    shop: &Shop,
    rules: &ShopPolicy,
    at: Time,
    before: Option<&ShopInfo>,
) -> Result<InForce> {
    let schedule = remedy_policy::schedule(conn, &shop.id, at).await?;
    let (version, until) = (schedule.in_force, schedule.next_at);
    let same = |info: &&ShopInfo| info.remedy_version == version && same_base(&info.policy, rules);
    if let Some(info) = before.filter(same) {
        return Ok(InForce { version, policy: Arc::clone(&info.remedy), until });
    }
    if version == 0 {
        return Ok(InForce { version, policy: Arc::new(base(rules)), until });
    }
    let stored = remedy_policy::get(conn, &shop.id, version).await?;
    let (row, document) = stored.ok_or_else(|| unreadable(&shop.id, version, "it is gone"))?;
    let policy = Arc::new(read(shop, rules, &row, &document)?);
    Ok(InForce { version, policy, until })
}

fn same_base(one: &ShopPolicy, other: &ShopPolicy) -> bool {
    let values = |rules: &ShopPolicy| (rules.approval_limit, rules.offer_life, rules.fulfilment_within);
    values(one) == values(other)
}

/// What a stored document says. One that cannot be read is a fault: no other may hold in its place.
fn read(shop: &Shop, rules: &ShopPolicy, row: &Version, document: &str) -> Result<RemedyPolicy> {
    let policy = parse(document, &base(rules), shop.currency).map_err(|problems| {
        let first = problems.first().map(told).unwrap_or_default();
        unreadable(&shop.id, row.version, &first)
    })?;
    Ok(RemedyPolicy { effective_from: row.effective_from, ..policy })
}

fn unreadable(shop: &ShopId, version: i64, why: &str) -> AppError {
    AppError::Internal(format!("the stored remedy policy {version} of shop {shop} cannot be read: {why}"))
}

/// A problem in one line.
pub(super) fn told(problem: &DocumentProblem) -> String {
    let line = if problem.line > 0 { format!("line {}: ", problem.line) } else { String::new() };
    let path = if problem.path.is_empty() { String::new() } else { format!("{} ", problem.path) };
    format!("{line}{path}{}", problem.problem)
}

/// The shop and its rules now.
pub(super) async fn shop_and_rules(conn: &Conn, id: &ShopId, now: Time) -> Result<(Shop, ShopPolicy)> {
    let shop = shop::get(conn, id).await?.ok_or_else(|| AppError::not_found("shop", id))?;
    let rules = policy::in_force(conn, id, now).await?.map_or_else(ShopPolicy::default, |row| row.policy);
    Ok((shop, rules))
}

impl RemedyPolicyView {
    pub(super) fn of(version: Version, newest: i64) -> Self {
        Self {
            version: version.version,
            effective_from: version.effective_from,
            document: String::new(),
            effective: String::new(),
            changed_by: version.changed_by,
            changed_at: Some(version.changed_at),
            newest,
        }
    }
}

impl App {
    /// A version of a shop's remedy policy, or the one in force.
    ///
    /// # Errors
    /// When there is no such shop or version, the role is missing, or storage fails.
    pub async fn remedy_policy(
        &self,
        principal: &Principal,
        id: &ShopId,
        version: Option<i64>,
    ) -> Result<RemedyPolicyView> {
        principal.enter(id)?;
        principal.require(READERS)?;
        let (conn, now) = (self.store().reader(), self.now());
        let (shop, rules) = shop_and_rules(&conn, id, now).await?;
        let schedule = remedy_policy::schedule(&conn, id, now).await?;
        let version = version.unwrap_or(schedule.in_force);
        if version == 0 {
            return Ok(RemedyPolicyView {
                version,
                effective_from: Time::MIN,
                document: String::new(),
                effective: print(&base(&rules), shop.currency),
                changed_by: String::new(),
                changed_at: None,
                newest: schedule.newest,
            });
        }
        let stored = remedy_policy::get(&conn, id, version).await?;
        let (row, document) = stored.ok_or_else(|| AppError::not_found("remedy policy", version))?;
        let policy = read(&shop, &rules, &row, &document)?;
        let effective = print(&policy, shop.currency);
        Ok(RemedyPolicyView { document, effective, ..RemedyPolicyView::of(row, schedule.newest) })
    }

    /// The versions of a shop's remedy policy before a version, the newest first, without their documents.
    ///
    /// # Errors
    /// When there is no such shop, the role is missing, or storage fails.
    pub async fn remedy_policies(
        &self,
        principal: &Principal,
        id: &ShopId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<RemedyPolicyView>> {
        principal.enter(id)?;
        principal.require(READERS)?;
        let conn = self.store().reader();
        shop::get(&conn, id).await?.ok_or_else(|| AppError::not_found("shop", id))?;
        let newest = remedy_policy::schedule(&conn, id, self.now()).await?.newest;
        let limit = limit.clamp(1, REMEDY_POLICIES_PAGE_MAX);
        let rows = remedy_policy::list(&conn, id, before, limit).await?;
        Ok(rows.into_iter().map(|row| RemedyPolicyView::of(row, newest)).collect())
    }
}
