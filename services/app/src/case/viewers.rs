//! Who has a case open: told to the others, and to nobody's version or timeline.
//!
//! Every open screen is a lease of half a minute in the database, so that other
//! replicas see it and a process that dies leaves nobody behind. The open
//! screens of this process are renewed together, and the cases they show are
//! looked at together: once a second, by whoever's turn comes first.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use amends_domain::{AgentId, CaseId, ShopId, Span, Time};
use amends_store::viewer::{self, ViewerRow};
use amends_store::{Of, case};
use tokio::sync::{Mutex as Turn, watch};
use tokio::time::Instant;

use super::{DESK, READERS};
use crate::app::App;
use crate::call::{Call, Principal};
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::work::Work;

mod screen;

pub use screen::Screen;

/// How long one counts as viewing after saying so.
pub const VIEWING: Span = Span::from_secs(30);

/// How often that is said again for open screens.
const RENEWED_EVERY: Span = Span::from_secs(10);

/// How much of the half minute must be gone before a call writes it again.
const RENEWED_BEFORE: Span = Span::from_secs(20);

/// How often the cases that are open here are looked at.
pub const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Viewers of a case that are told at most.
const VIEWERS_MAX: usize = 20;

/// Rows swept in one transaction.
const SWEPT_MAX: u32 = 1_000;

/// The screen of an agent who says it call by call.
const BY_CALL: &str = "";

/// Another agent who has a case open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// Who.
    pub agent: AgentId,
    /// Since when.
    pub since: Time,
}

/// Everyone who has a case open, the first who came first.
pub type Viewers = Arc<[Viewer]>;

/// The screens that are open in this process.
#[derive(Debug, Default)]
pub struct Screens {
    open: Mutex<Open>,
    turn: Turn<Looked>,
}

#[derive(Debug, Default)]
struct Open {
    /// What is renewed, by screen.
    rows: HashMap<String, ViewerRow>,
    /// What is looked at, and for whom.
    cases: BTreeMap<Of<CaseId>, watch::Sender<Option<Viewers>>>,
}

#[derive(Debug, Default)]
struct Looked {
    at: Option<Instant>,
    renewed_at: Option<Time>,
}

impl Screens {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Opens a case, which the caller has seen to be there, on a screen: of the desk, the
    /// others see it; anyone sees the others.
    ///
    /// # Errors
    /// When the shop is another's, the role is missing, or storage fails.
    pub async fn open_screen(&self, principal: &Principal, shop: &ShopId, case: CaseId) -> Result<Screen> {
        principal.enter(shop)?;
        principal.require(READERS)?;
        let key = (shop.clone(), case);
        let screen = format!("{:032x}", self.ids().next(self.now()));
        let viewers = {
            let mut open = self.screens().open();
            open.cases.entry(key.clone()).or_insert_with(|| watch::Sender::new(None)).subscribe()
        };
        let opened = Screen { app: self.clone(), key, agent: principal.name.clone(), screen, viewers };
        if principal.has(DESK) {
            let row = self.viewer(principal, shop, case, &opened.screen, self.now());
            self.screens().open().rows.insert(opened.screen.clone(), row.clone());
            self.tell_viewers(TellViewers { there: vec![row], ..TellViewers::default() }).await?;
        }
        Ok(opened)
    }

    /// Says that a principal has a case open for another while, or closed it;
    /// answers who else has, and until when the principal counts as viewing.
    ///
    /// # Errors
    /// When there is no such case, the role is missing, or storage fails.
    pub async fn view_case(
        &self,
        principal: &Principal,
        shop: &ShopId,
        id: CaseId,
        leave: bool,
    ) -> Result<(Vec<Viewer>, Option<Time>)> {
        principal.enter(shop)?;
        principal.require(DESK)?;
        let conn = self.store().reader();
        if case::get(&conn, shop, &id).await?.is_none() {
            return Err(AppError::not_found("case", id));
        }
        let rows = viewer::of_cases(&[(shop.clone(), id)]).all(&conn).await?;
        let now = self.now();
        let own = rows.iter().find(|row| row.agent == principal.name && row.screen == BY_CALL);
        let since = own.filter(|row| row.expires_at > now).map_or(now, |row| row.since);
        let mut row = self.viewer(principal, shop, id, BY_CALL, since);
        if leave {
            let gone = own.cloned().into_iter().collect();
            self.tell_viewers(TellViewers { gone, ..TellViewers::default() }).await?;
            return Ok((others(&told(&rows, now), &principal.name), None));
        }
        // Who calls more often than needed writes nothing more.
        match own.map(|own| own.expires_at).filter(|at| *at > now + RENEWED_BEFORE) {
            Some(expires_at) => row.expires_at = expires_at,
            None => {
                let there = vec![row.clone()];
                self.tell_viewers(TellViewers { there, ..TellViewers::default() }).await?;
            }
        }
        Ok((others(&told(&rows, now), &principal.name), Some(row.expires_at)))
    }

