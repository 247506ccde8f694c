//! What lies ahead of a shop.

use amends_app::App;
use amends_proto::v1 as pb;
use pb::planning_service_server::PlanningService;
use tonic::{Request, Response, Status};

use crate::call::{answer, read};
use crate::convert::planning::{staffing, twins, volume};

type Reply<M> = Result<Response<M>, Status>;

/// See the contract.
#[derive(Debug, Clone)]
pub struct Planning(pub App);

#[tonic::async_trait]
impl PlanningService for Planning {
    async fn get_marketplace_twins(
        &self,
        request: Request<pb::GetMarketplaceTwinsRequest>,
    ) -> Reply<pb::GetMarketplaceTwinsResponse> {
        answer(async {
            let (principal, mut f, m) = read(request)?;
            let question = twins::parse(&mut f, m);
            let question = f.finish(question)?;
            let told = self.0.marketplace_twins(&principal, &question).await?;
            Ok(twins::render(&question.shop, &told))
        })
        .await
    }

    async fn forecast_volume(
        &self,
        request: Request<pb::ForecastVolumeRequest>,
    ) -> Reply<pb::ForecastVolumeResponse> {
        answer(async {
            let (principal, mut f, m) = read(request)?;
            let history = m.include_history;
            let question = volume::parse(&mut f, m);
            let told = self.0.volume(&principal, &f.finish(question)?).await?;
            Ok(volume::render(&told, history))
        })
        .await
    }

    async fn plan_staffing(
        &self,
        request: Request<pb::PlanStaffingRequest>,
    ) -> Reply<pb::PlanStaffingResponse> {
        answer(async {
            let (principal, mut f, m) = read(request)?;
            let question = staffing::parse(&mut f, m);
            let told = self.0.staffing(&principal, &f.finish(question)?).await?;
            Ok(staffing::render(&told))
        })
        .await
    }
}
