//! What lies ahead of a shop: `amends twins`, `amends forecast` and `amends staffing`.

pub(crate) mod forecast;
pub(crate) mod staffing;
pub(crate) mod twins;
