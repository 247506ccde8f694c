//! A sheet of figures as comma-separated values, after RFC 4180.

use anyhow::Context;
use csv::{Terminator, WriterBuilder};

/// A value of a sheet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Nothing is known.
    Nothing,
    /// A text, which may be anybody's.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number as it came, not rounded.
    Number(f64),
    /// A truth.
    Truth(bool),
}

impl Value {
    fn print(self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => harmless(text),
            Self::Whole(number) => number.to_string(),
            // The shortest text that reads back as the same number.
            Self::Number(number) => number.to_string(),
            Self::Truth(truth) => truth.to_string(),
        }
    }
}

/// A text that no spreadsheet takes for a formula, as OWASP says under "CSV Injection":
/// a single quote goes before what would begin one.
fn harmless(text: String) -> String {
    const BEGINNINGS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if text.starts_with(BEGINNINGS) { format!("'{text}") } else { text }
}

/// Named values of one row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line(Vec<(String, Value)>);

impl Line {
    /// Adds a value under a name.
    pub(crate) fn put(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.push((name.into(), value.into()));
    }
}

/// A sheet: headings, and rows with as many values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sheet {
    headings: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl Sheet {
    /// A sheet of lines that all name the same values; `empty` does so where there is none.
    pub(crate) fn new(empty: Line, lines: impl IntoIterator<Item = Line>) -> Self {
        let headings = empty.0.into_iter().map(|(name, _)| name).collect();
        let values = |line: Line| line.0.into_iter().map(|(_, value)| value).collect();
        Self { headings, rows: lines.into_iter().map(values).collect() }
    }

    /// Its text.
    pub(crate) fn csv(self) -> anyhow::Result<String> {
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
        writer.write_record(&self.headings)?;
        for row in self.rows {
            writer.write_record(row.into_iter().map(Value::print))?;
        }
        let bytes = writer.into_inner().context("The sheet cannot be written")?;
        Ok(String::from_utf8(bytes)?)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Whole(number.into())
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Truth(truth)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn csv(value: impl Into<Value>) -> String {
        let mut line = Line::default();
        line.put("name", value);
        let sheet = Sheet::new(line.clone(), [line]);
        sheet.csv().unwrap()
    }

    #[test]
    fn lines_end_and_texts_are_quoted_as_the_standard_says() {
        assert_eq!(csv("a,\"b\"\r\nc".to_owned()), "name\r\n\"a,\"\"b\"\"\r\nc\"\r\n");
    }

    #[test]
    fn a_text_is_no_formula() {
        for text in ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "＝1"] {
            let shown = csv(text.to_owned());
            let cell = shown.trim_start_matches("name\r\n").trim_start_matches('"');
            assert!(cell.starts_with('\''), "{shown:?}");
        }
        assert_eq!(csv("a=1".to_owned()), "name\r\na=1\r\n");
    }

    #[test]
    fn a_number_is_not_rounded_and_stays_a_number() {
        assert_eq!(csv(-0.1 - 0.2), "name\r\n-0.30000000000000004\r\n");
        assert_eq!(csv(i64::MIN), "name\r\n-9223372036854775808\r\n");
        assert_eq!(csv(None::<f64>), "name\r\n\"\"\r\n", "one empty value is no empty line");
    }

    #[test]
    fn an_empty_sheet_has_its_headings() {
        let mut line = Line::default();
        line.put("a", 1);
        line.put("b", true);
        assert_eq!(Sheet::new(line, []).csv().unwrap(), "a,b\r\n");
    }
}
