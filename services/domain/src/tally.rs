//! Measures: what each fact adds to which day's count.
//!
//! The served figures are sums of these. When a fact changes, the difference
//! between what it gave before and what it gives now is added, so that a late,
//! repeated or corrected signal restates the day it belongs to, exactly; and
//! adding everything up from nothing must give the same numbers.

use crate::code::codes;
use crate::lag::Lag;
use crate::order::{InWindow, Line};
use crate::policy::ChannelPolicy;
use crate::response;
use crate::returns::Verdict;
use crate::review::{DiffKind, ReviewHistory};
use crate::rollup::Facets;
use crate::zone::Zone;
use crate::{Day, Span, Time};

codes! {
    /// What is counted.
    pub enum Measure {
        /// Units delivered, by the day of first delivery.
        UnitsDelivered = "UNITS_DELIVERED",
        /// Of those, units with a counting event within the window.
        UnitsReturned = "UNITS_RETURNED",
        /// Of those, units with a request within the window.
        UnitsRequested = "UNITS_REQUESTED",
        /// Of those, units whose buyer voiced the wish to return within the window.
        UnitsIntent = "UNITS_INTENT",
        /// Order lines delivered.
        LinesDelivered = "LINES_DELIVERED",
        /// Of those, lines with a counting event within the window.
        LinesReturned = "LINES_RETURNED",
        /// Lines wanted back, by the day the wish first showed.
        LinesWanted = "LINES_WANTED",
        /// Of those, lines whose help was confirmed.
        LinesRescued = "LINES_RESCUED",
        /// Units wanted back in words only and avoided, the window still open, by
        /// the day the wish first showed.
        IntentProvisional = "INTENT_PROVISIONAL",
        /// The same, confirmed.
        IntentConfirmed = "INTENT_CONFIRMED",
        /// The same, returned after all.
        IntentFailed = "INTENT_FAILED",
        /// Units requested back and avoided, the window still open.
        RequestProvisional = "REQUEST_PROVISIONAL",
        /// The same, confirmed.
        RequestConfirmed = "REQUEST_CONFIRMED",
        /// The same, returned after all.
        RequestFailed = "REQUEST_FAILED",
        /// Reviews negative at first observation, by the day of that.
        Negative = "NEGATIVE",
        /// Of those, still editable one day later.
        Eligible = "ELIGIBLE",
        /// Of those, buyers reached by a person.
        Contacted = "CONTACTED",
        /// Of those, cases solved.
        Solved = "SOLVED",
        /// Of those, buyers asked.
        Asked = "ASKED",
        /// End of the way: reversed, and still so. In this and all that follows, who fell back is not
        /// among the reversed.
        Reversed = "REVERSED",
        /// Of the eligible, reversed.
        EligibleReversed = "ELIGIBLE_REVERSED",
        /// Of the contacted, reversed after the contact.
        ContactedReversed = "CONTACTED_REVERSED",
        /// Of the solved, reversed.
        SolvedReversed = "SOLVED_REVERSED",
        /// Of the asked, reversed after the ask.
        AskedReversed = "ASKED_REVERSED",
        /// Reversed before any human action, or without one.
        NaturalReversed = "NATURAL_REVERSED",
        /// Reversed after a human action and within the window: recovered.
        Recovered = "RECOVERED",
        /// End of the way: reversed once, and fallen back. With the reversed and the ends below it
        /// makes up exactly the negative.
        ReReversed = "RE_REVERSED",
        /// End of the way: higher, but still negative.
        Improved = "IMPROVED",
        /// End of the way: lower than at first.
        Worsened = "WORSENED",
        /// End of the way: other words only.
        TextOnly = "TEXT_ONLY",
        /// End of the way: an addition without a rating only.
        FollowUpAdded = "FOLLOW_UP_ADDED",
        /// End of the way: removed by its author.
        RemovedByBuyer = "REMOVED_BY_BUYER",
        /// End of the way: removed by the channel.
        RemovedByPlatform = "REMOVED_BY_PLATFORM",
        /// End of the way: gone, nobody says why.
        Vanished = "VANISHED",
        /// End of the way: as it was.
        Unchanged = "UNCHANGED",
        /// Stars won or lost since first seen.
        NetStars = "NET_STARS",
        /** Cases opened, by the day of that. */ CasesOpened = "CASES_OPENED",
        /** Of those, neither solved nor over. */ CasesOpen = "CASES_OPEN",
        /** Of those, solved at least once. */ CasesSolved = "CASES_SOLVED",
        /** Of those, closed for good. */ CasesClosed = "CASES_CLOSED",
        /** Of those, become part of another. */ CasesMerged = "CASES_MERGED",
        /** Of those, no case. */ CasesCancelled = "CASES_CANCELLED",
        /** Of those, opened again after a solution. */ CasesReopened = "CASES_REOPENED",
        /** Of those, solved in one turn and never opened again. */ CasesOneTouch = "CASES_ONE_TOUCH",
        /** Came: first answers. */ FirstGiven = "FIRST_GIVEN",
        /** Still owed: first answers. */ FirstWaiting = "FIRST_WAITING",
        /** Over without: first answers. */ FirstWithout = "FIRST_WITHOUT",
        /** Came: later answers. */ NextGiven = "NEXT_GIVEN",
        /** Still owed: later answers. */ NextWaiting = "NEXT_WAITING",
        /** Over without: later answers. */ NextWithout = "NEXT_WITHOUT",
        /** Came: agreements. */ AgreementGiven = "AGREEMENT_GIVEN",
        /** Still owed: agreements. */ AgreementWaiting = "AGREEMENT_WAITING",
        /** Over without: agreements. */ AgreementWithout = "AGREEMENT_WITHOUT",
        /** Came: solutions. */ ResolutionGiven = "RESOLUTION_GIVEN",
        /** Still owed: solutions. */ ResolutionWaiting = "RESOLUTION_WAITING",
        /** Over without: solutions. */ ResolutionWithout = "RESOLUTION_WITHOUT",
        /** First answers after so long. */ FirstCalendar = "FIRST_CALENDAR",
        /** First answers after so long, in the hours of the shop. */ FirstBusiness = "FIRST_BUSINESS",
        /** Later answers after so long. */ NextCalendar = "NEXT_CALENDAR",
        /** Later answers after so long, in the hours of the shop. */ NextBusiness = "NEXT_BUSINESS",
        /** Agreements after so long. */ AgreementCalendar = "AGREEMENT_CALENDAR",
        /** Agreements after so long, in the hours of the shop. */ AgreementBusiness = "AGREEMENT_BUSINESS",
        /** Solutions after so long. */ ResolutionCalendar = "RESOLUTION_CALENDAR",
        /** Solutions after so long, in the hours of the shop. */ ResolutionBusiness = "RESOLUTION_BUSINESS",
        /** Promises of a first answer kept, by the day they began. */ FirstMet = "FIRST_MET",
        /** Promises of a first answer broken. */ FirstMissed = "FIRST_MISSED",
        /** Promises of a first answer that run. */ FirstRunning = "FIRST_RUNNING",
        /** Promises of a first answer that ended without a verdict. */ FirstWithdrawn = "FIRST_WITHDRAWN",
        /** Milliseconds that ended promises of a first answer were paused. */ FirstPaused = "FIRST_PAUSED",
        /** Promises of a later answer kept, by the day they began. */ NextMet = "NEXT_MET",
        /** Promises of a later answer broken. */ NextMissed = "NEXT_MISSED",
        /** Promises of a later answer that run. */ NextRunning = "NEXT_RUNNING",
        /** Promises of a later answer that ended without a verdict. */ NextWithdrawn = "NEXT_WITHDRAWN",
        /** Milliseconds that ended promises of a later answer were paused. */ NextPaused = "NEXT_PAUSED",
        /** Promises of an update kept, by the day they began. */ UpdateMet = "UPDATE_MET",
        /** Promises of an update broken. */ UpdateMissed = "UPDATE_MISSED",
        /** Promises of an update that run. */ UpdateRunning = "UPDATE_RUNNING",
        /** Promises of an update that ended without a verdict. */ UpdateWithdrawn = "UPDATE_WITHDRAWN",
        /** Milliseconds that ended promises of an update were paused. */ UpdatePaused = "UPDATE_PAUSED",
        /** Promises of an agreement kept, by the day they began. */ AgreedMet = "AGREED_MET",
        /** Promises of an agreement broken. */ AgreedMissed = "AGREED_MISSED",
        /** Promises of an agreement that run. */ AgreedRunning = "AGREED_RUNNING",
        /** Promises of an agreement that ended without a verdict. */ AgreedWithdrawn = "AGREED_WITHDRAWN",
        /** Milliseconds that ended promises of an agreement were paused. */ AgreedPaused = "AGREED_PAUSED",
        /** Promises of a solution kept, by the day they began. */ SolutionMet = "SOLUTION_MET",
        /** Promises of a solution broken. */ SolutionMissed = "SOLUTION_MISSED",
        /** Promises of a solution that run. */ SolutionRunning = "SOLUTION_RUNNING",
        /** Promises of a solution that ended without a verdict. */ SolutionWithdrawn = "SOLUTION_WITHDRAWN",
        /** Milliseconds that ended promises of a solution were paused. */ SolutionPaused = "SOLUTION_PAUSED",
        /** Answers of 1 of 5, by the day of the answer. */ Csat1 = "CSAT_1",
        /** Answers of 2 of 5, by the day of the answer. */ Csat2 = "CSAT_2",
        /** Answers of 3 of 5, by the day of the answer. */ Csat3 = "CSAT_3",
        /** Answers of 4 of 5, by the day of the answer. */ Csat4 = "CSAT_4",
        /** Answers of 5 of 5, by the day of the answer. */ Csat5 = "CSAT_5",
        /** Who would recommend: 9 and 10. */ Promoters = "PROMOTERS",
        /** Who might: 7 and 8. */ Passives = "PASSIVES",
        /** Who would not: 0 to 6. */ Detractors = "DETRACTORS",
        /** Solutions that a survey was due for, by the day of the solution. */ SurveysDue = "SURVEYS_DUE",
        /** Of those, judged by the buyer. */ SurveysAnswered = "SURVEYS_ANSWERED",
    }
}

