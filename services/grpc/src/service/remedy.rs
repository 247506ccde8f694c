//! Remedies: suggested, offered, answered, carried out.

use amends_app::App;
use amends_app::remedy::{
    Answered, ApproveRemedy, BuyerAnswer, OfferRemedy, RecordAnswer, RemedyOfCase, ReportFulfilment,
    Suggested, WithdrawRemedy,
};
use amends_domain::remedy::{RemedyKind, RemedyStage};
use amends_domain::{CaseId, OrderId, ShopId, Span};
use amends_proto::v1 as pb;
use pb::remedy_service_server::RemedyService;
use tonic::{Request, Response, Status};

use crate::call::{Renders, With, answer, execute, open, read};
use crate::convert::{remedy, suggestion};
use crate::fields::{Fields, NOTE_CHARACTERS_MAX};
use crate::latest;
use crate::page::Page;

type Reply<M> = Result<Response<M>, Status>;

/// See the contract.
#[derive(Debug, Clone)]
pub struct Remedies(pub App);

macro_rules! answers_both {
    ($($response:ident),+ $(,)?) => {$(
        impl Renders<RemedyOfCase> for pb::$response {
            fn render(both: &RemedyOfCase) -> Self {
                let (remedy, case) = remedy::render_both(both);
                Self { remedy, case }
            }
        }
    )+};
}

answers_both!(ApproveRemedyResponse, OfferRemedyResponse, WithdrawRemedyResponse);

impl Renders<Answered> for pb::RecordAnswerResponse {
    fn render(answered: &Answered) -> Self {
        let Answered { remedy, case, next } = answered.clone();
        let (remedy, case) = remedy::render_both(&RemedyOfCase { remedy, case });
        Self { remedy, case, next_offer: next.as_ref().map(remedy::next_offer) }
    }
}

impl Renders<RemedyOfCase> for pb::ReportFulfilmentResponse {
    fn render(both: &RemedyOfCase) -> Self {
        Self { remedy: remedy::render_both(both).0 }
    }
}

impl Renders<(ShopId, Suggested)> for pb::SuggestRemediesResponse {
    fn render((shop, suggested): &(ShopId, Suggested)) -> Self {
        Self { suggestion: Some(suggestion::render(shop, suggested)) }
    }
}

#[tonic::async_trait]
impl RemedyService for Remedies {
    async fn suggest_remedies(
        &self,
        request: Request<pb::SuggestRemediesRequest>,
    ) -> Reply<pb::SuggestRemediesResponse> {
        answer(async {
            let (call, mut f, message) = open("RemedyService.SuggestRemedies", request)?;
            let command = f.suggest(message, latest(&self.0));
            let command = f.finish(command)?;
            execute(&self.0, call, With(command.shop.clone(), command)).await
        })
        .await
    }

    async fn offer_remedy(&self, request: Request<pb::OfferRemedyRequest>) -> Reply<pb::OfferRemedyResponse> {
        answer(async {
            let (call, mut f, message) = open("RemedyService.OfferRemedy", request)?;
            let command = parse_offer(&mut f, message);
            execute(&self.0, call, f.finish(command)?).await
        })
        .await
    }

    async fn approve_remedy(
        &self,
        request: Request<pb::ApproveRemedyRequest>,
    ) -> Reply<pb::ApproveRemedyResponse> {
        answer(async {
            let (call, mut f, message) = open("RemedyService.ApproveRemedy", request)?;
            let named = f.named("name", &message.name);
            let version = f.etag("etag", &message.etag);
            let note = f.text("note", message.note, NOTE_CHARACTERS_MAX);
            let (((shop, remedy), version), note) = f.finish(named.zip(version).zip(note))?;
            execute(&self.0, call, ApproveRemedy { shop, remedy, version, note }).await
        })
        .await
    }

    async fn record_answer(
        &self,
        request: Request<pb::RecordAnswerRequest>,
    ) -> Reply<pb::RecordAnswerResponse> {
        answer(async {
            let (call, mut f, message) = open("RemedyService.RecordAnswer", request)?;
            let command = parse_answer(&mut f, message);
            execute(&self.0, call, f.finish(command)?).await
        })
        .await
    }

    async fn withdraw_remedy(
        &self,
        request: Request<pb::WithdrawRemedyRequest>,
    ) -> Reply<pb::WithdrawRemedyResponse> {
        answer(async {
            let (call, mut f, message) = open("RemedyService.WithdrawRemedy", request)?;
            let named = f.named("name", &message.name);
            let version = f.etag("etag", &message.etag);
            let fence = f.position("fence", message.fence);
            let note = f.text("note", message.note, NOTE_CHARACTERS_MAX);
            let ((((shop, remedy), version), fence), note) =
                f.finish(named.zip(version).zip(fence).zip(note))?;
            execute(&self.0, call, WithdrawRemedy { shop, remedy, version, fence, note }).await
        })
        .await
    }

    async fn report_fulfilment(
        &self,
        request: Request<pb::ReportFulfilmentRequest>,
    ) -> Reply<pb::ReportFulfilmentResponse> {
        answer(async {
            let (call, mut f, message) = open("RemedyService.ReportFulfilment", request)?;
            let named = f.named("name", &message.name);
            let report = remedy::parse_report(&mut f, message.fulfilment, latest(&self.0));
            let ((shop, remedy), (report, at)) = f.finish(named.zip(report))?;
            execute(&self.0, call, ReportFulfilment { shop, remedy, report, at }).await
        })
        .await
    }

