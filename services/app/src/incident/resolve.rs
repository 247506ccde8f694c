//! The end of an incident: its cases are told, and those that were put aside come back.

use amends_domain::case::{Case, State, Verb};
use amends_domain::event::Event;
use amends_domain::incident::{Incident, Membership, Resolution};
use amends_domain::{CaseId, EventId, IncidentId, ShopId};
use amends_store::event::EventRow;
use amends_store::incident;
use amends_store::text::{self, TextOwner, TextRow};

use super::{NOTE_CHARS_MAX, alone, check_text, open};
use crate::buyer::erased_of;
use crate::case::keep_all;
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::work::Work;

/// Resolves an incident.
#[derive(Debug, Clone)]
pub struct ResolveIncident {
    /// The tenant.
    pub shop: ShopId,
    /// Which.
    pub incident: IncidentId,
    /// The version the caller saw.
    pub version: i64,
    /// What resolved it.
    pub note: String,
}

/// An incident that was resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The incident.
    pub incident: Incident,
    /// How many cases came back into the queue.
    pub woken: usize,
}

impl Command for ResolveIncident {
    type Output = Resolved;

    const NAME: &'static str = "ResolveIncident";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Resolved> {
        check_text("note", &self.note, NOTE_CHARS_MAX, true)?;
        let before = open(work, &self.shop, self.incident).await?;
        if before.version != self.version {
            return Err(AppError::EtagStale { seen: self.version, current: before.version });
        }
        let members = incident::members(&[(self.shop.clone(), before.id)]).all(&work.tx).await?;
        let ids: Vec<CaseId> = members.iter().map(|one| one.case).collect();
        let mut cases = alone(work, &self.shop, &ids).await?;
        cases.retain(Case::is_open);
        cases.sort_by_key(|case| case.id);
        let (by, at) = (work.call.principal.name.clone(), work.now);
        let resolution = Some(Resolution { by, at, note: self.note.clone() });
        let after = Incident { resolution, version: before.version + 1, ..before };
        let over: Vec<_> = members.into_iter().map(|one| Membership { open: false, ..one }).collect();
        work.write([incident::put(&over), incident::update(&after, self.version)]);
        tell(work, &cases, &after, &self.note).await?;
        let woken = wake(work, &self.shop, cases).await?;
        Ok(Resolved { incident: after, woken })
    }
}

/// Tells every open case what resolved its incident: the words once for each, written together.
async fn tell(work: &mut Work, cases: &[Case], incident: &Incident, note: &str) -> Result<()> {
    let erased = erased_of(&work.tx, cases).await?;
    let mut texts = Vec::with_capacity(cases.len());
    for case in cases {
        let id = EventId::from_bits(work.id());
        let shop = incident.shop.clone();
        let (owner, buyer, body) = (TextOwner::Note, case.buyer, note.to_owned());
        if !erased.contains(&(shop.clone(), case.id)) {
            texts.push(TextRow { shop: shop.clone(), owner, id: id.to_string(), buyer, body });
        }
        work.happened_as(EventRow {
            shop,
            id,
            case: Some(case.id),
            event: Event::IncidentResolved { incident: incident.id },
            actor: work.call.actor(),
            cause: work.call.cause.clone(),
            trace: work.call.trace.clone(),
            occurred_at: work.now,
            recorded_at: work.now,
        });
    }
    work.write([text::put(&texts)]);
    Ok(())
}

/// Brings back what was put aside. Whether that was because of the incident nobody wrote down:
/// whoever looks at one that waits for something else puts it aside again.
async fn wake(work: &mut Work, shop: &ShopId, cases: Vec<Case>) -> Result<usize> {
    let parked = |case: &Case| matches!(case.handling.state(), State::WaitingThirdParty | State::Snoozed);
    let mut woken = Vec::new();
    for before in cases.into_iter().filter(parked) {
        let after = before.clone().apply(Verb::Wake, work.now)?;
        work.happened(shop, Some(after.id), Event::CaseWoken { cause: "INCIDENT".to_owned() });
        woken.push((before, after));
    }
    keep_all(work, &woken).await?;
    Ok(woken.len())
}