    /// The other agents who have a case open now.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn other_viewers(
        &self,
        principal: &Principal,
        shop: &ShopId,
        case: CaseId,
    ) -> Result<Vec<Viewer>> {
        let rows = viewer::of_cases(&[(shop.clone(), case)]).all(&self.store().reader()).await?;
        Ok(others(&told(&rows, self.now()), &principal.name))
    }

    /// Renews what is open here if it is time, and looks who else has it open;
    /// does nothing where another did a moment ago.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn look_at_screens(&self) -> Result<()> {
        let mut turn = self.screens().turn.lock().await;
        if turn.at.is_some_and(|at| at.elapsed() < LOOK_EVERY) {
            return Ok(());
        }
        turn.at = Some(Instant::now());
        let now = self.now();
        if turn.renewed_at.is_none_or(|at| now >= at + RENEWED_EVERY) {
            let mut there: Vec<ViewerRow> = self.screens().open().rows.values().cloned().collect();
            there.iter_mut().for_each(|row| row.expires_at = now + VIEWING);
            if !there.is_empty() {
                self.tell_viewers(TellViewers { there, sweeps: true, ..TellViewers::default() }).await?;
            }
            turn.renewed_at = Some(now);
        }
        let cases: Vec<Of<CaseId>> = self.screens().open().cases.keys().cloned().collect();
        let rows = viewer::of_cases(&cases).all(&self.store().reader()).await?;
        let mut found: HashMap<Of<CaseId>, Vec<ViewerRow>> = HashMap::new();
        for row in rows {
            found.entry((row.shop.clone(), row.case)).or_default().push(row);
        }
        for (key, sender) in &self.screens().open().cases {
            let viewers = told(found.get(key).map_or(&[], Vec::as_slice), now);
            sender.send_if_modified(|before| {
                let changed = before.as_deref() != Some(viewers.as_slice());
                *before = Some(viewers.into());
                changed
            });
        }
        Ok(())
    }

    /// Forgets viewers whose time is over.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn sweep_viewers(&self) -> Result<()> {
        self.tell_viewers(TellViewers { sweeps: true, ..TellViewers::default() }).await
    }

    fn viewer(
        &self,
        principal: &Principal,
        shop: &ShopId,
        case: CaseId,
        screen: &str,
        since: Time,
    ) -> ViewerRow {
        let (shop, agent, screen) = (shop.clone(), principal.name.clone(), screen.to_owned());
        ViewerRow { shop, case, agent, screen, since, expires_at: self.now() + VIEWING }
    }

    async fn tell_viewers(&self, told: TellViewers) -> Result<()> {
        if told.there.is_empty() && told.gone.is_empty() && !told.sweeps {
            return Ok(());
        }
        let name = AgentId::new("viewers").map_err(|e| AppError::Internal(e.to_string()))?;
        self.perform(Call::by_timer(&name, "viewers"), told).await
    }
}

/// Who is there by now, each agent once, the first who came first.
fn told(rows: &[ViewerRow], now: Time) -> Vec<Viewer> {
    let mut first: BTreeMap<&AgentId, Time> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.expires_at > now) {
        let since = first.entry(&row.agent).or_insert(row.since);
        *since = row.since.min(*since);
    }
    let mut viewers: Vec<Viewer> =
        first.into_iter().map(|(agent, since)| Viewer { agent: agent.clone(), since }).collect();
    viewers.sort_by(|a, b| (a.since, &a.agent).cmp(&(b.since, &b.agent)));
    viewers
}

fn others(viewers: &[Viewer], me: &AgentId) -> Vec<Viewer> {
    viewers.iter().filter(|viewer| viewer.agent != *me).take(VIEWERS_MAX).cloned().collect()
}

/// Who came, stays or left. No event tells it: it is nothing that happened to a case.
#[derive(Debug, Clone, Default)]
struct TellViewers {
    there: Vec<ViewerRow>,
    gone: Vec<ViewerRow>,
    sweeps: bool,
}

impl Command for TellViewers {
    type Output = ();
    const NAME: &'static str = "TellViewers";

    fn shop(&self) -> Option<&ShopId> {
        None
    }

    async fn run(self, work: &mut Work) -> Result<()> {
        work.tx.send([viewer::remove(&self.gone), viewer::put(&self.there)]).await?;
        if self.sweeps {
            viewer::sweep(&work.tx, work.now - VIEWING, SWEPT_MAX).await?;
        }
        Ok(())
    }
}
