//! The whole picture of one case, so that nothing is asked twice at a hand-over.

use std::collections::HashMap;

use amends_domain::case::{Case, VerbKind};
use amends_domain::incident::Incident;
use amends_domain::order::{Line, Shipment};
use amends_domain::remedy::RemedyStage;
use amends_domain::reply::{Reply, ReplyStage};
use amends_domain::sla::Instance;
use amends_domain::{CaseId, ReplyId, ShopId, Time};
use amends_store::bulk::Trip;
use amends_store::message::MessageRow;
use amends_store::reply::ReplyFilter;
use amends_store::returns::ReturnRow;
use amends_store::signal::SignalRow;
use amends_store::survey::SurveyRow;
use amends_store::text::{self, TextOwner};
use amends_store::{
    Conn, case, event, incident, message, order, reply, returns, review, shipment, signal, survey,
};

use super::link::LinkView;
use super::next::{NextVerb, next_verbs};
use super::summary::{CaseSummary, summary};
use super::{DESK, READERS};
use crate::agent::why_not;
use crate::app::App;
use crate::call::Principal;
use crate::error::{AppError, Result};
use crate::reply::texts_of;
use crate::review::ReviewView;

mod history;

pub use history::History;

/// Lines of the order that are shown at most.
pub const LINES_MAX: usize = 500;

/// Parcels, reviews and returns that are shown at most, each.
pub const SHIPMENTS_MAX: usize = 100;

/// Messages that are shown at most.
const MESSAGES_MAX: u32 = 200;

/// Signals that are looked through for what was heard.
const SIGNALS_MAX: u32 = 200;

/// The whole picture of one case. A list that is at its limit leaves out the rest.
#[derive(Debug, Clone)]
pub struct CaseView {
    /// The case with its remedies and tracks.
    pub summary: CaseSummary,
    /// The lines of its order.
    pub lines: Vec<Line>,
    /// The parcels of its order.
    pub shipments: Vec<Shipment>,
    /// Its reviews with their stories, newest first.
    pub reviews: Vec<ReviewView>,
    /// What was said, oldest first.
    pub messages: Vec<MessageView>,
    /// Our own replies that the channel has and no message here shows, newest first.
    pub replies: Vec<ReplySent>,
    /// Return requests on its order, newest first.
    pub returns: Vec<ReturnRow>,
    /// The signals in whose text something was heard, oldest first.
    pub detections: Vec<SignalRow>,
    /// What was between this buyer and this shop before.
    pub history: History,
    /// Its clocks as they stand now, in the order in which they started.
    pub clocks: Vec<Instance>,
    /// What was answered about the help, oldest first.
    pub surveys: Vec<SurveyView>,
    /// Its links to other cases, oldest first.
    pub links: Vec<LinkView>,
    /// The open incident it is in, or the last one.
    pub incident: Option<Incident>,
    /// What the reader may do next, and why not the rest.
    pub next: Vec<NextVerb>,
    /// The number of the last timeline entry.
    pub timeline_number: i64,
}

/// A message with its words.
#[derive(Debug, Clone)]
pub struct MessageView {
    /// The message.
    pub message: MessageRow,
    /// Its words; none where they were erased or the reader may not see them.
    pub text: Option<String>,
    /// The reply of ours that it shows, if it shows one.
    pub reply: Option<ReplyId>,
}

/// A survey answer with its words.
#[derive(Debug, Clone)]
pub struct SurveyView {
    /// The answer.
    pub survey: SurveyRow,
    /// Its words; none where there are none, they were erased or the reader may not see them.
    pub comment: Option<String>,
}

/// A reply of ours that the channel has, with its words.
#[derive(Debug, Clone)]
pub struct ReplySent {
    /// The reply.
    pub reply: Reply,
    /// When the channel got it.
    pub at: Time,
    /// Its words; none where they were erased or the reader may not see them.
    pub text: Option<String>,
}

