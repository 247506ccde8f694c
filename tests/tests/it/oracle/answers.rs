//! What the service answers, as figures by their names.

use std::collections::BTreeMap;

use amends_app::metrics::{
    AttainmentRow, Avoided, Days, HandlingRow, Key as Values, LagCurve, LagRow, MatureRate, Question as Put,
    ReturnsRow, ReversalRow, SatisfactionRow, Spread,
};
use amends_app::{App, Principal, Role};
use amends_domain::response::LapKind;
use amends_domain::statistics::Estimate;
use amends_tests::oracle::count::Key;
use amends_tests::oracle::figure::{Figures, put_ends};
use amends_tests::oracle::{Figure, Kind, wilson};

use super::compare::date_of;
use super::house::principal;

/// Figures by days and values.
pub(super) type Told = BTreeMap<Key, Figures>;

pub(super) fn key(days: Days, values: &Values) -> Key {
    ((date_of(days.from), date_of(days.until)), values.iter().map(|(_, value)| value.clone()).collect())
}

/// Asks; whatever is wrong within the answer is a difference.
pub(super) async fn told(app: &App, kind: Kind, put: &Put, wrong: &mut Vec<String>) -> Told {
    let reader: Principal = principal("reader", &[Role::Analyst]);
    let mut of = Page { wrong, figures: Figures::new() };
    match kind {
        Kind::Reviews => {
            let answer = app.review_reversal(&reader, put).await.unwrap();
            answer.rows.iter().map(|row| (key(row.days, &row.key), of.reviews(row))).collect()
        }
        Kind::Lines => {
            let answer = app.return_figures(&reader, put).await.unwrap();
            answer.rows.iter().map(|row| (key(row.days, &row.key), of.lines(row))).collect()
        }
        Kind::Satisfaction => {
            let answer = app.satisfaction(&reader, put).await.unwrap();
            answer.rows.iter().map(|row| (key(row.days, &row.key), of.satisfaction(row))).collect()
        }
        Kind::Handling => {
            let answer = app.handling(&reader, put).await.unwrap();
            answer.rows.iter().map(|row| (key(row.days, &row.key), of.handling(row))).collect()
        }
        Kind::Sla => {
            let answer = app.sla_attainment(&reader, put).await.unwrap();
            answer.rows.iter().map(|row| (key(row.days, &row.key), of.sla(row))).collect()
        }
        Kind::Lag => {
            let answer = app.time_to_reversal(&reader, put).await.unwrap();
            answer.rows.iter().map(|row| (key(row.days, &row.key), of.lag(row))).collect()
        }
    }
}

/// Figures of one row, as they are read.
struct Page<'a> {
    wrong: &'a mut Vec<String>,
    figures: Figures,
}

const fn ends(estimate: Estimate) -> (f64, f64, f64) {
    (estimate.value, estimate.lower, estimate.upper)
}

