//! Switching a document on, now or later.

use amends_domain::event::Event;
use amends_domain::{ShopId, Span, Time};
use amends_store::remedy_policy::{self, Version};

use super::stored::{RemedyPolicyView, shop_and_rules};
use super::{DocumentProblem, base, parse, print};
use crate::call::Role;
use crate::error::{AppError, Result, Violation, Why};
use crate::runner::Command;
use crate::work::Work;

const WRITERS: &[Role] = &[Role::Admin];

/// How far ahead a version may begin.
pub const FUTURE_MAX: Span = Span::from_days(365);

/// Makes a new version of a shop's remedy policy. From when it holds on it takes the place of every
/// version before it, also of those that were to begin later. Run it with [`crate::App::change_shop`].
#[derive(Debug, Clone)]
pub struct ApplyRemedyPolicy {
    /// Which shop.
    pub shop: ShopId,
    /// The newest version that the caller saw.
    pub version: i64,
    /// The document.
    pub document: String,
    /// From when it holds; none for now.
    pub effective_from: Option<Time>,
}

impl Command for ApplyRemedyPolicy {
    type Output = RemedyPolicyView;

    const NAME: &'static str = "ApplyRemedyPolicy";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<RemedyPolicyView> {
        work.call.principal.require(WRITERS)?;
        let (shop, rules) = shop_and_rules(&work.tx, &self.shop, work.now).await?;
        let schedule = remedy_policy::schedule(&work.tx, &self.shop, work.now).await?;
        if self.version != schedule.newest {
            return Err(AppError::EtagStale { seen: self.version, current: schedule.newest });
        }
        let effective_from = self.effective_from.unwrap_or(work.now);
        let mut violations: Vec<Violation> = when_violation(effective_from, work.now).into_iter().collect();
        let parsed = parse(&self.document, &base(&rules), shop.currency);
        let policy = match parsed {
            Ok(policy) if violations.is_empty() => policy,
            Ok(_) => return Err(AppError::Invalid(violations)),
            Err(problems) => {
                violations.extend(problems.into_iter().map(violation));
                return Err(AppError::Invalid(violations));
            }
        };
        let version = Version {
            version: schedule.newest + 1,
            effective_from,
            changed_by: work.call.principal.name.to_string(),
            changed_at: work.now,
        };
        remedy_policy::insert(&work.tx, &self.shop, &version, &self.document).await?;
        let event = Event::RemedyPolicyApplied { version: version.version, effective_from };
        work.happened(&self.shop, None, event);
        let (newest, effective) = (version.version, print(&policy, shop.currency));
        Ok(RemedyPolicyView { document: self.document, effective, ..RemedyPolicyView::of(version, newest) })
    }
}

fn when_violation(effective_from: Time, now: Time) -> Option<Violation> {
    let problem = if effective_from < now {
        "must not lie in the past; leave it out for now"
    } else if effective_from > now + FUTURE_MAX {
        "must be at most 365 days from now"
    } else {
        return None;
    };
    Some(Violation { field: "effective_time".to_owned(), problem: problem.to_owned(), why: Why::Malformed })
}

fn violation(problem: DocumentProblem) -> Violation {
    let path = problem.path.as_str();
    let field = if path.is_empty() { "document".to_owned() } else { format!("document.{path}") };
    let told = match problem.line {
        0 => problem.problem,
        line => format!("line {line}: {}", problem.problem),
    };
    Violation { field, problem: told, why: Why::Malformed }
}
