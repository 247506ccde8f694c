//! Incidents.

use amends_app::incident::{CaseResult, Changed, MEMBERS_AT_ONCE_MAX, MemberOutcome, Resolved};
use amends_domain::event::Event;
use amends_domain::incident::{About, Incident};
use amends_domain::{CaseId, IncidentId, ShopId};
use amends_proto::v1 as pb;
use pb::IncidentCaseOutcome as Wire;
use pb::timeline_entry::Entry;

use super::{Word as _, time};
use crate::call::Renders;
use crate::fields::{Fields, TEXT_CHARACTERS_MAX};
use crate::name;

mod signal;

pub use signal::{chart, of_event, parse_chart};

/// The longest title, product and variant, in characters.
const NAME_CHARACTERS_MAX: usize = 200;

/// The longest name of a carrier, in characters.
const CARRIER_CHARACTERS_MAX: usize = 100;

/// What is known of an incident that opens.
pub fn parse(f: &mut Fields, incident: pb::Incident) -> Option<About> {
    let title = f.required_text("title", incident.title, NAME_CHARACTERS_MAX);
    let description = f.text("description", incident.description, TEXT_CHARACTERS_MAX);
    let reason = f.word_or_none("reason", incident.reason);
    let product = f.text("product", incident.product, NAME_CHARACTERS_MAX);
    let variant = f.text("variant", incident.variant, NAME_CHARACTERS_MAX);
    let sku = f.id_or_none("sku", &incident.sku);
    let carrier = f.text("carrier", incident.carrier, CARRIER_CHARACTERS_MAX);
    Some(About {
        title: title?,
        description: description?,
        reason: reason?,
        product: product?,
        variant: variant?,
        sku: sku?,
        carrier: carrier?,
    })
}

/// An incident and the cases that are to be put in or taken out.
pub fn parse_cases(
    f: &mut Fields,
    name: &str,
    cases: Vec<String>,
) -> Option<(ShopId, IncidentId, Vec<CaseId>)> {
    let named = f.named::<IncidentId>("name", name);
    if cases.is_empty() {
        f.refuse::<()>("cases", "must name at least one case");
    }
    if cases.len() > MEMBERS_AT_ONCE_MAX {
        return f.refuse("cases", crate::status::TOO_MANY);
    }
    let shop = named.as_ref().map(|(shop, _)| shop.clone());
    let cases = f.each("cases", cases, |f, case| {
        let (of, id) = f.named::<CaseId>("", &case)?;
        if shop.as_ref().is_some_and(|shop| *shop != of) {
            return f.refuse("", "must name something of the same shop");
        }
        Some(id)
    });
    let (shop, incident) = named?;
    Some((shop, incident, cases?))
}

/// The wire form of an incident.
#[must_use]
pub fn render(incident: &Incident) -> pb::Incident {
    let (about, end) = (incident.about.clone(), incident.resolution.as_ref());
    pb::Incident {
        name: name::of(&incident.shop, &incident.id),
        title: about.title,
        description: about.description,
        reason: about.reason.map(|reason| reason.number()),
        product: about.product,
        variant: about.variant,
        sku: about.sku.map(|sku| sku.to_string()).unwrap_or_default(),
        carrier: about.carrier,
        state: incident.state().number(),
        etag: incident.version.to_string(),
        opener: incident.opened_by.to_string(),
        open_time: Some(time::render(incident.opened_at)),
        resolver: end.map(|end| end.by.to_string()).unwrap_or_default(),
        resolve_time: end.map(|end| time::render(end.at)),
        resolution: end.map(|end| end.note.clone()).unwrap_or_default(),
        case_count: i32::try_from(incident.cases).unwrap_or(i32::MAX),
        signal: incident.signal.as_ref().map(signal::render),
    }
}

fn result(shop: &ShopId, one: &CaseResult) -> pb::IncidentCaseResult {
    let (outcome, elsewhere) = match one.outcome {
        MemberOutcome::Added => (Wire::Added, None),
        MemberOutcome::Removed => (Wire::Removed, None),
        MemberOutcome::Unchanged => (Wire::Unchanged, None),
        MemberOutcome::Elsewhere(incident) => (Wire::Elsewhere, Some(incident)),
        MemberOutcome::Ended => (Wire::Ended, None),
        MemberOutcome::NotFound => (Wire::NotFound, None),
    };
    pb::IncidentCaseResult {
        case: name::of(shop, &one.case),
        outcome: outcome.into(),
        incident: name::of_any(shop, elsewhere.as_ref()),
    }
}

fn changed(changed: &Changed) -> (Option<pb::Incident>, Vec<pb::IncidentCaseResult>) {
    let shop = &changed.incident.shop;
    let results = changed.results.iter().map(|one| result(shop, one)).collect();
    (Some(render(&changed.incident)), results)
}

impl Renders<Incident> for pb::OpenIncidentResponse {
    fn render(incident: &Incident) -> Self {
        Self { incident: Some(render(incident)) }
    }
}

impl Renders<Changed> for pb::AddIncidentCasesResponse {
    fn render(done: &Changed) -> Self {
        let (incident, results) = changed(done);
        Self { incident, results }
    }
}

impl Renders<Changed> for pb::RemoveIncidentCasesResponse {
    fn render(done: &Changed) -> Self {
        let (incident, results) = changed(done);
        Self { incident, results }
    }
}

impl Renders<Resolved> for pb::ResolveIncidentResponse {
    fn render(done: &Resolved) -> Self {
        let woken_cases = i32::try_from(done.woken).unwrap_or(i32::MAX);
        Self { incident: Some(render(&done.incident)), woken_cases }
    }
}

/// What an incident means to a case.
pub fn entry(shop: &ShopId, event: &Event, text: &str) -> Option<Entry> {
    let step = |incident: &IncidentId, note: &str| pb::IncidentStep {
        incident: name::of(shop, incident),
        note: note.to_owned(),
    };
    Some(match event {
        Event::IncidentJoined { incident } => Entry::IncidentJoined(step(incident, "")),
        Event::IncidentLeft { incident } => Entry::IncidentLeft(step(incident, "")),
        Event::IncidentResolved { incident } => Entry::IncidentResolved(step(incident, text)),
        _ => return None,
    })
}
