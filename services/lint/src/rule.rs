//! What is refused, what is only advised, and where in the text it stands.

use std::ops::Range;

macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $value:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vmeta])* $value),+ }

        impl $name {
            /// Every value, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// The word this value is stored and printed as.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$value => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

words! {
    /// Why a text may not go out.
    pub enum Rule {
        /// Something of value is tied to a review, its stars or its removal.
        Incentive = "INCENTIVE",
        /// One message holds both a remedy and an ask to revise a review.
        Mixed = "MIXED",
        /// Stars or praise are begged for, or the buyer is reminded of a review.
        Pressure = "PRESSURE",
        /// A review is to be deleted or hidden.
        Removal = "REMOVAL",
        /// A threat, legal intimidation, exposure of personal data.
        Threat = "THREAT",
        /// Personal data where everyone can read them.
        PersonalData = "PERSONAL_DATA",
        /// A way to talk or pay outside the marketplace.
        OffPlatform = "OFF_PLATFORM",
        /// The buyer is to cancel or withdraw a request, a dispute or a case.
        Withdrawal = "WITHDRAWAL",
    }
}

impl Rule {
    /// The guardrail that the rule enforces.
    #[must_use]
    pub const fn guardrail(self) -> &'static str {
        match self {
            Self::Incentive => "G02",
            Self::Mixed => "G04",
            Self::Pressure => "G05",
            Self::Removal => "G06",
            Self::Threat => "G07",
            Self::PersonalData => "G14",
            Self::OffPlatform => "G15",
            Self::Withdrawal => "G22",
        }
    }
}

words! {
    /// What would read better. Nothing is refused for it.
    pub enum Advice {
        /// The buyer is told what to do; say what will be done instead.
        Command = "COMMAND",
        /// The buyer is blamed.
        Blame = "BLAME",
        /// An apology that takes itself back, or puts the fault elsewhere.
        Excuse = "EXCUSE",
        /// A public answer that neither apologises nor thanks.
        NoApology = "NO_APOLOGY",
        /// Words in capitals.
        Shouting = "SHOUTING",
        /// More than one exclamation mark in a row.
        Exclamation = "EXCLAMATION",
    }
}

/// A rule that the text breaks, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which rule.
    pub rule: Rule,
    /// The bytes of the text, from the first word that counted to the last.
    pub span: Range<usize>,
    /// The words that stand there, as they were written.
    pub words: String,
}

/// Something that would read better, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// What.
    pub advice: Advice,
    /// The bytes of the text; empty if it is about the whole text.
    pub span: Range<usize>,
    /// The words that stand there.
    pub words: String,
}

/// What was found in a text. Without refusals it may go out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Every rule that the text breaks, by place.
    pub refusals: Vec<Refusal>,
    /// What would read better, by place.
    pub advice: Vec<Hint>,
    /// The text asks the buyer to revise a review; whether it may is for the guardrails of asks to say.
    pub asks_for_revision: bool,
}
