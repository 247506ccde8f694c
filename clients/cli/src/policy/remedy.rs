//! The remedy policy: a document that is checked, compared, switched on and shown.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use amends_proto::v1;
use anyhow::{Context, bail};
use clap::Args;

use crate::{
    args::Limit,
    connection::Session,
    output::{
        Output,
        table::{or_dash, table, text},
    },
    policy::dry_run,
    when::{When, parse_when},
};

/// How many cases `apply` looks back at before it asks.
const LOOK_BACK: i32 = 200;

/// More than the server takes: enough to let it say so.
const BYTES_MAX: u64 = 1024 * 1024;

/// Which document.
#[derive(Args)]
pub struct Diff {
    /// The document; `-` reads standard input
    file: String,
}

/// Which document, and from when on it holds.
#[derive(Args)]
pub struct Apply {
    /// The document; `-` reads standard input
    file: String,
    /// From when it holds: 3d, 2026-12-01, 2026-12-01T00:00:00Z [default: now]
    #[arg(long, value_name = "TIME", value_parser = parse_when)]
    from: Option<When>,
    /// Apply it without asking
    #[arg(long)]
    yes: bool,
    /// Newest version you saw [default: the current one]
    #[arg(long)]
    etag: Option<String>,
}

/// Reads a document.
fn read(file: &str) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let read = match file {
        "-" => io::stdin().lock().take(BYTES_MAX).read_to_end(&mut bytes),
        _ => std::fs::File::open(file).and_then(|file| file.take(BYTES_MAX).read_to_end(&mut bytes)),
    };
    read.with_context(|| format!("{file} cannot be read"))?;
    String::from_utf8(bytes).ok().with_context(|| format!("{file} is no text in UTF-8"))
}

async fn ask(
    session: &Session,
    document: String,
    cases: i32,
) -> anyhow::Result<v1::CheckRemedyPolicyResponse> {
    let request =
        v1::CheckRemedyPolicyRequest { parent: session.shop().await?, document, dry_run_cases: cases };
    Ok(session.client.call(request).await?)
}

/// Ends with an error where there are problems.
fn refuse(answer: &v1::CheckRemedyPolicyResponse) -> anyhow::Result<()> {
    match answer.problems.len() {
        0 => Ok(()),
        1 => bail!("There is 1 problem; nothing was changed."),
        n => bail!("There are {n} problems; nothing was changed."),
    }
}

/// Tells what is wrong, or what would change.
pub(super) async fn check(session: &Session, file: &str, cases: Option<i32>) -> anyhow::Result<()> {
    let answer = ask(session, read(file)?, cases.unwrap_or(0)).await?;
    session.output.one(&answer, || {
        if !answer.problems.is_empty() {
            return problems(file, &answer.problems);
        }
        let mut told = format!("{file} has no problems. {}", difference_count(&answer));
        if let Some(run) = &answer.dry_run {
            told.push_str("\n\n");
            told.push_str(&dry_run::whole(run));
        }
        told
    })?;
    refuse(&answer)
}

impl Diff {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let answer = ask(session, read(&self.file)?, 0).await?;
        session.output.one(&answer, || match answer.problems.is_empty() {
            true => differences(&answer),
            false => problems(&self.file, &answer.problems),
        })?;
        refuse(&answer)
    }
}

impl Apply {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let document = read(&self.file)?;
        let answer = ask(session, document.clone(), LOOK_BACK).await?;
        if !answer.problems.is_empty() {
            session.output.one(&answer, || problems(&self.file, &answer.problems))?;
            return refuse(&answer);
        }
        if !self.yes {
            if self.file == "-" || session.output.json || !io::stdin().is_terminal() {
                bail!("Nobody can be asked here; look at `amends policy check` first and add --yes.");
            }
            let run = answer.dry_run.as_ref().map(dry_run::totals).unwrap_or_default();
            session.output.line(&format!("{}\n\n{run}", differences(&answer)))?;
            if !agreed()? {
                return session.output.line("Nothing was changed.");
            }
        }
        let request = v1::ApplyRemedyPolicyRequest {
            parent: session.shop().await?,
            document,
            effective_time: self.from.map(|from| from.ahead(session.output.now)),
            etag: self.etag.unwrap_or(answer.etag),
            ..Default::default()
        };
        let policy = session.client.call(request).await?.policy;
        let policy = policy.context("The server answered without the policy.")?;
        session.output.one(&policy, || told(&session.output, &policy))
    }
}

