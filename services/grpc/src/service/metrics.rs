//! Figures.

use amends_app::App;
use amends_proto::v1 as pb;
use pb::metrics_service_server::MetricsService;
use tonic::{Request, Response, Status};

use crate::call::{answer, read};
use crate::convert::metrics::{Asked, parse, render_returns, render_reversal};

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
}