    async fn get_remedy(&self, request: Request<pb::GetRemedyRequest>) -> Reply<pb::GetRemedyResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let named = f.named("name", &message.name);
            let (shop, id) = f.finish(named)?;
            let view = self.0.remedy(&principal, &shop, id).await?;
            Ok(pb::GetRemedyResponse { remedy: Some(remedy::render_view(&view)) })
        })
        .await
    }

    async fn get_suggestion(
        &self,
        request: Request<pb::GetSuggestionRequest>,
    ) -> Reply<pb::GetSuggestionResponse> {
        answer(async {
            let (principal, mut f, message) = read(request)?;
            let named = f.named("name", &message.name);
            let (shop, id) = f.finish(named)?;
            let row = self.0.suggestion(&principal, &shop, id).await?;
            Ok(suggestion::render_stored(&row))
        })
        .await
    }

    async fn list_remedies(
        &self,
        request: Request<pb::ListRemediesRequest>,
    ) -> Reply<pb::ListRemediesResponse> {
        answer(async {
            let (principal, mut f, mut message) = read(request)?;
            let page = Page::open(&mut f, &mut message, 50, 200);
            let shop = f.shop("parent", &message.parent);
            let filter = Filter::parse(&mut f, message, shop.as_ref());
            let ((page, shop), filter) = f.finish(page.zip(shop).zip(filter))?;
            let (case, stages) = (filter.case, filter.stages.clone());
            let views = self.0.remedies(&principal, &shop, case, stages, page.after, page.limit).await?;
            let next_page_token = page.token_after(&views, |v| (v.remedy.proposed_at, v.remedy.id));
            let remedies = views.iter().filter(|view| filter.shows(&view.remedy)).map(remedy::render_view);
            Ok(pb::ListRemediesResponse { remedies: remedies.collect(), next_page_token })
        })
        .await
    }
}

fn parse_offer(f: &mut Fields, message: pb::OfferRemedyRequest) -> Option<OfferRemedy> {
    let named = f.named::<CaseId>("case", &message.case);
    let version = f.etag("etag", &message.etag);
    let fence = f.fence(message.fence);
    let suggestion = f.named_in("suggestion", &message.suggestion, named.as_ref().map(|(shop, _)| shop));
    let kind = f.word("kind", message.kind);
    let terms = remedy::parse_terms(f, message.terms);
    let bounds = Span::from_hours(1)..=Span::from_days(60);
    let life = f.span_or_none("life", message.life, bounds, "must be 1 hour to 60 days");
    let text = f.text("customer_text", message.customer_text, NOTE_CHARACTERS_MAX);
    let after = f.named_in("follows", &message.follows, named.as_ref().map(|(shop, _)| shop));
    let ((shop, case), (terms, units)) = named.zip(terms)?;
    Some(OfferRemedy {
        shop,
        case,
        version: version?,
        fence: fence?,
        suggestion: suggestion?,
        kind: kind?,
        units,
        terms,
        after: after?,
        life: life?,
        text: text?,
    })
}

fn parse_answer(f: &mut Fields, message: pb::RecordAnswerRequest) -> Option<RecordAnswer> {
    let named = f.named("name", &message.name);
    let version = if message.etag.is_empty() { Some(None) } else { f.etag("etag", &message.etag).map(Some) };
    let fence = f.position("fence", message.fence);
    let countered = message.answer == i32::from(pb::BuyerAnswer::Countered);
    let wish = match message.counter_amount {
        None if countered => f.refuse("counter_amount", "must be set where the buyer countered"),
        Some(_) if !countered => f.refuse("counter_amount", "must be unset unless the buyer countered"),
        wish => f.money_or_none("counter_amount", wish),
    };
    let answer = match pb::BuyerAnswer::try_from(message.answer) {
        Ok(pb::BuyerAnswer::Accepted) => Some(BuyerAnswer::Accepted),
        Ok(pb::BuyerAnswer::Declined) => Some(BuyerAnswer::Declined),
        Ok(pb::BuyerAnswer::Countered) => wish.flatten().map(|wish| BuyerAnswer::Countered { wish }),
        Ok(pb::BuyerAnswer::Unspecified) => f.refuse("answer", "must be set"),
        Err(_) => f.refuse("answer", "is no value that can be sent here"),
    };
    let note = f.text("note", message.note, NOTE_CHARACTERS_MAX);
    let ((shop, remedy), _) = named.zip(wish)?;
    Some(RecordAnswer { shop, remedy, version: version?, fence: fence?, answer: answer?, note: note? })
}

/// Which remedies a list holds, beside what storage looks up.
struct Filter {
    case: Option<CaseId>,
    stages: Vec<RemedyStage>,
    kinds: Vec<RemedyKind>,
    order: Option<OrderId>,
}

impl Filter {
    fn parse(f: &mut Fields, message: pb::ListRemediesRequest, shop: Option<&ShopId>) -> Option<Self> {
        let case = f.named_in("case", &message.case, shop);
        let stages = f.words("states", message.states);
        let kinds = f.words("kinds", message.kinds);
        let order = f.id_or_none("order_id", &message.order_id);
        Some(Self { case: case?, stages: stages?, kinds: kinds?, order: order? })
    }

    fn shows(&self, remedy: &amends_domain::remedy::Remedy) -> bool {
        let order = remedy.line.as_ref().map(|(order, _)| order);
        (self.kinds.is_empty() || self.kinds.contains(&remedy.kind))
            && self.order.as_ref().is_none_or(|wanted| order == Some(wanted))
    }
}
