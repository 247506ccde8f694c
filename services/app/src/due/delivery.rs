//! Parcels that should have arrived: many fall due at once, so they are looked at together.

use std::collections::BTreeMap;

use amends_domain::deadline::{Deadline, DeadlineKind};
use amends_domain::signal::OverdueSignal;
use amends_domain::{AgentId, ShopId};
use amends_store::StoreError;

use super::PostponeDeadline;
use crate::app::App;
use crate::call::Call;
use crate::error::{AppError, Result};
use crate::telemetry;

impl App {
    /// Does what parcels are due; answers how many of them have to wait for the next look.
    pub(super) async fn deliveries_due(&self, name: &AgentId, due: &[Deadline]) -> Result<usize> {
        let mut by_shop: BTreeMap<&ShopId, Vec<&Deadline>> = BTreeMap::new();
        for one in due {
            by_shop.entry(&one.shop).or_default().push(one);
        }
        let mut waiting = 0;
        for (shop, mine) in by_shop {
            match self.deliveries_of(name, shop, &mine).await {
                Ok(()) => {}
                Err(error @ AppError::Store(StoreError::Unavailable(_))) => return Err(error),
                // There is too much to do, or someone is in the way: they stay due.
                Err(error) if error.is_contention() || matches!(error, AppError::Overloaded { .. }) => {
                    tracing::debug!(%error, "late parcels wait their turn");
                    waiting += mine.len();
                }
                Err(AppError::ShuttingDown) => return Err(AppError::ShuttingDown),
                // One of them cannot be done. Alone, each is for itself.
                Err(_) => {
                    for one in mine {
                        self.delivery_alone(name, one).await?;
                    }
                }
            }
        }
        Ok(waiting)
    }

    async fn deliveries_of(&self, name: &AgentId, shop: &ShopId, due: &[&Deadline]) -> Result<()> {
        let parcels = due.iter().map(|one| parcel(one)).collect::<Result<Vec<_>>>()?;
        self.look_at_parcels(call(name), shop, parcels).await?;
        due.iter().for_each(|one| telemetry::deadline_came(one.kind.as_str()));
        Ok(())
    }

    async fn delivery_alone(&self, name: &AgentId, due: &Deadline) -> Result<()> {
        let Err(error) = self.deliveries_of(name, &due.shop, &[due]).await else { return Ok(()) };
        let subject = &due.subject;
        tracing::error!(%error, subject, "a late parcel could not be looked at; it is tried again later");
        self.put_aside(call(name), PostponeDeadline { deadline: due.clone() }).await
    }
}

fn call(name: &AgentId) -> Call {
    Call::by_timer(name, format!("timer.{}", DeadlineKind::DeliveryDue))
}

fn parcel(due: &Deadline) -> Result<OverdueSignal> {
    let malformed = || AppError::Internal(format!("no parcel is called {}", due.subject));
    let (order, shipment) = due.subject.split_once('/').ok_or_else(malformed)?;
    let order = order.parse().map_err(|_| malformed())?;
    Ok(OverdueSignal { order, shipment: shipment.parse().map_err(|_| malformed())? })
}
