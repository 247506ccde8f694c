//! The rules: which parts together may not go out.

pub(crate) mod advice;
pub(crate) mod contact;
pub(crate) mod named;
pub(crate) mod personal;
pub(crate) mod review;
pub(crate) mod threat;
