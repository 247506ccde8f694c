//! Whether the server can do its work, for probes and load balancers.

use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use crate::layer::rpc::Rpc;

/// Says for the server as a whole and for each service whether it can do its work.
#[derive(Debug, Clone)]
pub struct Health(HealthReporter);

impl Health {
    pub(super) const fn new(reporter: HealthReporter) -> Self {
        Self(reporter)
    }

    /// Says so from now on. All services stand on one database, so they stand and fall together.
    pub async fn set_serving(&self, serving: bool) {
        let status = || if serving { ServingStatus::Serving } else { ServingStatus::NotServing };
        self.0.set_service_status("", status()).await;
        for service in Rpc::services() {
            self.0.set_service_status(service, status()).await;
        }
    }
}
