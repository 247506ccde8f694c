//! What every handler does around its own work: who calls, under which request
//! id, in which trace; and how an answer, or its repetition, is rendered.

use std::sync::Arc;

use amends_app::case::{ClaimNextCase, Claimed};
use amends_app::{Answer, App, AppError, Call, Command, Principal, RequestKey, Work};
use amends_domain::ShopId;
use amends_domain::event::ActorKind;
use amends_proto::v1 as pb;
use opentelemetry::trace::TraceContextExt as _;
use prost::Message;
use tonic::{Request, Response, Status};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::fields::Fields;
use crate::status;

/// The principal, as the auth layer leaves it for the handlers.
#[derive(Debug, Clone)]
pub struct Caller(pub Arc<Principal>);

/// A request that has a request id.
pub trait Keyed: Message {
    /// Takes the request id out, so that the rest is the content.
    fn take_request_id(&mut self) -> String;
}

macro_rules! keyed {
    ($($request:ident),+ $(,)?) => {$(
        impl Keyed for pb::$request {
            fn take_request_id(&mut self) -> String { std::mem::take(&mut self.request_id) }
        }
    )+};
}

keyed!(
    AddCaseNoteRequest,
    AddIncidentCasesRequest,
    LinkCasesRequest,
    DisputeReviewRequest,
    OpenIncidentRequest,
    RemoveIncidentCasesRequest,
    ResolveDisputeRequest,
    ResolveIncidentRequest,
    ReviewSampleRequest,
    SetQualityFormRequest,
    UnlinkCasesRequest,
    ApplyRemedyPolicyRequest,
    ApproveRemedyRequest,
    AskRequest,
    AssignCaseRequest,
    BeginDeliveryRequest,
    ApproveReplyRequest,
    CreateTemplateRequest,
    DraftReplyRequest,
    EraseBuyerRequest,
    QueueReplyRequest,
    ReportDeliveryRequest,
    UpdateTemplateRequest,
    WithdrawReplyRequest,
    CancelCaseRequest,
    ClaimCaseRequest,
    ClaimNextCaseRequest,
    CreateShopRequest,
    EscalateCaseRequest,
    MergeCaseRequest,
    OfferRemedyRequest,
    RecordAnswerRequest,
    RecordContactRequest,
    RecordRequest,
    ReleaseCaseRequest,
    RenewLeaseRequest,
    ReopenCaseRequest,
    ReportFulfilmentRequest,
    SnoozeCaseRequest,
    SolveCaseRequest,
    SuggestRemediesRequest,
    UpdateAgentRequest,
    SetPresenceRequest,
    SetStockRequest,
    UpdatePolicyRequest,
    UpdateShopRequest,
    WaitCaseRequest,
    WithdrawRemedyRequest,
);

/// The message an output is answered with.
pub trait Renders<O>: Message + Default {
    /// Renders it.
    fn render(output: &O) -> Self;
}

/// A command with what rendering its answer needs besides its output, such as the shop.
#[derive(Debug, Clone)]
pub struct With<K, C>(pub K, pub C);

impl<K: Clone + Send + Sync + 'static, C: Command> Command for With<K, C> {
    type Output = (K, C::Output);
    const NAME: &'static str = C::NAME;

    fn shop(&self) -> Option<&ShopId> {
        self.1.shop()
    }

    async fn run(self, work: &mut Work) -> Result<Self::Output, AppError> {
        let output = self.1.run(work).await?;
        Ok((self.0, output))
    }
}

/// Who calls, as the auth layer proved it.
///
/// # Errors
/// When the auth layer is missing, which is a fault of ours.
pub fn principal<T>(request: &Request<T>) -> Result<Arc<Principal>, AppError> {
    let caller = request.extensions().get::<Caller>();
    caller.map(|caller| Arc::clone(&caller.0)).ok_or_else(|| AppError::Internal("no principal".to_owned()))
}

/// A call of a method by a principal, still without a request id.
#[must_use]
pub fn of(principal: &Principal, method: &'static str) -> Call {
    Call {
        principal: principal.clone(),
        request: None,
        trace: traceparent(),
        cause: method.to_owned(),
        actor: actor_kind(principal),
    }
}

