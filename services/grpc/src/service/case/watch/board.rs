//! The board of an agent, as it changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use amends_app::case::{BOARD_AGENTS_MAX, BOARD_QUEUE_MAX, Board, BoardQuery, Place, Touched};
use amends_app::error::{Violation, Why};
use amends_app::{App, AppError, Principal};
use amends_domain::case::Case;
use amends_domain::{CaseId, Time};
use amends_proto::v1 as pb;
use pb::watch_cases_response::Notice as Said;
use prost::Message as _;

use super::super::Cases;
use super::super::ask::{self, Asked};
use super::token::{BoardToken, Revision, revision};
use super::{End, Notice, Notices, Outlet, Watch};
use crate::convert::watch::{board_case, going_away, heartbeat};
use crate::fields::Fields;
use crate::name;

/// Begins with the board as it is, or with what differs from what the client has.
pub(in crate::service::case) async fn start(
    cases: &Cases,
    principal: Arc<Principal>,
    mut fields: Fields,
    message: pb::WatchCasesRequest,
) -> Result<Notices<pb::WatchCasesResponse>, AppError> {
    let Cases(app, watching) = cases;
    let parsed = parse(&mut fields, &principal, message);
    let (query, asked, token) = fields.finish(parsed)?;
    let seat = watching.room.enter(&principal)?;
    // Read first: whatever happens from now on has a position beyond.
    let position = app.watch_position().await?;
    if token.position > position {
        return Err(unknown("resume_token"));
    }
    let first = app.board(&principal, &query).await?;
    let (question, known) = (token.question, token.known);
    let board =
        Watched { app: app.clone(), principal, query, asked, question, position, known, first: Some(first) };
    Ok(super::run(app.clone(), watching.clone(), seat, board))
}

/// A place to resume at that was never given out.
pub(super) fn unknown(field: &str) -> AppError {
    let problem = "must be a place that was given out".to_owned();
    AppError::Invalid(vec![Violation { field: field.to_owned(), problem, why: Why::Unknown }])
}

fn parse(
    f: &mut Fields,
    principal: &Principal,
    mut message: pb::WatchCasesRequest,
) -> Option<(BoardQuery, Asked, BoardToken)> {
    let text = std::mem::take(&mut message.resume_token);
    let queue_size = match u32::try_from(message.queue_size) {
        Ok(size) if size <= BOARD_QUEUE_MAX => Some(size),
        _ => f.refuse("queue_size", "must be 0–100"),
    };
    let mut hasher = blake3::Hasher::new();
    hasher.update(principal.name.as_str().as_bytes()).update(&[0]).update(&message.encode_to_vec());
    let question = hasher.finalize().as_bytes().first_chunk::<8>().copied().unwrap_or_default();
    let token = match BoardToken::read(&text) {
        _ if text.is_empty() => Some(BoardToken { question, position: 0, known: BTreeMap::new() }),
        Some(token) if token.question == question => Some(token),
        _ => f.refuse("resume_token", "is no token of a watch of this board"),
    };
    let (parent, filter) = (message.parent, message.filter);
    let listed = pb::ListCasesRequest { parent, filter, ..pb::ListCasesRequest::default() };
    let asked = ask::list(f, listed)?;
    let agents = match asked.selection.agents.as_slice() {
        [] => vec![principal.name.clone()],
        some if some.len() <= BOARD_AGENTS_MAX => some.to_vec(),
        _ => return f.refuse("filter.agents", "must have at most 20 entries"),
    };
    let (shop, selection) = (asked.shop.clone(), asked.selection.clone());
    Some((BoardQuery { shop, agents, selection, queue_size: queue_size? }, asked, token?))
}

struct Watched {
    app: App,
    principal: Arc<Principal>,
    query: BoardQuery,
    asked: Asked,
    question: [u8; 8],
    position: i64,
    /// What the client has.
    known: BTreeMap<CaseId, Revision>,
    /// The board that was read before the stream was there.
    first: Option<Board>,
}

