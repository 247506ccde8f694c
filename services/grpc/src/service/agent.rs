//! Agents: who is there, what they can take, and how much.

use amends_app::App;
use amends_app::agent::AgentView;
use amends_domain::AgentId;
use amends_domain::agent::Presence;
use amends_proto::v1 as pb;
use pb::agent_service_server::AgentService;
use tonic::{Request, Response, Status};

use crate::call::{Renders, answer, execute, open, read};
use crate::convert::agent;
use crate::page::Page;

type Answered<M> = Result<Response<M>, Status>;

/// See the contract.
#[derive(Debug, Clone)]
pub struct Agents(pub App);

impl Renders<AgentView> for pb::UpdateAgentResponse {
    fn render(view: &AgentView) -> Self {
        Self { agent: Some(agent::render(view)) }
    }
}

impl Renders<AgentView> for pb::SetPresenceResponse {
    fn render(view: &AgentView) -> Self {
        Self { agent: Some(agent::render(view)) }
    }
}

#[tonic::async_trait]
impl AgentService for Agents {
    async fn get_agent(&self, request: Request<pb::GetAgentRequest>) -> Answered<pb::GetAgentResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let named = f.named::<AgentId>("name", &message.name);
            let (shop, id) = f.finish(named)?;
            let id = agent::or_caller(id, &principal.name);
            let view = self.0.agent(&principal, &shop, &id).await?;
            Ok(pb::GetAgentResponse { agent: Some(agent::render(&view)) })
        })
        .await
    }

    async fn list_agents(&self, request: Request<pb::ListAgentsRequest>) -> Answered<pb::ListAgentsResponse> {
        answer(async {
            let (principal, mut f, mut message) = read(request)?;
            let page = Page::<AgentId>::open(&mut f, &mut message, 50, 200);
            let shop = f.shop("parent", &message.parent);
            let presences = f.words::<Presence>("presences", message.presences);
            let ((page, shop), presences) = f.finish(page.zip(shop).zip(presences))?;
            let after = page.after.as_ref();
            let views = self.0.agents(&principal, &shop, &presences, after, page.limit).await?;
            let next_page_token = page.token_after(&views, |view| view.agent.id.clone());
            let agents = views.iter().map(agent::render).collect();
            Ok(pb::ListAgentsResponse { agents, next_page_token })
        })
        .await
    }

    async fn update_agent(
        &self,
        request: Request<pb::UpdateAgentRequest>,
    ) -> Answered<pb::UpdateAgentResponse> {
        answer(async {
            let (call, mut f, message) = open("AgentService.UpdateAgent", request)?;
            let command = agent::parse_update(&mut f, message);
            execute(&self.0, call, f.finish(command)?).await
        })
        .await
    }

    async fn set_presence(
        &self,
        request: Request<pb::SetPresenceRequest>,
    ) -> Answered<pb::SetPresenceResponse> {
        answer(async {
            let (call, mut f, message) = open("AgentService.SetPresence", request)?;
            let command = agent::parse_presence(&mut f, &message);
            let mut command = f.finish(command)?;
            command.agent = agent::or_caller(command.agent, &call.principal.name);
            execute(&self.0, call, command).await
        })
        .await
    }
}