impl Page<'_> {
    fn done(&mut self) -> Figures {
        std::mem::take(&mut self.figures)
    }

    /// A whole number; what is told twice must be the same.
    fn whole(&mut self, name: impl Into<String>, n: i64) {
        let (name, n) = (name.into(), Figure::Whole(n));
        if let Some(other) = self.figures.insert(name.clone(), n)
            && other != n
        {
            self.wrong.push(format!("{name} is {other:?} and {n:?} in one answer"));
        }
    }

    fn mature(&mut self, name: &str, is_mature: bool) {
        self.whole(format!("{name} is mature"), i64::from(is_mature));
    }

    /// The numerator of a rate; value and interval must follow from both numbers.
    fn rate(&mut self, name: &str, of: Option<&str>, one: &MatureRate, mature: &str) {
        let (n, d) = (one.rate.numerator, one.rate.denominator);
        let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-9,
            (a, b) => a.is_none() && b.is_none(),
        };
        let (interval, told) = (wilson(n, d), one.rate.interval);
        let value = (d > 0).then(|| n as f64 / d as f64);
        let fits = near(value, one.rate.value)
            && near(interval.map(|e| e.0), told.map(|e| e.0))
            && near(interval.map(|e| e.1), told.map(|e| e.1));
        if !fits {
            self.wrong.push(format!("{n} of {d}: {one:?}, counted {value:?} {interval:?}"));
        }
        self.whole(name, n);
        if let Some(of) = of {
            self.whole(of, d);
        }
        self.mature(mature, one.mature);
    }

    fn reviews(&mut self, row: &ReversalRow) -> Figures {
        let f = &row.funnel;
        for (name, n) in [
            ("negative", f.negative),
            ("eligible", f.eligible),
            ("contacted", f.contacted),
            ("solved", f.solved),
            ("asked", f.asked),
            ("reversed", f.reversed),
            ("recovered", f.recovered),
            ("improved", f.improved),
            ("text_only", f.text_only),
            ("worsened", f.worsened),
            ("follow_up_added", f.follow_up_added),
            ("removed_by_buyer", f.removed_by_buyer),
            ("removed_by_platform", f.removed_by_platform),
            ("vanished", f.vanished),
            ("re_reversed", f.re_reversed),
            ("unchanged", f.unchanged),
            ("stars", row.net_stars.sum),
        ] {
            self.whole(name, n);
        }
        for (name, one, of) in [
            ("reversed", &row.all, Some("negative")),
            ("eligible_reversed", &row.eligible, Some("eligible")),
            ("contacted_reversed", &row.contacted, Some("contacted")),
            ("solved_reversed", &row.solved, Some("solved")),
            ("asked_reversed", &row.asked, Some("asked")),
            ("natural_reversed", &row.natural, Some("negative")),
            ("re_reversed", &row.backslide, None),
        ] {
            self.rate(name, of, one, "all");
        }
        let mean = (f.negative > 0).then(|| row.net_stars.sum as f64 / f.negative as f64);
        assert_eq!((row.net_stars.count, row.net_stars.value), (f.negative, mean));
        assert_eq!(row.backslide.rate.denominator, f.reversed + f.re_reversed);
        self.mature("all", row.net_stars.mature);
        put_ends(&mut self.figures, "uplift", row.uplift.map(ends));
        self.done()
    }

    fn lines(&mut self, row: &ReturnsRow) -> Figures {
        self.rate("returned", Some("delivered"), &row.return_rate_units, "returns");
        self.rate("lines_returned", Some("lines"), &row.return_rate_lines, "returns");
        self.rate("requested", Some("delivered"), &row.requested_rate, "returns");
        self.rate("intent", Some("delivered"), &row.intent_rate, "returns");
        self.rate("rescued", Some("wanted"), &row.rescue_rate, "rescue");
        let Avoided { provisional, confirmed, failed } = row.avoided_intent;
        let request = row.avoided_request;
        for (name, n) in [
            ("intent_provisional", provisional),
            ("intent_confirmed", confirmed),
            ("intent_failed", failed),
            ("request_provisional", request.provisional),
            ("request_confirmed", request.confirmed),
            ("request_failed", request.failed),
        ] {
            self.whole(name, n);
        }
        self.done()
    }

    fn satisfaction(&mut self, row: &SatisfactionRow) -> Figures {
        let number = |n: u64| i64::try_from(n).unwrap();
        for (n, count) in row.scores.iter().enumerate() {
            self.whole(format!("csat {}", n + 1), number(*count));
        }
        let [.., four, five] = row.scores;
        assert_eq!(row.csat.rate.numerator, number(four + five));
        assert_eq!(row.csat.rate.denominator, number(row.scores.iter().sum()));
        self.rate("answered", Some("due"), &row.response, "response");
        let satisfied = self.figures.clone();
        self.rate("satisfied", None, &row.csat, "answers");
        // It follows from the scores.
        self.figures = satisfied;
        self.mature("answers", row.csat.mature);
        let answers = row.nps.answers;
        self.whole("promoters", number(answers.promoters));
        self.whole("passives", number(answers.passives));
        self.whole("detractors", number(answers.detractors));
        self.mature("answers", row.nps.mature);
        put_ends(&mut self.figures, "nps", row.nps.score.map(ends));
        self.done()
    }

    fn handling(&mut self, row: &HandlingRow) -> Figures {
        let c = row.cases;
        for (name, n) in [
            ("opened", c.opened),
            ("open", c.open),
            ("solved", c.solved),
            ("closed", c.closed),
            ("merged", c.merged),
            ("cancelled", c.cancelled),
        ] {
            self.whole(name, n);
        }
        self.rate("reopened", Some("solved"), &row.reopen_rate, "cases");
        self.rate("one touch", Some("solved"), &row.one_touch_rate, "cases");
        for (kind, wait) in &row.waits {
            let name = match kind {
                LapKind::First => "first response",
                LapKind::Next => "next response",
                LapKind::Agreement => "agreement",
                LapKind::Resolution => "resolution",
            };
            self.whole(format!("{name} count"), wait.count);
            self.whole(format!("{name} waiting"), wait.waiting);
            self.whole(format!("{name} without"), wait.without);
            self.mature(name, wait.mature);
            self.spread(&format!("{name} calendar"), wait.calendar);
            self.spread(&format!("{name} business"), wait.business);
        }
        self.done()
    }

    fn spread(&mut self, name: &str, spread: Spread) {
        for (percent, one) in [(50, spread.median), (90, spread.p90)] {
            let told = [
                ("value", one.map(|q| q.value)),
                ("lower", one.and_then(|q| q.lower)),
                ("upper", one.and_then(|q| q.upper)),
            ];
            for (what, value) in told {
                self.figures.insert(format!("{name} p{percent} {what}"), Figure::Maybe(value));
            }
        }
    }

    fn sla(&mut self, row: &AttainmentRow) -> Figures {
        for clock in &row.clocks {
            let name = clock.metric.to_string();
            assert_eq!(clock.attainment.rate.denominator, clock.met + clock.missed);
            self.rate(&format!("{name} met"), None, &clock.attainment, &name);
            self.whole(format!("{name} met"), clock.met);
            self.whole(format!("{name} missed"), clock.missed);
            self.whole(format!("{name} running"), clock.running);
            self.whole(format!("{name} withdrawn"), clock.withdrawn);
            self.whole(format!("{name} paused"), clock.paused.micros() / 1_000);
        }
        self.done()
    }

    fn lag(&mut self, row: &LagRow) -> Figures {
        self.curve("observed", &row.observed);
        self.curve("solved", &row.solved);
        self.done()
    }

    fn curve(&mut self, from: &str, curve: &LagCurve) {
        self.whole(format!("{from} entered"), curve.entered);
        self.whole(format!("{from} reversed"), curve.reversed);
        self.whole(format!("{from} gone"), curve.gone);
        self.whole(format!("{from} standing"), curve.standing);
        for point in &curve.points {
            let at = format!("{from} {}", point.day);
            self.whole(format!("{at} at risk"), point.at_risk);
            self.whole(format!("{at} reversed"), point.reversed);
            self.whole(format!("{at} censored"), point.censored);
            self.mature(&at, point.mature);
            put_ends(&mut self.figures, &at, point.share.map(ends));
        }
        let median = curve.median_day.map(i64::from);
        self.figures.insert(format!("{from} median"), Figure::Maybe(median));
    }
}
