//! Tokens to resume with: what a client has, in a form that only we read.
//!
//! The server keeps nothing about a client who is not connected, so that any
//! replica can take over. A revision is a few bytes of a hash: enough to see
//! that a case changed.

use std::collections::BTreeMap;

use amends_app::case::TimelineCursor;
use amends_domain::CaseId;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use prost::Message;

/// A few bytes of the hash of what was sent.
pub(super) type Revision = [u8; 4];

/// The revision of a message.
pub(super) fn revision(message: &impl Message) -> Revision {
    let hash = blake3::hash(&message.encode_to_vec());
    let mut revision = Revision::default();
    revision.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);
    revision
}

/// What a board's client has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BoardToken {
    /// A hash of the question: a token of another board is found out.
    pub(super) question: [u8; 8],
    pub(super) position: i64,
    pub(super) known: BTreeMap<CaseId, Revision>,
}

/// What the client of one case has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CaseToken {
    pub(super) case: CaseId,
    pub(super) cursor: TimelineCursor,
    pub(super) revision: Option<Revision>,
}

const BOARD: u8 = 1;
const CASE: u8 = 2;

/// More than any board has: its cases, its queue, and a little more.
const KNOWN_MAX: usize = 320;
const ENTRY_BYTES: usize = 20;
const TOKEN_CHARS_MAX: usize = 10_000;

impl BoardToken {
    pub(super) fn write(&self) -> String {
        let mut bytes = vec![BOARD];
        bytes.extend(self.question);
        bytes.extend(self.position.to_be_bytes());
        for (case, revision) in &self.known {
            bytes.extend(case.bits().to_be_bytes());
            bytes.extend(revision);
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    pub(super) fn read(token: &str) -> Option<Self> {
        let bytes = decode(token)?;
        let (head, entries) = bytes.split_first_chunk::<17>()?;
        let (kind, question) = head.split_first()?;
        let (question, position) = question.split_first_chunk::<8>()?;
        let (entries, rest) = entries.as_chunks::<ENTRY_BYTES>();
        if *kind != BOARD || !rest.is_empty() || entries.len() > KNOWN_MAX {
            return None;
        }
        let entry = |bytes: &[u8; ENTRY_BYTES]| {
            let (case, revision) = bytes.split_first_chunk::<16>()?;
            Some((CaseId::from_bits(u128::from_be_bytes(*case)), revision.try_into().ok()?))
        };
        Some(Self {
            question: *question,
            position: number(position)?,
            known: entries.iter().map(entry).collect::<Option<_>>()?,
        })
    }
}

impl CaseToken {
    pub(super) fn write(&self) -> String {
        let mut bytes = vec![CASE];
        bytes.extend(self.case.bits().to_be_bytes());
        bytes.extend(self.cursor.number.to_be_bytes());
        bytes.extend(self.cursor.seq.to_be_bytes());
        bytes.extend(self.revision.unwrap_or_default());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    pub(super) fn read(token: &str) -> Option<Self> {
        let bytes = decode(token)?;
        let (kind, rest) = bytes.split_first()?;
        let (case, rest) = rest.split_first_chunk::<16>()?;
        let (count, rest) = rest.split_first_chunk::<8>()?;
        let (seq, revision) = rest.split_first_chunk::<8>()?;
        if *kind != CASE {
            return None;
        }
        Some(Self {
            case: CaseId::from_bits(u128::from_be_bytes(*case)),
            cursor: TimelineCursor { number: number(count)?, seq: number(seq)? },
            revision: Some(revision.try_into().ok()?),
        })
    }
}

fn decode(token: &str) -> Option<Vec<u8>> {
    if token.len() > TOKEN_CHARS_MAX {
        return None;
    }
    URL_SAFE_NO_PAD.decode(token).ok()
}

fn number(bytes: &[u8]) -> Option<i64> {
    bytes.try_into().ok().map(i64::from_be_bytes).filter(|number| *number >= 0)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn a_token_reads_back_as_written_and_the_largest_is_as_promised() {
        let known = (0..300_u128).map(|n| (CaseId::from_bits(u128::MAX - n), [1, 2, 3, 255])).collect();
        let token = BoardToken { question: [9; 8], position: i64::MAX, known };
        let text = token.write();
        assert!(text.len() <= TOKEN_CHARS_MAX, "{}", text.len());
        assert_eq!(BoardToken::read(&text).unwrap(), token);
        let cursor = TimelineCursor { number: 7, seq: 1_234_567 };
        let token = CaseToken { case: CaseId::from_bits(5), cursor, revision: Some([4; 4]) };
        assert!(token.write().len() <= 200);
        assert_eq!(CaseToken::read(&token.write()).unwrap(), token);
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let board = BoardToken { question: [0; 8], position: 3, known: BTreeMap::new() }.write();
        let below = BoardToken { question: [0; 8], position: -1, known: BTreeMap::new() }.write();
        for text in
            ["", "x", "AQ", "!!!", "AgAAAAA", &board[..board.len() - 2], &format!("{board}AAAA"), &below]
        {
            assert_eq!(BoardToken::read(text), None, "{text}");
            assert_eq!(CaseToken::read(text), None, "{text}");
        }
        assert_eq!(CaseToken::read(&board), None, "a board is no case");
        assert_eq!(BoardToken::read(&"A".repeat(20_000)), None);
    }
}
