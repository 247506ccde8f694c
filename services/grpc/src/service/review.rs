//! Reviews, and the one neutral message about them.

use amends_app::App;
use amends_app::attestation::LINKS_PAGE_MAX;
use amends_app::review::{Ask, AskOutcome, AskState, LOOKS_PAGE_MAX, ReviewView};
use amends_app::stored::ReviewFilter;
use amends_domain::{CaseId, ReviewId, ShopId, Sku, Time};
use amends_proto::v1 as pb;
use pb::review_service_server::ReviewService;

use tonic::{Request, Response, Status};

use crate::call::{Renders, With, answer, execute, open, read};
use crate::convert::{attestation, decision, review};
use crate::fields::Fields;

use crate::page::Page;
use crate::status::guardrail;

type Reply<M> = Result<Response<M>, Status>;

/// See the contract.
#[derive(Debug, Clone)]
pub struct Reviews(pub App);

/// What is kept of an ask: a refusal is an answer too, and its repetition refuses again.
#[derive(Clone, PartialEq, prost::Message)]
struct AskAnswer {
    #[prost(message, optional, tag = "1")]
    sent: Option<pb::AskResponse>,
    #[prost(message, optional, tag = "2")]
    refused: Option<pb::Decision>,
}

impl Renders<(ShopId, AskOutcome)> for AskAnswer {
    fn render((shop, outcome): &(ShopId, AskOutcome)) -> Self {
        match outcome {
            AskOutcome::Sent { decision, review: row, .. } => {
                let decision = Some(decision::decision(shop, decision));
                let sent = pb::AskResponse { decision, review: Some(review::of_row(row)) };
                Self { sent: Some(sent), refused: None }
            }
            AskOutcome::Refused(decision) => {
                Self { sent: None, refused: Some(decision::decision(shop, decision)) }
            }
        }
    }
}

