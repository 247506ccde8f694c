//! Why a clock says what it says: every minute accounted for, from the log alone.

use amends_domain::sla::record;
use amends_domain::sla::{Account, Instance, Log, Metric, Promise, Ready, Target, explain};
use amends_domain::{CaseId, ShopId};
use amends_store::policy::PolicyRow;
use amends_store::{Conn, case, clock, policy};

use super::{by_case, clocks_of, logs, stored};
use crate::app::App;
use crate::call::Principal;
use crate::case::READERS;
use crate::error::{AppError, Result, Violation, Why};

/// One instance of a clock, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The instance, and where its time went.
    pub account: Account,
    /// The row of the policy that promises it; none if nothing was promised.
    pub target: Option<Target>,
    /// The same instance under the other version, if one was asked for.
    pub other: Option<(Account, Option<Target>)>,
}

/// All clocks of a case, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlaExplanation {
    /// Each instance in the order in which they started.
    pub instances: Vec<Explained>,
    /// The version of the policy that holds now; 0 for the one every shop starts with.
    pub policy_version: i64,
    /// The time zone of the shop's hours.
    pub time_zone: String,
}

impl App {
    /// Explains every clock of a case, from what its log tells.
    ///
    /// With another version of the policy, each instance is judged a second time as
    /// if the promises and hours of that version had always held.
    ///
    /// # Errors
    /// When there is no such case or version, the role is missing, or storage fails.
    pub async fn explain_sla(
        &self,
        principal: &Principal,
        shop: &ShopId,
        id: CaseId,
        under: Option<i64>,
    ) -> Result<SlaExplanation> {
        principal.enter(shop)?;
        principal.require(READERS)?;
        let conn = self.store().reader();
        let case = case::get(&conn, shop, &id).await?.ok_or_else(|| AppError::not_found("case", id))?;
        let other = match under {
            Some(version) => Some(as_if(&conn, shop, version).await?),
            None => None,
        };
        let info = self.shops().get(&conn, shop, self.now()).await?;
        let key = (shop.clone(), id);
        let log = logs(&conn, std::slice::from_ref(&key)).await?.remove(&key).unwrap_or_default();
        let instances = match record::about(&info.shop.channel, stored(&log), case.priority) {
            Some(about) => {
                let log = Log::of(about, stored(&log));
                let accounts = explain(&log, &info.sla.policies, &info.sla.calendar, self.now());
                // What starts and stops an instance is the log alone, so both have the same instances.
                let others = other.map(|ready| {
                    let accounts = explain(&log, &ready.policies, &ready.calendar, self.now());
                    accounts.into_iter().map(move |account| {
                        let target = target(&ready, account.instance.metric, account.instance.promise);
                        (account, target)
                    })
                });
                let mut others = others.into_iter().flatten();
                let explained = |account: Account| Explained {
                    target: target(&info.sla, account.instance.metric, account.instance.promise),
                    account,
                    other: others.next(),
                };
                let mut all: Vec<Explained> = accounts.into_iter().map(explained).collect();
                // What started at one instant has no order of its own; the stored rows stand like this.
                all.sort_by_key(|one| {
                    let Instance { started_at, metric, number, .. } = one.account.instance;
                    (started_at, metric, number)
                });
                all
            }
            None => Vec::new(),
        };
        Ok(SlaExplanation {
            instances,
            policy_version: info.policy_version,
            time_zone: info.shop.time_zone.clone(),
        })
    }

    /// The clocks of a case as they are stored, judged now.
    pub(crate) async fn clocks(&self, conn: &Conn, shop: &ShopId, case: CaseId) -> Result<Vec<Instance>> {
        let key = (shop.clone(), case);
        let rows = clock::whole(conn, std::slice::from_ref(&key)).await?;
        let Some(row) = by_case(rows).remove(&key) else { return Ok(Vec::new()) };
        let info = self.shops().get(conn, shop, self.now()).await?;
        Ok(clocks_of(row.parts)?.instances(&info.sla.calendar, self.now()))
    }
}

/// The promises and hours of a version, as if they had always held.
async fn as_if(conn: &Conn, shop: &ShopId, version: i64) -> Result<Ready> {
    let terms = match version {
        0 => Default::default(),
        version => {
            let before = Some(version.saturating_add(1));
            let found = policy::list(conn, shop, before, 1).await?.pop();
            let found = found.filter(|row: &PolicyRow| row.version == version).ok_or_else(|| {
                AppError::Invalid(vec![Violation {
                    field: "policy_version".to_owned(),
                    problem: format!("the shop's policy has no version {version}"),
                    why: Why::Unknown,
                }])
            })?;
            found.policy.sla.as_if_always()
        }
    };
    terms.ready().map_err(|_| AppError::Internal("a stored promise is not good any more".to_owned()))
}

fn target(ready: &Ready, metric: Metric, promise: Option<Promise>) -> Option<Target> {
    let promise = promise?;
    let policy =
        ready.policies.all().iter().find(|policy| policy.effective_from == promise.effective_from)?;
    policy.targets.get(promise.target).filter(|target| target.metric == metric).cloned()
}
