//! Lines of a stream, of which none and no chunk of them grows without bound.

use std::io::{self, BufRead, Read};

/// Longer lines are skipped: no text that is judged is nearly as long.
const LINE_MAX: u64 = 1 << 20;
/// Lines judged together by all cores before anything is written.
const LINES_MAX: usize = 8_192;
/// A chunk ends early at so many bytes.
const BYTES_MAX: usize = 16 << 20;

/// A line as it came, or why it cannot be one.
pub(super) type Line = Result<Vec<u8>, &'static str>;

/// The next lines, each in its place; none at the end.
pub(super) fn chunk(input: &mut dyn BufRead) -> io::Result<Vec<Line>> {
    let (mut lines, mut bytes) = (Vec::new(), 0);
    while lines.len() < LINES_MAX && bytes < BYTES_MAX {
        let Some(line) = line(input)? else { break };
        bytes += line.as_ref().map_or(0, Vec::len);
        lines.push(line);
    }
    Ok(lines)
}

fn line(input: &mut dyn BufRead) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    // One byte more than a line may have shows that it is too long.
    let read = Read::take(&mut *input, LINE_MAX + 1).read_until(b'\n', &mut line)?;
    if read == 0 {
        return Ok(None);
    }
    if read as u64 > LINE_MAX && !line.ends_with(b"\n") {
        input.skip_until(b'\n')?;
        return Ok(Some(Err("the line is longer than 1 MiB")));
    }
    let is_blank = line.trim_ascii().is_empty();
    Ok(Some(if is_blank { Err("the line is blank") } else { Ok(line) }))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn lines(input: &[u8]) -> Vec<Line> {
        chunk(&mut io::BufReader::with_capacity(64, input)).unwrap()
    }

    #[test]
    fn blank_lines_keep_their_place_and_the_last_line_needs_no_end() {
        let blank = || Err("the line is blank");
        let expect = [Ok(b"a\n".to_vec()), blank(), blank(), Ok(b"b".to_vec())];
        assert_eq!(lines(b"a\n\n \r\nb"), expect);
        assert_eq!(lines(b"\n"), [blank()]);
        assert!(lines(b"").is_empty());
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped_and_the_next_is_read() {
        let longest = "x".repeat(LINE_MAX as usize);
        let read = lines(format!("{longest}\n{longest}y\nz\n{longest}{longest}").as_bytes());
        let lengths: Vec<_> = read.iter().map(|line| line.as_ref().map(Vec::len).map_err(|e| *e)).collect();
        let long = Err("the line is longer than 1 MiB");
        assert_eq!(lengths, [Ok(longest.len() + 1), long, Ok(2), long]);
    }

    #[test]
    fn a_chunk_ends_at_its_count_and_at_its_size_and_the_next_goes_on() {
        let many = "x\n".repeat(LINES_MAX + 1);
        let large = format!("{}\n", "x".repeat(LINE_MAX as usize)).repeat(BYTES_MAX / LINE_MAX as usize + 1);
        for input in [many, large] {
            let mut reader = input.as_bytes();
            let counts = [(); 3].map(|()| chunk(&mut reader).unwrap().len());
            assert_eq!(counts, [input.lines().count() - 1, 1, 0]);
        }
    }
}
