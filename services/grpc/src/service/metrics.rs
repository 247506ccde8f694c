//! Figures.

use amends_app::App;
use amends_proto::v1 as pb;
use pb::metrics_service_server::MetricsService;
use tonic::{Request, Response, Status};

use crate::call::{answer, read};
use crate::convert::metrics::{
    Asked, agent_performance, lag, parse, remedies, render_returns, render_reversal, response, savings,
};

type Reply<M> = Result<Response<M>, Status>;

/// See the contract.
#[derive(Debug, Clone)]
pub struct Metrics(pub App);

#[tonic::async_trait]
impl MetricsService for Metrics {
    async fn get_review_reversal(
        &self,
        request: Request<pb::GetReviewReversalRequest>,
    ) -> Reply<pb::GetReviewReversalResponse> {
        answer(async {
            let (principal, mut f, m) = read(request)?;
            let asked = Asked {
                parent: m.parent,
                cohort: m.cohort,
                bucket: m.bucket,
                dimensions: m.dimensions,
                filters: m.filters,
            };
            let question = parse(&mut f, asked);
            let figures = self.0.review_reversal(&principal, &f.finish(question)?).await?;
            Ok(render_reversal(&figures))
        })
        .await
    }

    async fn get_returns(&self, request: Request<pb::GetReturnsRequest>) -> Reply<pb::GetReturnsResponse> {
        answer(async {
            let (principal, mut f, m) = read(request)?;
            let asked = Asked {
                parent: m.parent,
                cohort: m.cohort,
                bucket: m.bucket,
                dimensions: m.dimensions,
                filters: m.filters,
            };
            let question = parse(&mut f, asked);
            let figures = self.0.return_figures(&principal, &f.finish(question)?).await?;
            Ok(render_returns(&figures))
        })
        .await
    }

    async fn get_remedy_performance(
        &self,
        request: Request<pb::GetRemedyPerformanceRequest>,
    ) -> Reply<pb::GetRemedyPerformanceResponse> {
        answer(async {
            let (principal, mut f, m) = read(request)?;
            let question = remedies::performance(&mut f, m);
            let figures = self.0.remedy_figures(&principal, &f.finish(question)?).await?;
            Ok(remedies::render_performance(&figures))
        })
        .await
    }

    async fn get_remedy_fairness(
        &self,
        request: Request<pb::GetRemedyFairnessRequest>,
    ) -> Reply<pb::GetRemedyFairnessResponse> {
        answer(async {
            let (principal, mut f, m) = read(request)?;
            let question = remedies::fairness(&mut f, m);
            let (shop, days, reason) = f.finish(question)?;
            let told = self.0.remedy_fairness(&principal, &shop, days, reason).await?;
            Ok(remedies::render_fairness(&told))
        })
        .await
    }

    async fn get_time_to_reversal(
        &self,
        request: Request<pb::GetTimeToReversalRequest>,
    ) -> Reply<pb::GetTimeToReversalResponse> {
        answer(async {
            let (principal, mut f, m) = read(request)?;
            let asked = Asked {
                parent: m.parent,
                cohort: m.cohort,
                bucket: m.bucket,
                dimensions: m.dimensions,
                filters: m.filters,
            };
            let question = parse(&mut f, asked);
            let figures = self.0.time_to_reversal(&principal, &f.finish(question)?).await?;
            Ok(lag::render(&figures))
        })
        .await
    }

    async fn get_savings(&self, request: Request<pb::GetSavingsRequest>) -> Reply<pb::GetSavingsResponse> {
        answer(async {
            let (principal, mut f, m) = read(request)?;
            let question = savings::parse(&mut f, m);
            let (shop, days) = f.finish(question)?;
            let told = self.0.savings(&principal, &shop, days).await?;
            Ok(savings::render(&told))
        })
        .await
    }

    async fn get_handling(&self, request: Request<pb::GetHandlingRequest>) -> Reply<pb::GetHandlingResponse> {
        answer(async {
            let (principal, mut f, m) = read(request)?;
            let question = parse(&mut f, m.into());
            let figures = self.0.handling(&principal, &f.finish(question)?).await?;
            Ok(response::render_handling(&figures))
        })
        .await
    }

    async fn get_sla_attainment(
        &self,
        request: Request<pb::GetSlaAttainmentRequest>,
    ) -> Reply<pb::GetSlaAttainmentResponse> {
        answer(async {
            let (principal, mut f, m) = read(request)?;
            let question = parse(&mut f, m.into());
            let figures = self.0.sla_attainment(&principal, &f.finish(question)?).await?;
            Ok(response::render_attainment(&figures))
        })
        .await
    }

    async fn get_satisfaction(
        &self,
        request: Request<pb::GetSatisfactionRequest>,
    ) -> Reply<pb::GetSatisfactionResponse> {
        answer(async {
            let (principal, mut f, m) = read(request)?;
            let question = parse(&mut f, m.into());
            let figures = self.0.satisfaction(&principal, &f.finish(question)?).await?;
            Ok(response::render_satisfaction(&figures))
        })
        .await
    }

    async fn get_agent_performance(
        &self,
        request: Request<pb::GetAgentPerformanceRequest>,
    ) -> Reply<pb::GetAgentPerformanceResponse> {
        answer(async {
            let (principal, mut f, m) = read(request)?;
            let question = agent_performance::parse(&mut f, m);
            let figures = self.0.agent_performance(&principal, &f.finish(question)?).await?;
            Ok(agent_performance::render(&figures))
        })
        .await
    }
}
