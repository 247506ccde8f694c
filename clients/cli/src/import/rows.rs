//! The rows of a file: of CSV, TSV or JSON Lines, each with its cells or with the
//! reason why it has none.

use std::{
    io::{self, BufRead},
    path::Path,
};

use clap::ValueEnum;
use serde_json::Value;

use super::{
    json,
    lines::{LINE_BYTES_MAX, Line, Lines, Mark},
    split::Splitter,
};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated, or by semicolons if the header is; cells may be quoted.
    Csv,
    /// Tab-separated; quotes are letters like any other.
    Tsv,
    /// One JSON object a line.
    Jsonl,
}

impl Format {
    /// What the name of a file says.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            _ => None,
        }
    }
}

/// How rows are cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    format: Format,
    quotes: bool,
    delimiter: u8,
    /// The columns, in the order in which rows give their cells.
    pub(crate) columns: Vec<String>,
}

/// One row, or one order of JSON with its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The number of its first line.
    pub(crate) line: u64,
    /// As it stands in the file.
    pub(crate) raw: String,
    /// The place behind it.
    pub(crate) end: Mark,
    /// Its cells by the columns, several times for an object with lines of its own;
    /// or why it cannot be read.
    pub(crate) parts: Result<Vec<Vec<String>>, String>,
}

/// Reads rows one by one.
pub(crate) struct Rows {
    lines: Lines,
    /// How they are cut.
    pub(crate) layout: Layout,
}

/// How much of a file of JSON is read to learn its columns.
const SAMPLE_LINES: usize = 1_000;
const SAMPLE_BYTES: usize = 4 * LINE_BYTES_MAX;

impl Rows {
    /// Reads the header; of JSON, the first lines.
    pub(crate) fn open(input: Box<dyn BufRead + Send>, format: Format, quotes: bool) -> io::Result<Self> {
        let mut lines = Lines::new(input, &Mark::default());
        let layout = match format {
            Format::Jsonl => {
                Layout { format, quotes: false, delimiter: 0, columns: sample_columns(&mut lines)? }
            }
            Format::Csv | Format::Tsv => header(&mut lines, format, quotes)?,
        };
        Ok(Self { lines, layout })
    }

    /// Reads on from a place where it was stopped.
    pub(crate) fn resume(input: Box<dyn BufRead + Send>, layout: Layout, mark: &Mark) -> Self {
        Self { lines: Lines::new(input, mark), layout }
    }

    /// Passes over the header of a file that is read from its start.
    pub(crate) fn past_header(mut self) -> io::Result<Self> {
        if self.layout.format != Format::Jsonl {
            self.lines.next()?;
        }
        Ok(self)
    }

    /// The next row, if there is one. Empty lines are none.
    pub(crate) fn next(&mut self) -> io::Result<Option<Row>> {
        loop {
            let Some(line) = self.lines.next()? else { return Ok(None) };
            if line.bytes.trim_ascii().is_empty() {
                continue;
            }
            return self.row(line).map(Some);
        }
    }

    fn row(&mut self, line: Line) -> io::Result<Row> {
        let text = match text_of(&line) {
            Ok(text) => text,
            Err(reason) => return Ok(row(&line, Err(reason))),
        };
        if self.layout.format == Format::Jsonl {
            let parts = json::cells(&text, &self.layout.columns);
            return Ok(row(&line, parts));
        }
        let mut splitter = Splitter::new(self.layout.delimiter, self.layout.quotes);
        if splitter.line(&text) {
            let parts = self.layout.fit(splitter.finish()).map(|cells| vec![cells]);
            return Ok(row(&line, parts));
        }
        self.long_row(line, text, splitter)
    }

    // A cell opened a quote and the line ended inside of it.
    fn long_row(&mut self, first: Line, raw: String, splitter: Splitter) -> io::Result<Row> {
        let mut more: Vec<Line> = Vec::new();
        match self.read_on(raw, splitter, &mut more)? {
            Ok((raw, cells)) => {
                let last = more.last().unwrap_or(&first);
                let end = Mark { offset: last.end, line: last.number, refused_order: None };
                Ok(Row { line: first.number, raw, end, parts: Ok(vec![cells]) })
            }
            Err(reason) => {
                // The open quote is a slip in this line: the next ones are rows of their own.
                self.lines.put_back(more.into_iter());
                Ok(row(&first, Err(reason)))
            }
        }
    }

    fn read_on(
        &mut self,
        mut raw: String,
        mut splitter: Splitter,
        more: &mut Vec<Line>,
    ) -> io::Result<Result<(String, Vec<String>), String>> {
        let never = || Ok(Err("opens a quote and never closes it".to_owned()));
        while raw.len() <= LINE_BYTES_MAX {
            let Some(line) = self.lines.next()? else { return never() };
            let text = text_of(&line);
            more.push(line);
            let Ok(text) = text else { return never() };
            raw.push('\n');
            raw.push_str(&text);
            if splitter.line(&text) {
                let fits = !splitter.is_ragged();
                let cells = self.layout.fit(splitter.finish());
                return Ok(match cells {
                    Ok(cells) if fits => Ok((raw, cells)),
                    _ => Err("opens a quote that does not close at the end of a cell".to_owned()),
                });
            }
        }
        never()
    }
}

impl Layout {
    fn fit(&self, mut cells: Vec<String>) -> Result<Vec<String>, String> {
        let columns = self.columns.len();
        while cells.len() > columns && cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        if cells.len() == columns {
            return Ok(cells);
        }
        Err(format!("has not the {columns} cells of the header (found {})", cells.len()))
    }
}

fn row(line: &Line, parts: Result<Vec<Vec<String>>, String>) -> Row {
    Row {
        line: line.number,
        raw: String::from_utf8_lossy(&line.bytes).into_owned(),
        end: Mark { offset: line.end, line: line.number, refused_order: None },
        parts,
    }
}

fn text_of(line: &Line) -> Result<String, String> {
    if line.cut {
        return Err(format!("is longer than {LINE_BYTES_MAX} bytes"));
    }
    String::from_utf8(line.bytes.clone())
        .map_err(|error| format!("is not UTF-8 (found at byte {})", error.utf8_error().valid_up_to() + 1))
}

fn header(lines: &mut Lines, format: Format, quotes: bool) -> io::Result<Layout> {
    let invalid = |text: String| io::Error::new(io::ErrorKind::InvalidData, text);
    let line =
        lines.next()?.ok_or_else(|| invalid("it is empty; the first line names the columns".into()))?;
    let text = text_of(&line).map_err(|reason| invalid(format!("its header {reason}")))?;
    let delimiter = match format {
        Format::Tsv => b'\t',
        _ if text.contains(';') && !text.contains(',') => b';',
        _ => b',',
    };
    let mut splitter = Splitter::new(delimiter, quotes);
    if !splitter.line(&text) {
        return Err(invalid("its header opens a quote and does not close it".into()));
    }
    let columns = splitter.finish().iter().map(|column| column.trim().to_owned()).collect();
    Ok(Layout { format, quotes, delimiter, columns })
}

fn sample_columns(lines: &mut Lines) -> io::Result<Vec<String>> {
    let mut columns = Vec::new();
    let mut sample = Vec::new();
    let mut bytes = 0;
    while sample.len() < SAMPLE_LINES && bytes < SAMPLE_BYTES {
        let Some(line) = lines.next()? else { break };
        if let Ok(Value::Object(object)) = serde_json::from_slice(&line.bytes) {
            json::add_columns(&object, &mut columns);
        }
        bytes += line.bytes.len();
        sample.push(line);
    }
    lines.put_back(sample.into_iter());
    Ok(columns)
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
