//! What goes with every call: credentials, trace context, deadline.

use std::time::Duration;

use tonic::{
    GrpcMethod, Request, Status,
    metadata::{Ascii, MetadataValue},
    service::Interceptor,
};

use crate::{Error, Settings};

/// Streams live as long as both sides want, so no deadline goes with them.
const STREAMS: [&str; 2] = ["RecordStream", "Subscribe"];

/// Adds credentials, trace context and a deadline to each call that leaves.
#[derive(Clone, Debug)]
pub struct Outgoing {
    authorization: Option<MetadataValue<Ascii>>,
    traceparent: Option<MetadataValue<Ascii>>,
    deadline: Duration,
}

impl Outgoing {
    pub(crate) fn new(settings: &Settings) -> Result<Self, Error> {
        let authorization = match &settings.api_key {
            Some(key) => {
                let mut value: MetadataValue<Ascii> = format!("Bearer {key}").parse().map_err(
                    // The key itself stays out of the message: it ends up in logs.
                    |_| Error::Settings("the API key holds characters no key has".into()),
                )?;
                value.set_sensitive(true);
                Some(value)
            }
            None => None,
        };
        let traceparent = settings.traceparent.as_deref().map(parse_traceparent);
        Ok(Self { authorization, traceparent: traceparent.transpose()?, deadline: settings.deadline })
    }

    pub(crate) fn with_traceparent(mut self, traceparent: &str) -> Result<Self, Error> {
        self.traceparent = Some(parse_traceparent(traceparent)?);
        Ok(self)
    }
}

fn parse_traceparent(traceparent: &str) -> Result<MetadataValue<Ascii>, Error> {
    traceparent.parse().map_err(|_| Error::Settings(format!("`{traceparent}` is not a W3C traceparent")))
}

impl Interceptor for Outgoing {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let streams = request
            .extensions()
            .get::<GrpcMethod<'static>>()
            .is_some_and(|method| STREAMS.contains(&method.method()));
        if !streams && !request.metadata().contains_key("grpc-timeout") {
            request.set_timeout(self.deadline);
        }
        let metadata = request.metadata_mut();
        if let Some(authorization) = &self.authorization {
            metadata.insert("authorization", authorization.clone());
        }
        if let Some(traceparent) = &self.traceparent
            && !metadata.contains_key("traceparent")
        {
            metadata.insert("traceparent", traceparent.clone());
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn outgoing() -> Outgoing {
        let settings =
            Settings { api_key: Some("amends_ab_cd".into()), ..Settings::new("http://localhost:1") };
        Outgoing::new(&settings).unwrap()
    }

    #[test]
    fn a_call_carries_the_key_and_a_deadline() {
        let request = outgoing().call(Request::new(())).unwrap();
        let metadata = request.metadata();
        assert_eq!(metadata.get("authorization").unwrap(), "Bearer amends_ab_cd");
        assert!(metadata.contains_key("grpc-timeout"));
    }

    #[test]
    fn a_stream_carries_no_deadline() {
        let mut request = Request::new(());
        request.extensions_mut().insert(GrpcMethod::new("amends.v1.EventService", "Subscribe"));
        let request = outgoing().call(request).unwrap();
        assert!(!request.metadata().contains_key("grpc-timeout"));
    }

    #[test]
    fn a_key_with_a_line_break_is_refused_without_being_shown() {
        let settings = Settings { api_key: Some("hidden\n".into()), ..Settings::new("http://localhost:1") };
        let error = Outgoing::new(&settings).unwrap_err();
        assert!(!error.to_string().contains("hidden"));
    }
}
