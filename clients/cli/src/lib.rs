//! The commands of `amends` that talk to a running server.
//!
//! The binary flattens [`Command`] and [`Connection`] into its own and hands both
//! to [`run`]; what fails is told by [`explain`].

mod agent;
mod amount;
mod args;
mod buyer;
mod case;
mod codes;
mod connection;
mod event;
mod file;
pub mod import;
mod incident;
pub mod load;
pub mod market;
mod metrics;
mod output;
mod planning;
mod policy;
mod quality;
mod remedy;
mod reply;
mod report;
mod returns;
mod review;
mod shop;
mod stock;
mod template;
mod when;

use std::io;

use clap::Subcommand;

pub use connection::Connection;

use connection::Session;

/// What agents, supervisors, analysts and admins do.
#[derive(Subcommand)]
pub enum Command {
    /// Create, list and change shops
    #[command(subcommand, after_help = shop::EXAMPLES)]
    Shop(shop::Shop),
    /// Work cases: take the next one, see what happened, answer, solve
    #[command(subcommand, after_help = case::EXAMPLES)]
    Case(case::Case),
    /// Say that you are there, away or gone; see and set what agents can take
    #[command(subcommand, after_help = agent::EXAMPLES)]
    Agent(agent::Agent),
    /// Suggest, offer and follow remedies
    #[command(subcommand, after_help = remedy::EXAMPLES)]
    Remedy(remedy::Remedy),
    /// Follow replies to buyers: list, approve, take back, deliver
    #[command(subcommand, after_help = reply::EXAMPLES)]
    Reply(reply::Reply),
    /// One fault behind many cases: open, add cases, resolve
    #[command(subcommand, after_help = incident::EXAMPLES)]
    Incident(incident::Incident),
    /// Forget a buyer: their words and their name, and no figure
    #[command(subcommand, after_help = buyer::EXAMPLES)]
    Buyer(buyer::Buyer),
    /// Judge work by samples: forms, reviews, disputes
    #[command(subcommand, after_help = quality::EXAMPLES)]
    Quality(quality::Quality),
    /// How many of which article there are: tell and list
    #[command(subcommand, after_help = stock::EXAMPLES)]
    Stock(stock::Stock),
    /// Words for replies: list, set, preview
    #[command(subcommand, after_help = template::EXAMPLES)]
    Template(template::Template),
    /// Look at reviews, and ask for a revision where that is allowed
    #[command(subcommand, after_help = review::EXAMPLES)]
    Review(review::Review),
    /// Look at returns and whether they were avoided
    #[command(subcommand, after_help = returns::EXAMPLES)]
    Return(returns::Return),
    /// Read the figures: reviews revised, returns recorded and avoided
    #[command(subcommand, after_help = metrics::EXAMPLES)]
    Metrics(metrics::Metrics),
    /// Write the figures of a shop as one page, to be read in a browser or printed
    #[command(after_help = report::EXAMPLES)]
    Report(report::Report),
    /// See the figures your marketplace will judge you by, and what still saves them
    #[command(after_help = planning::twins::EXAMPLES)]
    Twins(planning::twins::Args),
    /// See how many cases will come
    #[command(after_help = planning::forecast::EXAMPLES)]
    Forecast(planning::forecast::Args),
    /// See how many people the cases that will come need
    #[command(after_help = planning::staffing::EXAMPLES)]
    Staffing(planning::staffing::Args),
    /// Read what happened, or follow it as it happens
    #[command(subcommand, after_help = event::EXAMPLES)]
    Event(event::Event),
    /// Look at what a shop may do, and change its own rules
    #[command(subcommand, after_help = policy::EXAMPLES)]
    Policy(policy::Policy),
}

/// Runs one command against the server.
///
/// # Errors
/// Whatever kept it from its end; [`explain`] puts it into words.
pub async fn run(command: Command, connection: &Connection) -> anyhow::Result<()> {
    let session = Session::open(connection).await?;
    let done = match command {
        Command::Shop(command) => command.run(&session).await,
        Command::Case(command) => command.run(&session).await,
        Command::Agent(command) => command.run(&session).await,
        Command::Remedy(command) => command.run(&session).await,
        Command::Reply(command) => command.run(&session).await,
        Command::Incident(command) => command.run(&session).await,
        Command::Buyer(command) => command.run(&session).await,
        Command::Quality(command) => command.run(&session).await,
        Command::Stock(command) => command.run(&session).await,
        Command::Template(command) => command.run(&session).await,
        Command::Review(command) => command.run(&session).await,
        Command::Return(command) => command.run(&session).await,
        Command::Metrics(command) => command.run(&session).await,
        Command::Report(command) => command.run(&session).await,
        Command::Twins(command) => command.run(&session).await,
        Command::Forecast(command) => command.run(&session).await,
        Command::Staffing(command) => command.run(&session).await,
        Command::Event(command) => command.run(&session).await,
        Command::Policy(command) => command.run(&session).await,
    };
    match done {
        // A reader such as `head` that has seen enough is no failure.
        Err(error) if reader_left(&error) => Ok(()),
        done => done,
    }
}

