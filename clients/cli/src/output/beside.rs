//! What happens beside the handling of a case, in one line: parcels, surveys, links, incidents.

use amends_proto::v1::{self, timeline_entry::Entry};

use crate::{
    amount::money,
    case::link::relation,
    codes::word,
    output::{
        Output,
        entry::joined,
        table::{id, or_dash},
    },
};

/// What happened; none for what is told elsewhere.
pub(crate) fn describe(output: &Output, entry: &Entry) -> Option<(&'static str, String)> {
    Some(match entry {
        Entry::DeliveryOverdue(step) => {
            let state = word::<v1::ShipmentState>(step.state);
            let expected = format!("expected {}", output.time(step.eta.as_ref()));
            let remedy = id(&step.remedy);
            let parcel = step.shipment_id.as_str();
            ("parcel late", joined([parcel, &expected, &state, &step.carrier, &step.tracking, remedy]))
        }
        Entry::DeliveryArrived(step) => {
            let at = output.time(step.deliver_time.as_ref());
            ("parcel arrived", joined([step.shipment_id.as_str(), &at]))
        }
        Entry::SurveyAnswered(step) => {
            let kind = word::<v1::SurveyKind>(step.kind);
            ("survey answered", format!("{kind} {}, solution {}", step.score, step.solution))
        }
        Entry::SatisfactionDue(step) => ("survey may be sent", format!("solution {}", step.solution)),
        Entry::CaseLinked(step) => ("linked", link(step)),
        Entry::CaseUnlinked(step) => ("unlinked", link(step)),
        Entry::IncidentJoined(step) => ("put into incident", id(&step.incident).to_owned()),
        Entry::IncidentLeft(step) => ("taken out of incident", id(&step.incident).to_owned()),
        Entry::IncidentResolved(step) => ("incident resolved", joined([id(&step.incident), &step.note])),
        Entry::QualityReviewed(step) => ("work judged", id(&step.sample).to_owned()),
        Entry::QualityDisputed(step) => ("review disputed", id(&step.sample).to_owned()),
        Entry::QualityResolved(step) => ("dispute decided", id(&step.sample).to_owned()),
        Entry::StopShipment(step) => ("STOP what was promised", refund(step)),
        Entry::DoubleCompensated(step) => ("given and refunded", refund(step)),
        _ => return None,
    })
}

fn refund(step: &v1::RefundStep) -> String {
    let amount = step.refund_amount.as_ref().map(money).unwrap_or_default();
    let verb = if step.paid { "refunded by" } else { "refund agreed by" };
    let by = format!("{verb} {} {amount}", id(&step.buyer_return));
    let kind = word::<v1::RemedyKind>(step.kind);
    let what = format!("{kind} {} × {}", step.quantity, or_dash(&step.sku));
    format!("{} ({})", joined([what.as_str(), by.trim_end(), &step.tracking]), id(&step.remedy))
}

fn link(step: &v1::CaseLinkStep) -> String {
    format!("{} {}", relation(step.relation, step.incoming), id(&step.case))
}
