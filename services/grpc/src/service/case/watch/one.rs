//! One case as it changes, and who else has it open.

use std::sync::Arc;

use amends_app::case::{CaseSummary, LOOK_EVERY, Screen, TimelineCursor, Viewer};
use amends_app::{App, AppError, Principal};
use amends_domain::{CaseId, ShopId, Time};
use amends_proto::v1 as pb;
use pb::watch_case_response::Notice as Said;
use tokio::time::{Instant, sleep_until};

use super::super::Cases;
use super::board::unknown;
use super::token::{CaseToken, Revision, revision};
use super::{End, Notice, Notices, Outlet, Watch};
use crate::convert::case;
use crate::convert::timeline::{Kinds, render_after};
use crate::convert::watch::{going_away, heartbeat, viewers};
use crate::fields::Fields;

/// Entries of one read.
const PAGE: u32 = 100;

/// Begins with the case as it is, or with what differs from what the client has.
pub(in crate::service::case) async fn start(
    cases: &Cases,
    principal: Arc<Principal>,
    mut f: Fields,
    message: pb::WatchCaseRequest,
) -> Result<Notices<pb::WatchCaseResponse>, AppError> {
    let Cases(app, watching) = cases;
    let named = f.named::<CaseId>("name", &message.name);
    let after = f.position("after_sequence", message.after_sequence);
    let token = match CaseToken::read(&message.resume_token) {
        _ if message.resume_token.is_empty() => Some(None),
        Some(token) if named.as_ref().is_none_or(|(_, case)| *case == token.case) => Some(Some(token)),
        _ => f.refuse("resume_token", "is no token of a watch of this case"),
    };
    let (((shop, id), after), token) = f.finish(named.zip(after).zip(token))?;
    let seat = watching.room.enter(&principal)?;
    // Read first: whatever happens from now on has a position beyond.
    let position = app.watch_position().await?;
    let summary = app.case_in_short(&principal, &shop, id).await?;
    let cursor = match token {
        Some(token) => token.cursor,
        None => cursor_at(app, &principal, &shop, id, after).await?,
    };
    let screen = app.open_screen(&principal, &shop, id).await?;
    let others = app.other_viewers(&principal, &shop, id).await?;
    let one = Watched {
        app: app.clone(),
        principal,
        shop,
        id,
        position,
        cursor,
        revision: token.and_then(|token| token.revision),
        kinds: Kinds::new(),
        screen,
        others,
        next_look: Instant::now() + LOOK_EVERY,
        first: Some(summary),
    };
    Ok(super::run(app.clone(), watching.clone(), seat, one))
}

/// Where the entry of a number stands.
async fn cursor_at(
    app: &App,
    principal: &Principal,
    shop: &ShopId,
    id: CaseId,
    number: i64,
) -> Result<TimelineCursor, AppError> {
    if number == 0 {
        return Ok(TimelineCursor::default());
    }
    let page = app.timeline(principal, shop, id, None, number - 1, 1).await?;
    let entry = page.entries.first().filter(|entry| entry.number == number);
    let entry = entry.ok_or_else(|| unknown("after_sequence"))?;
    Ok(TimelineCursor { number, seq: entry.stored.seq })
}

struct Watched {
    app: App,
    principal: Arc<Principal>,
    shop: ShopId,
    id: CaseId,
    position: i64,
    /// The last entry that the client has.
    cursor: TimelineCursor,
    /// What the client has of the case.
    revision: Option<Revision>,
    /// The remedies that were mentioned; later entries name them only.
    kinds: Kinds,
    screen: Screen,
    /// The viewers that the client knows of, or is told first.
    others: Vec<Viewer>,
    next_look: Instant,
    /// The case that was read before the stream was there.
    first: Option<CaseSummary>,
}

impl Watch for Watched {
    type Notice = pb::WatchCaseResponse;

    fn position(&self) -> i64 {
        self.position
    }

    fn token(&self) -> String {
        CaseToken { case: self.id, cursor: self.cursor, revision: self.revision }.write()
    }

    async fn look(&mut self, out: &Outlet<Self::Notice>) -> Result<(), End> {
        if let Some(summary) = self.first.take() {
            self.tell_case(&summary, out).await?;
            self.tell_entries(out).await?;
            return self.say(Said::Viewers(viewers(&self.others)), out).await;
        }
        let touched = self.app.touched(&self.shop, self.position).await?;
        self.position = touched.position;
        if touched.has(&self.id) {
            self.tell_entries(out).await?;
            let summary = self.app.case_in_short(&self.principal, &self.shop, self.id).await?;
            self.tell_case(&summary, out).await?;
        }
        self.look_around(out).await
    }

    async fn stirred(&self) {
        tokio::select! {
            () = self.screen.stirred() => {}
            () = sleep_until(self.next_look) => {}
        }
    }

    async fn ended(self) {
        if let Err(error) = self.screen.close().await {
            tracing::debug!(%error, "a viewer leaves by the end of the lease");
        }
    }
}

impl Watched {
    async fn tell_case(
        &mut self,
        summary: &CaseSummary,
        out: &Outlet<pb::WatchCaseResponse>,
    ) -> Result<(), End> {
        self.kinds.extend(summary.remedies.iter().map(|remedy| (remedy.id, remedy.kind)));
        let case = case::render(summary);
        let before = self.revision.replace(revision(&case));
        if before == self.revision {
            return Ok(());
        }
        let sent = self.say(Said::Case(case), out).await;
        if sent.is_err() {
            // It was not sent: the client still has what it had.
            self.revision = before;
        }
        sent
    }

    async fn tell_entries(&mut self, out: &Outlet<pb::WatchCaseResponse>) -> Result<(), End> {
        loop {
            let Self { principal, shop, cursor, .. } = &*self;
            let page = self.app.timeline(principal, shop, self.id, Some(*cursor), 0, PAGE).await?;
            for entry in &page.entries {
                let said = Said::Entry(render_after(entry, &mut self.kinds));
                let next = TimelineCursor { number: entry.number, seq: entry.stored.seq };
                let before = std::mem::replace(&mut self.cursor, next);
                if let Err(end) = self.say(said, out).await {
                    self.cursor = before;
                    return Err(end);
                }
            }
            if page.next.is_none() {
                return Ok(());
            }
        }
    }

    /// Who else looks at it is worth knowing, but no reason to end the watch.
    async fn look_around(&mut self, out: &Outlet<pb::WatchCaseResponse>) -> Result<(), End> {
        if Instant::now() >= self.next_look {
            if let Err(error) = self.app.look_at_screens().await {
                tracing::warn!(%error, "viewers could not be looked at; trying again");
            }
            self.next_look = Instant::now() + LOOK_EVERY;
        }
        let Some(others) = self.screen.news().filter(|others| *others != self.others) else {
            return Ok(());
        };
        self.others = others;
        self.say(Said::Viewers(viewers(&self.others)), out).await
    }

    async fn say(&self, said: Said, out: &Outlet<pb::WatchCaseResponse>) -> Result<(), End> {
        out.send(pb::WatchCaseResponse { notice: Some(said), resume_token: self.token() }).await
    }
}

impl Notice for pb::WatchCaseResponse {
    fn heartbeat(resume_token: String, now: Time) -> Self {
        Self { notice: Some(Said::Heartbeat(heartbeat(now))), resume_token }
    }

    fn going_away(resume_token: String, reason: pb::Reason) -> Self {
        Self { notice: Some(Said::GoingAway(going_away(reason))), resume_token }
    }
}
