//! Agents of a shop: whether they are there, what they can take, and how much of it.

use std::collections::BTreeSet;

use crate::case::{Case, CaseKind};
use crate::code::codes;
use crate::shop::Channel;
use crate::{AgentId, ShopId, Span, Time};

/// The shortest time a presence may be told for.
pub const PRESENCE_MIN: Span = Span::from_secs(30);

/// The longest time a presence may be told for.
pub const PRESENCE_MAX: Span = Span::from_hours(12);

/// How long a presence lasts unless it is said otherwise.
pub const PRESENCE_USUAL: Span = Span::from_minutes(5);

codes! {
    /// Whether an agent is there.
    pub enum Presence {
        /// Takes cases.
        Available = "AVAILABLE",
        /// Keeps what they hold and takes nothing new.
        Away = "AWAY",
        /// Is not there, and holds nothing.
        Offline = "OFFLINE",
    }
}

codes! {
    /// Why an agent is offline.
    pub enum Leaving {
        /// They said so.
        SignedOff = "SIGNED_OFF",
        /// Their presence ran out.
        Expired = "EXPIRED",
        /// A supervisor said so.
        SignedOffByOther = "SIGNED_OFF_BY_OTHER",
    }
}

/// What an agent said last about being there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// What they are.
    pub presence: Presence,
    /// Since when.
    pub since: Time,
    /// When it ends by itself; none if they are offline.
    pub until: Option<Time>,
}

impl Told {
    /// What is true of it at a time: what has ended by itself is trusted by nobody.
    #[must_use]
    pub fn at(self, now: Time) -> Self {
        match self.until {
            Some(ended) if ended <= now => Self { presence: Presence::Offline, since: ended, until: None },
            _ => self,
        }
    }

    /// Whether it has ended by itself, which may not have been acted on yet.
    #[must_use]
    pub fn has_lapsed(self, now: Time) -> bool {
        self.until.is_some_and(|ended| ended <= now)
    }
}

/// What an agent can take; what is empty does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skills {
    /// Languages, BCP 47; the primary language counts.
    pub languages: Vec<String>,
    /// Channels.
    pub channels: Vec<Channel>,
    /// Kinds of cases.
    pub kinds: Vec<CaseKind>,
}

/// An agent in a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// The tenant.
    pub shop: ShopId,
    /// Who.
    pub id: AgentId,
    /// What they can take.
    pub skills: Skills,
    /// How many cases they may hold; none for as many as the shop allows.
    pub capacity: Option<u32>,
    /// What they said last about being there; none if they never did.
    pub told: Option<Told>,
    /// Rises when skills or capacity change; a presence is no change.
    pub version: i64,
}

/// Why an agent does not get a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AgentRefused {
    /// They said that they are away or offline, or their time is over.
    #[error("the agent {agent} is {presence}; they have to be AVAILABLE in this shop to get cases")]
    NotAvailable {
        /// Who.
        agent: AgentId,
        /// What they are.
        presence: Presence,
        /// Since when.
        since: Time,
        /// Until when; none if they are offline.
        until: Option<Time>,
    },
    /// The case lies outside their skills.
    #[error("the {what} {of_case} is not among those of the agent {agent}: {of_agent}")]
    NotSkilled {
        /// Who.
        agent: AgentId,
        /// Which skill: `kind`, `language` or `channel`.
        what: &'static str,
        /// What the case has.
        of_case: String,
        /// What the agent has.
        of_agent: String,
    },
}

impl Agent {
    /// An agent of whom nothing was ever said.
    #[must_use]
    pub fn unknown(shop: ShopId, id: AgentId) -> Self {
        Self { shop, id, skills: Skills::default(), capacity: None, told: None, version: 1 }
    }

    /// What is true of their presence at a time; none if they never told one.
    #[must_use]
    pub fn presence(&self, now: Time) -> Option<Told> {
        self.told.map(|told| told.at(now))
    }

    /// Whether they said that they take cases, and it still holds.
    #[must_use]
    pub fn is_available(&self, now: Time) -> bool {
        self.presence(now).is_some_and(|told| told.presence == Presence::Available)
    }

    /// Says that they are there, or not: again the same is a heartbeat and changes only the end.
    pub fn tell(&mut self, presence: Presence, lasts: Span, now: Time) {
        let before = self.presence(now).filter(|told| told.presence == presence);
        let until = (presence != Presence::Offline).then(|| now + lasts);
        self.told = Some(Told { presence, since: before.map_or(now, |told| told.since), until });
    }

    /// Refuses a claim of an agent who said that they take none.
    ///
    /// Who never told a presence is bound by the leases of cases alone: programs
    /// have no screen that could tell one.
    ///
    /// # Errors
    /// When they are away or offline.
    pub fn may_claim(&self, now: Time) -> Result<(), AgentRefused> {
        self.refuse(now, |presence| presence != Presence::Available)
    }

