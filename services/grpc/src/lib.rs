//! amends-grpc
