//! Configuration: file, environment, flags; parsed completely, all problems
//! reported together, before anything is opened or bound.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use figment::value::Value;

mod setting;

pub use setting::{SETTINGS, Setting};

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For machines, one JSON object a line.
    Json,
}

/// Where the certificate, key and client authority stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate chain, PEM.
    pub certificate: PathBuf,
    /// The private key, PEM.
    pub key: PathBuf,
    /// The authority that client certificates must come from, PEM.
    pub client_ca: Option<PathBuf>,
}

/// The whole configuration, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where gRPC listens.
    pub listen: SocketAddr,
    /// Where Prometheus metrics listen, if they do.
    pub metrics_listen: Option<SocketAddr>,
    /// The database.
    pub database_url: String,
    /// Database connections at most.
    pub database_connections: u32,
    /// Ingest writers on PostgreSQL.
    pub ingest_lanes: usize,
    /// Signals that may wait for a writer.
    pub ingest_queue: usize,
    /// Signals in one transaction at most.
    pub ingest_batch: usize,
    /// Calls served at a time.
    pub calls: usize,
    /// Cases an agent may hold.
    pub agent_capacity: i64,
    /// Which copy of each count this replica adds to.
    pub replica: i64,
    /// How long calls may take to end at shutdown.
    pub drain: Duration,
    /// Whether browsers may speak gRPC-Web.
    pub web: bool,
    /// Origins whose pages may do so.
    pub cors_origins: Vec<String>,
    /// TLS, if it is on.
    pub tls: Option<TlsFiles>,
    /// The model that hears texts; the embedded one when absent.
    pub detection_model: Option<PathBuf>,
    /// Which log lines are written.
    pub log: String,
    /// How.
    pub log_format: LogFormat,
}

/// Everything that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problems(pub Vec<String>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration has {} problem(s):", self.0.len())?;
        for problem in &self.0 {
            writeln!(f, "  - {problem}")?;
        }
        write!(f, "nothing was started; `amends serve --help` lists every setting")
    }
}

impl std::error::Error for Problems {}

/// Reads file, environment and flags; later ones win.
///
/// # Errors
/// With every problem that was found.
pub fn load(file: Option<&Path>, flags: &BTreeMap<&'static str, String>) -> Result<Config, Problems> {
    let mut problems = Problems::default();
    let mut figment = Figment::new();
    if let Some(file) = file {
        if file.exists() {
            figment = figment.merge(Toml::file(file));
        } else {
            problems.0.push(format!("--config: there is no file {}", file.display()));
        }
    }
    figment = figment.merge(Env::prefixed("AMENDS_").filter(|name| setting::is_server(name.as_str())));
    for (name, value) in flags {
        figment = figment.merge(Serialized::default(name, value));
    }
    let values: BTreeMap<String, Value> = match figment.extract() {
        Ok(values) => values,
        Err(error) => {
            problems.0.extend(error.into_iter().map(|e| e.to_string()));
            BTreeMap::new()
        }
    };
    parse(&values, problems)
}