fn agreed() -> anyhow::Result<bool> {
    let mut out = io::stdout().lock();
    write!(out, "\nApply it? [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}

/// Shows a version: as it was written, or with every value that holds.
pub(super) async fn show(session: &Session, version: Option<i64>, effective: bool) -> anyhow::Result<()> {
    let request = v1::GetRemedyPolicyRequest { parent: session.shop().await?, version };
    let policy = session.client.call(request).await?.policy;
    session.output.some(policy.as_ref(), |policy| {
        let written =
            if effective || policy.version == 0 { &policy.effective_document } else { &policy.document };
        format!("# {}\n{written}", told(&session.output, policy))
    })
}

/// Lists the versions.
pub(super) async fn versions(session: &Session, limit: &Limit) -> anyhow::Result<()> {
    let parent = session.shop().await?;
    let page = limit
        .pages(200, async |page_size, page_token| {
            let request = v1::ListRemedyPoliciesRequest { parent: parent.clone(), page_size, page_token };
            let answer = session.client.call(request).await?;
            Ok((answer.policies, answer.next_page_token))
        })
        .await?;
    let output = session.output;
    output.page("policies", &page, |policies| {
        let mut table = table(&["version", "in force", "made", "by"]);
        for one in policies {
            table.add_row([
                one.version.to_string(),
                output.time(one.effective_time.as_ref()),
                output.time(one.create_time.as_ref()),
                one.author.clone(),
            ]);
        }
        text(&table)
    })
}

fn told(output: &Output, policy: &v1::RemedyPolicy) -> String {
    let from = match &policy.effective_time {
        Some(time) => format!("in force {}, by {}", output.time(Some(time)), policy.author),
        None => "the defaults".to_owned(),
    };
    format!("Remedy policy version {}, {from}, etag {}", policy.version, policy.etag)
}

/// One line for each, as compilers print them.
fn problems(file: &str, problems: &[v1::RemedyPolicyProblem]) -> String {
    let line = |one: &v1::RemedyPolicyProblem| {
        let line = if one.line > 0 { format!("{}:", one.line) } else { String::new() };
        let path = if one.path.is_empty() { String::new() } else { format!("{} ", one.path) };
        format!("{file}:{line} {path}{}", one.problem)
    };
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn difference_count(answer: &v1::CheckRemedyPolicyResponse) -> String {
    match (answer.differences.len(), answer.version) {
        (0, version) => format!("Nothing differs from version {version}, which is in force."),
        (1, version) => format!("1 value differs from version {version}, which is in force."),
        (n, version) => format!("{n} values differ from version {version}, which is in force."),
    }
}

fn differences(answer: &v1::CheckRemedyPolicyResponse) -> String {
    let mut told = difference_count(answer);
    if !answer.differences.is_empty() {
        let mut table = table(&["value", "in force", "document"]);
        for one in &answer.differences {
            table.add_row([one.path.as_str(), or_dash(&one.then), or_dash(&one.now)]);
        }
        told.push_str("\n\n");
        told.push_str(&text(&table));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_told_with_file_and_line() {
        let one = |line, path: &str, problem: &str| v1::RemedyPolicyProblem {
            line,
            path: path.to_owned(),
            problem: problem.to_owned(),
        };
        let all = [one(0, "", "must have at most 256 KiB"), one(7, "offers.coupon", "must be a share")];
        assert_eq!(
            problems("a.toml", &all),
            "a.toml: must have at most 256 KiB\na.toml:7: offers.coupon must be a share"
        );
    }

    #[test]
    fn differences_fit_a_terminal() {
        let difference = v1::RemedyPolicyDifference {
            path: "limits.ceiling".to_owned(),
            then: String::new(),
            now: "25.00".to_owned(),
        };
        let answer =
            v1::CheckRemedyPolicyResponse { differences: vec![difference], version: 3, ..Default::default() };
        let told = differences(&answer);
        assert!(told.starts_with("1 value differs from version 3"), "{told}");
        assert!(told.lines().all(|line| line.len() <= 80), "{told}");
        assert!(told.ends_with(" limits.ceiling  -         25.00"), "{told}");
    }
}