codes! {
    /// Whose members are counted.
    pub enum Family {
        /// Negative reviews.
        Review = "REVIEW",
        /// Order lines.
        Line = "LINE",
        /// Cases.
        Handling = "HANDLING",
        /// Lengths of time that buyers waited.
        Time = "TIME",
        /// Promises of time.
        Promise = "PROMISE",
        /// Answers of buyers to surveys.
        Answer = "ANSWER",
    }
}

impl Measure {
    /// Whose members it counts.
    #[must_use]
    pub const fn family(self) -> Family {
        match self {
            Self::UnitsDelivered
            | Self::UnitsReturned
            | Self::UnitsRequested
            | Self::UnitsIntent
            | Self::LinesDelivered
            | Self::LinesReturned
            | Self::LinesWanted
            | Self::LinesRescued
            | Self::IntentProvisional
            | Self::IntentConfirmed
            | Self::IntentFailed
            | Self::RequestProvisional
            | Self::RequestConfirmed
            | Self::RequestFailed => Family::Line,
            _ => match response::family(self) {
                Some(family) => family,
                None => Family::Review,
            },
        }
    }
}

/// One number for one day.
pub type Count = (Day, Measure, i64);

/// What a member adds, and to the sums of whom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counted {
    /// What is known of it.
    pub facets: Facets,
    /// What it adds.
    pub counts: Vec<Count>,
    /// How it is followed until it is reversed; reviews alone.
    pub lags: Vec<Lag>,
}

