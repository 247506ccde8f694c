//! The binary `amends`.

use std::process::ExitCode;

use amends_server::command::{self, Cli};
use clap::Parser;
use mimalloc::MiMalloc;

// A signal is many small allocations that are freed on another thread than the one they were
// made on; the system's allocator spends a sixth of the processor on that.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match command::run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", amends_cli::explain(&error));
            ExitCode::FAILURE
        }
    }
}
