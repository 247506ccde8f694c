//! By what work is judged, and how much of it.

use super::Scored;
use crate::{AgentId, ShopId, Span, Time};

/// The most criteria of a form.
pub const CRITERIA_MAX: usize = 30;

/// The most cases that may be wanted of each agent in a week.
pub const MINIMUM_MAX: u32 = 100;

/// The most days for which a review may be disputed.
pub const DISPUTE_DAYS_MAX: i64 = 90;

/// The greatest weight and the greatest score.
const POINTS_MAX: u32 = 100;

/// The longest id and the longest title of a criterion, in characters.
const ID_CHARS_MAX: usize = 40;
const TITLE_CHARS_MAX: usize = 200;

/// One thing that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    /// Its name within the form.
    pub id: String,
    /// What is asked.
    pub title: String,
    /// How much it counts beside the others, 1–100.
    pub weight: u32,
    /// The most that can be given, 1–100.
    pub max: u32,
    /// Whether nothing else counts where it gets 0.
    pub critical: bool,
}

/// What was given for a criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Which.
    pub criterion: String,
    /// How much.
    pub score: u32,
}

/// By what work is judged, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The share of solved cases that is drawn, in percent.
    pub share: u32,
    /// So many of each agent and week at least, if they solved as many.
    pub minimum: u32,
    /// For how long after it was written a review may be disputed.
    pub dispute_within: Span,
    /// What is looked at.
    pub criteria: Vec<Criterion>,
}

/// A form as it was set at a time. It is the one by which cases are drawn from then on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormVersion {
    /// The tenant.
    pub shop: ShopId,
    /// 1, 2, 3 …
    pub version: i64,
    /// The form.
    pub form: Form,
    /// Who set it.
    pub set_by: AgentId,
    /// When.
    pub set_at: Time,
}

/// What is wrong with a form or with scores: the place, and what would be right.
pub type FormProblem = (String, String);

impl Form {
    /// Everything that is wrong with it.
    #[must_use]
    pub fn problems(&self) -> Vec<FormProblem> {
        let mut problems = Vec::new();
        let mut must = |holds: bool, place: String, what: &str| {
            if !holds {
                problems.push((place, what.to_owned()));
            }
        };
        let days = Span::from_days(1)..=Span::from_days(DISPUTE_DAYS_MAX);
        must(self.share <= 100, "share_percent".to_owned(), "must be 0–100");
        must(self.minimum <= MINIMUM_MAX, "minimum_per_week".to_owned(), "must be 0–100");
        must(days.contains(&self.dispute_within), "dispute_days".to_owned(), "must be 1–90");
        let count = 1..=CRITERIA_MAX;
        must(count.contains(&self.criteria.len()), "criteria".to_owned(), "must have 1–30 entries");
        for (n, one) in self.criteria.iter().enumerate() {
            let place = |field: &str| format!("criteria[{n}].{field}");
            let words =
                one.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c));
            must(
                words && (1..=ID_CHARS_MAX).contains(&one.id.len()),
                place("id"),
                "must be 1–40 lower-case letters, digits, `-` and `_`",
            );
            let before = self.criteria.iter().take(n);
            must(before.clone().all(|other| other.id != one.id), place("id"), "must not be named twice");
            let title = one.title.chars().count();
            must(
                !one.title.trim().is_empty() && title <= TITLE_CHARS_MAX,
                place("title"),
                "must have 1–200 characters",
            );
            must((1..=POINTS_MAX).contains(&one.weight), place("weight"), "must be 1–100");
            must((1..=POINTS_MAX).contains(&one.max), place("max_score"), "must be 1–100");
        }
        problems
    }

    /// What scores come to, 0–100: each share of what could be given, weighted; 0 where a critical
    /// criterion got nothing. In hundredths, half of one rounded up.
    ///
    /// # Errors
    /// Everything that is wrong with them: each criterion has to be scored once, within its bounds.
    pub fn score(&self, given: Vec<Given>) -> Result<Scored, Vec<FormProblem>> {
        let mut problems = Vec::new();
        for (n, one) in given.iter().enumerate() {
            let place = |field: &str| format!("scores[{n}].{field}");
            match self.criteria.iter().find(|criterion| criterion.id == one.criterion) {
                None => problems.push((place("criterion"), "is none of the form".to_owned())),
                Some(_) if given.iter().take(n).any(|other| other.criterion == one.criterion) => {
                    problems.push((place("criterion"), "must not be named twice".to_owned()));
                }
                Some(criterion) if one.score > criterion.max => {
                    problems.push((place("score"), format!("must be 0–{}", criterion.max)));
                }
                Some(_) => {}
            }
        }
        let of = |criterion: &Criterion| given.iter().find(|one| one.criterion == criterion.id);
        for criterion in self.criteria.iter().filter(|criterion| of(criterion).is_none()) {
            problems.push(("scores".to_owned(), format!("must have one for `{}`", criterion.id)));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let scored = |criterion: &Criterion| of(criterion).map_or(0, |one| one.score);
        let is_void = self.criteria.iter().any(|one| one.critical && scored(one) == 0);
        let share = |one: &Criterion| f64::from(one.weight) * f64::from(scored(one)) / f64::from(one.max);
        let (got, of_all) = self
            .criteria
            .iter()
            .fold((0.0, 0.0), |(got, all), one| (got + share(one), all + f64::from(one.weight)));
        let score = if is_void || of_all <= 0.0 { 0.0 } else { (10_000.0 * got / of_all + 1e-6).round() };
        // Between 0 and 10,000, so nothing is lost.
        Ok(Scored { given, score: score as i64 })
    }
}
