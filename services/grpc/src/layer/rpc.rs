//! Which methods there are, read from the contract.

use std::collections::HashMap;
use std::sync::LazyLock;

use prost::Message as _;
use prost_types::FileDescriptorSet;

/// A method by its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rpc {
    /// The full name of the service, such as `amends.v1.CaseService`.
    pub service: &'static str,
    /// The name of the method, such as `GetCase`.
    pub method: &'static str,
    /// Whether it may stay open for long.
    pub streaming: bool,
    /// Whether it is open to everybody: health and reflection say nothing about anyone.
    pub open: bool,
}

/// Stands for every path that is no method: a metric must not learn a caller's inventions.
const UNKNOWN: Rpc = Rpc { service: "unknown", method: "unknown", streaming: false, open: false };

/// Methods of services that others wrote.
const FOREIGN: [Rpc; 4] = [
    Rpc { service: "grpc.health.v1.Health", method: "Check", streaming: false, open: true },
    Rpc { service: "grpc.health.v1.Health", method: "Watch", streaming: true, open: true },
    Rpc {
        service: "grpc.reflection.v1.ServerReflection",
        method: "ServerReflectionInfo",
        streaming: true,
        open: true,
    },
    Rpc {
        service: "grpc.reflection.v1alpha.ServerReflection",
        method: "ServerReflectionInfo",
        streaming: true,
        open: true,
    },
];

static METHODS: LazyLock<HashMap<String, Rpc>> = LazyLock::new(|| {
    let own = own_methods().into_iter().chain(FOREIGN);
    own.map(|rpc| (format!("/{}/{}", rpc.service, rpc.method), rpc)).collect()
});

fn own_methods() -> Vec<Rpc> {
    // The set is compiled into the program; were it unreadable, reflection would have failed to start.
    let set = FileDescriptorSet::decode(amends_proto::FILE_DESCRIPTOR_SET).unwrap_or_default();
    let mut methods = Vec::new();
    for file in set.file {
        for service in file.service {
            // Read once and kept for the life of the program.
            let name: &'static str =
                format!("{}.{}", file.package.as_deref().unwrap_or_default(), service.name()).leak();
            methods.extend(service.method.into_iter().map(|method| Rpc {
                service: name,
                streaming: method.server_streaming(),
                method: method.name.unwrap_or_default().leak(),
                open: false,
            }));
        }
    }
    methods
}

impl Rpc {
    /// The method of a request's path.
    #[must_use]
    pub fn of(path: &str) -> Self {
        METHODS.get(path).copied().unwrap_or(UNKNOWN)
    }

    /// The names of our own services, for health.
    #[must_use]
    pub fn services() -> Vec<&'static str> {
        let mut names: Vec<&str> = METHODS.values().filter(|rpc| !rpc.open).map(|rpc| rpc.service).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
