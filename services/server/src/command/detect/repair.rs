//! JSON that other programs have cut where it must not be cut.

/// A line in which halves of surrogate pairs stand alone, as programs that cut texts by their
/// UTF-16 length write them: each becomes the sign for an unreadable character.
pub(super) fn repaired(line: &[u8]) -> Option<Vec<u8>> {
    let mut repaired = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.windows(2).position(|pair| matches!(pair, b"\\u" | b"\\\\")) {
        let (before, escape) = rest.split_at_checked(at)?;
        repaired.extend(before);
        let length = match (half(escape), half(escape.get(6..).unwrap_or_default())) {
            _ if escape.starts_with(b"\\\\") => 2,
            (Some(High), Some(Low)) => 12,
            (Some(_), _) => {
                repaired.extend(b"\\ufffd");
                rest = escape.get(6..)?;
                continue;
            }
            (None, _) => 2,
        };
        repaired.extend(escape.get(..length)?);
        rest = escape.get(length..)?;
    }
    repaired.extend(rest);
    Some(repaired)
}

/// Which half of a surrogate pair an escape is, if it is one.
fn half(escape: &[u8]) -> Option<Half> {
    let digits = escape.strip_prefix(b"\\u")?.get(..4)?;
    match u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()? {
        0xd800..=0xdbff => Some(High),
        0xdc00..=0xdfff => Some(Low),
        _ => None,
    }
}

enum Half {
    High,
    Low,
}

use Half::{High, Low};