    /// Refuses to give a case to an agent who is not there; who is away comes back to it.
    ///
    /// # Errors
    /// When they are offline.
    pub fn may_be_given(&self, now: Time) -> Result<(), AgentRefused> {
        self.refuse(now, |presence| presence == Presence::Offline)
    }

    fn refuse(&self, now: Time, wrong: impl Fn(Presence) -> bool) -> Result<(), AgentRefused> {
        match self.presence(now) {
            Some(Told { presence, since, until }) if wrong(presence) => {
                Err(AgentRefused::NotAvailable { agent: self.id.clone(), presence, since, until })
            }
            _ => Ok(()),
        }
    }

    /// Refuses a case outside their skills, with the first that is missing.
    ///
    /// # Errors
    /// When the kind, the language or the channel is none of theirs.
    pub fn must_fit(&self, case: &Case, channel: &Channel) -> Result<(), AgentRefused> {
        let skills = &self.skills;
        let channels: Vec<&str> = skills.channels.iter().map(Channel::as_str).collect();
        let missing = if !skills.reaches(channel) {
            ("channel", channel.as_str().to_owned(), channels.join(", "))
        } else if !Reach::of(&skills.kinds, &[]).fits(case) {
            let kinds: Vec<&str> = skills.kinds.iter().map(|kind| kind.as_str()).collect();
            ("kind", case.kind.to_string(), kinds.join(", "))
        } else if !Reach::of(&[], &skills.languages).fits(case) {
            ("language", case.language.clone(), skills.languages.join(", "))
        } else {
            return Ok(());
        };
        let (what, of_case, of_agent) = missing;
        Err(AgentRefused::NotSkilled { agent: self.id.clone(), what, of_case, of_agent })
    }
}

impl Skills {
    /// Whether cases of a channel are among what they take. A case has the channel of its shop.
    #[must_use]
    pub fn reaches(&self, channel: &Channel) -> bool {
        self.channels.is_empty() || self.channels.contains(channel)
    }

    /// What they reach of the cases of a channel.
    #[must_use]
    pub fn reach(&self, channel: &Channel) -> Reach {
        if self.reaches(channel) { Reach::of(&self.kinds, &self.languages) } else { Reach::nothing() }
    }
}

/// Which cases are within reach: by kind, and by primary language.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reach {
    /// These kinds; none for all.
    kinds: Option<BTreeSet<CaseKind>>,
    /// These primary languages, besides what has no known language; none for all.
    languages: Option<BTreeSet<String>>,
}

impl Reach {
    /// What these lists reach; an empty one does not restrict.
    #[must_use]
    pub fn of(kinds: &[CaseKind], languages: &[String]) -> Self {
        Self {
            kinds: (!kinds.is_empty()).then(|| kinds.iter().copied().collect()),
            languages: (!languages.is_empty()).then(|| languages.iter().map(|tag| primary(tag)).collect()),
        }
    }

    /// No case at all.
    #[must_use]
    pub fn nothing() -> Self {
        Self { kinds: Some(BTreeSet::new()), languages: None }
    }

    /// What both reach.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { kinds: both(self.kinds, other.kinds), languages: both(self.languages, other.languages) }
    }

    /// Whether every case is within it.
    #[must_use]
    pub const fn is_everything(&self) -> bool {
        self.kinds.is_none() && self.languages.is_none()
    }

    /// The kinds within it; none for all.
    #[must_use]
    pub const fn kinds(&self) -> Option<&BTreeSet<CaseKind>> {
        self.kinds.as_ref()
    }

    /// The primary languages within it, lower case; none for all.
    #[must_use]
    pub const fn languages(&self) -> Option<&BTreeSet<String>> {
        self.languages.as_ref()
    }

    /// Whether a case is within it. A case whose language is unknown fits every language.
    #[must_use]
    pub fn fits(&self, case: &Case) -> bool {
        let language = primary(&case.language);
        let unknown = language.is_empty() || language == UNKNOWN;
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&case.kind))
            && self.languages.as_ref().is_none_or(|known| unknown || known.contains(&language))
    }
}

/// The tag of a language that nobody knows.
pub const UNKNOWN: &str = "und";

/// The primary language of a tag, by which languages are compared.
fn primary(tag: &str) -> String {
    tag.split('-').next().unwrap_or(tag).to_ascii_lowercase()
}

fn both<T: Ord>(one: Option<BTreeSet<T>>, other: Option<BTreeSet<T>>) -> Option<BTreeSet<T>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.into_iter().filter(|value| other.contains(value)).collect()),
        (one, other) => one.or(other),
    }
}
