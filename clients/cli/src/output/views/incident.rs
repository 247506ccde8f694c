//! Incidents, links, surveys and late parcels.

use amends_proto::v1;

use crate::output::json::view;

view! {
    v1::Incident {
        name, title, description, reason: ComplaintReason, product, variant, sku, carrier,
        state: IncidentState, etag, opener, open_time, resolver, resolve_time, resolution, case_count,
        signal,
    }
    v1::IncidentSignal {
        from_time, until_time, complaint_count, unit_count, base_complaint_count, base_unit_count,
        base_week_count, expected_count, factor, upper_limit, chance, pair_count,
    }
    v1::GetControlChartResponse { points, pair_count }
    v1::ControlPoint {
        from_time, until_time, complaint_count, unit_count, share, centre, lower_limit, upper_limit,
        expected_count, chance, base_week_count, signal,
    }
    v1::IncidentCaseResult { case, outcome: IncidentCaseOutcome, incident }
    v1::AddIncidentCasesResponse { incident, results }
    v1::RemoveIncidentCasesResponse { incident, results }
    v1::ResolveIncidentResponse { incident, woken_cases }
    v1::IncidentStep { incident, note }
    v1::CaseLink { case, relation: CaseRelation, incoming, agent, link_time }
    v1::CaseLinkStep { case, relation: CaseRelation, incoming }
    v1::LinkCasesResponse { case, existed }
    v1::UnlinkCasesResponse { case, existed }
    v1::SurveyAnswer { survey_id, kind: SurveyKind, score, comment, solution, occur_time, unhappy }
    v1::SurveyStep { kind: SurveyKind, score, solution }
    v1::SatisfactionDue { solution, outcome: CaseOutcome, order_id }
    v1::DeliveryStep {
        shipment_id, order_id, state: ShipmentState, eta, promised_eta, deliver_time, carrier,
        tracking, remedy,
    }
}
