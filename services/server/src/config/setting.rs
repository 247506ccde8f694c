//! Every setting there is: its name, default and meaning, once.

/// One setting. In the file it is a key, in the environment `AMENDS_` and the
/// name in capitals, as a flag `--` and the name with dashes.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What it is when nobody says otherwise; none for off.
    pub default: Option<&'static str>,
    /// What it means, with unit and limits.
    pub help: &'static str,
}

const fn setting(name: &'static str, default: &'static str, help: &'static str) -> Setting {
    Setting { name, default: Some(default), help }
}

const fn off(name: &'static str, help: &'static str) -> Setting {
    Setting { name, default: None, help }
}

/// All settings, in the order `amends check` prints them.
pub const SETTINGS: &[Setting] = &[
    setting(
        "listen",
        "127.0.0.1:7460",
        "Address of gRPC and gRPC-Web. Without API keys only loopback is accepted.",
    ),
    setting("metrics_listen", "127.0.0.1:7461", "Address of Prometheus metrics (/metrics), or off."),
    setting("database_url", "sqlite:./amends.db", "sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE."),
    setting("database_connections", "16", "Connections at most, 1-500 (SQLite: readers; it has one writer)."),
    setting("ingest_lanes", "2", "Transactions of ingest under way at a time on PostgreSQL, 1-64."),
    setting(
        "ingest_queue",
        "20000",
        "Signals that may wait for a transaction, 1000-1000000; beyond, callers are shed.",
    ),
    setting("ingest_batch", "1000", "Signals committed together at most, 1-10000."),
    setting("calls", "1024", "Calls served at a time, 1-100000; beyond, callers are shed."),
    setting("agent_capacity", "20", "Cases an agent may hold at a time, 1-1000000."),
    setting(
        "replica",
        "0",
        "A number of its own for each replica on one database, 0-1000: spares them waiting for each other's counts.",
    ),
    setting("drain_seconds", "20", "How long calls may take to end at shutdown, 1-600 seconds."),
    setting("web", "true", "Whether browsers may speak gRPC-Web, also over HTTP/1.1: true or false."),
    setting(
        "cors_origins",
        "",
        "Origins whose pages may do so, separated by commas; none for no cross-origin access.",
    ),
    off("tls_certificate", "Certificate chain (PEM file); with tls_key it turns TLS on."),
    off("tls_key", "Private key (PEM file)."),
    off("tls_client_ca", "Authority of client certificates (PEM file); turns mutual TLS on."),
    setting(
        "detection_model",
        "embedded",
        "Model that hears what texts say: embedded, or a file that `amends detect train` wrote.",
    ),
    setting("log", "info", "Which log lines: a level, or targets such as info,amends_app=debug."),
    setting("log_format", "pretty", "pretty or json."),
];

/// Whether an environment variable (without its prefix) is a setting of the
/// server. The clients have variables of their own under the same prefix.
pub(super) fn is_server(name: &str) -> bool {
    let clients = ["endpoint", "api_key", "shop", "json", "config", "test_postgres_url", "ca"];
    let name = name.to_ascii_lowercase();
    !clients.contains(&name.as_str())
}