/// The longest after the first human action that a reversal counts as recovered.
const RECOVERY_WINDOW: Span = Span::from_days(90);

/// What an order line adds.
#[must_use]
pub fn of_line(line: &Line, policy: &ChannelPolicy, zone: &Zone) -> Vec<Count> {
    let mut counts = Vec::new();
    deliveries(line, policy, zone, &mut counts);
    avoidance(line, zone, &mut counts);
    counts
}

fn deliveries(line: &Line, policy: &ChannelPolicy, zone: &Zone, counts: &mut Vec<Count>) {
    let Some(delivered) = line.delivered.filter(|d| d.units > 0) else { return };
    let day = zone.day(delivered.at);
    let units = i64::from(delivered.units);
    // What is returned of a line is never more than what was delivered of it.
    let clip = |u: u32| i64::from(u).min(units);
    counts.push((day, Measure::UnitsDelivered, units));
    counts.push((day, Measure::LinesDelivered, 1));
    let in_window = |at: Time| at <= delivered.at + policy.return_window;
    // Of several requests one may lie inside and another after it: their units are not counted together.
    let inside = |all: u32, of: fn(&InWindow) -> u32| clip(line.in_window.as_ref().map_or(all, of).min(all));
    if line.counted.is_some_and(|c| in_window(c.at)) {
        counts.push((day, Measure::UnitsReturned, inside(line.counted_units(), |units| units.counted)));
        counts.push((day, Measure::LinesReturned, 1));
    }
    if let Some(requested) = line.requested.filter(|r| in_window(r.at)) {
        counts.push((day, Measure::UnitsRequested, inside(requested.units, |units| units.requested)));
    }
    if line.intent_at.is_some_and(in_window) {
        counts.push((day, Measure::UnitsIntent, units));
    }
}