/// A program that only pushes facts is a caller; whoever may work cases is an agent.
fn actor_kind(principal: &Principal) -> ActorKind {
    use amends_app::Role::{Admin, Agent, Supervisor};
    if principal.has(&[Agent, Supervisor, Admin]) { ActorKind::Agent } else { ActorKind::Caller }
}

/// Opens a write: the call with its request key, the fields to collect mistakes in, and the content.
///
/// # Errors
/// When there is no principal.
pub fn open<M: Keyed>(method: &'static str, request: Request<M>) -> Result<(Call, Fields, M), AppError> {
    let principal = principal(&request)?;
    let mut fields = Fields::new();
    let mut message = request.into_inner();
    let mut call = of(&principal, method);
    call.request = request_key(&mut fields, method, &mut message);
    Ok((call, fields, message))
}

/// Opens a read: who asks, the fields to collect mistakes in, and the question.
///
/// # Errors
/// When there is no principal.
pub fn read<M>(request: Request<M>) -> Result<(Arc<Principal>, Fields, M), AppError> {
    let principal = principal(&request)?;
    Ok((principal, Fields::new(), request.into_inner()))
}

/// The key of a write: its id, and a hash of the method and of everything else.
pub fn request_key<M: Keyed>(fields: &mut Fields, method: &str, message: &mut M) -> Option<RequestKey> {
    let id = message.take_request_id();
    if id.is_empty() {
        return None;
    }
    if id.chars().count() > 64 || id.chars().any(char::is_control) {
        return fields.refuse("request_id", "must have at most 64 printable characters");
    }
    let mut hasher = blake3::Hasher::new();
    // The method has no NUL, so no two pairs of method and content run together.
    hasher.update(method.as_bytes()).update(&[0]).update(&message.encode_to_vec());
    Some(RequestKey { id, digest: *hasher.finalize().as_bytes() })
}

/// Runs a command and renders what it did, or repeats what was rendered the first time.
///
/// # Errors
/// As the command, or when a stored answer cannot be read.
pub async fn execute<C, M>(app: &App, call: Call, command: C) -> Result<M, AppError>
where
    C: Command,
    M: Renders<C::Output>,
{
    rendered(app.execute(call, command, |output| M::render(output).encode_to_vec()).await?)
}

/// The same for a command that changes a shop or its policy.
///
/// # Errors
/// As the command, or when a stored answer cannot be read.
pub async fn change<C, M>(app: &App, call: Call, command: C) -> Result<M, AppError>
where
    C: Command,
    M: Renders<C::Output>,
{
    rendered(app.change_shop(call, command, |output| M::render(output).encode_to_vec()).await?)
}

/// Claims the next case; agents who ask at the same time are served together.
///
/// # Errors
/// As the command, or when a stored answer cannot be read.
pub async fn claim_next<M>(app: &App, call: Call, command: ClaimNextCase) -> Result<M, AppError>
where
    M: Renders<Option<Claimed>>,
{
    rendered(app.claim_next(call, command, |output| M::render(output).encode_to_vec()).await?)
}

fn rendered<O, M: Renders<O>>(answer: Answer<O>) -> Result<M, AppError> {
    match answer {
        Answer::Fresh(output) => Ok(M::render(&output)),
        Answer::Repeated(bytes) => M::decode(bytes.as_slice())
            .map_err(|error| AppError::Internal(format!("a stored answer cannot be read: {error}"))),
    }
}

/// Turns what a handler came to into what the transport sends.
///
/// # Errors
/// With the status of the error.
pub async fn answer<M>(work: impl Future<Output = Result<M, AppError>>) -> Result<Response<M>, Status> {
    work.await.map(Response::new).map_err(status::of)
}

/// The W3C `traceparent` of the current span, if it is traced.
#[must_use]
pub fn traceparent() -> Option<String> {
    let context = tracing::Span::current().context();
    let span = context.span();
    let span = span.span_context();
    let flags = span.trace_flags().to_u8();
    span.is_valid().then(|| format!("00-{}-{}-{flags:02x}", span.trace_id(), span.span_id()))
}

/// The trace id of the current span, if it is traced.
#[must_use]
pub fn trace_id() -> Option<String> {
    let context = tracing::Span::current().context();
    let span = context.span();
    span.span_context().is_valid().then(|| span.span_context().trace_id().to_string())
}

#[cfg(test)]
mod tests;
