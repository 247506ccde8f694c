//! The commands of the binary.

pub mod check;
pub mod demo;
pub mod detect;
pub mod flags;
pub mod keys;
pub mod load;
pub mod migrate;
pub mod recompute;
pub mod serve;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use flags::ServerFlags;

/// Amends: a recovery desk for online sellers.
#[derive(Parser)]
#[command(
    name = "amends",
    version,
    about = "Amends: a recovery desk for online sellers",
    after_help = "Start here:\n  amends demo                 the main job, played to its report\n  amends serve                a server on 127.0.0.1:7460 with ./amends.db\n  amends import reviews.csv   your own history\n  amends case next            the next case for you"
)]
pub struct Cli {
    /// Options of every command that talks to a server.
    #[command(flatten)]
    pub connection: amends_cli::Connection,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Run the server
    Serve(serve::Serve),
    /// Bring the database's schema up to date, and nothing else
    Migrate(ServerFlags),
    /// Print the configuration in force and test the database
    Check(ServerFlags),
    /// Create, list and revoke API keys
    Keys(keys::Keys),
    /// Play the main job against a real server, with a clock that runs through weeks in seconds
    Demo(demo::Demo),
    /// Bring in orders, reviews, messages and returns from files
    Import(amends_cli::import::Import),
    /// Measure how many signals a server takes, and check that it kept them
    Load(load::Load),
    /// Hear what texts say, without a server
    Detect(detect::Detect),
    /// Rebuild every derived figure from the log and report differences
    Recompute(recompute::Recompute),
    /// Print completions for a shell
    Completions {
        /// Which shell.
        shell: Shell,
    },
    /// The commands of agents and analysts.
    #[command(flatten)]
    Client(amends_cli::Command),
}

/// Runs a command to its end.
///
/// # Errors
/// With whatever kept it from its end.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    let connection = cli.connection;
    match cli.command {
        Command::Serve(command) => serve::run(command).await,
        Command::Migrate(flags) => migrate::run(&flags).await,
        Command::Check(flags) => check::run(&flags, connection.json).await,
        Command::Keys(command) => keys::run(command, connection.json).await,
        Command::Demo(command) => demo::run(command, connection.json).await,
        Command::Import(command) => amends_cli::import::run(&command, &connection).await,
        Command::Load(command) => load::run(command, connection).await,
        Command::Detect(command) => detect::run(command, connection.json).await,
        Command::Recompute(command) => recompute::run(command, connection.json).await,
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "amends", &mut std::io::stdout());
            Ok(())
        }
        Command::Client(command) => amends_cli::run(command, &connection).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_arguments_of_a_command_share_a_name() {
        Cli::command().debug_assert();
    }
}
