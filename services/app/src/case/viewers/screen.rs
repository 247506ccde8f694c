//! A case that is open on one screen.

use amends_domain::{AgentId, CaseId};
use amends_store::Of;
use tokio::sync::watch;

use super::{TellViewers, Viewer, Viewers, others};
use crate::app::App;
use crate::error::Result;

/// A case that is open on a screen. Whoever drops it without closing it counts
/// as viewing until the lease is over.
#[derive(Debug)]
pub struct Screen {
    pub(super) app: App,
    pub(super) key: Of<CaseId>,
    pub(super) agent: AgentId,
    pub(super) screen: String,
    pub(super) viewers: watch::Receiver<Option<Viewers>>,
}

impl Screen {
    /// Waits until there may be news. What was waited for is still news afterwards.
    pub async fn stirred(&self) {
        // A receiver of its own, so that waiting takes nothing from `news`.
        let mut viewers = self.viewers.clone();
        if viewers.changed().await.is_err() {
            // The sender lives as long as any screen; without one nothing changes any more.
            std::future::pending::<()>().await;
        }
    }

    /// The other agents who have the case open, if that may have changed since it was asked last.
    pub fn news(&mut self) -> Option<Vec<Viewer>> {
        if !self.viewers.has_changed().unwrap_or(false) {
            return None;
        }
        let viewers = self.viewers.borrow_and_update();
        viewers.as_deref().map(|viewers| others(viewers, &self.agent))
    }

    /// Says that the screen is closed.
    ///
    /// # Errors
    /// When storage fails; the lease then ends by itself.
    pub async fn close(self) -> Result<()> {
        let row = self.app.screens().open().rows.remove(&self.screen);
        let app = self.app.clone();
        drop(self);
        app.tell_viewers(TellViewers { gone: row.into_iter().collect(), ..TellViewers::default() }).await
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let mut open = self.app.screens().open();
        open.rows.remove(&self.screen);
        // This one's receiver is still there: the last who leaves counts one.
        if open.cases.get(&self.key).is_some_and(|sender| sender.receiver_count() <= 1) {
            open.cases.remove(&self.key);
        }
    }
}
