//! What a document would change, before it is switched on.

use std::sync::Arc;

use amends_domain::ShopId;
use amends_domain::shop::Shop;
use amends_store::remedy_policy;

use super::dry_run::{self, DryRun, Policies};
use super::stored::{READERS, in_force, shop_and_rules};
use super::{Difference, DocumentProblem, base, differences, parse, print};
use crate::app::App;
use crate::call::Principal;
use crate::error::Result;

/// What was found about a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The shop.
    pub shop: Shop,
    /// The version in force that it was compared with.
    pub in_force: i64,
    /// The newest version of the shop, in force or not: the etag to apply it with.
    pub newest: i64,
    /// Everything that is wrong; nothing else is told if there is anything.
    pub problems: Vec<DocumentProblem>,
    /// In what it differs from the version in force.
    pub differences: Vec<Difference>,
    /// What it would have changed, if that was asked for.
    pub dry_run: Option<DryRun>,
    /// Every value that would hold, as a document.
    pub effective: String,
}

impl App {
    /// Tells what is wrong with a document, what it would change, and what it would have changed on so
    /// many of the latest cases; stores nothing.
    ///
    /// # Errors
    /// When there is no such shop, the role is missing, or storage fails.
    pub async fn check_remedy_policy(
        &self,
        principal: &Principal,
        id: &ShopId,
        document: &str,
        cases: Option<u32>,
    ) -> Result<Checked> {
        principal.enter(id)?;
        principal.require(READERS)?;
        let (conn, now) = (self.store().reader(), self.now());
        let (shop, rules) = shop_and_rules(&conn, id, now).await?;
        let newest = remedy_policy::schedule(&conn, id, now).await?.newest;
        let current = in_force(&conn, &shop, &rules, now, None).await?;
        let mut checked = Checked {
            in_force: current.version,
            newest,
            problems: Vec::new(),
            differences: Vec::new(),
            dry_run: None,
            effective: String::new(),
            shop,
        };
        match parse(document, &base(&rules), checked.shop.currency) {
            Err(problems) => checked.problems = problems,
            Ok(policy) => {
                checked.differences = differences(&current.policy, &policy, checked.shop.currency);
                checked.effective = print(&policy, checked.shop.currency);
                if let Some(cases) = cases {
                    let policies = Policies { in_force: current.policy, document: Arc::new(policy) };
                    checked.dry_run = Some(dry_run::run(&conn, &checked.shop, policies, cases).await?);
                }
            }
        }
        Ok(checked)
    }
}
