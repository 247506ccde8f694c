//! Reading a document: what is where, and everything that is wrong with it.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use amends_domain::Currency;
use amends_domain::remedy_policy::Problem;
use toml::de::DeValue;

use super::DocumentProblem;

/// A document that is being read.
pub(super) struct Reader {
    /// The shop's currency.
    pub(super) currency: Currency,
    /// Where each line begins.
    starts: Vec<usize>,
    /// The lines that begin a section or rule.
    headers: BTreeSet<u32>,
    /// The line of each value that was read.
    lines: HashMap<String, u32>,
    /// The values that could not be read: no more is said about them.
    wrong: BTreeSet<String>,
    problems: Vec<DocumentProblem>,
}

/// A value of the document and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Cell<'t> {
    pub(super) path: String,
    pub(super) line: u32,
    pub(super) value: &'t DeValue<'t>,
}

impl Reader {
    pub(super) fn new(text: &str, currency: Currency) -> Self {
        let after_breaks = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(after_breaks).collect();
        let headers = text.lines().zip(1..).filter(|(line, _)| line.trim_start().starts_with('['));
        let headers = headers.map(|(_, line)| line).collect();
        Self {
            currency,
            starts,
            headers,
            lines: HashMap::new(),
            wrong: BTreeSet::new(),
            problems: Vec::new(),
        }
    }

    /// The line on which a stretch begins, from 1.
    pub(super) fn line(&self, span: Range<usize>) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= span.start)).unwrap_or(u32::MAX)
    }

    /// Remembers where a value stands.
    pub(super) fn note(&mut self, path: &str, line: u32) {
        self.lines.insert(path.to_owned(), line);
    }

    /// Says that the text itself is wrong on a line.
    pub(super) fn broken(&mut self, span: Range<usize>, problem: &str) {
        let line = self.line(span);
        self.problems.push(DocumentProblem { line, path: String::new(), problem: sentence(problem) });
    }

    /// Says that a value is wrong.
    pub(super) fn wrong(&mut self, path: &str, line: u32, problem: impl Into<String>) {
        self.wrong.insert(path.to_owned());
        self.problems.push(DocumentProblem { line, path: path.to_owned(), problem: problem.into() });
    }

    /// The same; the answer is always none, to end a reader with.
    pub(super) fn refuse<T>(&mut self, path: &str, line: u32, problem: impl Into<String>) -> Option<T> {
        self.wrong(path, line, problem);
        None
    }

    /// Says what the domain found wrong, unless the value could not be read in the first place.
    pub(super) fn found(&mut self, problem: Problem) {
        if self.is_told(&problem.path) {
            return;
        }
        let line = self.line_of(&problem.path);
        self.problems.push(DocumentProblem { line, path: problem.path, problem: problem.problem });
    }

    /// Whether something was said about a value, a part of it, or what it is a part of.
    fn is_told(&self, path: &str) -> bool {
        let inside = format!("{path}.");
        let mut parts = self.wrong.range(inside.clone()..);
        let mut whole = path;
        loop {
            if self.wrong.contains(whole) {
                return true;
            }
            match whole.rsplit_once('.') {
                Some((parent, _)) => whole = parent,
                None => return parts.next().is_some_and(|wrong| wrong.starts_with(&inside)),
            }
        }
    }

    /// The line of a value, or of what it would be a part of; 0 if none of it is there.
    fn line_of(&self, path: &str) -> u32 {
        let mut whole = path;
        loop {
            if let Some(line) = self.lines.get(whole) {
                return *line;
            }
            match whole.rsplit_once('.') {
                Some((parent, _)) => whole = parent,
                None => return 0,
            }
        }
    }

    /// Everything that is wrong, from the top of the document down.
    pub(super) fn into_problems(self) -> Vec<DocumentProblem> {
        let mut problems = self.problems;
        let broken: BTreeSet<u32> = problems.iter().filter(|p| p.path.is_empty()).map(|p| p.line).collect();
        // What cannot be read as text has no value that could be wrong, and what stands below a
        // header that cannot be read was taken for part of something else.
        let header = |line: u32| self.headers.range(..=line).next_back().copied().unwrap_or(0);
        let unsure = |line: u32| broken.contains(&line) || broken.contains(&header(line));
        problems.retain(|p| p.path.is_empty() || !unsure(p.line));
        problems.sort_by(|a, b| (a.line, &a.path).cmp(&(b.line, &b.path)));
        problems.dedup();
        problems
    }
}

/// What the reader of the format says, on one line.
fn sentence(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
