//! gRPC-Web and cross-origin access, both off unless they are wanted.

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method};
use tonic_web::GrpcWebLayer;
use tower::util::{Either, option_layer};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::{ServeError, Settings};

type Optional<L> = Either<L, tower::layer::util::Identity>;

/// The layers that stand outside all others, because they speak another protocol.
pub(super) struct Web {
    pub(super) cors: Optional<CorsLayer>,
    pub(super) grpc_web: Optional<GrpcWebLayer>,
}

pub(super) fn layers(settings: &Settings) -> Result<Web, ServeError> {
    let cors = match settings.cors_origins.as_slice() {
        [] => None,
        _ if !settings.web => None,
        origins => Some(cors(origins)?),
    };
    Ok(Web { cors: option_layer(cors), grpc_web: option_layer(settings.web.then(GrpcWebLayer::new)) })
}

fn cors(origins: &[String]) -> Result<CorsLayer, ServeError> {
    let origin = |text: &String| {
        let plain = text.starts_with("https://") || text.starts_with("http://");
        let value = HeaderValue::from_str(text).ok().filter(|_| plain && !text.ends_with('/'));
        value.ok_or_else(|| ServeError::Origin(text.clone()))
    };
    let origins = origins.iter().map(origin).collect::<Result<Vec<_>, _>>()?;
    let name = HeaderName::from_static;
    Ok(CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::POST])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            name("x-grpc-web"),
            name("x-user-agent"),
            name("grpc-timeout"),
            name("traceparent"),
        ])
        .expose_headers([name("grpc-status"), name("grpc-message"), name("grpc-status-details-bin")]))
}
