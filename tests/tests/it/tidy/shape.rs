//! How long things may be.

use super::{File, nothing_of, rust};

const FILE_LINES_MAX: usize = 450;
const FILE_LINES_MEDIAN: usize = 170;
const FUNCTION_LINES_MAX: usize = 60;

fn sources() -> Vec<File> {
    rust().into_iter().filter(|file| file.path.contains("/src/")).collect()
}

#[test]
fn no_file_is_too_long_and_most_are_short() {
    let mut lengths: Vec<usize> = sources().iter().map(|file| file.text.lines().count()).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= FILE_LINES_MEDIAN, "the median file has {median} lines");
    let long = rust().into_iter().filter(|file| file.text.lines().count() > FILE_LINES_MAX);
    let long: Vec<String> =
        long.map(|file| format!("{}: {} lines", file.path, file.text.lines().count())).collect();
    nothing_of("longer than a file may be", &long);
}

#[test]
fn no_function_is_too_long() {
    let mut long = Vec::new();
    for file in rust() {
        for (line, name, length) in functions(&file.text) {
            if length > FUNCTION_LINES_MAX {
                long.push(format!("{}:{line}: {name} has {length} lines", file.path));
            }
        }
    }
    nothing_of("longer than a function may be", &long);
}

/// Line, name and length of every function, by its indentation: the formatter
/// closes a body where its head began.
fn functions(text: &str) -> Vec<(usize, String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = name_of(line) else { continue };
        let indent = line.len() - line.trim_start().len();
        let closing = format!("{}}}", " ".repeat(indent));
        let body = lines[start..].iter();
        let end = body.clone().position(|l| l.trim_end() == closing);
        let one_line = line.trim_end().ends_with('}') || line.trim_end().ends_with(';');
        if let Some(end) = end.filter(|_| !one_line) {
            found.push((start + 1, name, end + 1));
        }
    }
    found
}

fn name_of(line: &str) -> Option<String> {
    let mut words = line.split_whitespace().skip_while(|word| {
        ["pub", "pub(crate)", "pub(super)", "const", "async", "unsafe"].contains(word)
            || word.starts_with("pub(in")
            || word.ends_with("::ingest)")
    });
    (words.next() == Some("fn")).then(|| words.next().unwrap_or_default().to_owned())
}

#[test]
fn the_measure_of_a_function_is_its_lines() {
    let text = "fn one() {}\n\nasync fn two() {\n    let x = 1;\n}\n\nimpl A {\n    pub(crate) fn three(\n        a: u8,\n    ) {\n    }\n}\n";
    let found = functions(text);
    let told: Vec<(usize, &str, usize)> = found.iter().map(|(l, n, c)| (*l, n.as_str(), *c)).collect();
    assert_eq!(told, [(3, "two()", 3), (8, "three(", 4)]);
}
