//! Cutting a row into its cells.
//!
//! The rows are cut here and not by a CSV reader, because a broken row must cost
//! that row alone: it is needed as it came, with its place in the file, and reading
//! goes on at the next line.

/// Takes a row line by line, as a quoted cell may hold line breaks.
#[derive(Debug)]
pub(crate) struct Splitter {
    delimiter: u8,
    quotes: bool,
    cells: Vec<String>,
    cell: Vec<u8>,
    place: Place,
    ragged: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before the first byte of a cell.
    Start,
    /// In a cell without quotes.
    Plain,
    /// Between the quotes.
    Quoted,
    /// Behind a quote that may be the last one, or half of a doubled one.
    Closing,
}

impl Splitter {
    /// Starts a row.
    pub(crate) fn new(delimiter: u8, quotes: bool) -> Self {
        Self { delimiter, quotes, cells: Vec::new(), cell: Vec::new(), place: Place::Start, ragged: false }
    }

    /// Takes one line and answers whether the row is complete.
    pub(crate) fn line(&mut self, line: &str) -> bool {
        if self.place == Place::Quoted {
            self.cell.push(b'\n');
        }
        for byte in line.bytes() {
            self.byte(byte);
        }
        self.place != Place::Quoted
    }

    /// Whether a cell went on behind its closing quote.
    pub(crate) fn is_ragged(&self) -> bool {
        self.ragged
    }

    /// The cells of the row.
    pub(crate) fn finish(mut self) -> Vec<String> {
        self.end_cell();
        self.cells
    }

    fn byte(&mut self, byte: u8) {
        self.place = match self.place {
            Place::Start if self.quotes && byte == b'"' => Place::Quoted,
            Place::Quoted if byte == b'"' => Place::Closing,
            Place::Closing if byte == b'"' => {
                self.cell.push(byte);
                Place::Quoted
            }
            Place::Start | Place::Plain | Place::Closing if byte == self.delimiter => {
                self.end_cell();
                Place::Start
            }
            Place::Quoted => {
                self.cell.push(byte);
                Place::Quoted
            }
            Place::Start | Place::Plain | Place::Closing => {
                self.ragged |= self.place == Place::Closing;
                self.cell.push(byte);
                Place::Plain
            }
        };
    }

    fn end_cell(&mut self) {
        // Delimiters and quotes are ASCII, so a cell of a UTF-8 line is UTF-8.
        let cell = std::mem::take(&mut self.cell);
        self.cells.push(String::from_utf8_lossy(&cell).into_owned());
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn split(row: &str, delimiter: u8, quotes: bool) -> Vec<String> {
        let mut splitter = Splitter::new(delimiter, quotes);
        for line in row.split('\n') {
            splitter.line(line);
        }
        splitter.finish()
    }

    #[test]
    fn rows_are_cut_as_the_csv_crate_cuts_them() {
        let rows = [
            "a,b,c",
            "a,,",
            r#""a, b","c ""quoted""",d"#,
            "\"two\nlines\",b",
            r#"it"s,"fine""#,
            r#""a"b,c"#,
            "ä,日本,\"é,é\"",
        ];
        for row in rows {
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).from_reader(row.as_bytes()).into_records();
            let expected: Vec<_> = reader.next().unwrap().unwrap().iter().map(str::to_owned).collect();
            assert_eq!(split(row, b',', true), expected, "{row}");
        }
    }

    #[test]
    fn without_quoting_a_quote_is_a_letter() {
        assert_eq!(split("1\t\"so\" good\t", b'\t', false), ["1", "\"so\" good", ""]);
    }

    #[test]
    fn an_open_quote_asks_for_the_next_line() {
        let mut splitter = Splitter::new(b',', true);
        assert!(!splitter.line("1,\"first"));
        assert!(splitter.line("second\",2"));
        assert_eq!(splitter.finish(), ["1", "first\nsecond", "2"]);
    }
}