#[tonic::async_trait]
impl ReviewService for Reviews {
    async fn get_review(&self, request: Request<pb::GetReviewRequest>) -> Reply<pb::GetReviewResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let named = f.named::<ReviewId>("name", &message.name);
            let (shop, id) = f.finish(named)?;
            let view = self.0.review(&principal, &shop, &id).await?;
            Ok(pb::GetReviewResponse { review: Some(review::render(&view)) })
        })
        .await
    }

    async fn list_reviews(&self, request: Request<pb::ListReviewsRequest>) -> Reply<pb::ListReviewsResponse> {
        answer(async {
            let (principal, mut f, mut message) = read(request)?;
            let page = Page::open(&mut f, &mut message, 50, 200);
            let shop = f.shop("parent", &message.parent);
            let filter = Filter::parse(&mut f, message);
            let ((page, shop), filter) = f.finish(page.zip(shop).zip(filter))?;
            let views =
                self.0.reviews(&principal, &shop, &filter.stored, page.after.clone(), page.limit).await?;
            let next_page_token =
                page.token_after(&views, |view| (view.row.last_observed_at, view.row.review.clone()));
            let reviews = views.iter().filter(|view| filter.shows(view)).map(review::render).collect();
            Ok(pb::ListReviewsResponse { reviews, next_page_token })
        })
        .await
    }

    async fn list_review_versions(
        &self,
        request: Request<pb::ListReviewVersionsRequest>,
    ) -> Reply<pb::ListReviewVersionsResponse> {
        answer(async {
            let (principal, mut f, mut message) = read(request)?;
            let page = Page::<i64>::open(&mut f, &mut message, 50, 200);
            let named = f.named::<ReviewId>("parent", &message.parent);
            let (page, (shop, id)) = f.finish(page.zip(named))?;
            let after = u32::try_from(page.after.unwrap_or(0)).unwrap_or(u32::MAX);
            let views = self.0.review_versions(&principal, &shop, &id, after, page.limit).await?;
            let next_page_token = page.token_after(&views, |view| i64::from(view.number));
            let versions = views.iter().map(review::version).collect();
            Ok(pb::ListReviewVersionsResponse { versions, next_page_token })
        })
        .await
    }

    async fn list_observations(
        &self,
        request: Request<pb::ListObservationsRequest>,
    ) -> Reply<pb::ListObservationsResponse> {
        answer(async {
            let (principal, mut f, mut message) = read(request)?;
            let page = Page::open(&mut f, &mut message, 100, LOOKS_PAGE_MAX);
            let shop = f.shop("parent", &message.parent);
            let by = f.time_or_none("due_by_time", message.due_by_time);
            let ((page, shop), by) = f.finish(page.zip(shop).zip(by))?;
            let rows =
                self.0.reviews_to_look_at(&principal, &shop, by, page.after.clone(), page.limit).await?;
            let next_page_token =
                page.token_after(&rows, |row| (row.next_look_at.unwrap_or(Time::MIN), row.review.clone()));
            let observations = rows.iter().map(review::planned).collect();
            Ok(pb::ListObservationsResponse { observations, next_page_token })
        })
        .await
    }

    async fn check_ask(&self, request: Request<pb::CheckAskRequest>) -> Reply<pb::CheckAskResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let by_request = message.revision_request;
            let parsed = review::parse_ask(&mut f, &message.name, message.template);
            let (shop, id, template) = f.finish(parsed)?;
            let made = self.0.check_ask(&principal, &shop, &id, &template, by_request).await?;
            Ok(pb::CheckAskResponse { decision: Some(decision::decision(&shop, &made)) })
        })
        .await
    }

    async fn attest_case(&self, request: Request<pb::AttestCaseRequest>) -> Reply<pb::AttestCaseResponse> {
        answer(async {
            let (principal, mut f, mut message) = read(request)?;
            let page = Page::<i64>::open(&mut f, &mut message, 100, LINKS_PAGE_MAX);
            let named = f.named::<CaseId>("name", &message.name);
            let (page, (shop, case)) = f.finish(page.zip(named))?;
            let attested = self.0.attest_case(&principal, &shop, case).await?;
            let after = usize::try_from(page.after.unwrap_or(0)).unwrap_or(usize::MAX);
            let links: Vec<_> =
                attested.links.iter().skip(after).take(page.limit.try_into().unwrap_or(usize::MAX)).collect();
            let next = links.last().map(|last| i64::from(last.link.number));
            let more = next.filter(|next| usize::try_from(*next).is_ok_and(|n| n < attested.links.len()));
            let next_page_token = page.token(more.as_ref());
            Ok(attestation::render(&attested, &links, next_page_token))
        })
        .await
    }

    async fn ask(&self, request: Request<pb::AskRequest>) -> Reply<pb::AskResponse> {
        let made: Response<AskAnswer> = answer(async {
            let (call, mut f, message) = open("ReviewService.Ask", request)?;
            let parsed = review::parse_ask(&mut f, &message.name, message.template);
            let version = f.etag("etag", &message.etag);
            let fence = f.position("fence", message.fence);
            let (((shop, review, template), version), fence) = f.finish(parsed.zip(version).zip(fence))?;
            let by_request = message.revision_request;
            let command = Ask { shop: shop.clone(), review, version, fence, template, by_request };
            execute(&self.0, call, With(shop, command)).await
        })
        .await?;
        match made.into_inner() {
            AskAnswer { refused: Some(decision), .. } => {
                Err(guardrail::refused("ask", &decision).into_status())
            }
            AskAnswer { sent, .. } => Ok(Response::new(sent.unwrap_or_default())),
        }
    }
}

/// Which reviews a list holds, beside what storage looks up.
struct Filter {
    stored: ReviewFilter,
    outcomes: Vec<i32>,
    ask_states: Vec<pb::AskState>,
    sku: Option<Sku>,
}

impl Filter {
    fn parse(f: &mut Fields, message: pb::ListReviewsRequest) -> Option<Self> {
        let order = f.id_or_none("order_id", &message.order_id);
        let sku = f.id_or_none("sku", &message.sku);
        let outcomes = f.each("outcomes", message.outcomes, |f, number| {
            let known = number != 0 && pb::ReviewDiffKind::try_from(number).is_ok();
            if known { Some(number) } else { f.refuse("", "is no value that can be sent here") }
        });
        let ask_states = f.each("ask_states", message.ask_states, |f, number| match number.try_into() {
            Ok(state) if state != pb::AskState::Unspecified => Some(state),
            _ => f.refuse("", "is no value that can be sent here"),
        });
        Some(Self {
            stored: ReviewFilter { negative: message.negative, order: order?, outcome: None },
            outcomes: outcomes?,
            ask_states: ask_states?,
            sku: sku?,
        })
    }

    fn shows(&self, view: &ReviewView) -> bool {
        let outcome = i32::from(review::since_first(view.outcome));
        let ask = match view.ask {
            AskState::Observed => pb::AskState::Observed,
            AskState::Blocked(_) => pb::AskState::AskBlocked,
            AskState::Eligible => pb::AskState::AskEligible,
            AskState::Asked => pb::AskState::Asked,
        };
        (self.outcomes.is_empty() || self.outcomes.contains(&outcome))
            && (self.ask_states.is_empty() || self.ask_states.contains(&ask))
            && self.sku.as_ref().is_none_or(|sku| view.row.sku.as_ref() == Some(sku))
    }
}