fn parse(values: &BTreeMap<String, Value>, mut problems: Problems) -> Result<Config, Problems> {
    for name in values.keys().filter(|name| !SETTINGS.iter().any(|s| s.name == **name)) {
        problems.0.push(format!("{name}: there is no such setting"));
    }
    let mut read = Reader { values, problems: &mut problems };
    let tls = read.tls();
    let config = Config {
        listen: read.get("listen"),
        metrics_listen: read.unless_off("metrics_listen"),
        database_url: read.get("database_url"),
        database_connections: read.between("database_connections", 1, 500),
        ingest_lanes: read.between("ingest_lanes", 1, 64),
        ingest_queue: read.between("ingest_queue", 1_000, 1_000_000),
        ingest_batch: read.between("ingest_batch", 1, 10_000),
        calls: read.between("calls", 1, 100_000),
        agent_capacity: read.between("agent_capacity", 1, 1_000_000),
        replica: read.between("replica", 0, 1_000),
        drain: Duration::from_secs(read.between("drain_seconds", 1, 600)),
        web: read.get("web"),
        cors_origins: read
            .get::<String>("cors_origins")
            .split(',')
            .map(str::trim)
            .filter(|o| !o.is_empty())
            .map(str::to_owned)
            .collect(),
        tls,
        detection_model: Some(read.get::<String>("detection_model"))
            .filter(|file| !matches!(file.as_str(), "" | "embedded"))
            .map(PathBuf::from),
        log: read.get("log"),
        log_format: match read.get::<String>("log_format").as_str() {
            "json" => LogFormat::Json,
            "pretty" => LogFormat::Pretty,
            other => {
                read.problems.0.push(format!("log_format: {other:?} is neither pretty nor json"));
                LogFormat::Pretty
            }
        },
    };
    check_database(&config.database_url, &mut problems);
    if problems.0.is_empty() { Ok(config) } else { Err(problems) }
}

fn check_database(url: &str, problems: &mut Problems) {
    let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
    if !known || url.contains(":memory:") {
        problems
            .0
            .push("database_url: must be sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE".to_owned());
    }
}

struct Reader<'a> {
    values: &'a BTreeMap<String, Value>,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    /// The value as text: given, or the default.
    fn text(&mut self, name: &str) -> Option<String> {
        let Some(value) = self.values.get(name) else {
            return SETTINGS.iter().find(|s| s.name == name).and_then(|s| s.default).map(str::to_owned);
        };
        match value {
            Value::String(_, text) => Some(text.clone()),
            Value::Num(_, number) => number
                .to_i128()
                .map(|n| n.to_string())
                .or_else(|| number.to_u128().map(|n| n.to_string()))
                .or_else(|| number.to_f64().map(|n| n.to_string())),
            Value::Bool(_, yes) => Some(yes.to_string()),
            _ => {
                self.problems.0.push(format!("{name}: must be one value, not a list or table"));
                None
            }
        }
    }

    fn get<T: FromStr<Err: fmt::Display> + Fallback>(&mut self, name: &str) -> T {
        let text = self.text(name).unwrap_or_default();
        text.parse().unwrap_or_else(|error| {
            self.problems.0.push(format!("{name}: {text:?} cannot be used: {error}"));
            T::fallback()
        })
    }

    fn unless_off(&mut self, name: &str) -> Option<SocketAddr> {
        if self.text(name).as_deref() == Some("off") { None } else { Some(self.get(name)) }
    }

    fn between<T>(&mut self, name: &str, least: T, most: T) -> T
    where
        T: FromStr<Err: fmt::Display> + Fallback + PartialOrd + fmt::Display + Copy,
    {
        let known = self.problems.0.len();
        let value: T = self.get(name);
        if self.problems.0.len() == known && (value < least || value > most) {
            self.problems.0.push(format!("{name}: {value} is not between {least} and {most}"));
        }
        value
    }

    fn tls(&mut self) -> Option<TlsFiles> {
        let mut file = |name: &str| {
            let path = PathBuf::from(self.text(name).filter(|p| !p.is_empty())?);
            if !path.is_file() {
                self.problems.0.push(format!("{name}: there is no file {}", path.display()));
            }
            Some(path)
        };
        let (certificate, key, client_ca) = (file("tls_certificate"), file("tls_key"), file("tls_client_ca"));
        match (certificate, key) {
            (Some(certificate), Some(key)) => Some(TlsFiles { certificate, key, client_ca }),
            (None, None) if client_ca.is_none() => None,
            _ => {
                self.problems.0.push("tls_certificate and tls_key: both are needed, or neither".to_owned());
                None
            }
        }
    }
}

/// What stands in for a value that could not be read; it is never used,
/// because the problem is reported and nothing starts.
trait Fallback {
    fn fallback() -> Self;
}

