//! What the observations of a return request tell.

use super::record::{Asked, Counting, Record, Status};
use super::{At, Entry};

/// A request with what became of it.
#[derive(Debug, Clone)]
pub struct Request {
    /// The line it names.
    pub line: Option<String>,
    /// When the wish was voiced to the channel.
    pub voiced: Vec<At>,
    /// When it was opened; none while it is voiced only.
    pub opened: Option<At>,
    /// Units, by the latest word.
    pub units: i64,
    /// Since when it stands withdrawn.
    pub withdrawn: Option<At>,
    /// When it counts.
    pub counted: Option<At>,
}

/// A word about it: when, by which signal, where it stands, units, fault.
type Word<'a> = (At, &'a str, Status, i64, Option<bool>);

/// The requests of an order.
#[must_use]
pub fn of_order(record: &Record, order: &str) -> Vec<Request> {
    let all: Vec<&Asked> = record
        .entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Return(asked) if asked.order == order => Some(asked),
            _ => None,
        })
        .collect();
    let mut names: Vec<&str> = all.iter().map(|asked| asked.request.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let of = |name: &str| all.iter().copied().filter(|asked| asked.request == name).collect::<Vec<_>>();
    names.into_iter().map(|name| tell(&of(name), record.rules.counting)).collect()
}

fn tell(all: &[&Asked], counting: Counting) -> Request {
    let line = all.iter().find_map(|asked| asked.line.clone());
    let mut words: Vec<Word<'_>> = Vec::new();
    for asked in all {
        words.push((asked.at, &asked.id, asked.status, asked.units, asked.fault));
        let says_opening = !matches!(asked.status, Status::Intent | Status::Unmapped);
        if says_opening && asked.opened < asked.at {
            words.push((asked.opened, &asked.id, Status::Requested, asked.units, None));
        }
    }
    words.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    let voiced = words.iter().filter(|word| word.2 == Status::Intent).map(|word| word.0).collect();
    words.retain(|word| word.2 != Status::Intent);
    let mut request = Request { line, voiced, opened: None, units: 0, withdrawn: None, counted: None };
    let (mut approved, mut received, mut settled, mut fault) = (None, None, None, None);
    for (at, _, status, units, says) in words {
        request.opened = request.opened.or(Some(at));
        request.units = units;
        match status {
            Status::Unmapped => {}
            Status::Withdrawn => request.withdrawn = request.withdrawn.or(Some(at)),
            _ => request.withdrawn = None,
        }
        if matches!(status, Status::Approved | Status::InTransit | Status::Received | Status::Settled) {
            approved = approved.or(Some(at));
        }
        if status == Status::Received {
            received = received.or(Some(at));
        }
        if status == Status::Settled {
            settled = settled.or(Some(at));
        }
        match says {
            Some(true) => fault = fault.or(Some(at)),
            Some(false) => fault = None,
            None => {}
        }
    }
    let stands = request.withdrawn.is_none();
    request.counted = match counting {
        Counting::Requested => request.opened,
        Counting::Listed => request.opened.filter(|_| stands),
        Counting::Fault => fault.filter(|_| stands),
        Counting::FaultApproved => fault.zip(approved).map(|(a, b): (At, At)| a.max(b)).filter(|_| stands),
        Counting::Received => received,
        Counting::Settled => settled,
        Counting::Approved => approved.filter(|_| stands),
    };
    request
}
