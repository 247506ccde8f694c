//! What a shop offers instead of a return, as a document.

use amends_app::remedy_policy::{
    ApplyRemedyPolicy, Checked, DOCUMENT_BYTES_MAX, Difference, DocumentProblem, RemedyPolicyView,
};
use amends_domain::ShopId;
use amends_domain::event::Event;
use amends_proto::v1 as pb;
use pb::timeline_entry::Entry;

use super::time;
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
        dry_run: None,
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
