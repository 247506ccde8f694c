//! The wire contract of Amends: what the files below `amends/v1` say, as Rust.
//!
//! The comments of the contract are the documentation of these types.

/// Messages, clients and servers of the package `amends.v1`.
#[expect(
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::large_enum_variant,
    reason = "the code is generated: it allows what it needs, and boxes nothing"
)]
pub mod v1 {
    tonic::include_proto!("amends.v1");
}

/// The compiled contract with its comments, for reflection.
pub const FILE_DESCRIPTOR_SET: &[u8] = tonic::include_file_descriptor_set!("amends.v1");
