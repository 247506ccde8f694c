//! The connections, and a typed client of every service over them.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tonic::{
    service::interceptor::InterceptedService,
    transport::{Channel, Endpoint},
};

use crate::{
    Error, Outgoing, Settings,
    v1::{
        agent_service_client::AgentServiceClient, buyer_service_client::BuyerServiceClient,
        case_service_client::CaseServiceClient, detection_service_client::DetectionServiceClient,
        event_service_client::EventServiceClient, incident_service_client::IncidentServiceClient,
        ingest_service_client::IngestServiceClient, metrics_service_client::MetricsServiceClient,
        planning_service_client::PlanningServiceClient, policy_service_client::PolicyServiceClient,
        quality_service_client::QualityServiceClient, remedy_service_client::RemedyServiceClient,
        reply_service_client::ReplyServiceClient, return_service_client::ReturnServiceClient,
        review_service_client::ReviewServiceClient, shop_service_client::ShopServiceClient,
        stock_service_client::StockServiceClient,
    },
};

/// What the generated clients speak through.
pub type Transport = InterceptedService<Channel, Outgoing>;

/// The connections of a process to Amends. Cloning is cheap and shares them.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
    outgoing: Outgoing,
}

#[derive(Debug)]
struct Shared {
    first: Channel,
    others: Vec<Channel>,
    next: AtomicUsize,
    settings: Settings,
}

impl Client {
    /// Connects, and fails if nobody answers there.
    ///
    /// # Errors
    /// [`Error::Settings`] if they cannot be used, [`Error::Connect`] if the server
    /// cannot be reached.
    pub async fn connect(settings: Settings) -> Result<Self, Error> {
        let endpoint = settings.to_endpoint()?;
        // A real attempt tells at once what a lazily opened connection would tell
        // only with the first call, and less clearly.
        let first = endpoint
            .connect()
            .await
            .map_err(|source| Error::Connect { endpoint: settings.endpoint.clone(), source })?;
        Self::over(first, &endpoint, settings)
    }

    /// Connects with the first call: for services that may start before the server.
    ///
    /// # Errors
    /// [`Error::Settings`] if they cannot be used.
    pub fn connect_lazy(settings: Settings) -> Result<Self, Error> {
        let endpoint = settings.to_endpoint()?;
        Self::over(endpoint.connect_lazy(), &endpoint, settings)
    }

    fn over(first: Channel, endpoint: &Endpoint, settings: Settings) -> Result<Self, Error> {
        settings.check()?;
        let outgoing = Outgoing::new(&settings)?;
        let others = (1..settings.connections).map(|_| endpoint.connect_lazy()).collect();
        let next = AtomicUsize::new(0);
        Ok(Self { shared: Arc::new(Shared { first, others, next, settings }), outgoing })
    }

    /// The same connections, with that W3C trace context on every call.
    ///
    /// # Errors
    /// [`Error::Settings`] if it holds characters that cannot be sent.
    pub fn with_traceparent(&self, traceparent: &str) -> Result<Self, Error> {
        Ok(Self {
            shared: Arc::clone(&self.shared),
            outgoing: self.outgoing.clone().with_traceparent(traceparent)?,
        })
    }

    /// The settings it was made with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    // Handing the connections out in turn keeps a load even, which a random choice
    // does not. Each comes back by itself after it broke.
    fn channel(&self) -> Channel {
        let Shared { first, others, next, .. } = &*self.shared;
        let turn = next.fetch_add(1, Ordering::Relaxed) % (others.len() + 1);
        others.get(turn).unwrap_or(first).clone()
    }
}

macro_rules! services {
    ($($(#[$doc:meta])* $name:ident: $service:ident;)*) => {
        impl Client {$(
            $(#[$doc])*
            #[must_use]
            pub fn $name(&self) -> $service<Transport> {
                let settings = self.settings();
                $service::with_interceptor(self.channel(), self.outgoing.clone())
                    .max_encoding_message_size(settings.request_bytes_max)
                    .max_decoding_message_size(settings.response_bytes_max)
            }
        )*}
    };
}

services! {
    /// The generated client of ShopService, without retries.
    shops: ShopServiceClient;
    /// The generated client of IngestService, without retries.
    ingest: IngestServiceClient;
    /// The generated client of DetectionService, without retries.
    detection: DetectionServiceClient;
    /// The generated client of CaseService, without retries.
    cases: CaseServiceClient;
    /// The generated client of AgentService, without retries.
    agents: AgentServiceClient;
    /// The generated client of RemedyService, without retries.
    remedies: RemedyServiceClient;
    /// The generated client of ReplyService, without retries.
    replies: ReplyServiceClient;
    /// The generated client of IncidentService, without retries.
    incidents: IncidentServiceClient;
    /// The generated client of BuyerService, without retries.
    buyers: BuyerServiceClient;
    /// The generated client of QualityService, without retries.
    quality: QualityServiceClient;
    /// The generated client of StockService, without retries.
    stocks: StockServiceClient;
    /// The generated client of ReviewService, without retries.
    reviews: ReviewServiceClient;
    /// The generated client of ReturnService, without retries.
    returns: ReturnServiceClient;
    /// The generated client of MetricsService, without retries.
    metrics: MetricsServiceClient;
    /// The generated client of PlanningService, without retries.
    planning: PlanningServiceClient;
    /// The generated client of PolicyService, without retries.
    policies: PolicyServiceClient;
    /// The generated client of EventService, without retries.
    events: EventServiceClient;
}
