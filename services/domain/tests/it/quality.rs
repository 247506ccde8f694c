//! Quality sampling: what is drawn, what scores come to, who may judge, and how it adds up.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use amends_domain::quality::{
    Counts, Criterion, Decision, Dispute, Form, FormVersion, Given, QualityRefused, Review, Sample,
    SampleState, Scored, Standing, draw, week_of,
};
use amends_domain::{AgentId, CaseId, Day, EventId, SampleId, ShopId, Span, Time};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::make::agent;
use crate::page::kept;

const WEEK: Day = Day::from_number(20_514);

fn criterion(id: &str, weight: u32, max: u32, critical: bool) -> Criterion {
    Criterion { id: id.to_owned(), title: format!("About {id}"), weight, max, critical }
}

fn form() -> Form {
    Form {
        share: 10,
        minimum: 2,
        dispute_within: Span::from_days(7),
        criteria: vec![
            criterion("tone", 1, 5, false),
            criterion("facts", 3, 5, false),
            criterion("privacy", 2, 1, true),
        ],
    }
}

fn version(form: Form) -> FormVersion {
    let shop = ShopId::new("main").unwrap();
    FormVersion { shop, version: 3, form, set_by: agent("sam"), set_at: Time::from_secs(1) }
}

fn given(scores: [u32; 3]) -> Vec<Given> {
    let each = ["tone", "facts", "privacy"].into_iter().zip(scores);
    each.map(|(criterion, score)| Given { criterion: criterion.to_owned(), score }).collect()
}

fn score(scores: [u32; 3]) -> i64 {
    form().score(given(scores)).unwrap().score
}

#[test]
fn a_score_is_the_weighted_share_of_what_could_be_given() {
    assert_eq!(score([5, 5, 1]), 10_000);
    // (1 · 4/5 + 3 · 3/5 + 2 · 1/1) / 6
    assert_eq!(score([4, 3, 1]), 7_667);
    assert_eq!(score([0, 0, 1]), 3_333);
}

#[test]
fn nothing_else_counts_where_a_critical_criterion_got_nothing() {
    assert_eq!(score([5, 5, 0]), 0);
    let mut lenient = form();
    lenient.criteria[2].critical = false;
    assert_eq!(lenient.score(given([5, 5, 0])).unwrap().score, 6_667);
}

#[test]
fn every_score_that_does_not_fit_is_named() {
    let wrong = vec![
        Given { criterion: "tone".to_owned(), score: 6 },
        Given { criterion: "tone".to_owned(), score: 1 },
        Given { criterion: "style".to_owned(), score: 1 },
    ];
    let places: Vec<String> = form().score(wrong).unwrap_err().into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["scores[0].score", "scores[1].criterion", "scores[2].criterion", "scores", "scores"]);
}

#[test]
fn every_problem_of_a_form_is_named() {
    assert!(form().problems().is_empty());
    let wrong = Form {
        share: 101,
        minimum: 101,
        dispute_within: Span::ZERO,
        criteria: vec![
            Criterion { title: " ".to_owned(), ..criterion("Tone", 0, 101, false) },
            criterion("a", 1, 1, false),
            criterion("a", 1, 1, false),
        ],
    };
    let places: Vec<String> = wrong.problems().into_iter().map(|(place, _)| place).collect();
    assert_eq!(
        places,
        [
            "share_percent",
            "minimum_per_week",
            "dispute_days",
            "criteria[0].id",
            "criteria[0].title",
            "criteria[0].weight",
            "criteria[0].max_score",
            "criteria[2].id"
        ]
    );
    assert_eq!(Form { criteria: Vec::new(), ..form() }.problems()[0].0, "criteria");
}

#[test]
fn a_week_begins_on_monday() {
    // 2026-03-02 was a Monday.
    let monday = Day::from_number(20_514);
    for day in 0..7 {
        assert_eq!(week_of(Day::from_number(monday.number() + day)), monday);
    }
    assert_eq!(week_of(Day::from_number(monday.number() - 1)).number(), monday.number() - 7);
}

