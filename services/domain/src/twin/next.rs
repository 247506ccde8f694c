//! Where a figure goes at its next cut-off, and what still saves it.

use super::count::{count, lacking, newest, order};
use super::edge::{Window, last_closed, later, window};
use super::judge::{Standing, deadline};
use super::{Conversation, Figure, Formula, Presence, Target, Twin};
use crate::{ConversationId, Span, Time};

/// A conversation to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToAnswer {
    /// Which.
    pub id: ConversationId,
    /// When it came.
    pub received_at: Time,
    /// The last instant at which an answer has the effect. For a mean it is one instant for all of the
    /// list: answered then, they reach the target just so.
    pub until: Time,
}

/// What is to be done for the figure to reach its target at the next cut-off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rescue {
    /// There are too few conversations for it to have a value.
    NoValue,
    /// Nothing: it reaches it as it stands.
    Safe,
    /// Answer these, by what is due first; no fewer do.
    Answer(Vec<ToAnswer>),
    /// It misses it whatever is done; answering these brings it as near as it gets.
    Lost(Vec<ToAnswer>),
}

/// A figure at its next cut-off. Conversations that have not come yet are in none of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Next {
    /// If nothing more is answered.
    pub if_none: Figure,
    /// If everything that is open, and can still be answered in time, is answered now.
    pub if_all: Figure,
    /// What is to be done.
    pub rescue: Rescue,
}

/// Something open that an answer now would bring something for.
struct Open<'a> {
    at: usize,
    conversation: &'a Conversation,
    until: Time,
    gain: i128,
}

/// Where a figure goes at the first cut-off that is not over at a time, from what is known then.
#[must_use]
pub fn next(twin: &Twin, place: &Presence, conversations: &[Conversation], at: Time) -> Next {
    let window = window(twin, place, later(last_closed(twin, place, at), 1), at);
    let known: Vec<Option<Time>> = conversations.iter().map(|c| c.answered(at)).collect();
    let count = |answers: &[Option<Time>]| count(twin, place, window, conversations, answers);
    let if_none = count(&known);
    let open = open((twin, place), conversations, &known, &if_none, at);
    let mut answers = known.clone();
    for open in &open {
        answers.get_mut(open.at).into_iter().for_each(|answer| *answer = Some(at));
    }
    let if_all = count(&answers);
    let rescue = match if_none.reached {
        // A mean of nothing begins with the first answer.
        None if is_mean_of_nothing(twin, &if_none) && !open.is_empty() => {
            rescue(twin, window, &if_none, open)
        }
        None => Rescue::NoValue,
        Some(true) => Rescue::Safe,
        Some(false) => rescue(twin, window, &if_none, open),
    };
    Next { if_none, if_all, rescue }
}

const fn is_mean_of_nothing(twin: &Twin, figure: &Figure) -> bool {
    matches!(twin.target, Target::Time(_)) && figure.denominator == 0
}

/// Whatever is open and counts or would, with what an answer now is worth.
fn open<'a>(
    (twin, place): (&Twin, &Presence),
    conversations: &'a [Conversation],
    known: &[Option<Time>],
    figure: &Figure,
    at: Time,
) -> Vec<Open<'a>> {
    let (all, among_newest) = worth(twin, figure.counted);
    let fresh = match twin.formula {
        Formula::Within { latest: Some(latest), .. } => newest(figure.counted, latest) as usize,
        _ => 0,
    };
    let mut gains = vec![all; conversations.len()];
    for (place, _) in order(conversations, &figure.standings).into_iter().take(fresh) {
        gains.get_mut(place).into_iter().for_each(|gain| *gain = among_newest);
    }
    let all = conversations.iter().zip(known).zip(figure.standings.iter().zip(gains)).enumerate();
    let open = all.filter(|(_, ((_, known), _))| known.is_none());
    open.filter_map(|(place_of, ((conversation, _), (standing, gain)))| match twin.target {
        Target::Percent(_) => {
            let until = deadline(twin, place, conversation.received_at)?;
            let counts = matches!(standing, Standing::Unanswered | Standing::OnlyAutomatic);
            (counts && until >= at).then_some(Open { at: place_of, conversation, until, gain })
        }
        Target::Time(time) => {
            let waited = i128::from(at.since(conversation.received_at).micros());
            let gain = i128::from(time.micros()) - waited;
            let counts = *standing == Standing::NotAnsweredYet;
            counts.then_some(Open { at: place_of, conversation, until: figure.closes, gain })
        }
    })
    .collect()
}

