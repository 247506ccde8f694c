//! The binary `amends`.

use std::process::ExitCode;

use amends_server::command::{self, Cli};
use clap::Parser;

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