macro_rules! fallback_default {
    ($($kind:ty),+) => {$( impl Fallback for $kind { fn fallback() -> Self { Self::default() } } )+};
}

fallback_default!(String, u32, u64, usize, i64, bool);

impl Fallback for SocketAddr {
    fn fallback() -> Self {
        Self::from(([127, 0, 0, 1], 0))
    }
}

impl Config {
    /// Every setting with the value in force; secrets are masked.
    #[must_use]
    pub fn describe(&self) -> Vec<(&'static str, String)> {
        let path = |p: Option<&PathBuf>| p.map_or_else(|| "off".to_owned(), |p| p.display().to_string());
        let tls = self.tls.as_ref();
        vec![
            ("listen", self.listen.to_string()),
            ("metrics_listen", self.metrics_listen.map_or_else(|| "off".to_owned(), |a| a.to_string())),
            ("database_url", mask_url(&self.database_url)),
            ("database_connections", self.database_connections.to_string()),
            ("ingest_lanes", self.ingest_lanes.to_string()),
            ("ingest_queue", self.ingest_queue.to_string()),
            ("ingest_batch", self.ingest_batch.to_string()),
            ("calls", self.calls.to_string()),
            ("agent_capacity", self.agent_capacity.to_string()),
            ("replica", self.replica.to_string()),
            ("drain_seconds", self.drain.as_secs().to_string()),
            ("web", self.web.to_string()),
            ("cors_origins", self.cors_origins.join(",")),
            ("tls_certificate", path(tls.map(|t| &t.certificate))),
            ("tls_key", path(tls.map(|t| &t.key))),
            ("tls_client_ca", path(tls.and_then(|t| t.client_ca.as_ref()))),
            (
                "detection_model",
                self.detection_model
                    .as_ref()
                    .map_or_else(|| "embedded".to_owned(), |p| p.display().to_string()),
            ),
            ("log", self.log.clone()),
            ("log_format", if self.log_format == LogFormat::Json { "json" } else { "pretty" }.to_owned()),
        ]
    }
}

/// The URL without its password.
#[must_use]
pub fn mask_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    // The password may hold an '@' of its own; the host begins after the last.
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    let Some(end) = authority.rfind('@').or_else(|| rest.rfind('@')) else { return url.to_owned() };
    let user = rest.get(..end).and_then(|login| login.split(':').next()).unwrap_or_default();
    let host = rest.get(end + 1..).unwrap_or_default();
    format!("{scheme}://{user}:***@{host}")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test may panic")]

    use super::*;

    fn flags(pairs: &[(&'static str, &str)]) -> BTreeMap<&'static str, String> {
        pairs.iter().map(|(k, v)| (*k, (*v).to_owned())).collect()
    }

    #[test]
    fn every_problem_is_reported_at_once() {
        let wrong = flags(&[
            ("listen", "nowhere"),
            ("ingest_lanes", "0"),
            ("database_url", "mysql://x"),
            ("log_format", "xml"),
        ]);
        let problems = load(None, &wrong).expect_err("four settings are wrong");
        assert_eq!(problems.0.len(), 4, "{problems}");
    }

    #[test]
    fn without_anything_given_the_defaults_hold() {
        let config = load(None, &BTreeMap::new()).expect("defaults are valid");
        assert_eq!(config.listen.to_string(), "127.0.0.1:7460");
        assert_eq!(config.database_url, "sqlite:./amends.db");
        assert!(config.describe().iter().map(|(name, _)| *name).eq(SETTINGS.iter().map(|s| s.name)));
    }

    #[test]
    fn a_password_is_never_printed() {
        assert_eq!(mask_url("postgres://me:s3c:r@t@db/x"), "postgres://me:***@db/x");
        assert_eq!(mask_url("postgres://me:p/w@db/x"), "postgres://me:***@db/x");
        assert_eq!(mask_url("sqlite:./amends.db"), "sqlite:./amends.db");
    }
}