fn avoidance(line: &Line, zone: &Zone, counts: &mut Vec<Count>) {
    let Some(wanted_at) = line.wanted_at() else { return };
    let day = zone.day(wanted_at);
    counts.push((day, Measure::LinesWanted, 1));
    // What was requested and then not counted is another achievement than a
    // wish that never became a request: the two are never added up unseen.
    // A request that came after the help makes the help fail; it does not make
    // it the answer to a request.
    let only_voiced = match (line.requested, line.helped) {
        (Some(requested), Some(help)) => requested.at > help.at,
        (requested, _) => requested.is_none(),
    };
    let by_origin = |voiced, requested| if only_voiced { voiced } else { requested };
    let avoided = i64::from(line.avoided_units());
    match line.verdict() {
        Verdict::Open | Verdict::Recorded => {}
        Verdict::AvoidedProvisional => {
            counts.push((day, by_origin(Measure::IntentProvisional, Measure::RequestProvisional), avoided));
        }
        Verdict::AvoidedConfirmed => {
            counts.push((day, by_origin(Measure::IntentConfirmed, Measure::RequestConfirmed), avoided));
            counts.push((day, Measure::LinesRescued, 1));
        }
        Verdict::AvoidFailed => {
            // More may have come back than was helped: those were never avoided.
            let helped = line.help_against_return().map_or(0, |help| help.units);
            let failed = i64::from(line.counted_units().min(helped));
            counts.push((day, by_origin(Measure::IntentFailed, Measure::RequestFailed), failed));
        }
    }
}

/// What was done about a review, beside its own story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReviewHandling {
    /// When a person first acted on its case.
    pub first_human_action_at: Option<Time>,
    /// When a person first reached the buyer.
    pub contacted_at: Option<Time>,
    /// When its case was first solved.
    pub solved_at: Option<Time>,
    /// When the buyer was asked.
    pub asked_at: Option<Time>,
    /// When the order line was delivered.
    pub delivered_at: Option<Time>,
}