impl App {
    /// The whole picture of one case.
    ///
    /// # Errors
    /// When there is no such case, the role is missing, or storage fails.
    pub async fn case_view(&self, principal: &Principal, shop: &ShopId, id: CaseId) -> Result<CaseView> {
        principal.enter(shop)?;
        principal.require(READERS)?;
        let conn = self.store().reader();
        let case = case::get(&conn, shop, &id).await?.ok_or_else(|| AppError::not_found("case", id))?;
        let timeline_number = event::count_of_case(&conn, shop, &id).await?;
        let orders: Vec<_> =
            case.subject.order().map(|order| (shop.clone(), order.clone())).into_iter().collect();
        let mut trip = Trip::default();
        let lines = trip.ask(order::by_orders(&orders));
        let shipments = trip.ask(shipment::by_orders(&orders));
        let returns = trip.ask(returns::by_orders(&orders));
        let reviews = trip.ask(review::by_cases(&[(shop.clone(), id)]));
        let mut answers = trip.go(&conn).await?;
        let mut lines = answers.take(lines)?;
        lines.truncate(LINES_MAX);
        let mut shipments = answers.take(shipments)?;
        shipments.truncate(SHIPMENTS_MAX);
        let mut returns = answers.take(returns)?;
        returns.sort_by(|a, b| (b.requested_at, &b.return_id).cmp(&(a.requested_at, &a.return_id)));
        returns.truncate(SHIPMENTS_MAX);
        let mut reviews = answers.take(reviews)?;
        reviews.sort_by(|a, b| (b.last_observed_at, &b.review).cmp(&(a.last_observed_at, &a.review)));
        reviews.truncate(SHIPMENTS_MAX);
        let reviews = self.review_views(principal, shop, reviews).await?;
        let mut messages = said(&conn, &case, principal.has(DESK)).await?;
        let replies = answered(&conn, principal, &case, &mut messages).await?;
        let heard = signal::of_case(&conn, shop, &id, SIGNALS_MAX).await?;
        let history = history::read(&conn, &case).await?;
        let clocks = self.clocks(&conn, shop, id).await?;
        let surveys = judged(&conn, &case, principal.has(DESK)).await?;
        let links = super::link::views(&conn, &case).await?;
        let incident = incident_of(&conn, &case).await?;
        let summary = summary(&conn, case).await?;
        let in_flight = summary.remedies.iter().map(|r| r.state.stage()).any(RemedyStage::in_flight);
        let mut next = next_verbs(&summary.case, principal, in_flight, self.now());
        let claim = next.iter_mut().find(|one| one.verb == VerbKind::Claim && one.refused.is_none());
        if let Some(claim) = claim {
            claim.refused = why_not(self, &conn, &principal.name, &summary.case).await?;
        }
        let detections = heard.into_iter().filter(|signal| signal.detection.is_some()).collect();
        Ok(CaseView {
            summary,
            lines,
            shipments,
            reviews,
            messages,
            replies,
            returns,
            detections,
            history,
            clocks,
            surveys,
            links,
            incident,
            next,
            timeline_number,
        })
    }
}

async fn said(conn: &Conn, case: &Case, may_read: bool) -> Result<Vec<MessageView>> {
    let messages = message::of_case(conn, &case.shop, &case.id, MESSAGES_MAX).await?;
    let keys = messages.iter().map(|row| (TextOwner::Message, row.message.to_string()));
    let keys: Vec<_> = if may_read { keys.collect() } else { Vec::new() };
    let found = text::get(conn, &case.shop, &keys).await?;
    let mut texts: HashMap<String, String> = found.into_iter().map(|(_, id, body)| (id, body)).collect();
    let view = |message: MessageRow| MessageView {
        text: texts.remove(message.message.as_str()),
        message,
        reply: None,
    };
    Ok(messages.into_iter().map(view).collect())
}

/// The replies that the channel has. One that it shows among the messages is said there, and only there.
async fn answered(
    conn: &Conn,
    principal: &Principal,
    case: &Case,
    messages: &mut [MessageView],
) -> Result<Vec<ReplySent>> {
    let filter = ReplyFilter { case: Some(case.id), stages: vec![ReplyStage::Sent] };
    let sent = reply::list(conn, &case.shop, &filter, None, MESSAGES_MAX).await?;
    let mut unseen = Vec::new();
    for reply in sent {
        let echo = messages.iter_mut().find(|view| Some(&view.message.message) == reply.message.as_ref());
        match echo {
            Some(view) => view.reply = Some(reply.id),
            None => unseen.push(reply),
        }
    }
    let texts = texts_of(conn, principal, &case.shop, &unseen).await?;
    let view = |(reply, text): (Reply, Option<String>)| {
        let at = reply.state.since()?;
        Some(ReplySent { reply, at, text })
    };
    Ok(unseen.into_iter().zip(texts).filter_map(view).collect())
}

/// What the buyer said about the help.
async fn judged(conn: &Conn, case: &Case, may_read: bool) -> Result<Vec<SurveyView>> {
    let mut surveys = survey::of_cases(&[(case.shop.clone(), case.id)]).all(conn).await?;
    surveys.sort_by(|a, b| (a.occurred_at, &a.survey).cmp(&(b.occurred_at, &b.survey)));
    surveys.truncate(SHIPMENTS_MAX);
    let keys = surveys.iter().map(|row| (TextOwner::Survey, row.survey.to_string()));
    let keys: Vec<_> = if may_read { keys.collect() } else { Vec::new() };
    let found = text::get(conn, &case.shop, &keys).await?;
    let mut texts: HashMap<String, String> = found.into_iter().map(|(_, id, body)| (id, body)).collect();
    let view = |survey: SurveyRow| SurveyView { comment: texts.remove(survey.survey.as_str()), survey };
    Ok(surveys.into_iter().map(view).collect())
}

/// The incident that is under way, or else the one that the case was put into last.
async fn incident_of(conn: &Conn, case: &Case) -> Result<Option<Incident>> {
    let within = incident::of_cases(&[(case.shop.clone(), case.id)]).all(conn).await?;
    let Some(last) = within.into_iter().max_by_key(|one| (one.open, one.at, one.incident)) else {
        return Ok(None);
    };
    Ok(incident::by_ids(&[(last.shop, last.incident)]).all(conn).await?.pop())
}
