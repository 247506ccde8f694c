//! Response and handling: how long buyers waited, what became of cases, whether promises were kept, and
//! what buyers said of it.
//!
//! A [`Course`] holds what happened to a case, and is only ever added to; everything else is worked out from
//! it. What happened is taken in the order in which it happened, whenever it was heard of, so a late word
//! changes the figures to what they would have been.

mod course;
mod laps;
mod promises;

pub use course::{Course, CourseProblem, WORDS, matters};
pub use laps::{End, Lap, LapKind, Story};
pub use promises::{PromiseKind, of_instances, told};

use crate::signal::SurveyKind;
use crate::sla::Calendar;
use crate::statistics::histogram::Bucket;
use crate::tally::{Count, Counted, Family, Measure};
use crate::zone::Zone;
use crate::{Day, rollup::Facets};

/// The answers that count as satisfied or not, by their scores.
const CSAT: [Measure; 5] = [Measure::Csat1, Measure::Csat2, Measure::Csat3, Measure::Csat4, Measure::Csat5];

/// Whose members a measure of this part counts; none if it is of another.
pub(crate) const fn family(measure: Measure) -> Option<Family> {
    let place = measure as usize;
    if place < Measure::CasesOpened as usize {
        None
    } else if place < Measure::FirstCalendar as usize {
        Some(Family::Handling)
    } else if place < Measure::FirstMet as usize {
        Some(Family::Time)
    } else if place < Measure::Csat1 as usize {
        Some(Family::Promise)
    } else if place <= Measure::SurveysAnswered as usize {
        Some(Family::Answer)
    } else {
        None
    }
}

/// What a case adds to the figures, by what is known of it; nothing while nothing tells of its opening.
#[must_use]
pub fn of_case(course: &Course, facets: &Facets, zone: &Zone, calendar: &Calendar) -> Vec<Counted> {
    let story = course.story();
    let Some(opened_at) = story.opened_at else { return Vec::new() };
    let opened = zone.day(opened_at);
    let mut counts = of_handling(&story, opened);
    let mut counted = Vec::new();
    for lap in &story.laps {
        let day = if lap.kind == LapKind::Next { zone.day(lap.from) } else { opened };
        let [calendar_time, business_time, given, waiting, without] = lap.kind.measures();
        match lap.end {
            End::Waiting => counts.push((day, waiting, 1)),
            End::Without => counts.push((day, without, 1)),
            End::At(at) => {
                counts.push((day, given, 1));
                let open = calendar.elapsed(lap.from, at);
                for (measure, span) in [(calendar_time, at.since(lap.from)), (business_time, open)] {
                    let length = Bucket::of(span.micros() / 1_000);
                    counted.push(Counted {
                        facets: facets.lasting(length),
                        counts: vec![(day, measure, 1)],
                        ..Counted::default()
                    });
                }
            }
        }
    }
    counts.extend(of_survey(&story, zone));
    counted.push(Counted { facets: facets.clone(), counts, ..Counted::default() });
    counted
}

fn of_handling(story: &Story, day: Day) -> Vec<Count> {
    let all = [
        (true, Measure::CasesOpened),
        (story.is_open(), Measure::CasesOpen),
        (story.ever_solved, Measure::CasesSolved),
        (story.closed, Measure::CasesClosed),
        (story.merged, Measure::CasesMerged),
        (story.cancelled, Measure::CasesCancelled),
        (story.reopened, Measure::CasesReopened),
        (story.is_one_touch(), Measure::CasesOneTouch),
    ];
    all.into_iter().filter(|(holds, _)| *holds).map(|(_, measure)| (day, measure, 1)).collect()
}

fn of_survey(story: &Story, zone: &Zone) -> Vec<Count> {
    let mut counts: Vec<Count> = story.answers.iter().filter_map(|answer| of_answer(*answer, zone)).collect();
    for (at, judged) in &story.asked {
        counts.push((zone.day(*at), Measure::SurveysDue, 1));
        if *judged {
            counts.push((zone.day(*at), Measure::SurveysAnswered, 1));
        }
    }
    counts
}

/// What one answer adds, by the day on which it was given; nothing if there is no such score.
#[must_use]
pub fn of_answer((at, kind, score): (crate::Time, SurveyKind, u8), zone: &Zone) -> Option<Count> {
    let measure = match (kind, score) {
        (SurveyKind::Csat, score) => *CSAT.get(usize::from(score.checked_sub(1)?))?,
        (SurveyKind::Nps, 9 | 10) => Measure::Promoters,
        (SurveyKind::Nps, 7 | 8) => Measure::Passives,
        (SurveyKind::Nps, 0..=6) => Measure::Detractors,
        (SurveyKind::Nps, _) => return None,
    };
    Some((zone.day(at), measure, 1))
}
