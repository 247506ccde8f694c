#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use super::*;

fn open(text: &[u8], format: Format) -> Rows {
    let input = Box::new(io::Cursor::new(text.to_vec()));
    Rows::open(input, format, format == Format::Csv).unwrap()
}

fn all(mut rows: Rows) -> Vec<Row> {
    std::iter::from_fn(|| rows.next().unwrap()).collect()
}

fn cells(row: &Row) -> Vec<&str> {
    row.parts.as_ref().unwrap().iter().flatten().map(String::as_str).collect()
}

#[test]
fn a_tab_separated_file_has_quotes_as_letters() {
    let rows = all(open(b"id\ttext\n1\t\"so\n\n2\tfine\n", Format::Tsv));
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(cells(&rows[0]), ["1", "\"so"]);
}

#[test]
fn a_quoted_cell_may_hold_line_breaks() {
    let rows = all(open(b"id,text\n1,\"a\nb\"\n2,c\n", Format::Csv));
    assert_eq!(cells(&rows[0]), ["1", "a\nb"]);
    assert_eq!((rows[0].line, rows[0].end.line, rows[0].end.offset), (2, 3, 16));
    assert_eq!((rows[1].line, rows[1].end.line), (4, 4));
}

#[test]
fn semicolons_are_seen_in_the_header() {
    let rows = all(open(b"id;text\n1;a, b\n", Format::Csv));
    assert_eq!(cells(&rows[0]), ["1", "a, b"]);
}

#[test]
fn a_quote_that_is_never_closed_costs_one_row() {
    let rows = all(open(b"id,text\n1,\"broken\n2,fine\n3,fine\n", Format::Csv));
    assert!(rows[0].parts.as_ref().unwrap_err().contains("never closes"));
    assert_eq!(rows[0].raw, "1,\"broken");
    assert_eq!(cells(&rows[2]), ["3", "fine"]);
}

#[test]
fn a_quote_that_swallows_the_next_row_costs_one_row() {
    let rows = all(open(b"id,text\n1,\"broken\n2,\"fine\"\n", Format::Csv));
    assert!(rows[0].parts.is_err());
    assert_eq!(cells(&rows[1]), ["2", "fine"]);
}

#[test]
fn a_row_with_too_few_or_too_many_cells_is_refused() {
    let rows = all(open(b"a\tb\n1\n1\t2\t3\n1\t2\t\n", Format::Tsv));
    assert!(rows[0].parts.as_ref().unwrap_err().contains("(found 1)"));
    assert!(rows[1].parts.is_err());
    assert_eq!(cells(&rows[2]), ["1", "2"]);
}

#[test]
fn bytes_that_are_not_utf_8_cost_one_row() {
    let rows = all(open(b"a\tb\n1\t\xff\n2\tx\n", Format::Tsv));
    assert_eq!(rows[0].parts, Err("is not UTF-8 (found at byte 3)".to_owned()));
    assert_eq!(cells(&rows[1]), ["2", "x"]);
}

#[test]
fn reading_goes_on_at_a_mark() {
    let text = b"id\ttext\n1\ta\n2\tb\n3\tc\n";
    let mut rows = open(text, Format::Tsv);
    let first = rows.next().unwrap().unwrap();
    let rest = text.get(first.end.offset as usize..).unwrap().to_vec();
    let resumed = all(Rows::resume(Box::new(io::Cursor::new(rest)), rows.layout.clone(), &first.end));
    assert_eq!(resumed, all(rows));
}

#[test]
fn json_gives_cells_by_the_columns_of_the_first_lines() {
    let text = br#"{"id":1,"buyer":{"id":"b"}}
not json
{"stars":4.0,"id":"2"}
"#;
    let rows = all(open(text, Format::Jsonl));
    assert_eq!(cells(&rows[0]), ["b", "1", ""]);
    assert!(rows[1].parts.as_ref().unwrap_err().contains("JSON"));
    assert_eq!(cells(&rows[2]), ["", "2", "4.0"]);
}

#[test]
fn the_format_is_told_by_the_name() {
    assert_eq!(Format::of(Path::new("a/b.TSV")), Some(Format::Tsv));
    assert_eq!(Format::of(Path::new("b.ndjson")), Some(Format::Jsonl));
    assert_eq!(Format::of(Path::new("b.xlsx")), None);
}

#[test]
fn an_empty_file_is_refused() {
    let input = Box::new(io::Cursor::new(Vec::new()));
    assert!(Rows::open(input, Format::Csv, true).is_err());
}
