//! Roll-ups: by what a member of a cohort can be told apart, and which sums it is part of.
//!
//! A member (a review, an order line) adds its counts to one sum without a split, to one for each
//! thing that is known of it, and to one for each pair of such things. What is not known is never
//! written: its sum is what the sums above it have more than the known ones together.

mod grain;

pub use grain::{Grain, Sealed};

use crate::case::Case;
use crate::code::codes;
use crate::detection::Reason;
use crate::remedy::RemedyKind;
use crate::statistics::histogram::Bucket;
use crate::tally::Family;
use crate::{AgentId, Day, Sku};

codes! {
    /// By what the members of a cohort can be told apart.
    pub enum Facet {
        /// The article.
        Sku = "SKU",
        /// The first root cause.
        Reason = "REASON",
        /// The kind of the first remedy that was fulfilled.
        RemedyKind = "REMEDY_KIND",
        /// The agent who acted first.
        Agent = "AGENT",
        /// The buyer's language.
        Language = "LANGUAGE",
        /// The rating at the first observation.
        Star = "STAR",
        /// How urgent the case is, in steps of ten.
        Priority = "PRIORITY",
        /// What was promised.
        Target = "TARGET",
        /// How long it took: the number of a histogram's bucket.
        Length = "LENGTH",
    }
}

impl Facet {
    const fn number(self) -> i64 {
        match self {
            Self::Sku => 1,
            Self::Reason => 2,
            Self::RemedyKind => 3,
            Self::Agent => 4,
            Self::Language => 5,
            Self::Star => 6,
            Self::Priority => 7,
            Self::Target => 8,
            Self::Length => 9,
        }
    }

    /// Whether members of a family have it: only reviews have stars, only promises a target.
    #[must_use]
    pub fn is_of(self, family: Family) -> bool {
        match self {
            Self::Reason | Self::RemedyKind | Self::Agent | Self::Language => true,
            Self::Sku => matches!(family, Family::Review | Family::Line),
            Self::Star => family == Family::Review,
            Self::Priority | Self::Target => family == Family::Promise,
            Self::Length => family == Family::Time,
        }
    }

    fn of_number(number: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|facet| facet.number() == number)
    }
}

/// By what a sum is split: by nothing, by one facet, or by two in the order of their list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Split(Option<Facet>, Option<Facet>);

impl Split {
    /// Not at all.
    pub const NONE: Self = Self(None, None);

    /// By one.
    #[must_use]
    pub const fn by(facet: Facet) -> Self {
        Self(Some(facet), None)
    }

    /// By two, whichever is named first.
    #[must_use]
    pub fn by_both(a: Facet, b: Facet) -> Self {
        if a == b { Self::by(a) } else { Self(Some(a.min(b)), Some(a.max(b))) }
    }

    /// The facet whose values stand first, and the one whose values stand second.
    #[must_use]
    pub const fn facets(self) -> (Option<Facet>, Option<Facet>) {
        (self.0, self.1)
    }

    /// The number it is stored as: that of the first facet, ten times if another stands behind it.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self(Some(a), Some(b)) => a.number() * 10 + b.number(),
            Self(Some(a), None) => a.number(),
            Self(None, _) => 0,
        }
    }

    /// The split of a stored number.
    #[must_use]
    pub fn of_number(number: i64) -> Option<Self> {
        match (number / 10, number % 10) {
            (0, 0) => Some(Self::NONE),
            (0, only) => Facet::of_number(only).map(Self::by),
            (a, b) => Some(Self::by_both(Facet::of_number(a)?, Facet::of_number(b)?)),
        }
        .filter(|split| split.number() == number)
    }

    /// Every split that a family has.
    #[must_use]
    pub fn all_of(family: Family) -> Vec<Self> {
        let mine: Vec<Facet> = Facet::ALL.iter().copied().filter(|facet| facet.is_of(family)).collect();
        let mut all = vec![Self::NONE];
        for (i, &a) in mine.iter().enumerate() {
            all.push(Self::by(a));
            all.extend(mine.iter().skip(i + 1).map(|&b| Self::by_both(a, b)));
        }
        all.retain(|split| split.is_kept(family));
        all.sort_unstable();
        all
    }

    /// Whether sums of a family are split so. Lengths of time are split by nothing else or by one more, and
    /// so are the counts beside them: a histogram is many rows.
    fn is_kept(self, family: Family) -> bool {
        match family {
            Family::Review | Family::Line | Family::Promise | Family::Answer => true,
            Family::Handling => self.1.is_none(),
            Family::Time => [self.0, self.1].contains(&Some(Facet::Length)),
        }
    }
}

impl std::fmt::Display for Split {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self(Some(a), Some(b)) => write!(f, "{a} × {b}"),
            Self(Some(a), None) => write!(f, "{a}"),
            Self(None, _) => f.write_str("no split"),
        }
    }
}

/// What the cases about a member say of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// The first root cause.
    pub reason: Option<Reason>,
    /// The kind of the first remedy that was fulfilled.
    pub remedy: Option<RemedyKind>,
    /// The agent who acted first.
    pub agent: Option<AgentId>,
    /// The language of the buyer; empty when unknown.
    pub language: String,
}

