//! The lines of a file, with their places, in constant memory.

use std::{
    collections::VecDeque,
    io::{self, BufRead, Read},
};

use serde::{Deserialize, Serialize};

/// The longest line, and the longest row of several lines, that is taken.
pub(crate) const LINE_BYTES_MAX: usize = 256 * 1024;

/// A place in a file between two rows, where reading can go on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// Bytes before it.
    pub(crate) offset: u64,
    /// Lines before it.
    pub(crate) line: u64,
    /// The order that has too many rows and is not over yet.
    pub(crate) refused_order: Option<String>,
}

/// One line without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its number in the file, from 1.
    pub(crate) number: u64,
    /// What stands in it, up to the longest length.
    pub(crate) bytes: Vec<u8>,
    /// Bytes of the file up to and with its end.
    pub(crate) end: u64,
    /// Whether it was longer than that.
    pub(crate) cut: bool,
}

/// Reads lines one by one.
pub(crate) struct Lines {
    input: Box<dyn BufRead + Send>,
    back: VecDeque<Line>,
    offset: u64,
    number: u64,
}

impl Lines {
    /// Reads on from `mark`, where `input` stands.
    pub(crate) fn new(input: Box<dyn BufRead + Send>, mark: &Mark) -> Self {
        Self { input, back: VecDeque::new(), offset: mark.offset, number: mark.line }
    }

    /// The next line, if there is one.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.back.pop_front() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        let limit = LINE_BYTES_MAX as u64 + 2;
        let read = self.input.by_ref().take(limit).read_until(b'\n', &mut bytes)? as u64;
        if read == 0 {
            return Ok(None);
        }
        let mut ended = bytes.last() == Some(&b'\n');
        self.offset += read;
        // What is too long is passed over without being kept.
        let cut = !ended && read == limit;
        while cut && !ended {
            let mut rest = Vec::new();
            let read = self.input.by_ref().take(limit).read_until(b'\n', &mut rest)? as u64;
            self.offset += read;
            ended = read == 0 || rest.last() == Some(&b'\n');
        }
        self.number += 1;
        trim_end(&mut bytes);
        if self.number == 1 && bytes.starts_with("\u{feff}".as_bytes()) {
            bytes.drain(..3);
        }
        Ok(Some(Line { number: self.number, bytes, end: self.offset, cut }))
    }

    /// Gives lines back, to be read again in the same order.
    pub(crate) fn put_back(&mut self, lines: impl DoubleEndedIterator<Item = Line>) {
        for line in lines.rev() {
            self.back.push_front(line);
        }
    }
}

fn trim_end(bytes: &mut Vec<u8>) {
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn lines(text: impl Into<Vec<u8>>) -> Lines {
        Lines::new(Box::new(io::Cursor::new(text.into())), &Mark::default())
    }

    #[test]
    fn a_line_knows_its_number_and_where_it_ends() {
        let mut lines = lines("\u{feff}ab\r\nc\n\nlast");
        let mut seen = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            seen.push((line.number, String::from_utf8(line.bytes).unwrap(), line.end));
        }
        let expected =
            [(1, "ab".to_owned(), 7), (2, "c".into(), 9), (3, String::new(), 10), (4, "last".into(), 14)];
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_line_without_end_is_cut_and_the_next_one_is_whole() {
        let mut text = vec![b'x'; LINE_BYTES_MAX * 3];
        text.extend(b"\nnext\n");
        let mut lines = lines(text);
        let long = lines.next().unwrap().unwrap();
        assert!(long.cut && long.bytes.len() < LINE_BYTES_MAX + 10);
        let next = lines.next().unwrap().unwrap();
        assert_eq!((next.number, next.bytes.as_slice(), next.cut), (2, b"next".as_slice(), false));
        assert_eq!(next.end, (LINE_BYTES_MAX * 3 + 6) as u64);
    }

    #[test]
    fn lines_that_were_given_back_come_again() {
        let mut lines = lines("a\nb\nc");
        let (a, b) = (lines.next().unwrap().unwrap(), lines.next().unwrap().unwrap());
        lines.put_back([a.clone(), b.clone()].into_iter());
        assert_eq!(lines.next().unwrap(), Some(a));
        assert_eq!(lines.next().unwrap(), Some(b));
    }
}
