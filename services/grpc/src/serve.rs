//! The server: settings, services, health, and a shutdown that comes to an end.

use std::time::Duration;

use amends_app::App;
use amends_app::key::KeyRing;
use amends_proto::v1 as pb;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};

use crate::layer::Layers;
use crate::layer::shed::Limits;
use crate::service;
use crate::service::case::{WatchSettings, Watching};

mod health;
mod web;

pub use health::Health;

/// The largest message that is read.
pub const REQUEST_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The largest message that is sent: an answer may be larger than its question.
pub const RESPONSE_BYTES_MAX: usize = 16 * 1024 * 1024;

const HEADER_BYTES_MAX: u32 = 16 * 1024;
const FRAME_BYTES_MAX: u32 = 64 * 1024;
const STREAM_WINDOW_BYTES: u32 = 1024 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 4 * 1024 * 1024;

/// Encrypted transport.
#[derive(Clone)]
pub struct Tls {
    /// The server's certificate chain, PEM.
    pub certificate_pem: Vec<u8>,
    /// Its private key, PEM.
    pub key_pem: Vec<u8>,
    /// The authority that clients' certificates must come from, PEM; none asks for no certificate.
    pub client_ca_pem: Option<Vec<u8>>,
}

impl std::fmt::Debug for Tls {
    /// A private key is never printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("client_ca", &self.client_ca_pem.is_some()).finish_non_exhaustive()
    }
}

/// What can be set about the transport.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Calls under way at once, over all connections; more are shed.
    pub calls_max: usize,
    /// Streams open at once, over all connections.
    pub streams_max: usize,
    /// HTTP/2 streams of one connection.
    pub connection_streams_max: u32,
    /// How long a connection may be silent before it is asked for a sign of life.
    pub keepalive_interval: Duration,
    /// How long it may take to give one.
    pub keepalive_timeout: Duration,
    /// Whether browsers may speak gRPC-Web, also over HTTP/1.1.
    pub web: bool,
    /// The origins whose pages may do so; empty for no cross-origin access. Needs `web`.
    pub cors_origins: Vec<String>,
    /// How long open calls may take to finish at shutdown.
    pub drain_max: Duration,
    /// Encryption; none for plain text.
    pub tls: Option<Tls>,
    /// What those who watch cases may expect.
    pub watches: WatchSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            calls_max: 2_048,
            streams_max: 1_024,
            connection_streams_max: 1_024,
            keepalive_interval: Duration::from_secs(30),
            keepalive_timeout: Duration::from_secs(10),
            web: false,
            cors_origins: Vec::new(),
            drain_max: Duration::from_secs(20),
            tls: None,
            watches: WatchSettings::default(),
        }
    }
}

/// Why the server did not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The transport failed.
    #[error("the gRPC transport failed: {}", chain(.0))]
    Transport(#[from] tonic::transport::Error),
    /// The contract cannot be served by reflection.
    #[error("reflection cannot read the contract: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// An origin is none.
    #[error("{0:?} is not an origin such as https://desk.example.com")]
    Origin(String),
}

/// The library's own message says nothing; its sources do.
fn chain(error: &tonic::transport::Error) -> String {
    let first: &dyn std::error::Error = error;
    let all = std::iter::successors(Some(first), |error| error.source());
    all.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// How the server came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    /// Every call was finished.
    Fully,
    /// The time for that was over; the rest was cut off.
    CutOff,
}

/// The server, ready to be given a listener.
#[derive(Debug)]
pub struct Transport {
    app: App,
    settings: Settings,
    reporter: HealthReporter,
    shutdown: CancellationToken,
}

/// A service with the limits that hold for all of them.
macro_rules! limited {
    ($server:path, $service:expr) => {
        <$server>::new($service)
            .max_decoding_message_size(REQUEST_BYTES_MAX)
            .max_encoding_message_size(RESPONSE_BYTES_MAX)
    };
}

impl Transport {
    /// Prepares the server. It says NOT_SERVING until [`Health::set_serving`].
    pub async fn new(app: App, settings: Settings) -> Self {
        let transport =
            Self { app, settings, reporter: HealthReporter::new(), shutdown: CancellationToken::new() };
        // The library begins with SERVING, which would be a lie before the database is ready.
        transport.health().set_serving(false).await;
        transport
    }

    /// The handle that says whether the server can do its work.
    #[must_use]
    pub fn health(&self) -> Health {
        Health::new(self.reporter.clone())
    }

    /// Cancelling it begins the shutdown: streams end with a place to resume
    /// after, no connection is accepted, open calls are finished.
    #[must_use]
    pub fn shutdown(&self) -> CancellationToken {
        self.shutdown.clone()
    }

