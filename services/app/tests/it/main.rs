//! The use cases on a real database: SQLite always, PostgreSQL where
//! `AMENDS_TEST_POSTGRES_URL` names a server.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

mod approval;
mod ask;
mod claim;
mod contact;
mod deadlines;
mod delivery;
mod due;
mod fences;
mod figures;
mod guard;
mod guard_buyer;
mod hand_back;
mod heard;
mod house;
mod keys;
mod lags;
mod lease;
mod make;
mod merge;
#[path = "../../../domain/tests/it/page.rs"]
mod page;
mod parcels;
mod pause;
mod policy;
mod presence;
mod redirect;
mod relay;
mod remedy;
mod remedy_policy;
mod remedy_policy_any;
mod remedy_policy_problems;
mod remedy_policy_versions;
mod reply;
mod reply_recall;
mod reply_template;
mod replying;
mod response;
mod response_late;
mod review_dates;
mod rollups;
mod rollups_arrival;
mod rollups_exact;
mod runner;
mod savings;
mod sealed;
mod shops;
mod skills;
mod solve;
mod stage;
mod supervise;
mod surveys;
mod view;
mod viewers;
