//! Incidents: one fault behind many cases.

use amends_app::App;
use amends_app::incident::{AddCases, OpenIncident, RemoveCases, ResolveIncident};
use amends_domain::{IncidentId, Time};
use amends_proto::v1 as pb;
use pb::incident_service_server::IncidentService;
use tonic::{Request, Response, Status};

use crate::call::{answer, execute, open, read};
use crate::convert::incident;
use crate::fields::NOTE_CHARACTERS_MAX;
use crate::page::Page;

type Reply<M> = Result<Response<M>, Status>;

/// See the contract.
#[derive(Debug, Clone)]
pub struct Incidents(pub App);

#[tonic::async_trait]
impl IncidentService for Incidents {
    async fn open_incident(
        &self,
        request: Request<pb::OpenIncidentRequest>,
    ) -> Reply<pb::OpenIncidentResponse> {
        answer(async {
            let (call, mut f, message) = open("IncidentService.OpenIncident", request)?;
            let shop = f.shop("parent", &message.parent);
            let given = f.required("incident", message.incident);
            let about = given.and_then(|given| f.inside("incident", |f| incident::parse(f, given)));
            let (shop, about) = f.finish(shop.zip(about))?;
            execute(&self.0, call, OpenIncident { shop, about }).await
        })
        .await
    }

    async fn get_incident(&self, request: Request<pb::GetIncidentRequest>) -> Reply<pb::GetIncidentResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let named = f.named("name", &message.name);
            let (shop, id) = f.finish(named)?;
            let found = self.0.incident(&principal, &shop, id).await?;
            Ok(pb::GetIncidentResponse { incident: Some(incident::render(&found)) })
        })
        .await
    }

    async fn list_incidents(
        &self,
        request: Request<pb::ListIncidentsRequest>,
    ) -> Reply<pb::ListIncidentsResponse> {
        answer(async {
            let (principal, mut f, mut message) = read(request)?;
            let page = Page::<(Time, IncidentId)>::open(&mut f, &mut message, 50, 200);
            let shop = f.shop("parent", &message.parent);
            let state = f.word_or_none("state", message.state);
            let ((page, shop), state) = f.finish(page.zip(shop).zip(state))?;
            let found = self.0.incidents(&principal, &shop, state, page.after.as_ref(), page.limit).await?;
            Ok(pb::ListIncidentsResponse {
                incidents: found.iter().map(incident::render).collect(),
                next_page_token: page.token_after(&found, |last| (last.opened_at, last.id)),
            })
        })
        .await
    }

    async fn add_incident_cases(
        &self,
        request: Request<pb::AddIncidentCasesRequest>,
    ) -> Reply<pb::AddIncidentCasesResponse> {
        answer(async {
            let (call, mut f, message) = open("IncidentService.AddIncidentCases", request)?;
            let asked = incident::parse_cases(&mut f, &message.name, message.cases);
            let (shop, incident, cases) = f.finish(asked)?;
            execute(&self.0, call, AddCases { shop, incident, cases }).await
        })
        .await
    }

    async fn remove_incident_cases(
        &self,
        request: Request<pb::RemoveIncidentCasesRequest>,
    ) -> Reply<pb::RemoveIncidentCasesResponse> {
        answer(async {
            let (call, mut f, message) = open("IncidentService.RemoveIncidentCases", request)?;
            let asked = incident::parse_cases(&mut f, &message.name, message.cases);
            let (shop, incident, cases) = f.finish(asked)?;
            execute(&self.0, call, RemoveCases { shop, incident, cases }).await
        })
        .await
    }

    async fn resolve_incident(
        &self,
        request: Request<pb::ResolveIncidentRequest>,
    ) -> Reply<pb::ResolveIncidentResponse> {
        answer(async {
            let (call, mut f, message) = open("IncidentService.ResolveIncident", request)?;
            let named = f.named::<IncidentId>("name", &message.name);
            let version = f.etag("etag", &message.etag);
            let note = f.required_text("note", message.note, NOTE_CHARACTERS_MAX);
            let (((shop, incident), version), note) = f.finish(named.zip(version).zip(note))?;
            execute(&self.0, call, ResolveIncident { shop, incident, version, note }).await
        })
        .await
    }

    async fn get_control_chart(
        &self,
        request: Request<pb::GetControlChartRequest>,
    ) -> Reply<pb::GetControlChartResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let asked = incident::parse_chart(&mut f, &message);
            let (shop, sku, reason, weeks) = f.finish(asked)?;
            let found = self.0.control_chart(&principal, &shop, (&sku, reason), weeks).await?;
            Ok(incident::chart(&found))
        })
        .await
    }
}