fn reader_left(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// A failure as one paragraph for standard error.
#[must_use]
pub fn explain(error: &anyhow::Error) -> String {
    // What the client says is complete; the causes below it are the network's own
    // words and help only where it does not speak.
    if let Some(error) = error.downcast_ref::<amends_client::Error>() {
        return error.to_string();
    }
    let mut text = String::new();
    for cause in error.chain() {
        let said = cause.to_string();
        // Many errors repeat their cause in their own words.
        if !text.contains(&said) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&said);
        }
    }
    if !text.ends_with('.') {
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use clap::{CommandFactory, Parser};

    use super::*;

    #[derive(Parser)]
    #[command(name = "amends")]
    struct Amends {
        #[command(flatten)]
        connection: Connection,
        #[command(subcommand)]
        command: Command,
    }

    fn parse(line: &str) -> Result<Amends, clap::Error> {
        Amends::try_parse_from(line.split_whitespace())
    }

    #[test]
    fn the_commands_are_well_formed() {
        Amends::command().debug_assert();
    }

    #[test]
    fn options_of_the_connection_may_stand_anywhere() {
        let before = parse("amends --shop main case list").unwrap();
        let after = parse("amends case list --shop main --json").unwrap();
        assert_eq!(before.connection.shop, after.connection.shop);
        assert!(after.connection.json);
        assert!(matches!(after.command, Command::Case(_)));
    }

    #[test]
    fn every_example_of_the_help_is_a_real_command() {
        let helps = [
            shop::EXAMPLES,
            case::EXAMPLES,
            case::watch::EXAMPLES,
            agent::EXAMPLES,
            remedy::EXAMPLES,
            review::EXAMPLES,
            returns::EXAMPLES,
            metrics::EXAMPLES,
            report::EXAMPLES,
            planning::twins::EXAMPLES,
            planning::forecast::EXAMPLES,
            planning::staffing::EXAMPLES,
            event::EXAMPLES,
            policy::EXAMPLES,
            stock::EXAMPLES,
            buyer::EXAMPLES,
        ];
        for line in helps.iter().flat_map(|help| help.lines()) {
            // What a shell takes for a comment, a file to write to or another program is one.
            let line =
                [" # ", " > ", " | "].iter().fold(line, |line, mark| line.split(mark).next().unwrap_or(line));
            let line = line.trim();
            if line.starts_with("amends ") {
                let words = split(line);
                let parsed = Amends::try_parse_from(&words);
                assert!(parsed.is_ok(), "{line}: {:?}", parsed.err().map(|e| e.to_string()));
            }
        }
    }

    // Enough of a shell for the examples: double quotes only.
    fn split(line: &str) -> Vec<String> {
        line.split('"')
            .enumerate()
            .flat_map(|(index, part)| match index % 2 {
                0 => part.split_whitespace().map(str::to_owned).collect(),
                _ => vec![part.to_owned()],
            })
            .collect()
    }

    #[test]
    fn a_wrong_word_is_a_usage_error_that_lists_the_right_ones() {
        let error = parse("amends case list --kind banana").err().unwrap();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("delivery"), "{error}");
    }

    #[test]
    fn a_key_in_the_environment_is_never_printed() {
        let help = Amends::command().render_long_help().to_string();
        assert!(help.contains("AMENDS_API_KEY") && !help.contains("AMENDS_API_KEY="), "{help}");
    }

    #[test]
    fn a_failure_is_one_paragraph_without_repetition() {
        let error = anyhow::anyhow!("no such file").context("The file cannot be read");
        assert_eq!(explain(&error), "The file cannot be read: no such file.");
        let refused = amends_client::Error::Settings("bad".into());
        assert_eq!(explain(&refused.into()), "bad.");
    }

    #[test]
    fn a_reader_who_has_left_is_no_failure() {
        let left = anyhow::Error::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(reader_left(&left));
        assert!(!reader_left(&anyhow::anyhow!("else")));
    }
}
