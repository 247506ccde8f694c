//! `amends report`

mod gather;
mod promises;

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use amends_proto::v1;
use clap::Args;

use crate::{
    codes::code,
    connection::Session,
    file,
    metrics::{days::Days, form::written},
};

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends report --from 2026-01-01 --to 2026-03-31 --out report.html
  amends report --shop blue-bottle --last 30d --out january.html
  amends report --from 2025-01-01 --to 2025-12-31 --bucket month --sla-cases 0

The page is complete in itself: it loads nothing, runs no program, and can be sent
by mail, printed and read by a screen reader. A report that is there already is
written anew; a file that is none is left alone.";

/// Which report, and where it goes.
#[derive(Args)]
pub struct Report {
    #[command(flatten)]
    days: Days,
    /// Where the page goes
    #[arg(long, value_name = "FILE", default_value = "report.html")]
    out: PathBuf,
    /// How time is cut in the pictures [default: by how many days there are]
    #[arg(long, value_parser = code::<v1::TimeBucket>())]
    bucket: Option<v1::TimeBucket>,
    /// How many cases, the newest first, are asked for the promises made in them; 0 for none
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    sla_cases: u32,
}

impl Report {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let days = self.days.range(session).await?;
        // Before minutes are spent on what could not be kept.
        if foreign(&self.out) {
            anyhow::bail!(
                "{} is there and is no report of Amends: name another place with --out, or remove it.",
                self.out.display()
            );
        }
        let report = gather::gather(session, days, self.bucket, self.sla_cases).await?;
        let page = amends_report::render(&report);
        file::replace(&self.out, &page)?;
        written(&session.output, &self.out, page.len())
    }
}

/// Whether there is a file that is no report.
fn foreign(path: &Path) -> bool {
    let file = match File::open(path) {
        Ok(file) => file,
        // What cannot be read may be anything.
        Err(error) => return error.kind() != ErrorKind::NotFound,
    };
    let mut beginning = Vec::new();
    // A folder opens and cannot be read: it is no report either.
    let read = file.take(4_000).read_to_end(&mut beginning);
    read.is_err() || !is_report(&String::from_utf8_lossy(&beginning))
}

/// Whether a page says in its own head that it is a report: what merely speaks of one is none.
fn is_report(beginning: &str) -> bool {
    let mark = format!("<meta name=\"generator\" content=\"{}\">", amends_report::GENERATOR);
    let head = beginning.split("<title>").next().unwrap_or_default();
    beginning.starts_with("<!doctype html>\n<html lang=\"en\"><head><meta charset=") && head.contains(&mark)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn only_a_report_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.html");
        assert!(!foreign(&path), "there is nothing");
        std::fs::write(&path, "my thesis").unwrap();
        assert!(foreign(&path));
        std::fs::write(&path, "How I read an Amends report, by me").unwrap();
        assert!(foreign(&path), "who speaks of a report is none");
        let quoted = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>About \
            <meta name=\"generator\" content=\"Amends report\"></title>";
        std::fs::write(&path, quoted).unwrap();
        assert!(foreign(&path));
        let page = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
            <meta name=\"generator\" content=\"Amends report\"><title>Shop</title>";
        std::fs::write(&path, page).unwrap();
        assert!(!foreign(&path));
        assert!(foreign(&path.join("below")), "what cannot be opened may be anything");
        assert!(foreign(folder.path()));
    }
}
