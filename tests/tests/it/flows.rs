//! What people and back ends do with the service, end to end.

mod access;
mod ask;
mod claims;
mod duplicates;
mod events;
mod languages;
mod linking;
mod lists;
mod main_job_two_stars;
mod main_job_wrong_item;
mod metrics;
mod offers;
mod policies;
mod remedies;
mod replies;
mod requests;
mod returns;
mod shops;
mod stale;
mod streams;
mod supervision;
mod templates;
mod verbs;
mod wire;
