//! What a shop offers instead of a return, as a document.

use amends_app::remedy_policy::{
    ApplyRemedyPolicy, Checked, DOCUMENT_BYTES_MAX, Difference, DocumentProblem, DryRun, DryRunCase,
    DryRunKind, RemedyPolicyView,
};
use amends_domain::event::Event;
use amends_domain::remedy::RemedyKind;
use amends_domain::shop::Shop;
use amends_domain::{Money, ShopId};
use amends_proto::v1 as pb;
use pb::timeline_entry::Entry;

use super::{Word as _, money, time};
use crate::call::Renders;
use crate::fields::Fields;
use crate::name;

/// The most cases of a dry run.
const DRY_RUN_MAX: u32 = 1_000;

/// The wire form of a version.
#[must_use]
pub fn render(shop: &ShopId, view: &RemedyPolicyView) -> pb::RemedyPolicy {
    pb::RemedyPolicy {
        shop: name::of_shop(shop),
        version: view.version,
        effective_time: (view.version > 0).then(|| time::render(view.effective_from)),
        document: view.document.clone(),
        effective_document: view.effective.clone(),
        author: view.changed_by.clone(),
        create_time: view.changed_at.map(time::render),
        etag: view.newest.to_string(),
    }
}

/// That there is a new version.
pub fn entry(event: &Event) -> Option<Entry> {
    match event {
        Event::RemedyPolicyApplied { version, effective_from } => {
            Some(Entry::RemedyPolicyApplied(pb::RemedyPolicyStep {
                version: *version,
                effective_time: Some(time::render(*effective_from)),
            }))
        }
        _ => None,
    }
}

impl Renders<(ShopId, RemedyPolicyView)> for pb::ApplyRemedyPolicyResponse {
    fn render((shop, view): &(ShopId, RemedyPolicyView)) -> Self {
        Self { policy: Some(render(shop, view)) }
    }
}

/// What shall be checked: the shop, the document, and on how many cases.
pub fn parse_check(
    fields: &mut Fields,
    request: pb::CheckRemedyPolicyRequest,
) -> Option<(ShopId, String, Option<u32>)> {
    let shop = fields.shop("parent", &request.parent);
    let cases = match u32::try_from(request.dry_run_cases) {
        Ok(0) => Some(None),
        Ok(cases) if cases <= DRY_RUN_MAX => Some(Some(cases)),
        _ => fields.refuse("dry_run_cases", "must be 0–1,000"),
    };
    Some((shop?, request.document, cases?))
}

/// What shall be switched on.
pub fn parse_apply(fields: &mut Fields, request: pb::ApplyRemedyPolicyRequest) -> Option<ApplyRemedyPolicy> {
    let shop = fields.shop("parent", &request.parent);
    let effective_from = fields.time_or_none("effective_time", request.effective_time);
    let version = match request.etag.parse() {
        Ok(version) if version >= 0 => Some(version),
        _ if request.etag.is_empty() => fields.refuse("etag", "must be set to the etag that was read"),
        _ => fields.refuse("etag", "is not an etag of this service"),
    };
    let document = if request.document.len() > DOCUMENT_BYTES_MAX {
        fields.refuse("document", format!("must have at most {} KiB", DOCUMENT_BYTES_MAX / 1024))
    } else {
        Some(request.document)
    };
    Some(ApplyRemedyPolicy {
        shop: shop?,
        version: version?,
        document: document?,
        effective_from: effective_from?,
    })
}

/// The wire form of what was found about a document.
#[must_use]
pub fn checked(checked: Checked) -> pb::CheckRemedyPolicyResponse {
    pb::CheckRemedyPolicyResponse {
        problems: checked.problems.into_iter().map(problem).collect(),
        differences: checked.differences.into_iter().map(difference).collect(),
        dry_run: checked.dry_run.map(|run| dry_run(&checked.shop, run)),
        effective_document: checked.effective,
        version: checked.in_force,
        etag: checked.newest.to_string(),
    }
}

fn problem(problem: DocumentProblem) -> pb::RemedyPolicyProblem {
    pb::RemedyPolicyProblem {
        line: i32::try_from(problem.line).unwrap_or(i32::MAX),
        path: problem.path,
        problem: problem.problem,
    }
}

fn difference(difference: Difference) -> pb::RemedyPolicyDifference {
    pb::RemedyPolicyDifference { path: difference.path, then: difference.then, now: difference.now }
}

fn dry_run(shop: &Shop, run: DryRun) -> pb::RemedyDryRun {
    let amount = |minor_units| money::render(Money::new(minor_units, shop.currency));
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    pb::RemedyDryRun {
        changed_cases: count(run.cases.iter().filter(|case| case.is_changed()).count()),
        incomparable_cases: count(run.incomparable),
        expected_cost_then: Some(amount(run.cost_then())),
        expected_cost_now: Some(amount(run.cost_now())),
        kinds: run.kinds().into_iter().map(dry_run_kind).collect(),
        cases: run.cases.into_iter().map(|case| dry_run_case(shop, case)).collect(),
    }
}

fn dry_run_case(shop: &Shop, case: DryRunCase) -> pb::RemedyDryRunCase {
    let amount = |minor_units| money::render(Money::new(minor_units, shop.currency));
    let numbers = |kinds: Vec<RemedyKind>| kinds.into_iter().map(RemedyKind::number).collect();
    pb::RemedyDryRunCase {
        case: name::of(&shop.id, &case.case),
        suggest_time: Some(time::render(case.at)),
        first_then: case.then.map(|(kind, _)| kind.number()),
        first_now: case.now.map(|(kind, _)| kind.number()),
        expected_cost_then: case.then.map(|(_, cost)| amount(cost)),
        expected_cost_now: case.now.map(|(_, cost)| amount(cost)),
        newly_excluded: numbers(case.newly_excluded),
        newly_offered: numbers(case.newly_offered),
    }
}

fn dry_run_kind(kind: DryRunKind) -> pb::RemedyDryRunKind {
    pb::RemedyDryRunKind {
        kind: kind.kind.number(),
        first_then: kind.first_then,
        first_now: kind.first_now,
        newly_excluded: kind.newly_excluded,
        newly_offered: kind.newly_offered,
    }
}