fn solved(who: &str, cases: std::ops::Range<u128>) -> Vec<(AgentId, CaseId)> {
    cases.map(|case| (agent(who), CaseId::from_bits(case))).collect()
}

#[test]
fn each_agent_has_the_least_number_or_all_they_solved() {
    let mut cases = solved("mia", 0..40);
    cases.extend(solved("tom", 40..41));
    let drawn = draw(&version(Form { share: 1, minimum: 5, ..form() }), WEEK, &cases);
    let told: Vec<_> = drawn.iter().map(|one| (one.agent.to_string(), one.solved, one.cases.len())).collect();
    assert_eq!(told, [("mia".to_owned(), 40, 5), ("tom".to_owned(), 1, 1)]);
    let none = draw(&version(Form { share: 0, ..form() }), WEEK, &cases);
    assert!(none.iter().all(|one| one.cases.is_empty()), "0 percent is none, whatever the least number");
}

#[test]
fn the_share_is_met_over_many_cases() {
    let drawn = draw(&version(Form { share: 20, minimum: 0, ..form() }), WEEK, &solved("mia", 0..5_000));
    // Three standard deviations of a binomial count around 1,000.
    assert!((915..=1_085).contains(&drawn[0].cases.len()), "{}", drawn[0].cases.len());
}

#[test]
fn another_week_agent_or_version_draws_others() {
    let base = version(Form { share: 30, minimum: 0, ..form() });
    let of = |form: &FormVersion, week: Day, who: &str| -> BTreeSet<CaseId> {
        draw(form, week, &solved(who, 0..200)).remove(0).cases.into_iter().map(|(case, _)| case).collect()
    };
    let first = of(&base, WEEK, "mia");
    assert_ne!(first, of(&base, Day::from_number(WEEK.number() + 7), "mia"));
    assert_ne!(first, of(&base, WEEK, "tom"));
    assert_ne!(first, of(&FormVersion { version: 4, ..base.clone() }, WEEK, "mia"));
    let elsewhere = FormVersion { shop: ShopId::new("other").unwrap(), ..base };
    assert_ne!(first, of(&elsewhere, WEEK, "mia"));
}

proptest! {
    #[test]
    fn the_order_in_which_cases_come_draws_nothing_else(
        cases in vec((0_u8..3, 0_u128..60), 0..80),
        share in 0_u32..=100,
        minimum in 0_u32..6,
    ) {
        let form = version(Form { share, minimum, ..form() });
        let mut solved: Vec<_> =
            cases.iter().map(|(who, case)| (agent(&format!("a{who}")), CaseId::from_bits(*case))).collect();
        let first = draw(&form, WEEK, &solved);
        solved.reverse();
        prop_assert_eq!(&draw(&form, WEEK, &solved), &first);
        let ids: BTreeSet<SampleId> = first.iter().flat_map(|one| &one.cases).map(|(_, id)| *id).collect();
        prop_assert_eq!(ids.len(), first.iter().map(|one| one.cases.len()).sum::<usize>());
    }
}

fn sample() -> Sample {
    Sample {
        shop: ShopId::new("main").unwrap(),
        id: SampleId::from_bits(1),
        case: CaseId::from_bits(2),
        agent: agent("mia"),
        week: WEEK,
        form: 3,
        drawn_at: Time::from_secs(10),
        standing: Standing::Open,
        version: 1,
    }
}

fn scored(score: i64) -> Scored {
    Scored { given: given([4, 3, 1]), score }
}

fn review(by: &str, at: i64) -> Review {
    Review { by: agent(by), at: Time::from_secs(at), scored: scored(7_667), event: EventId::from_bits(1) }
}

fn decision(by: &str, changed: Option<i64>) -> Decision {
    Decision {
        by: agent(by),
        at: Time::from_secs(90),
        changed: changed.map(scored),
        event: EventId::from_bits(3),
    }
}