/// What a review adds; nothing unless it was negative when first seen.
#[must_use]
pub fn of_review(
    review: &ReviewHistory,
    handling: &ReviewHandling,
    policy: &ChannelPolicy,
    zone: &Zone,
) -> Vec<Count> {
    let (Some(first), Some(first_rating), true) =
        (review.first_observed_at, review.first_rating, review.negative)
    else {
        return Vec::new();
    };
    let day = zone.day(first);
    let mut counts = Vec::new();
    let mut count = |holds: bool, measure| {
        if holds {
            counts.push((day, measure, 1));
        }
    };
    let written = review.written_at.unwrap_or(first);
    let window_end = policy.edit_window.ends_at(written, handling.delivered_at);
    // The window's end is no longer inside it, as for the guardrail.
    let eligible = window_end.is_some_and(|end| end > first + Span::from_days(1));
    // Who fell back was reversed once, and is not now.
    let reversed_at = review.reversed_at.filter(|_| review.re_reversed_at.is_none());
    let after = |since: Option<Time>| match (reversed_at, since) {
        (Some(reversed), Some(since)) => reversed > since,
        _ => false,
    };
    let reversed = reversed_at.is_some();
    let by_human = after(handling.first_human_action_at);
    let recovered_until = match (handling.first_human_action_at, window_end) {
        (Some(acted), end) => Some((acted + RECOVERY_WINDOW).min(end.unwrap_or(Time::MAX))),
        (None, _) => None,
    };
    count(true, Measure::Negative);
    count(eligible, Measure::Eligible);
    count(handling.contacted_at.is_some(), Measure::Contacted);
    count(handling.solved_at.is_some(), Measure::Solved);
    count(handling.asked_at.is_some(), Measure::Asked);
    count(reversed, Measure::Reversed);
    count(reversed && eligible, Measure::EligibleReversed);
    count(after(handling.contacted_at), Measure::ContactedReversed);
    count(reversed && handling.solved_at.is_some(), Measure::SolvedReversed);
    count(after(handling.asked_at), Measure::AskedReversed);
    count(reversed && !by_human, Measure::NaturalReversed);
    let in_time = recovered_until.zip(reversed_at).is_some_and(|(until, at)| at <= until);
    count(by_human && in_time, Measure::Recovered);
    if let Some(end) = end(review, first_rating) {
        count(true, end);
    }
    let stars = i64::from(review.rating.unwrap_or(first_rating)) - i64::from(first_rating);
    if stars != 0 {
        counts.push((day, Measure::NetStars, stars));
    }
    counts
}

/// Where the way of a negative review ended so far; none when it was reversed and stayed so.
fn end(review: &ReviewHistory, first_rating: u8) -> Option<Measure> {
    if review.re_reversed_at.is_some() {
        return Some(Measure::ReReversed);
    }
    if review.reversed_at.is_some() {
        return None;
    }
    if !review.visible {
        let last_removal = review.diffs.iter().rev().find_map(|diff| match diff {
            DiffKind::RemovedByBuyer => Some(Measure::RemovedByBuyer),
            DiffKind::RemovedByPlatform => Some(Measure::RemovedByPlatform),
            DiffKind::Vanished => Some(Measure::Vanished),
            _ => None,
        });
        return Some(last_removal.unwrap_or(Measure::Vanished));
    }
    let rating = review.rating.unwrap_or(first_rating);
    Some(match rating.cmp(&first_rating) {
        std::cmp::Ordering::Greater => Measure::Improved,
        std::cmp::Ordering::Less => Measure::Worsened,
        std::cmp::Ordering::Equal if review.had(DiffKind::TextOnly) => Measure::TextOnly,
        std::cmp::Ordering::Equal if review.had(DiffKind::FollowUpAdded) => Measure::FollowUpAdded,
        std::cmp::Ordering::Equal => Measure::Unchanged,
    })
}
