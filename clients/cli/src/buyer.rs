//! `amends buyer …`

use std::io::{self, BufRead, IsTerminal, Write};
use std::time::Duration;

use amends_proto::v1;
use anyhow::bail;
use clap::{Args, Subcommand};

use crate::connection::Session;
use crate::output::Output;
use crate::output::table::{table, text};

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends buyer erase B-1001
  amends buyer erase B-1001 --yes --json | jq .done
  amends buyer erase B-1001 --yes --even-if-unknown # what comes later is kept without its words
  amends buyer status 00112233445566778899aabbccddeeff

An erasure cannot be undone. Every figure stays as it is.";

/// How often it is looked whether an erasure is done, and how long between.
const LOOKS: u32 = 60;
const PAUSE: Duration = Duration::from_secs(1);

/// What can be done about buyers.
#[derive(Subcommand)]
pub enum Buyer {
    /// Forget a buyer for good (admins)
    Erase(Erase),
    /// See how far an erasure has come (admins)
    Status(Status),
}

/// Whom.
#[derive(Args)]
pub struct Erase {
    /// The buyer, as the channel names them
    buyer: String,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Remember the buyer as erased, even if nothing was ever heard of them
    #[arg(long)]
    even_if_unknown: bool,
}

/// Which.
#[derive(Args)]
pub struct Status {
    /// The pseudonym: what cases show as their buyer
    pseudonym: String,
}

impl Buyer {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::Erase(args) => args.run(session).await,
            Self::Status(args) => {
                let name = format!("{}/erasures/{}", session.shop().await?, args.pseudonym);
                let answer = session.client.call(v1::GetErasureRequest { name }).await?;
                show(session.output, answer.erasure.as_ref())
            }
        }
    }
}

impl Erase {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let parent = session.shop().await?;
        if !self.yes && !agreed(&self.buyer, &parent)? {
            bail!("Nothing was erased.");
        }
        let request = v1::EraseBuyerRequest {
            parent,
            buyer_id: self.buyer,
            allow_missing: self.even_if_unknown,
            ..Default::default()
        };
        let mut erasure = session.client.call(request).await?.erasure;
        for _ in 0..LOOKS {
            let Some(under_way) = erasure.as_ref().filter(|one| !one.done) else { break };
            tokio::time::sleep(PAUSE).await;
            let request = v1::GetErasureRequest { name: under_way.name.clone() };
            erasure = session.client.call(request).await?.erasure;
        }
        show(session.output, erasure.as_ref())
    }
}

/// Asks whoever sits there; a program has to say so beforehand.
fn agreed(buyer: &str, shop: &str) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        bail!("An erasure cannot be undone: say --yes where nobody can be asked.");
    }
    let mut out = io::stderr().lock();
    write!(out, "Erase {buyer} from {shop}? This cannot be undone. [y/N] ")?;
    out.flush()?;
    let mut said = String::new();
    io::stdin().lock().read_line(&mut said)?;
    Ok(is_yes(&said))
}

fn is_yes(said: &str) -> bool {
    matches!(said.trim().to_lowercase().as_str(), "y" | "yes")
}

fn show(output: Output, erasure: Option<&v1::Erasure>) -> anyhow::Result<()> {
    output.some(erasure, |erasure| shown(&output, erasure))
}

fn shown(output: &Output, erasure: &v1::Erasure) -> String {
    let mut rows = table(&["erased", "count"]);
    let counts = erasure.counts.unwrap_or_default();
    for (what, count) in [
        ("messages", counts.message_count),
        ("reviews", counts.review_count),
        ("survey comments", counts.survey_count),
        ("notes", counts.note_count),
        ("replies", counts.reply_count),
        ("replies withdrawn", counts.withdrawn_reply_count),
        ("remedies", counts.remedy_count),
        ("parcels", counts.shipment_count),
        ("returns", counts.return_count),
        ("timeline entries", counts.event_count),
        ("kept answers", counts.answer_count),
    ] {
        rows.add_row([what, &count.to_string()]);
    }
    let since = output.time(erasure.erase_time.as_ref());
    let standing = if erasure.done { "done" } else { "under way" };
    format!("{}: {standing}, erased {since}\n{}", erasure.name, text(&rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_erases() {
        assert!(is_yes(" Yes\n") && is_yes("y"));
        for said in ["", "n", "yeah", "j"] {
            assert!(!is_yes(said), "{said:?}");
        }
    }
}
