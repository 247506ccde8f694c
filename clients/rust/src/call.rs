//! Every unary call as a value: one way to send them all.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, sleep};
use tonic::{Code, Request, Response, Status};
use uuid::Uuid;

use crate::{Client, Error, Failure, v1};

/// A new id for a write, a UUIDv7. The same id repeats a write safely.
#[must_use]
pub fn request_id() -> String {
    Uuid::now_v7().to_string()
}

/// A request that belongs to exactly one unary call.
pub trait Call: Clone + Send + Sync + 'static {
    /// What the server answers.
    type Response: Send;

    /// Gives a write a request id where the caller chose none.
    fn identify(&mut self);

    /// Sends it once.
    fn send(
        client: &Client,
        request: Request<Self>,
    ) -> impl Future<Output = Result<Response<Self::Response>, Status>> + Send;
}

impl Client {
    /// Sends a request and waits for its answer, within the deadline of the settings.
    ///
    /// A write without a request id gets one, so that it can be tried again while
    /// the server is unavailable without ever taking place twice.
    ///
    /// # Errors
    /// [`Error::Refused`] with what the server said.
    pub async fn call<C: Call>(&self, mut request: C) -> Result<C::Response, Error> {
        request.identify();
        let retry = self.settings().retry;
        let until = Instant::now() + self.settings().deadline;
        let mut failures = 0;
        loop {
            let mut attempt = Request::new(request.clone());
            attempt.set_timeout(until.saturating_duration_since(Instant::now()));
            let failure = match C::send(self, attempt).await {
                Ok(response) => return Ok(response.into_inner()),
                Err(status) => Failure::from(&status),
            };
            failures += 1;
            let pause = match failure.code {
                Code::Unavailable => retry.pause(failures, failure.retry_after),
                _ => None,
            };
            match pause {
                Some(pause) if fits(pause, until) => sleep(pause).await,
                _ => return Err(Error::Refused(Box::new(failure))),
            }
        }
    }
}

// An attempt that begins after the deadline would only hide the real failure
// behind a timeout.
fn fits(pause: Duration, until: Instant) -> bool {
    Instant::now() + pause < until
}

macro_rules! calls {
    ($($effect:ident $service:ident.$method:ident($request:ident) -> $response:ident;)*) => {$(
        impl Call for v1::$request {
            type Response = v1::$response;

            fn identify(&mut self) {
                calls!(@$effect self);
            }

            async fn send(
                client: &Client,
                request: Request<Self>,
            ) -> Result<Response<Self::Response>, Status> {
                client.$service().$method(request).await
            }
        }
    )*};
    (@read $request:tt) => {};
    (@write $request:tt) => {
        if $request.request_id.is_empty() {
            $request.request_id = request_id();
        }
    };
}

