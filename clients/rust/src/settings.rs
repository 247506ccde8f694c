//! Where to connect, as whom, and how patiently.

use std::{fmt, time::Duration};

use tonic::transport::{Certificate, ClientTlsConfig, Endpoint};

use crate::Error;

/// How a client connects. Start from [`Settings::new`] and change what differs.
#[derive(Clone)]
pub struct Settings {
    /// Where the service listens, `http://host:port` or `https://host:port`.
    pub endpoint: String,
    /// The API key, `amends_<prefix>_<secret>`; none for a server without credentials.
    pub api_key: Option<String>,
    /// How long a unary call may take, all its retries included.
    pub deadline: Duration,
    /// How long a connection may take to come up.
    pub connect_deadline: Duration,
    /// How many connections are shared by all calls, 1–64. One is enough for a
    /// person; a load generator wants more.
    pub connections: usize,
    /// When a call is tried again.
    pub retry: Retry,
    /// W3C trace context sent with every call.
    pub traceparent: Option<String>,
    /// Certificates, PEM, to trust in place of the public ones. Only for `https`.
    pub ca_certificate: Option<Vec<u8>>,
    /// How often an otherwise silent connection is probed.
    pub keepalive_interval: Duration,
    /// How long the answer to a probe may take before the connection counts as lost.
    pub keepalive_timeout: Duration,
    /// Largest message sent, in bytes. The server takes no more than 8 MiB.
    pub request_bytes_max: usize,
    /// Largest message taken, in bytes.
    pub response_bytes_max: usize,
}

/// When a call is tried again. Only an unavailable server is: every other answer
/// is an answer, and asking again would not change it.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// How often a call is tried in all, the first time included; 1 switches retries off.
    pub attempts_max: u32,
    /// Upper bound of the first pause; each further one is twice as long.
    pub pause_first: Duration,
    /// Upper bound of every pause.
    pub pause_max: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts_max: 5, pause_first: Duration::from_millis(100), pause_max: Duration::from_secs(5) }
    }
}

/// The most connections one client opens.
const CONNECTIONS_MAX: usize = 64;

impl Settings {
    /// Settings for that endpoint, without credentials, with the usual patience.
    #[must_use]
    pub fn new(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            api_key: None,
            deadline: Duration::from_secs(15),
            connect_deadline: Duration::from_secs(5),
            connections: 1,
            retry: Retry::default(),
            traceparent: None,
            ca_certificate: None,
            keepalive_interval: Duration::from_secs(20),
            keepalive_timeout: Duration::from_secs(10),
            request_bytes_max: 8 * 1024 * 1024,
            response_bytes_max: 32 * 1024 * 1024,
        }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if !(1..=CONNECTIONS_MAX).contains(&self.connections) {
            return Err(Error::Settings(format!(
                "{} connections were asked for; a client takes 1 to {CONNECTIONS_MAX}",
                self.connections
            )));
        }
        if self.retry.attempts_max == 0 {
            return Err(Error::Settings("a call has to be tried at least once".into()));
        }
        Ok(())
    }

    pub(crate) fn to_endpoint(&self) -> Result<Endpoint, Error> {
        let wrong = |what: &dyn fmt::Display| {
            Error::Settings(format!(
                "`{}` is not an endpoint ({what}); write it as http://host:port or https://host:port",
                self.endpoint
            ))
        };
        let mut endpoint = Endpoint::from_shared(self.endpoint.clone()).map_err(|error| wrong(&error))?;
        match endpoint.uri().scheme_str() {
            Some("http") if self.ca_certificate.is_none() => {}
            Some("http") => return Err(wrong(&"a certificate was given for a plain connection")),
            Some("https") => {
                endpoint = endpoint
                    .tls_config(self.tls())
                    .map_err(|error| Error::Settings(format!("TLS cannot be set up: {error}")))?;
            }
            _ => return Err(wrong(&"the scheme is missing or unknown")),
        }
        endpoint
            .user_agent(concat!("amends-rust/", env!("CARGO_PKG_VERSION")))
            .map_err(|error| wrong(&error))
            .map(|endpoint| {
                endpoint
                    .connect_timeout(self.connect_deadline)
                    // A call is one small message: waiting to fill a packet only adds delay.
                    .tcp_nodelay(true)
                    .http2_keep_alive_interval(self.keepalive_interval)
                    .keep_alive_timeout(self.keepalive_timeout)
                    .keep_alive_while_idle(true)
                    .http2_adaptive_window(true)
            })
    }

    fn tls(&self) -> ClientTlsConfig {
        // A private authority replaces the public ones: a seller who runs one
        // does not want any other to be able to vouch for the server.
        match &self.ca_certificate {
            Some(pem) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)),
            None => ClientTlsConfig::new().with_webpki_roots(),
        }
    }
}

impl fmt::Debug for Settings {
    // Written by hand, because a derived one would put the key into logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Settings")
            .field("endpoint", &self.endpoint)
            .field("api_key", &self.api_key.as_ref().map(|_| "…"))
            .field("deadline", &self.deadline)
            .field("connections", &self.connections)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_printed() {
        let settings =
            Settings { api_key: Some("amends_ab12_secret".into()), ..Settings::new("http://localhost:1") };
        assert!(!format!("{settings:?}").contains("secret"));
    }

    #[test]
    fn an_endpoint_without_a_scheme_is_refused_with_the_right_form() {
        let said =
            Settings::new("localhost:7460").to_endpoint().map(|_| ()).map_err(|error| error.to_string());
        assert!(said.is_err_and(|text| text.contains("http://host:port")));
    }

    #[test]
    fn no_connections_and_too_many_are_refused() {
        for connections in [0, CONNECTIONS_MAX + 1] {
            let settings = Settings { connections, ..Settings::new("http://localhost:1") };
            assert!(settings.check().is_err());
        }
    }
}