impl About {
    /// Of the cases about one member, the earliest that knows a thing says it.
    #[must_use]
    pub fn of<'a>(cases: impl IntoIterator<Item = &'a Case>) -> Self {
        let mut cases: Vec<&Case> = cases.into_iter().collect();
        cases.sort_by_key(|case| (case.opened_at, case.id));
        let mut about = Self::default();
        for case in cases {
            about.reason = about.reason.or_else(|| case.reasons.first().copied());
            about.remedy = about.remedy.or(case.remedied);
            about.agent = about.agent.or_else(|| case.first_agent.clone());
            if about.language.is_empty() {
                about.language.clone_from(&case.language);
            }
        }
        about
    }
}

/// What is known of a member, as text; empty where it is not known.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Facets {
    sku: String,
    agent: String,
    language: String,
    reason: Option<Reason>,
    remedy: Option<RemedyKind>,
    star: Option<u8>,
    priority: Option<u8>,
    target: String,
    length: Option<Bucket>,
}

impl Facets {
    /// From the article, what the cases say, and the first rating.
    #[must_use]
    pub fn new(sku: Option<&Sku>, about: &About, star: Option<u8>) -> Self {
        Self {
            sku: sku.map(|sku| sku.as_str().to_owned()).unwrap_or_default(),
            agent: about.agent.as_ref().map(ToString::to_string).unwrap_or_default(),
            language: about.language.clone(),
            reason: about.reason,
            remedy: about.remedy,
            star,
            ..Self::default()
        }
    }

    /// Of a promise: how urgent the case is, 0–100, and what was promised.
    #[must_use]
    pub fn promised(&self, priority: u8, target: String) -> Self {
        Self { priority: Some(priority.min(100) / 10), target, ..self.clone() }
    }

    /// Of a length of time.
    #[must_use]
    pub fn lasting(&self, length: Bucket) -> Self {
        Self { length: Some(length), ..self.clone() }
    }

    /// The value of one; empty where it is not known.
    #[must_use]
    pub fn value(&self, facet: Facet) -> String {
        match facet {
            Facet::Sku => self.sku.clone(),
            Facet::Reason => self.reason.map(|reason| reason.to_string()).unwrap_or_default(),
            Facet::RemedyKind => self.remedy.map(|kind| kind.to_string()).unwrap_or_default(),
            Facet::Agent => self.agent.clone(),
            Facet::Language => self.language.clone(),
            Facet::Star => self.star.map(|star| star.to_string()).unwrap_or_default(),
            Facet::Priority => self.priority.map(tens).unwrap_or_default(),
            Facet::Target => self.target.clone(),
            Facet::Length => self.length.map(|length| length.number().to_string()).unwrap_or_default(),
        }
    }

    /// The sums a member is part of: each split of which every value is known, with the values.
    #[must_use]
    pub fn places(&self, family: Family) -> Vec<Place> {
        let mine = Facet::ALL.iter().copied().filter(|facet| facet.is_of(family));
        let known: Vec<(Facet, String)> =
            mine.map(|facet| (facet, self.value(facet))).filter(|(_, value)| !value.is_empty()).collect();
        let mut places = vec![Place::default()];
        for (i, (facet, a)) in known.iter().enumerate() {
            places.push(Place { split: Split::by(*facet), a: a.clone(), b: String::new() });
            for (other, b) in known.iter().skip(i + 1) {
                let split = Split::by_both(*facet, *other);
                places.push(Place { split, a: a.clone(), b: b.clone() });
            }
        }
        places.retain(|place| place.split.is_kept(family));
        places
    }
}

/// Ten steps of urgency, `00-09` to `80-89`, and `90-100`.
fn tens(tens: u8) -> String {
    match tens {
        0..=8 => format!("{tens}0-{tens}9"),
        _ => "90-100".to_owned(),
    }
}

/// One value, or pair of values, of one split.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Place {
    /// The split.
    pub split: Split,
    /// The value of its first facet; empty if it has none.
    pub a: String,
    /// The value of its second facet; empty if it has none.
    pub b: String,
}

/// What one row of a roll-up is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell {
    /// Whose members.
    pub family: Family,
    /// How long.
    pub grain: Grain,
    /// Its first day.
    pub period: Day,
    /// Of which of them.
    pub place: Place,
}

impl Cell {
    /// The rows that a member adds to on a day: those of the day, and those of its week and month once they
    /// are sealed.
    #[must_use]
    pub fn all_on(family: Family, day: Day, places: &[Place], sealed: Sealed) -> Vec<Self> {
        let cell = |grain: Grain, place: &Place| {
            let (period, place) = (grain.start(day), place.clone());
            Self { family, grain, period, place }
        };
        let grains = Grain::ALL.iter().filter(|grain| sealed.covers(**grain, day));
        grains.flat_map(|grain| places.iter().map(move |place| cell(*grain, place))).collect()
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { family, grain, period, place } = self;
        write!(f, "{family} {grain} {period}, {}", place.split)?;
        match place.split.facets() {
            (Some(_), Some(_)) => write!(f, " {:?} {:?}", place.a, place.b),
            (Some(_), None) => write!(f, " {:?}", place.a),
            (None, _) => Ok(()),
        }
    }
}
