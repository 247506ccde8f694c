//! Agents who come, go away and leave; and what the log says that they did.

use amends_app::agent::SetPresence;
use amends_app::{Principal, Role};
use amends_domain::agent::Presence as Said;
use amends_domain::case::Outcome;
use amends_domain::event::{ActorKind, Event};
use amends_domain::{Span, Time};
use amends_store::event::StoredEvent;
use amends_tests::oracle::Entry;
use amends_tests::oracle::lives::{Act, Deed, Presence};
use rand::Rng;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

use super::house::{House, principal};
use super::served::Book;

/// Who says when they are there; others never do.
pub(super) const PEOPLE: [&str; 2] = ["mia", "tom"];

/// What somebody says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    who: &'static str,
    what: Presence,
    lasts: Span,
    /// Said by a supervisor.
    by_other: bool,
}

pub(super) fn any(rng: &mut ChaCha8Rng) -> Word {
    let words = [Presence::Available, Presence::Available, Presence::Away, Presence::Offline];
    let what = *words.choose(rng).unwrap();
    let by_other = what == Presence::Offline && rng.random_bool(0.4);
    let who = *PEOPLE.choose(rng).unwrap();
    Word { what, by_other, ..there(rng, who) }
}

/// Comes to work, for a moment or for the day.
pub(super) fn there(rng: &mut ChaCha8Rng, who: &'static str) -> Word {
    let lasts = [30, 240, 1_800, 28_800, 43_200];
    let lasts = Span::from_secs(*lasts.choose(rng).unwrap());
    Word { who, what: Presence::Available, lasts, by_other: false }
}

/// Says it, and puts it down.
pub(super) async fn say(house: &House, book: &mut Book, word: Word) {
    let (agent, at) = (word.who.to_owned(), house.app.now());
    let presence = match word.what {
        Presence::Available => Said::Available,
        Presence::Away => Said::Away,
        Presence::Offline => Said::Offline,
    };
    let own = principal(word.who, &[Role::Agent]);
    let who: Principal =
        if word.by_other { principal("boss", &[Role::Agent, Role::Supervisor]) } else { own };
    let tell =
        SetPresence { shop: book.shop.clone(), agent: agent.parse().unwrap(), presence, lasts: word.lasts };
    if house.attempt(&who, tell).await.is_some() {
        let (at, until) = (at.micros(), (at + word.lasts).micros());
        book.record.entries.push(Entry::Present { agent, what: word.what, at, until });
    }
}

/// What an entry of a timeline says of whoever holds the case.
pub(super) fn deed(one: &StoredEvent) -> Option<Entry> {
    let row = &one.row;
    let by = || (row.actor.kind == ActorKind::Agent).then(|| row.actor.name.clone());
    let (agent, what, happened) = match &row.event {
        Event::CaseClaimed { agent, .. }
        | Event::CaseAssigned { agent, .. }
        | Event::CaseHandedBack { agent, .. } => (Some(agent.to_string()), Act::Took, row.occurred_at),
        Event::CaseReleased { .. }
        | Event::WaitingForBuyer { .. }
        | Event::WaitingForThirdParty { .. }
        | Event::CaseSnoozed { .. }
        | Event::CaseMerged { .. }
        | Event::CaseCancelled { .. } => (None, Act::Dropped, row.occurred_at),
        Event::LeaseExpired { agent, ended_at, .. } => {
            (Some(agent.to_string()), Act::RanOut(ended_at.map(Time::micros)), row.occurred_at)
        }
        Event::ContactRecorded { agent, reached: true, .. } => {
            (Some(agent.to_string()), Act::Contact, row.occurred_at)
        }
        Event::ReplySent { agent, sent_at, .. } => (Some(agent.to_string()), Act::Contact, *sent_at),
        Event::CaseSolved { outcome, .. } => {
            (by().filter(|_| *outcome != Outcome::NoAnswer), Act::Solved, row.occurred_at)
        }
        _ => return None,
    };
    let (happened, written) = (happened.micros(), row.recorded_at.micros());
    Some(Entry::Did(Deed { case: row.case?.to_string(), happened, written, agent, what }))
}