/// By how many hundredths of the numerator one more answer raises a rate: any, and one of the newest.
fn worth(twin: &Twin, counted: u32) -> (i128, i128) {
    let Formula::Within { latest: Some(latest), .. } = twin.formula else { return (100, 100) };
    let fresh = i128::from(newest(counted, latest));
    let any = 100 * i128::from(100 - latest.weight.min(100)) * fresh;
    (any, any + 100 * i128::from(latest.weight) * i128::from(counted))
}

/// The fewest that make up for what is lacking: those that bring most. Of those that bring the same, the
/// ones that are due first: what is left has more time, and is there if one of these is missed.
fn rescue(twin: &Twin, window: Window, figure: &Figure, mut open: Vec<Open<'_>>) -> Rescue {
    let mut lacking = lacking(twin, figure.numerator, figure.denominator);
    open.sort_by(|a, b| {
        let key = |open: &Open<'_>| (open.until, open.conversation.received_at);
        b.gain.cmp(&a.gain).then(key(a).cmp(&key(b))).then(a.conversation.id.cmp(&b.conversation.id))
    });
    let (mut sum, mut n) = (figure.numerator, figure.denominator);
    let mut listed = Vec::new();
    for open in open {
        // Of a mean that is out of reach, whatever took less time than it brings it nearer.
        let helps = match twin.target {
            Target::Percent(_) => true,
            Target::Time(time) => n == 0 || (i128::from(time.micros()) - open.gain) * n < sum,
        };
        // A mean of nothing lacks nothing, and has no value before somebody is answered.
        let is_there = lacking <= 0 && (n > 0 || !matches!(twin.target, Target::Time(_)));
        if is_there || !helps {
            break;
        }
        if let Target::Time(time) = twin.target {
            (sum, n) = (sum + i128::from(time.micros()) - open.gain, n + 1);
        }
        lacking -= open.gain;
        listed.push(open);
    }
    if let Target::Time(time) = twin.target {
        let until = together(time, window, figure, &listed);
        listed.iter_mut().for_each(|open| open.until = until.unwrap_or(open.until).max(window.known));
    }
    listed.sort_by(|a, b| {
        let key = |open: &Open<'_>| (open.until, open.conversation.received_at);
        key(a).cmp(&key(b)).then(a.conversation.id.cmp(&b.conversation.id))
    });
    let list = listed.into_iter().map(|open| ToAnswer {
        id: open.conversation.id.clone(),
        received_at: open.conversation.received_at,
        until: open.until,
    });
    if lacking <= 0 { Rescue::Answer(list.collect()) } else { Rescue::Lost(list.collect()) }
}

/// Answered when at the latest, all of the list together bring a mean to its target: the moment `t` of
/// `Σ answered + Σ (t − received) = target·(n + m)`, but within the window.
fn together(target: Span, window: Window, figure: &Figure, listed: &[Open<'_>]) -> Option<Time> {
    let m = i128::try_from(listed.len()).ok().filter(|m| *m > 0)?;
    let received: i128 = listed.iter().map(|open| i128::from(open.conversation.received_at.micros())).sum();
    let budget = i128::from(target.micros()) * (figure.denominator + m) - figure.numerator;
    let at = i64::try_from((budget + received).div_euclid(m)).ok()?;
    Some(Time::from_micros(at).min(window.closes - Span::from_micros(1)))
}
