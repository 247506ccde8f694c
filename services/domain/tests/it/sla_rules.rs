//! The table of the clocks × everything that can happen, written down a second time by hand.

use amends_domain::sla::Happening::{
    AutomaticReply, BuyerMessage, Ended, HumanReply, Opened, PriorityChanged, Queued, RemedyAccepted,
    Reopened, Resumed, Snoozed, Solved, WaitingForBuyer, WaitingForThirdParty, WorkStarted,
};
use amends_domain::sla::{
    Calendar, Clocks, Condition, Cue, Happening, MOVES, Metric, Moment, Phase, Policies, RULES, Row, Standing,
};

use crate::make::at;
use crate::sla_make::about;

/// One of everything, in the order of the columns below.
const EVERYTHING: [Happening; 15] = [
    Opened { buyer_waits: true },
    BuyerMessage,
    HumanReply,
    AutomaticReply,
    WorkStarted,
    WaitingForBuyer,
    WaitingForThirdParty,
    Snoozed,
    Resumed,
    Queued,
    RemedyAccepted,
    Solved,
    Reopened,
    Ended,
    PriorityChanged(90),
];

const OPENED: Happening = Opened { buyer_waits: true };
const OPENED_UNASKED: Happening = Opened { buyer_waits: false };

fn after(happenings: &[Happening]) -> Clocks {
    let mut clocks = Clocks::new(about());
    for (secs, what) in (0..).zip(happenings) {
        let moment = Moment { at: at(secs * 60), what: *what };
        clocks.step(&moment, &Policies::default(), &Calendar::always());
    }
    clocks
}

fn last(metric: Metric, clocks: &Clocks) -> Option<Row> {
    clocks.rows().iter().rev().find(|row| row.metric == metric).copied()
}

/// A letter for what one more happening does to the clock of a metric: it Starts, eNds, is
/// Cancelled, Pauses, resumes (U), begins anew (A), begins anew but paused (B), or nothing.
fn effect(metric: Metric, before: &[Happening], what: Happening) -> char {
    let then = last(metric, &after(before));
    let now = last(metric, &after(&[before, &[what]].concat()));
    let (Some(now), open) = (now, then.filter(|row| row.phase.is_open())) else { return '.' };
    let anew = then.is_none_or(|then| then.number != now.number);
    match (open.map(|row| row.phase), now.phase) {
        (None, Phase::Running { .. }) => 'S',
        (Some(_), Phase::Running { .. }) if anew => 'A',
        (Some(_), Phase::Paused { .. }) if anew => 'B',
        (Some(Phase::Running { .. }), Phase::Paused { .. }) => 'P',
        (Some(Phase::Paused { .. }), Phase::Running { .. }) => 'U',
        (Some(_), Phase::Stopped { .. }) => 'N',
        (Some(_), Phase::Cancelled { .. }) => 'C',
        _ => '.',
    }
}

#[track_caller]
fn check(metric: Metric, before: &[Happening], expected: &str) {
    let effects: String = EVERYTHING.iter().map(|what| effect(metric, before, *what)).collect();
    let expected: String = expected.split_whitespace().collect();
    assert_eq!(effects, expected, "{metric} after {before:?}");
}

#[test]
fn what_each_happening_does_to_a_running_clock() {
    //                                                      Op Bu Hu Au Wo WB WT Sn Re Qu RA So Ro En Pr
    check(Metric::FirstResponse, &[OPENED], "                .  .  N  .  .  .  .  .  .  .  .  C  .  C  .");
    let asked_again = [OPENED, HumanReply, BuyerMessage];
    check(Metric::NextResponse, &asked_again, "              .  .  N  .  .  .  .  .  .  .  .  C  .  C  .");
    check(Metric::Update, &[OPENED, HumanReply], "           .  .  A  .  .  P  .  .  .  .  .  N  .  C  .");
    check(Metric::Agreement, &[OPENED], "                    .  .  .  .  .  P  .  .  .  .  N  N  .  C  .");
    check(Metric::Resolution, &[OPENED], "                   .  .  .  .  .  P  P  .  .  .  .  N  .  C  .");
    check(Metric::RequesterWait, &[OPENED], "                .  .  N  .  .  N  .  .  .  .  .  N  .  C  .");
    check(Metric::AgentWork, &[OPENED, WorkStarted], "       .  .  .  .  .  N  N  N  .  N  .  N  .  N  .");
}

#[test]
fn what_each_happening_does_while_it_is_the_buyers_turn() {
    let buyers = [OPENED, HumanReply, WaitingForBuyer];
    //                                                      Op Bu Hu Au Wo WB WT Sn Re Qu RA So Ro En Pr
    check(Metric::NextResponse, &buyers, "                   .  S  .  .  .  .  .  .  .  .  .  .  .  .  .");
    check(Metric::Update, &buyers, "                         .  U  B  .  U  .  U  U  U  U  .  N  .  C  .");
    check(Metric::Agreement, &buyers, "                      .  U  .  .  U  .  U  U  U  U  N  N  .  C  .");
    check(Metric::Resolution, &buyers, "                     .  U  .  .  U  .  .  U  U  U  .  N  .  C  .");
    check(Metric::RequesterWait, &buyers, "                  .  S  .  .  .  .  .  .  .  .  .  .  .  .  .");
    check(Metric::AgentWork, &buyers, "                      .  .  .  .  S  .  .  .  .  .  .  .  .  .  .");
}