fn dispute(at: i64) -> Dispute {
    Dispute { at: Time::from_secs(at), event: EventId::from_bits(2) }
}

#[test]
fn nobody_judges_work_of_their_own() {
    for (by, worked) in [("mia", false), ("tom", true)] {
        let refused = sample().reviewed(review(by, 20), worked).unwrap_err();
        assert_eq!(refused, QualityRefused::Worked { who: agent(by) });
    }
    let reviewed = sample().reviewed(review("sam", 20), false).unwrap();
    assert_eq!(
        (reviewed.state(), reviewed.counts(), reviewed.version),
        (SampleState::Reviewed, Some(7_667), 2)
    );
    let again = reviewed.reviewed(review("tom", 21), false).unwrap_err();
    assert_eq!(again, QualityRefused::NoArrow { from: SampleState::Reviewed, verb: "reviewed" });
}

#[test]
fn only_whom_it_is_about_disputes_it_once_and_in_time() {
    let reviewed = || sample().reviewed(review("sam", 20), false).unwrap();
    let within = Span::from_secs(30);
    let foreign = reviewed().disputed(&agent("tom"), dispute(30), within).unwrap_err();
    assert_eq!(foreign, QualityRefused::NotTheirs { agent: agent("mia") });
    let late = reviewed().disputed(&agent("mia"), dispute(50), within).unwrap_err();
    assert_eq!(late, QualityRefused::TooLate { until: Time::from_secs(50) });
    let disputed = reviewed().disputed(&agent("mia"), dispute(49), within).unwrap();
    assert_eq!(
        (disputed.state(), disputed.counts()),
        (SampleState::Disputed, None),
        "it does not count for now"
    );
    let again = disputed.disputed(&agent("mia"), dispute(49), within).unwrap_err();
    assert_eq!(again, QualityRefused::NoArrow { from: SampleState::Disputed, verb: "disputed" });
    let early = sample().disputed(&agent("mia"), dispute(49), within).unwrap_err();
    assert_eq!(early, QualityRefused::NoArrow { from: SampleState::Open, verb: "disputed" });
}

#[test]
fn a_third_person_decides_and_it_counts_as_they_did() {
    let disputed = || {
        let reviewed = sample().reviewed(review("sam", 20), false).unwrap();
        reviewed.disputed(&agent("mia"), dispute(30), Span::from_secs(30)).unwrap()
    };
    let own = disputed().resolved(decision("mia", None), false).unwrap_err();
    assert_eq!(own, QualityRefused::Worked { who: agent("mia") });
    let reviewer = disputed().resolved(decision("sam", None), false).unwrap_err();
    assert_eq!(reviewer, QualityRefused::Reviewer { who: agent("sam") });
    assert_eq!(disputed().resolved(decision("kim", None), false).unwrap().counts(), Some(7_667));
    let changed = disputed().resolved(decision("kim", Some(9_000)), false).unwrap();
    assert_eq!((changed.state(), changed.counts()), (SampleState::Resolved, Some(9_000)));
    let again = changed.resolved(decision("kim", None), false).unwrap_err();
    assert_eq!(again, QualityRefused::NoArrow { from: SampleState::Resolved, verb: "resolved" });
}

/// Counts of samples that were all reviewed; a disputed one may still wait.
fn counts(scores: &[i64], solved: i64) -> Counts {
    Counts {
        solved,
        sampled: i64::try_from(scores.len()).unwrap(),
        reviewed: i64::try_from(scores.len()).unwrap(),
        scores: i64::try_from(scores.len()).unwrap(),
        sum: scores.iter().sum(),
        squares: scores.iter().map(|score| score * score).sum(),
        ..Counts::default()
    }
}

