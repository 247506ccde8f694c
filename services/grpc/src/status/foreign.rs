//! Statuses that tonic makes by itself, explained.

use amends_proto::v1::Reason;
use tonic::{Code, Status};

use super::refusal::Refusal;

/// The same refusal with a reason; a status that needs none is left as it is.
#[must_use]
pub fn explain(status: Status) -> Status {
    match status.code() {
        Code::Unimplemented => {
            Refusal::new(Code::Unimplemented, Reason::Unimplemented, "this server does not know the call")
                .into_status()
        }
        // The limit of a message, which gRPC calls an exhausted resource.
        Code::OutOfRange => {
            Refusal::new(Code::ResourceExhausted, Reason::MessageTooLarge, status.message()).into_status()
        }
        // What cannot be decoded is the mistake of whoever encoded it.
        Code::Internal if status.message().contains("decode Protobuf") => {
            let message = "the message cannot be read: it is no such message, or a text in it is not UTF-8";
            Refusal::new(Code::InvalidArgument, Reason::InvalidField, message)
                .field("", "must be a message of the contract")
                .into_status()
        }
        _ => status,
    }
}