calls! {
    write shops.create_shop(CreateShopRequest) -> CreateShopResponse;
    read shops.get_shop(GetShopRequest) -> GetShopResponse;
    read shops.list_shops(ListShopsRequest) -> ListShopsResponse;
    write shops.update_shop(UpdateShopRequest) -> UpdateShopResponse;
    // Signals carry ids of their own, so a batch is safe to repeat without another.
    read ingest.record(RecordRequest) -> RecordResponse;
    read detection.detect(DetectRequest) -> DetectResponse;
    read cases.get_case(GetCaseRequest) -> GetCaseResponse;
    read cases.list_cases(ListCasesRequest) -> ListCasesResponse;
    write cases.claim_next_case(ClaimNextCaseRequest) -> ClaimNextCaseResponse;
    write cases.claim_case(ClaimCaseRequest) -> ClaimCaseResponse;
    write cases.renew_lease(RenewLeaseRequest) -> RenewLeaseResponse;
    write cases.release_case(ReleaseCaseRequest) -> ReleaseCaseResponse;
    write cases.assign_case(AssignCaseRequest) -> AssignCaseResponse;
    write cases.add_case_note(AddCaseNoteRequest) -> AddCaseNoteResponse;
    write cases.record_contact(RecordContactRequest) -> RecordContactResponse;
    write cases.wait_case(WaitCaseRequest) -> WaitCaseResponse;
    write cases.snooze_case(SnoozeCaseRequest) -> SnoozeCaseResponse;
    write cases.escalate_case(EscalateCaseRequest) -> EscalateCaseResponse;
    write cases.solve_case(SolveCaseRequest) -> SolveCaseResponse;
    write cases.reopen_case(ReopenCaseRequest) -> ReopenCaseResponse;
    write cases.merge_case(MergeCaseRequest) -> MergeCaseResponse;
    write cases.cancel_case(CancelCaseRequest) -> CancelCaseResponse;
    read cases.list_timeline(ListTimelineRequest) -> ListTimelineResponse;
    read cases.explain_sla(ExplainSlaRequest) -> ExplainSlaResponse;
    read cases.plan_case(PlanCaseRequest) -> PlanCaseResponse;
    // Saying twice that one has a case open says it once.
    read cases.view_case(ViewCaseRequest) -> ViewCaseResponse;
    read agents.get_agent(GetAgentRequest) -> GetAgentResponse;
    read agents.list_agents(ListAgentsRequest) -> ListAgentsResponse;
    write agents.update_agent(UpdateAgentRequest) -> UpdateAgentResponse;
    write agents.set_presence(SetPresenceRequest) -> SetPresenceResponse;
    write cases.link_cases(LinkCasesRequest) -> LinkCasesResponse;
    write cases.unlink_cases(UnlinkCasesRequest) -> UnlinkCasesResponse;
    write incidents.open_incident(OpenIncidentRequest) -> OpenIncidentResponse;
    read incidents.get_incident(GetIncidentRequest) -> GetIncidentResponse;
    read incidents.list_incidents(ListIncidentsRequest) -> ListIncidentsResponse;
    write incidents.add_incident_cases(AddIncidentCasesRequest) -> AddIncidentCasesResponse;
    write incidents.remove_incident_cases(RemoveIncidentCasesRequest) -> RemoveIncidentCasesResponse;
    write incidents.resolve_incident(ResolveIncidentRequest) -> ResolveIncidentResponse;
    read incidents.get_control_chart(GetControlChartRequest) -> GetControlChartResponse;
    write quality.set_quality_form(SetQualityFormRequest) -> SetQualityFormResponse;
    read quality.get_quality_form(GetQualityFormRequest) -> GetQualityFormResponse;
    read quality.list_samples(ListSamplesRequest) -> ListSamplesResponse;
    read quality.get_sample(GetSampleRequest) -> GetSampleResponse;
    write quality.review_sample(ReviewSampleRequest) -> ReviewSampleResponse;
    write quality.dispute_review(DisputeReviewRequest) -> DisputeReviewResponse;
    write quality.resolve_dispute(ResolveDisputeRequest) -> ResolveDisputeResponse;
    read quality.get_quality_scores(GetQualityScoresRequest) -> GetQualityScoresResponse;
    write remedies.suggest_remedies(SuggestRemediesRequest) -> SuggestRemediesResponse;
    write remedies.offer_remedy(OfferRemedyRequest) -> OfferRemedyResponse;
    write remedies.approve_remedy(ApproveRemedyRequest) -> ApproveRemedyResponse;
    write remedies.record_answer(RecordAnswerRequest) -> RecordAnswerResponse;
    write remedies.withdraw_remedy(WithdrawRemedyRequest) -> WithdrawRemedyResponse;
    write remedies.report_fulfilment(ReportFulfilmentRequest) -> ReportFulfilmentResponse;
    read remedies.get_remedy(GetRemedyRequest) -> GetRemedyResponse;
    read remedies.get_suggestion(GetSuggestionRequest) -> GetSuggestionResponse;
    read remedies.list_remedies(ListRemediesRequest) -> ListRemediesResponse;
    write buyers.erase_buyer(EraseBuyerRequest) -> EraseBuyerResponse;
    read buyers.get_erasure(GetErasureRequest) -> GetErasureResponse;
    write stocks.set_stock(SetStockRequest) -> SetStockResponse;
    read stocks.list_stock(ListStockRequest) -> ListStockResponse;
    write replies.draft_reply(DraftReplyRequest) -> DraftReplyResponse;
    read replies.get_reply(GetReplyRequest) -> GetReplyResponse;
    read replies.list_replies(ListRepliesRequest) -> ListRepliesResponse;
    read replies.check_reply(CheckReplyRequest) -> CheckReplyResponse;
    read replies.lint_text(LintTextRequest) -> LintTextResponse;
    write replies.queue_reply(QueueReplyRequest) -> QueueReplyResponse;
    write replies.approve_reply(ApproveReplyRequest) -> ApproveReplyResponse;
    write replies.withdraw_reply(WithdrawReplyRequest) -> WithdrawReplyResponse;
    write replies.begin_delivery(BeginDeliveryRequest) -> BeginDeliveryResponse;
    write replies.report_delivery(ReportDeliveryRequest) -> ReportDeliveryResponse;
    write replies.create_template(CreateTemplateRequest) -> CreateTemplateResponse;
    write replies.update_template(UpdateTemplateRequest) -> UpdateTemplateResponse;
    read replies.list_templates(ListTemplatesRequest) -> ListTemplatesResponse;
    read replies.preview_template(PreviewTemplateRequest) -> PreviewTemplateResponse;
    read reviews.get_review(GetReviewRequest) -> GetReviewResponse;
    read reviews.list_reviews(ListReviewsRequest) -> ListReviewsResponse;
    read reviews.list_review_versions(ListReviewVersionsRequest) -> ListReviewVersionsResponse;
    read reviews.list_observations(ListObservationsRequest) -> ListObservationsResponse;
    read reviews.check_ask(CheckAskRequest) -> CheckAskResponse;
    read reviews.attest_case(AttestCaseRequest) -> AttestCaseResponse;
    write reviews.ask(AskRequest) -> AskResponse;
    read returns.get_return(GetReturnRequest) -> GetReturnResponse;
    read returns.list_returns(ListReturnsRequest) -> ListReturnsResponse;
    read metrics.get_review_reversal(GetReviewReversalRequest) -> GetReviewReversalResponse;
    read metrics.get_returns(GetReturnsRequest) -> GetReturnsResponse;
    read metrics.get_handling(GetHandlingRequest) -> GetHandlingResponse;
    read metrics.get_sla_attainment(GetSlaAttainmentRequest) -> GetSlaAttainmentResponse;
    read metrics.get_satisfaction(GetSatisfactionRequest) -> GetSatisfactionResponse;
    read metrics.get_agent_performance(GetAgentPerformanceRequest) -> GetAgentPerformanceResponse;
    read metrics.get_remedy_performance(GetRemedyPerformanceRequest) -> GetRemedyPerformanceResponse;
    read metrics.get_remedy_fairness(GetRemedyFairnessRequest) -> GetRemedyFairnessResponse;
    read metrics.get_time_to_reversal(GetTimeToReversalRequest) -> GetTimeToReversalResponse;
    read metrics.get_savings(GetSavingsRequest) -> GetSavingsResponse;
    read planning.get_marketplace_twins(GetMarketplaceTwinsRequest) -> GetMarketplaceTwinsResponse;
    read planning.forecast_volume(ForecastVolumeRequest) -> ForecastVolumeResponse;
    read planning.plan_staffing(PlanStaffingRequest) -> PlanStaffingResponse;
    read policies.get_policy(GetPolicyRequest) -> GetPolicyResponse;
    write policies.update_policy(UpdatePolicyRequest) -> UpdatePolicyResponse;
    read policies.list_policy_versions(ListPolicyVersionsRequest) -> ListPolicyVersionsResponse;
    read policies.list_channels(ListChannelsRequest) -> ListChannelsResponse;
    read policies.check_policy(CheckPolicyRequest) -> CheckPolicyResponse;
    read policies.check_remedy_policy(CheckRemedyPolicyRequest) -> CheckRemedyPolicyResponse;
    write policies.apply_remedy_policy(ApplyRemedyPolicyRequest) -> ApplyRemedyPolicyResponse;
    read policies.get_remedy_policy(GetRemedyPolicyRequest) -> GetRemedyPolicyResponse;
    read policies.list_remedy_policies(ListRemedyPoliciesRequest) -> ListRemedyPoliciesResponse;
    read events.list_events(ListEventsRequest) -> ListEventsResponse;
}
