//! What `amends import` is told.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::{Timestamp, tz::TimeZone};

use super::{
    field::Kind,
    mapping::{Assignment, parse_assignment},
    rows::Format,
    values,
};

pub(crate) const EXAMPLES: &str = "Examples:
  amends import --shop main reviews.csv --dry-run          look first, send nothing
  amends import --shop main orders.csv reviews.csv messages.jsonl
  amends import --shop main export.csv --kind order --map sku=Artikel --map currency=:EUR
  zcat reviews.tsv.gz | amends import --shop main - --format tsv --rejects bad.tsv

Fields for --map:
  order    order_id buyer_id unit_price currency sku line_id title category quantity state
           date updated language buyer_region buyer_time_zone
  review   review_id rating text order_id line_id sku buyer_id date updated language visible follow_up
  message  message_id buyer_id text conversation_id order_id line_id direction author date language
           public_reply
  return   return_id order_id line_id quantity status reason buyer_id date updated refund_amount
           currency channel_deadline seller_fault

The rows of one order have to follow each other; they become its lines. A row
without an id of its own gets one from its content. A later export of the same
review, order or return is a new observation if `updated` (or `date`) differs.";

/// Imports orders, reviews, messages and returns from CSV, TSV or JSON Lines.
///
/// Importing a file again changes nothing. An import that was stopped goes on where
/// it was when the same command is run again.
#[derive(Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Import {
    /// Files to import; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// How the files are written [default: by .csv, .tsv, .jsonl]
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// What the rows are [default: guessed from the columns]
    #[arg(long, value_enum)]
    pub kind: Option<Kind>,
    /// FIELD=COLUMN, FIELD=:CONSTANT, or FIELD= to leave it out; may be repeated
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = parse_assignment)]
    pub map: Vec<Assignment>,
    /// When a row without a date of its own happened
    #[arg(long, value_name = "TIME", default_value = "2000-01-01", value_parser = parse_date)]
    pub date: Timestamp,
    /// Where times without a zone are meant, such as Asia/Jakarta
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = parse_zone)]
    pub time_zone: TimeZone,
    /// Whether cells may be quoted [default: on for CSV, off for TSV]
    #[arg(long, value_enum)]
    pub quotes: Option<Quotes>,
    /// Cut texts of more than 10,000 characters instead of rejecting the row
    #[arg(long)]
    pub truncate_text: bool,
    /// Show what would be sent and what would be rejected; send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Where rejected rows go [default: FILE.rejects.tsv beside each file]
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// Where the progress is kept until everything is through [default: beside the first file]
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Start over, whatever progress was kept
    #[arg(long)]
    pub restart: bool,
    /// Fail if any row was rejected
    #[arg(long)]
    pub strict: bool,
}

/// Whether cells may be quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Quotes {
    /// A cell may stand in double quotes.
    On,
    /// A quote is a letter like any other.
    Off,
}

impl Quotes {
    pub(crate) fn is_on(self) -> bool {
        self == Self::On
    }
}

impl Import {
    /// Where the rejected rows of a file go.
    pub(crate) fn rejects_of(&self, input: Option<&Path>) -> PathBuf {
        match (&self.rejects, input) {
            (Some(path), _) => path.clone(),
            (None, Some(input)) => beside(input, "rejects.tsv"),
            (None, None) => PathBuf::from("stdin.rejects.tsv"),
        }
    }

    /// Where the progress is kept; standard input has none.
    pub(crate) fn state_of(&self, first: Option<&Path>) -> Option<PathBuf> {
        let first = first?;
        Some(self.state.clone().unwrap_or_else(|| beside(first, "import-state.json")))
    }
}

// A folder nobody may write to is often shared: then the working directory it is.
fn beside(input: &Path, extension: &str) -> PathBuf {
    let path = input.with_added_extension(extension);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let closed = folder.metadata().is_ok_and(|folder| folder.permissions().readonly());
    match path.file_name() {
        Some(name) if closed => PathBuf::from(name),
        _ => path,
    }
}

fn parse_date(text: &str) -> Result<Timestamp, String> {
    values::moment(text, &TimeZone::UTC)
}

fn parse_zone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text).map_err(|_| "write an IANA time zone such as Asia/Jakarta".to_owned())
}