#[test]
fn the_mean_has_students_interval() {
    let scores = [10_000, 7_667, 8_333, 9_000];
    let one = counts(&scores, 40).estimate().unwrap();
    let points: Vec<f64> = scores.iter().map(|score| *score as f64 / 100.0).collect();
    let mean = points.iter().sum::<f64>() / 4.0;
    let variance = points.iter().map(|point| (point - mean).powi(2)).sum::<f64>() / 3.0;
    // Student's quantile for three degrees of freedom.
    let half = 3.182 * (variance / 4.0).sqrt();
    assert!((one.value - mean).abs() < 1e-9 && (one.lower - (mean - half)).abs() < 0.05);
    assert!((one.upper - 100.0).abs() < 1e-9, "no score is above 100");
    assert_eq!(counts(&[5_000], 9).estimate(), None, "one tells nothing about others");
    assert_eq!((counts(&[5_000], 9).mean(), Counts::default().mean()), (Some(50.0), None));
}

#[test]
fn parts_add_up_to_the_whole() {
    let (a, b) = (counts(&[10_000, 7_667], 20), counts(&[8_333, 9_000], 20));
    assert_eq!(a.and(b), counts(&[10_000, 7_667, 8_333, 9_000], 40));
    assert_eq!(a.and(Counts::default()), a);
}

#[test]
fn the_example_of_quality_is_computed() {
    let form = form();
    let mut text = "| criterion | weight | most | critical | given |\n|---|---|---|---|---|\n".to_owned();
    for (one, score) in form.criteria.iter().zip([4, 3, 1]) {
        let critical = if one.critical { "yes" } else { "" };
        let _ = writeln!(text, "| {} | {} | {} | {critical} | {score} |", one.id, one.weight, one.max);
    }
    let points = |score: i64| format!("{}.{:02}", score / 100, score % 100);
    let _ = writeln!(
        text,
        "\n(1 · 4/5 + 3 · 3/5 + 2 · 1/1) / (1 + 3 + 2) = **{}** of 100. With privacy 0 it is **{}**.\n",
        points(score([4, 3, 1])),
        points(score([4, 3, 0]))
    );
    let mia = version(Form { share: 10, minimum: 2, ..form });
    let drawn = draw(&mia, WEEK, &solved("mia", 0..25)).remove(0);
    let _ = writeln!(
        text,
        "Mia solved {} cases in the week from {WEEK}. With 10 % and two at least, {} were drawn.\n",
        drawn.solved,
        drawn.cases.len()
    );
    let mut sums = counts(&[10_000, 7_667, 8_333, 9_000], 25);
    sums.sampled += 1;
    sums.reviewed += 1;
    sums.disputed = 2;
    sums.undecided = 1;
    let one = sums.estimate().unwrap();
    let rate = |rate: amends_domain::rate::Rate| {
        let (lower, upper) = rate.interval.unwrap();
        let of = |share: f64| format!("{:.1}", share * 100.0);
        let value = of(rate.value.unwrap());
        format!("{}/{} = {value} % ({}–{})", rate.numerator, rate.denominator, of(lower), of(upper))
    };
    let _ = writeln!(
        text,
        "Five samples were reviewed with 100, 76.67, 83.33, 90 and 60 points. The last two are disputed: of 60 nothing is \
         decided yet, and the other was first 70 and then given 90. Mean of four: {:.2} ({:.2}–{:.2}). Sampled {}, disputed {}, \
         upheld {}, undecided 1.",
        one.value,
        one.lower,
        one.upper,
        rate(sums.sampled_share()),
        rate(sums.dispute_rate()),
        rate(sums.upheld_rate()),
    );
    kept("quality.md", "quality", text.trim_end());
}

#[test]
fn what_can_still_change_is_not_settled() {
    let whole = counts(&[10_000, 7_667], 20);
    assert!(whole.is_settled() && Counts::default().is_settled());
    let one = |more: Counts| whole.and(more).is_settled();
    assert!(!one(Counts { sampled: 1, ..Counts::default() }), "not reviewed");
    assert!(!one(Counts { disputed: 1, undecided: 1, ..Counts::default() }), "not decided");
    assert!(!one(Counts { disputable: 1, ..Counts::default() }), "not over");
}