    /// Serves until the shutdown and then for as long as open calls take, within the limit.
    ///
    /// # Errors
    /// When the settings are unusable or the transport fails.
    pub async fn serve(self, listener: TcpListener) -> Result<Drained, ServeError> {
        let (shutdown, drain_max) = (self.shutdown.clone(), self.settings.drain_max);
        let keys = KeyRing::new(self.app.clone());
        if !listener.local_addr().is_ok_and(|address| address.ip().is_loopback()) {
            // Where others can reach it, a server without keys is open to nobody.
            keys.close();
        }
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let layers = Layers::new(keys, Limits::new(self.settings.calls_max, self.settings.streams_max));
        let web = web::layers(&self.settings)?;
        let server = self
            .server()?
            .layer(web.cors)
            .layer(web.grpc_web)
            .layer(layers)
            .add_routes(self.routes()?)
            .serve_with_incoming_shutdown(incoming, shutdown.clone().cancelled_owned());
        let too_late = async {
            shutdown.cancelled().await;
            tokio::time::sleep(drain_max).await;
        };
        tokio::select! {
            served = server => served.map(|()| Drained::Fully).map_err(ServeError::from),
            () = too_late => Ok(Drained::CutOff),
        }
    }

    fn server(&self) -> Result<Server, ServeError> {
        let settings = &self.settings;
        let server = Server::builder()
            .accept_http1(settings.web)
            .max_concurrent_streams(settings.connection_streams_max)
            .max_frame_size(FRAME_BYTES_MAX)
            .http2_max_header_list_size(HEADER_BYTES_MAX)
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .http2_keepalive_interval(Some(settings.keepalive_interval))
            .http2_keepalive_timeout(Some(settings.keepalive_timeout));
        let Some(tls) = &settings.tls else { return Ok(server) };
        let identity = Identity::from_pem(&tls.certificate_pem, &tls.key_pem);
        let config = ServerTlsConfig::new().identity(identity);
        let config = match &tls.client_ca_pem {
            Some(ca) => config.client_ca_root(Certificate::from_pem(ca)),
            None => config,
        };
        Ok(server.tls_config(config)?)
    }

    /// What agents work with.
    fn desk(&self, routes: Routes) -> Routes {
        let app = &self.app;
        let watching = Watching::new(self.shutdown.clone(), self.settings.watches.clone());
        routes
            .add_service(limited!(
                pb::case_service_server::CaseServiceServer<_>,
                service::case::Cases(app.clone(), watching)
            ))
            .add_service(limited!(
                pb::agent_service_server::AgentServiceServer<_>,
                service::agent::Agents(app.clone())
            ))
            .add_service(limited!(
                pb::remedy_service_server::RemedyServiceServer<_>,
                service::remedy::Remedies(app.clone())
            ))
            .add_service(limited!(
                pb::reply_service_server::ReplyServiceServer<_>,
                service::reply::Replies(app.clone())
            ))
            .add_service(limited!(
                pb::quality_service_server::QualityServiceServer<_>,
                service::quality::Quality(app.clone())
            ))
    }

    fn routes(&self) -> Result<Routes, ServeError> {
        let (app, shutdown) = (&self.app, &self.shutdown);
        let ingest = service::ingest::Ingest { app: app.clone(), shutdown: shutdown.clone() };
        let events = service::event::Events { app: app.clone(), shutdown: shutdown.clone() };
        let health = HealthServer::new(HealthService::from_health_reporter(self.reporter.clone()));
        let reflection = || {
            tonic_reflection::server::Builder::configure()
                .register_encoded_file_descriptor_set(amends_proto::FILE_DESCRIPTOR_SET)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        };
        Ok(self
            .desk(Routes::new(health))
            .add_service(limited!(pb::ingest_service_server::IngestServiceServer<_>, ingest))
            .add_service(limited!(pb::event_service_server::EventServiceServer<_>, events))
            .add_service(limited!(
                pb::incident_service_server::IncidentServiceServer<_>,
                service::incident::Incidents(app.clone())
            ))
            .add_service(limited!(
                pb::buyer_service_server::BuyerServiceServer<_>,
                service::buyer::Buyers(app.clone())
            ))
            .add_service(limited!(
                pb::stock_service_server::StockServiceServer<_>,
                service::stock::Stocks(app.clone())
            ))
            .add_service(limited!(
                pb::review_service_server::ReviewServiceServer<_>,
                service::review::Reviews(app.clone())
            ))
            .add_service(limited!(
                pb::return_service_server::ReturnServiceServer<_>,
                service::returns::Returns(app.clone())
            ))
            .add_service(limited!(
                pb::metrics_service_server::MetricsServiceServer<_>,
                service::metrics::Metrics(app.clone())
            ))
            .add_service(limited!(
                pb::planning_service_server::PlanningServiceServer<_>,
                service::planning::Planning(app.clone())
            ))
            .add_service(limited!(
                pb::policy_service_server::PolicyServiceServer<_>,
                service::policy::Policies(app.clone())
            ))
            .add_service(limited!(
                pb::shop_service_server::ShopServiceServer<_>,
                service::shop::Shops(app.clone())
            ))
            .add_service(limited!(
                pb::detection_service_server::DetectionServiceServer<_>,
                service::detection::Detections(app.clone())
            ))
            .add_service(reflection().build_v1()?)
            .add_service(reflection().build_v1alpha()?))
    }
}
