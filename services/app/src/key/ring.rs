//! Keys that were proved a moment ago, so that not every call asks the database.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::time::Instant;

use super::local_principal;
use crate::app::App;
use crate::call::Principal;
use crate::error::{AppError, Result};

/// How long a key is believed: so long a revoked one may still come in.
const KEPT: Duration = Duration::from_secs(2);

/// Keys kept at most; with more than that, all are asked for again.
const KEYS_MAX: usize = 1_024;

/// Says who calls. Cloning it is cheap and gives the same ring.
#[derive(Debug, Clone)]
pub struct KeyRing(Arc<Ring>);

#[derive(Debug)]
struct Ring {
    app: App,
    /// By the hash of the whole key, so that no key lies about in memory.
    proved: RwLock<HashMap<blake3::Hash, (Instant, Arc<Principal>)>>,
    open_since: RwLock<Option<Instant>>,
    /// Keys exist, or existed since this process began.
    closed: AtomicBool,
}

impl KeyRing {
    /// A ring for a service.
    #[must_use]
    pub fn new(app: App) -> Self {
        let proved = RwLock::default();
        Self(Arc::new(Ring { app, proved, open_since: RwLock::default(), closed: AtomicBool::new(false) }))
    }

    /// Who calls with this key, or without one.
    ///
    /// # Errors
    /// When keys exist and this is none of them, or storage fails.
    pub async fn principal(&self, token: Option<&str>) -> Result<Arc<Principal>> {
        match token {
            Some(token) => self.proved(token).await,
            None if self.is_open().await? => Ok(Arc::new(local_principal()?)),
            None => Err(AppError::Unauthenticated("this needs an API key")),
        }
    }

    /// Lets nobody in without a key from now on, also when the last key has ended.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::SeqCst);
    }

    async fn proved(&self, token: &str) -> Result<Arc<Principal>> {
        let hash = blake3::hash(token.as_bytes());
        let fresh = |at: &Instant| at.elapsed() < KEPT;
        let known = self.0.proved.read().unwrap_or_else(PoisonError::into_inner).get(&hash).cloned();
        if let Some((_, principal)) = known.filter(|(at, _)| fresh(at)) {
            return Ok(principal);
        }
        let principal = Arc::new(self.0.app.authenticate(token).await?);
        self.close();
        let mut proved = self.0.proved.write().unwrap_or_else(PoisonError::into_inner);
        if proved.len() >= KEYS_MAX {
            proved.clear();
        }
        proved.insert(hash, (Instant::now(), Arc::clone(&principal)));
        Ok(principal)
    }

    /// Whether everyone may come in.
    ///
    /// Once there was a key, never again in this process: when the last key
    /// ends, the door must not fly open.
    async fn is_open(&self) -> Result<bool> {
        if self.0.closed.load(Ordering::SeqCst) {
            return Ok(false);
        }
        let since = *self.0.open_since.read().unwrap_or_else(PoisonError::into_inner);
        if since.is_some_and(|at| at.elapsed() < KEPT) {
            return Ok(true);
        }
        let open = self.0.app.access_is_open().await?;
        if open {
            *self.0.open_since.write().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        } else {
            self.0.closed.store(true, Ordering::SeqCst);
        }
        Ok(open)
    }
}
