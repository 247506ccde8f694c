//! Pages: bounded sizes and tokens that nobody else can read anything into.
//!
//! A token holds where the page before ended and a hash of everything else in
//! the request, so that a token of another list is found out.

use amends_app::case::TimelineCursor;
use amends_app::stored::CaseCursor;
use amends_domain::stock::Item;
use amends_domain::{
    AgentId, IncidentId, RemedyId, ReplyId, ReturnId, ReviewId, SampleId, ShopId, TemplateId, Time,
};
use amends_proto::v1 as pb;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use prost::Message;

use crate::fields::Fields;

/// A request for a page.
pub trait Paged: Message {
    /// Takes the size and the token out, so that the rest is the filter.
    fn take_page(&mut self) -> (i32, String);
}

macro_rules! paged {
    ($($request:ident),+ $(,)?) => {$(
        impl Paged for pb::$request {
            fn take_page(&mut self) -> (i32, String) {
                (std::mem::take(&mut self.page_size), std::mem::take(&mut self.page_token))
            }
        }
    )+};
}

paged!(
    AttestCaseRequest,
    ListAgentsRequest,
    ListCasesRequest,
    ListEventsRequest,
    ListIncidentsRequest,
    ListObservationsRequest,
    ListPolicyVersionsRequest,
    ListRemediesRequest,
    ListRemedyPoliciesRequest,
    ListRepliesRequest,
    ListTemplatesRequest,
    ListReturnsRequest,
    ListSamplesRequest,
    ListReviewVersionsRequest,
    ListReviewsRequest,
    ListShopsRequest,
    ListStockRequest,
    ListTimelineRequest,
);

/// Where a page ended.
pub trait Cursor: Sized {
    /// Writes it as words without a space.
    fn write(&self) -> String;
    /// Reads it back.
    fn read(words: &[&str]) -> Option<Self>;
}

/// A page as it was asked for.
#[derive(Debug)]
pub struct Page<C> {
    /// Where to go on; none for the first page.
    pub after: Option<C>,
    /// How many entries at most.
    pub limit: u32,
    filter: String,
}

impl<C: Cursor> Page<C> {
    /// Opens the page that a request asks for.
    pub fn open<M: Paged>(fields: &mut Fields, request: &mut M, default: u32, max: u32) -> Option<Self> {
        let (size, token) = request.take_page();
        let limit = match u32::try_from(size) {
            Ok(0) => Some(default),
            Ok(size) if size <= max => Some(size),
            _ => fields.refuse("page_size", format!("must be 0–{max}")),
        };
        let hash = blake3::hash(&request.encode_to_vec()).to_hex();
        let filter: String = hash.chars().take(16).collect();
        let after = if token.is_empty() {
            Some(None)
        } else {
            match read_token(&token, &filter) {
                Some(cursor) => Some(Some(cursor)),
                None => fields.refuse("page_token", "is no token of this list with these filters"),
            }
        };
        Some(Self { after: after?, limit: limit?, filter })
    }

    /// The token of the page that begins after a cursor; empty for none.
    #[must_use]
    pub fn token(&self, next: Option<&C>) -> String {
        token_of(&self.filter, next)
    }

    /// The token for the page after these entries: none unless the page is full.
    #[must_use]
    pub fn token_after<T>(&self, entries: &[T], cursor: impl FnOnce(&T) -> C) -> String {
        let full = u32::try_from(entries.len()).is_ok_and(|len| len >= self.limit);
        let next = entries.last().filter(|_| full).map(cursor);
        self.token(next.as_ref())
    }
}

fn token_of<C: Cursor>(filter: &str, next: Option<&C>) -> String {
    next.map(|cursor| URL_SAFE_NO_PAD.encode(format!("{filter} {}", cursor.write()))).unwrap_or_default()
}

fn read_token<C: Cursor>(token: &str, filter: &str) -> Option<C> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() <= 1_024)?;
    let text = String::from_utf8(bytes).ok()?;
    let (of, words) = text.split_once(' ')?;
    if of != filter {
        return None;
    }
    let words: Vec<&str> = words.split(' ').collect();
    C::read(&words)
}

impl Cursor for CaseCursor {
    fn write(&self) -> String {
        format!("{} {} {} {}", self.take_by.micros(), self.priority, self.at.micros(), self.id)
    }

    fn read(words: &[&str]) -> Option<Self> {
        let &[take_by, priority, at, id] = words else { return None };
        let (priority, id) = (priority.parse().ok()?, id.parse().ok()?);
        Some(Self { take_by: time(take_by)?, priority, at: time(at)?, id })
    }
}

impl Cursor for TimelineCursor {
    fn write(&self) -> String {
        format!("{} {}", self.number, self.seq)
    }

    fn read(words: &[&str]) -> Option<Self> {
        let &[number, seq] = words else { return None };
        Some(Self { number: number.parse().ok()?, seq: seq.parse().ok()? })
    }
}

impl Cursor for (Time, RemedyId) {
    fn write(&self) -> String {
        format!("{} {}", self.0.micros(), self.1)
    }

    fn read(words: &[&str]) -> Option<Self> {
        let &[at, id] = words else { return None };
        Some((time(at)?, id.parse().ok()?))
    }
}

impl Cursor for (Time, ReplyId) {
    fn write(&self) -> String {
        format!("{} {}", self.0.micros(), self.1)
    }

    fn read(words: &[&str]) -> Option<Self> {
        let &[at, id] = words else { return None };
        Some((time(at)?, id.parse().ok()?))
    }
}

impl Cursor for Item {
    fn write(&self) -> String {
        format!("{} {}", self.kind, self.sku)
    }

    fn read(words: &[&str]) -> Option<Self> {
        let (kind, sku) = words.split_first()?;
        Some(Self { kind: kind.parse().ok()?, sku: sku.join(" ").parse().ok()? })
    }
}

impl Cursor for AgentId {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(words: &[&str]) -> Option<Self> {
        words.join(" ").parse().ok()
    }
}

impl Cursor for (Time, IncidentId) {
    fn write(&self) -> String {
        format!("{} {}", self.0.micros(), self.1)
    }

    fn read(words: &[&str]) -> Option<Self> {
        let &[at, id] = words else { return None };
        Some((time(at)?, id.parse().ok()?))
    }
}

impl Cursor for (Time, SampleId) {
    fn write(&self) -> String {
        format!("{} {}", self.0.micros(), self.1)
    }

    fn read(words: &[&str]) -> Option<Self> {
        let &[at, id] = words else { return None };
        Some((time(at)?, id.parse().ok()?))
    }
}

impl Cursor for TemplateId {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(words: &[&str]) -> Option<Self> {
        words.join(" ").parse().ok()
    }
}

/// Ids of callers may hold spaces, so they come last and are put together again.
macro_rules! given {
    ($($id:ty),+) => {$(
        impl Cursor for (Time, $id) {
            fn write(&self) -> String {
                format!("{} {}", self.0.micros(), self.1)
            }

            fn read(words: &[&str]) -> Option<Self> {
                let (at, id) = words.split_first()?;
                Some((time(at)?, id.join(" ").parse().ok()?))
            }
        }
    )+};
}

given!(ReviewId, ReturnId);

impl Cursor for ShopId {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(words: &[&str]) -> Option<Self> {
        words.join(" ").parse().ok()
    }
}

impl Cursor for i64 {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(words: &[&str]) -> Option<Self> {
        let &[number] = words else { return None };
        number.parse().ok().filter(|number| *number >= 0)
    }
}

fn time(word: &str) -> Option<Time> {
    word.parse().ok().map(Time::from_micros)
}

#[cfg(test)]
mod tests;