impl Watch for Watched {
    type Notice = pb::WatchCasesResponse;

    fn position(&self) -> i64 {
        self.position
    }

    fn token(&self) -> String {
        let known = self.known.clone();
        BoardToken { question: self.question, position: self.position, known }.write()
    }

    async fn look(&mut self, out: &Outlet<Self::Notice>) -> Result<(), End> {
        if let Some(board) = self.first.take() {
            let everything = Touched { position: self.position, cases: None };
            return self.tell(board, &everything, true, out).await;
        }
        let touched = self.app.touched(&self.query.shop, self.position).await?;
        self.position = touched.position;
        if touched.is_empty() {
            return Ok(());
        }
        let board = self.app.board(&self.principal, &self.query).await?;
        self.tell(board, &touched, false, out).await
    }

    async fn stirred(&self) {
        std::future::pending().await
    }

    async fn ended(self) {}
}

impl Watched {
    /// Sends what differs between a board and what the client has. What leaves goes first,
    /// so that the client never has more than a board holds.
    async fn tell(
        &mut self,
        board: Board,
        touched: &Touched,
        always_ready: bool,
        out: &Outlet<pb::WatchCasesResponse>,
    ) -> Result<(), End> {
        let mut there: BTreeSet<CaseId> = board.cases.iter().map(|(_, case)| case.id).collect();
        let changed =
            board.cases.into_iter().filter(|(_, c)| touched.has(&c.id) || !self.known.contains_key(&c.id));
        let mut news = Vec::new();
        for (id, item) in self.render(changed.collect()).await? {
            let is_shown = item.case.as_ref().is_some_and(|case| self.asked.shows(case));
            if !is_shown {
                there.remove(&id);
                continue;
            }
            let revision = revision(&item);
            if self.known.get(&id) != Some(&revision) {
                news.push((id, revision, item));
            }
        }
        let gone: Vec<CaseId> = self.known.keys().filter(|id| !there.contains(id)).copied().collect();
        let nothing = news.is_empty() && gone.is_empty();
        for id in gone {
            let departure = pb::BoardDeparture { case: name::of(&self.query.shop, &id) };
            self.known.remove(&id);
            self.say(Said::Departure(departure), out).await?;
        }
        news.sort_by(|(.., a), (.., b)| a.order_key.cmp(&b.order_key));
        for (id, revision, item) in news {
            let before = self.known.insert(id, revision);
            if let Err(end) = self.say(Said::BoardCase(item), out).await {
                // It was not sent: the client still has what it had.
                match before {
                    Some(before) => self.known.insert(id, before),
                    None => self.known.remove(&id),
                };
                return Err(end);
            }
        }
        if nothing && !always_ready {
            return Ok(());
        }
        self.say(Said::Ready(pb::BoardReady { truncated: board.truncated }), out).await
    }

    async fn render(&self, cases: Vec<(Place, Case)>) -> Result<Vec<(CaseId, pb::BoardCase)>, AppError> {
        let (places, cases): (Vec<Place>, Vec<Case>) = cases.into_iter().unzip();
        let summaries = self.app.board_summaries(cases).await?;
        let items = places.into_iter().zip(&summaries);
        Ok(items.map(|(place, summary)| (summary.case.id, board_case(place, summary))).collect())
    }

    async fn say(&self, said: Said, out: &Outlet<pb::WatchCasesResponse>) -> Result<(), End> {
        out.send(pb::WatchCasesResponse { notice: Some(said), resume_token: self.token() }).await
    }
}

impl Notice for pb::WatchCasesResponse {
    fn heartbeat(resume_token: String, now: Time) -> Self {
        Self { notice: Some(Said::Heartbeat(heartbeat(now))), resume_token }
    }

    fn going_away(resume_token: String, reason: pb::Reason) -> Self {
        Self { notice: Some(Said::GoingAway(going_away(reason))), resume_token }
    }
}
