//! What the tests of the whole service stand on: a real server on a fresh
//! database, a clock that only the test moves, and short ways to say what
//! callers, agents and buyers do.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

pub mod database;
pub mod desk;
pub mod harness;
pub mod learning;
pub mod make;
pub mod oracle;
pub mod process;
pub mod race;
pub mod refusal;
pub mod year;

pub use database::{Database, Engine};
pub use desk::Desk;
pub use harness::Harness;
pub use refusal::refused;

/// Runs each named flow once per engine, each time on a server and database of its own.
///
/// `flow!(a_thing_happens);` beside `async fn a_thing_happens(h: &Harness)`
/// makes the tests `a_thing_happens::sqlite` and `a_thing_happens::postgres`.
#[macro_export]
macro_rules! flow {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                $crate::harness::run($crate::Engine::Sqlite, super::$name).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                $crate::harness::run($crate::Engine::Postgres, super::$name).await;
            }
        }
    )+};
}