#[test]
fn what_each_happening_does_while_it_is_someone_elses_turn() {
    let theirs = [OPENED, HumanReply, WaitingForThirdParty];
    //                                                      Op Bu Hu Au Wo WB WT Sn Re Qu RA So Ro En Pr
    check(Metric::Update, &theirs, "                         .  .  A  .  .  P  .  .  .  .  .  N  .  C  .");
    check(Metric::Agreement, &theirs, "                      .  .  .  .  .  P  .  .  .  .  N  N  .  C  .");
    check(Metric::Resolution, &theirs, "                     .  U  .  .  U  .  .  U  U  U  .  N  .  C  .");
}

#[test]
fn what_each_happening_starts() {
    let starts = |before: &[Happening], expected: [&str; 7]| {
        for (metric, expected) in Metric::ALL.iter().zip(expected) {
            check(*metric, before, expected);
        }
    };
    const NONE: &str = "...............";
    // Before there is a case, only its opening counts.
    let opening = "S..............";
    starts(&[], [opening, NONE, NONE, opening, opening, opening, NONE]);
    let first = ". S . . . . . . . . . . . . .";
    let update = ". . S . . . . . . . . . . . .";
    let work = ". . . . S . . . . . . . . . .";
    let open = (". . . . . P . . . . N N . C .", ". . . . . P P . . . . N . C .");
    starts(&[OPENED_UNASKED], [first, NONE, update, open.0, open.1, first, work]);
    // Solved: a word of the buyer asks for an answer, and only Reopened starts the long clocks.
    let again = ". . . . . . . . . . . . S . .";
    starts(&[OPENED, HumanReply, Solved], [NONE, first, NONE, again, again, first, work]);
    // Solved without an answer to the last word: it is owed again from the reopening.
    let both = ". S . . . . . . . . . . S . .";
    let thanked = [OPENED, HumanReply, BuyerMessage, Solved];
    starts(&thanked, [NONE, both, NONE, again, again, both, work]);
    starts(&[OPENED, Solved], [both, NONE, NONE, again, again, both, work]);
    // It was the buyer's turn: nothing is owed until the buyer writes.
    starts(&[OPENED, WaitingForBuyer, Solved], [first, NONE, NONE, again, again, first, work]);
    starts(&[OPENED, HumanReply, Solved, Ended], [NONE; 7]);
}

#[test]
fn an_answer_is_owed_by_exactly_one_clock_whenever_the_buyer_waits() {
    let stories: [&[Happening]; 4] = [
        &[OPENED, BuyerMessage, AutomaticReply],
        &[OPENED_UNASKED, HumanReply, BuyerMessage, BuyerMessage],
        &[OPENED, Solved, Reopened],
        &[OPENED, HumanReply, BuyerMessage, Solved, Reopened],
    ];
    for story in stories {
        let clocks = after(story);
        let open = |metric| last(metric, &clocks).is_some_and(|row: Row| row.phase.is_open());
        assert!(clocks.stand().buyer_waits && open(Metric::RequesterWait), "{story:?}");
        assert!(open(Metric::FirstResponse) != open(Metric::NextResponse), "{story:?}");
    }
}

#[test]
fn a_machines_reply_changes_nothing_at_all() {
    let named = |cue: Cue| {
        MOVES.iter().any(|(moved, _)| *moved == cue)
            || RULES.iter().any(|rule| {
                rule.starts.iter().any(|(on, _)| *on == cue)
                    || rule.stops.contains(&cue)
                    || rule.cancels.contains(&cue)
            })
    };
    assert!(!named(Cue::AutomaticReply));
    assert!(!named(Cue::PriorityChanged));
    for cue in Cue::ALL.iter().filter(|cue| ![Cue::AutomaticReply, Cue::PriorityChanged].contains(cue)) {
        assert!(named(*cue), "{cue} moves nothing");
    }
}

#[test]
fn every_metric_has_one_rule_and_every_condition_is_used() {
    let metrics: Vec<Metric> = RULES.iter().map(|rule| rule.metric).collect();
    assert_eq!(metrics, Metric::ALL);
    use Condition::{Always, BuyerWaits, FirstAnswerOwed, NextAnswerOwed, Unsolved};
    for condition in [Always, BuyerWaits, FirstAnswerOwed, NextAnswerOwed, Unsolved] {
        let uses = |rule: &amends_domain::sla::Rule| rule.starts.iter().any(|(_, when)| *when == condition);
        assert!(RULES.iter().any(uses), "{condition:?}");
    }
    for (cue, _) in MOVES {
        assert_eq!(MOVES.iter().filter(|(other, _)| other == cue).count(), 1, "{cue}");
    }
}

#[test]
fn only_reopening_or_ending_takes_a_case_out_of_solved() {
    for what in EVERYTHING {
        let to = Standing::Solved.after(what.cue());
        let expected = match what {
            Reopened => Standing::Active,
            Ended => Standing::Ended,
            _ => Standing::Solved,
        };
        assert_eq!(to, expected, "{what:?}");
        assert!(!Standing::Ended.admits(what.cue()), "{what:?}");
    }
    assert_eq!(EVERYTHING.map(|what| what.cue()).as_slice(), Cue::ALL);
}
