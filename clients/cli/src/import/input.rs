//! The files of an import, looked at before anything is sent.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, IsTerminal, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};

use super::{
    lines::Mark,
    mapping::Mapping,
    options::Import,
    rejects,
    rows::{Format, Layout, Rows},
};

const BUFFER_BYTES: usize = 64 * 1024;
/// How much of a file's beginning is part of its fingerprint.
const FINGERPRINT_BYTES: u64 = 64 * 1024;

/// A file that can be imported.
pub(crate) struct Input {
    /// As it was named; `-` for standard input.
    pub(crate) name: String,
    /// Where it stands, if it is a file.
    pub(crate) path: Option<PathBuf>,
    /// Its length, if it is a file.
    pub(crate) bytes: u64,
    /// Which column says what.
    pub(crate) mapping: Mapping,
    layout: Layout,
    // Standard input can be read once, so what was opened stays open.
    open: Option<Rows>,
}

/// Looks at every file, and tells everything that is wrong with any of them.
///
/// # Errors
/// If there is a file that cannot be imported.
pub(crate) fn look(import: &Import) -> anyhow::Result<Vec<Input>> {
    let mut inputs: Vec<Input> = Vec::new();
    let mut problems = Vec::new();
    for path in &import.files {
        let name = path.display().to_string();
        if inputs.iter().any(|input| input.name == name) {
            continue;
        }
        // `dir/*.tsv` takes the lists of an earlier run along; their rows were refused.
        if path.is_file() && rejects::is_list(path).unwrap_or_default() {
            eprintln!("{name} is a list of rejects and is left out");
            continue;
        }
        match look_at(import, path, &name) {
            Ok(input) => inputs.push(input),
            Err(problem) => problems.push(format!("{name}: {problem:#}")),
        }
    }
    if problems.is_empty() { Ok(inputs) } else { bail!("Nothing was sent.\n{}", problems.join("\n")) }
}

fn look_at(import: &Import, path: &Path, name: &str) -> anyhow::Result<Input> {
    let standard = name == "-";
    let format = import
        .format
        .or_else(|| Format::of(path))
        .context("the name does not tell the format; say it with --format csv, tsv or jsonl")?;
    let quotes = import.quotes.map_or(format == Format::Csv, |quotes| quotes.is_on());
    let (input, bytes): (Box<dyn BufRead + Send>, u64) = if standard {
        if io::stdin().is_terminal() {
            bail!("nothing is piped into it");
        }
        (Box::new(BufReader::with_capacity(BUFFER_BYTES, io::stdin())), 0)
    } else {
        let file = open(path)?;
        let bytes = file.metadata()?.len();
        (Box::new(BufReader::with_capacity(BUFFER_BYTES, file)), bytes)
    };
    let rows = Rows::open(input, format, quotes)?;
    let layout = rows.layout.clone();
    let mapping = Mapping::new(import.kind, layout.columns.clone(), &import.map)
        .map_err(|problems| anyhow::anyhow!(problems.join("\n  ")))?;
    let (path, open) = if standard { (None, Some(rows)) } else { (Some(path.to_owned()), None) };
    Ok(Input { name: name.to_owned(), path, bytes, mapping, layout, open })
}

fn open(path: &Path) -> anyhow::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        bail!("it is a folder; name the files in it");
    }
    Ok(file)
}

impl Input {
    /// The rows behind a place; from the start if that is where it is.
    ///
    /// # Errors
    /// If it cannot be read any more.
    pub(crate) fn rows(&mut self, mark: &Mark) -> anyhow::Result<Rows> {
        if let Some(rows) = self.open.take() {
            return Ok(rows);
        }
        let path = self.path.as_deref().context("Standard input can be read only once.")?;
        let mut file = open(path).with_context(|| format!("{} cannot be read", self.name))?;
        file.seek(SeekFrom::Start(mark.offset))?;
        let input = Box::new(BufReader::with_capacity(BUFFER_BYTES, file));
        let rows = Rows::resume(input, self.layout.clone(), mark);
        if mark.offset == 0 { rows.past_header().map_err(Into::into) } else { Ok(rows) }
    }

    /// What the progress of this file depends on besides `about`; none for standard
    /// input.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(crate) fn fingerprint(&self, about: &str) -> anyhow::Result<Option<String>> {
        let Some(path) = &self.path else { return Ok(None) };
        let mut start = Vec::new();
        open(path)?.take(FINGERPRINT_BYTES).read_to_end(&mut start)?;
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("{about}\0{:?}\0{:?}\0{}\0", self.mapping, self.layout, self.bytes).as_bytes());
        hasher.update(&start);
        Ok(Some(hasher.finalize().to_hex().to_string()))
    }
}
