//! Quality sampling.

use amends_app::App;
use amends_app::quality::{DisputeReview, ResolveDispute, ReviewSample, SetQualityForm};
use amends_domain::{SampleId, Time};
use amends_proto::v1 as pb;
use pb::quality_service_server::QualityService;
use tonic::{Request, Response, Status};

use crate::call::{answer, execute, open, read};
use crate::convert::quality;
use crate::page::Page;

type Reply<M> = Result<Response<M>, Status>;

/// See the contract.
#[derive(Debug, Clone)]
pub struct Quality(pub App);

#[tonic::async_trait]
impl QualityService for Quality {
    async fn set_quality_form(
        &self,
        request: Request<pb::SetQualityFormRequest>,
    ) -> Reply<pb::SetQualityFormResponse> {
        answer(async {
            let (call, mut f, message) = open("QualityService.SetQualityForm", request)?;
            let shop = f.shop("parent", &message.parent);
            // The first is set upon none.
            let version = if message.etag == "0" { Some(0) } else { f.etag("etag", &message.etag) };
            let given = f.required("form", message.form);
            let form = given.and_then(|given| f.inside("form", |f| quality::parse_form(f, given)));
            let ((shop, version), form) = f.finish(shop.zip(version).zip(form))?;
            execute(&self.0, call, SetQualityForm { shop, version, form }).await
        })
        .await
    }

    async fn get_quality_form(
        &self,
        request: Request<pb::GetQualityFormRequest>,
    ) -> Reply<pb::GetQualityFormResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let shop = f.shop("parent", &message.parent);
            let version = f.position("version", message.version);
            let (shop, version) = f.finish(shop.zip(version))?;
            let found = self.0.quality_form(&principal, &shop, (version > 0).then_some(version)).await?;
            Ok(pb::GetQualityFormResponse { form: Some(quality::render_form(&found)) })
        })
        .await
    }

    async fn list_samples(&self, request: Request<pb::ListSamplesRequest>) -> Reply<pb::ListSamplesResponse> {
        answer(async {
            let (principal, mut f, mut message) = read(request)?;
            let page = Page::<(Time, SampleId)>::open(&mut f, &mut message, 50, 200);
            let asked = quality::parse_filter(&mut f, &message);
            let (page, (shop, mut filter)) = f.finish(page.zip(asked))?;
            filter.reviewer = message.reviewable.then(|| principal.name.clone());
            let found = self.0.samples(&principal, &shop, filter, page.after.as_ref(), page.limit).await?;
            Ok(pb::ListSamplesResponse {
                samples: found.iter().map(quality::render).collect(),
                next_page_token: page.token_after(&found, |last| (last.drawn_at, last.id)),
            })
        })
        .await
    }

    async fn get_sample(&self, request: Request<pb::GetSampleRequest>) -> Reply<pb::GetSampleResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let named = f.named("name", &message.name);
            let (shop, id) = f.finish(named)?;
            let found = self.0.sample(&principal, &shop, id).await?;
            let (sample, form) = (quality::render_view(&found), quality::render_form(&found.form));
            Ok(pb::GetSampleResponse { sample: Some(sample), form: Some(form) })
        })
        .await
    }

    async fn review_sample(
        &self,
        request: Request<pb::ReviewSampleRequest>,
    ) -> Reply<pb::ReviewSampleResponse> {
        answer(async {
            let (call, mut f, message) = open("QualityService.ReviewSample", request)?;
            let step = quality::parse_step(&mut f, (&message.name, &message.etag), (message.note, false));
            let scores = quality::parse_scores(&mut f, message.scores);
            let ((shop, sample, version, note), scores) = f.finish(step.zip(scores))?;
            execute(&self.0, call, ReviewSample { shop, sample, version, scores, note }).await
        })
        .await
    }

    async fn dispute_review(
        &self,
        request: Request<pb::DisputeReviewRequest>,
    ) -> Reply<pb::DisputeReviewResponse> {
        answer(async {
            let (call, mut f, message) = open("QualityService.DisputeReview", request)?;
            let step = quality::parse_step(&mut f, (&message.name, &message.etag), (message.note, true));
            let (shop, sample, version, note) = f.finish(step)?;
            execute(&self.0, call, DisputeReview { shop, sample, version, note }).await
        })
        .await
    }

    async fn resolve_dispute(
        &self,
        request: Request<pb::ResolveDisputeRequest>,
    ) -> Reply<pb::ResolveDisputeResponse> {
        answer(async {
            let (call, mut f, message) = open("QualityService.ResolveDispute", request)?;
            let step = quality::parse_step(&mut f, (&message.name, &message.etag), (message.note, true));
            let upheld = message.scores.is_empty();
            let scores = quality::parse_scores(&mut f, message.scores);
            let ((shop, sample, version, note), scores) = f.finish(step.zip(scores))?;
            let scores = (!upheld).then_some(scores);
            execute(&self.0, call, ResolveDispute { shop, sample, version, scores, note }).await
        })
        .await
    }

    async fn get_quality_scores(
        &self,
        request: Request<pb::GetQualityScoresRequest>,
    ) -> Reply<pb::GetQualityScoresResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let question = quality::parse_question(&mut f, message);
            let found = self.0.quality_figures(&principal, &f.finish(question)?).await?;
            Ok(quality::render_scores(&found))
        })
        .await
    }
}
