//! The timer's own signals: parcels that should have arrived by now.
//!
//! They go the way of all signals, through the lanes, because what they do needs the same
//! picture under the same locks; and many fall due at once, so they are committed together.

use amends_domain::signal::{OverdueSignal, Signal, SignalBody};
use amends_domain::{ShopId, SignalId};

use super::{Prepared, Submission};
use crate::app::App;
use crate::call::Call;
use crate::error::{AppError, Result};

/// Under which name such a signal goes; nothing is stored under it.
const NAME: &str = "delivery-due";

impl App {
    /// Looks at parcels of a shop that should have arrived, and tells who is late. Each is told
    /// of once, because the parcel remembers it in the same transaction.
    pub(crate) async fn look_at_parcels(
        &self,
        call: Call,
        shop: &ShopId,
        parcels: Vec<OverdueSignal>,
    ) -> Result<()> {
        let now = self.now();
        let info = self.shops().get(&self.store().reader(), shop, now).await?;
        let id = SignalId::new(NAME).map_err(|e| AppError::Internal(e.to_string()))?;
        let prepared = parcels.into_iter().map(|parcel| Prepared {
            signal: Signal { id: id.clone(), occurred_at: now, body: SignalBody::Overdue(parcel) },
            digest: [0; 16],
            detection: None,
        });
        let signals: Vec<_> = prepared.collect();
        self.lanes().submit(Submission { shop: info, call, signals }).await.map(drop)
    }
}
