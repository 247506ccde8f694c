//! What is told where the channel refunds what was promised or given.

use amends_domain::ReturnId;
use amends_domain::event::Event;
use amends_domain::remedy::{Remedy, RemedyState};

/// An amount in minor units and its currency, as far as they were said.
pub(crate) type Said = (Option<i64>, Option<String>);

/// Whoever ships or pays finds everything in the event.
pub(crate) fn stopped(remedy: &Remedy, return_id: ReturnId, (refund, currency): Said, paid: bool) -> Event {
    let (order, line) = remedy.line.clone().unzip();
    Event::StopShipment {
        remedy: remedy.id,
        return_id,
        kind: Some(remedy.kind),
        order,
        line,
        units: Some(remedy.units),
        article: Some(remedy.terms.article.clone()),
        disposal: remedy.terms.disposal,
        refund,
        currency,
        paid: Some(paid),
    }
}

/// The shop finds in the event what it needs to claim.
pub(crate) fn twice(remedy: &Remedy, return_id: ReturnId, (refund, currency): Said) -> Event {
    let (order, line) = remedy.line.clone().unzip();
    let tracking = match &remedy.state {
        RemedyState::Fulfilled { tracking, .. } => tracking.clone(),
        _ => String::new(),
    };
    let (remedy, kind, units) = (remedy.id, remedy.kind, remedy.units);
    Event::DoubleCompensated { remedy, return_id, kind, order, line, units, refund, currency, tracking }
}
