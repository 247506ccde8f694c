//! What happened, for back ends that act on it.

use amends_app::App;
use amends_domain::CaseId;
use amends_proto::v1 as pb;
use pb::event_service_server::EventService;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use crate::call::{answer, read};
use crate::convert::event;
use crate::page::Page;

mod subscription;

/// See the contract.
#[derive(Debug, Clone)]
pub struct Events {
    /// The service.
    pub app: App,
    /// Ends every stream.
    pub shutdown: CancellationToken,
}

#[tonic::async_trait]
impl EventService for Events {
    type SubscribeStream = subscription::Notices;

    async fn list_events(
        &self,
        request: Request<pb::ListEventsRequest>,
    ) -> Result<Response<pb::ListEventsResponse>, Status> {
        answer(async {
            let (principal, mut f, mut message) = read(request)?;
            let page = Page::<i64>::open(&mut f, &mut message, 100, 1_000);
            let shop = f.shop("parent", &message.parent);
            let types = event::parse_types(&mut f, message.event_types);
            let case = f.named_in::<CaseId>("case", &message.case, shop.as_ref());
            let after = f.position("after_position", message.after_position);
            let ((((page, shop), types), case), after) =
                f.finish(page.zip(shop).zip(types).zip(case).zip(after))?;
            let (from, limit) = (page.after.unwrap_or(after), page.limit);
            let found = match case {
                Some(case) => self.app.events_of_case(&principal, &shop, case, from, &types, limit).await?,
                None => self.app.events_after(&principal, &shop, from, &types, limit).await?,
            };
            let next = (!found.is_end).then_some(found.position);
            let events = found.events.iter().map(event::render).collect();
            Ok(pb::ListEventsResponse { events, next_page_token: page.token(next.as_ref()) })
        })
        .await
    }

    async fn subscribe(
        &self,
        request: Request<pb::SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let after = message.after_position;
            let parsed = event::parse_subscription(&mut f, message);
            let (shop, types) = f.finish(parsed)?;
            subscription::start(self.clone(), principal, shop, types, after).await
        })
        .await
    }
}
