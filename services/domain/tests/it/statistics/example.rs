//! The examples of `docs/statistics.md`, computed here and compared with what stands there.
//! `AMENDS_WRITE_DOCS=1` writes them anew.

use amends_domain::rate::Rate;
use amends_domain::statistics::Estimate;
use amends_domain::statistics::bootstrap::{Plan, bca};
use amends_domain::statistics::chart::{Alarm, Base, Judged, Sample, three_sigma};
use amends_domain::statistics::difference::{difference, nested};
use amends_domain::statistics::histogram::{self, Bucket, Histogram};
use amends_domain::statistics::ratio::Sums;
use amends_domain::statistics::survey::{Nps, csat};
use amends_domain::statistics::survival::{Curve, DAYS, Exits};

use super::chart::CANS;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/statistics.md");

fn told(estimate: Estimate, digits: usize) -> String {
    let Estimate { value, lower, upper } = estimate;
    format!("{value:.digits$} ({lower:.digits$} to {upper:.digits$})").replace('-', "−")
}

fn rate(rate: Rate) -> String {
    let (lower, upper) = rate.interval.unwrap();
    let estimate = Estimate { value: rate.value.unwrap(), lower, upper };
    format!("{} of {}: {}", rate.numerator, rate.denominator, told(estimate, 4))
}

fn rates() -> String {
    let (contacted, natural) = (Rate::of(81, 263), Rate::of(15, 148));
    let apart = told(difference(contacted, natural).unwrap(), 4);
    let uplift = told(nested((16, 40), (10, 100)).unwrap(), 4);
    format!(
        "| figure | value |\n|---|---|\n| reversed, contacted | {} |\n| reversed, not contacted | {} |\n| difference | {apart} |\n\
         | uplift of 16 of 40 contacted over 10 of all 100 | {uplift} |\n",
        rate(contacted),
        rate(natural),
    )
}

/// Forty reviews: those reversed, and those still as they were when last looked at.
fn reviews() -> Curve {
    let days = [(0, 2, 0), (2, 4, 1), (5, 3, 2), (9, 2, 3), (14, 2, 4), (21, 1, 5), (30, 1, 6), (45, 0, 4)];
    Curve::of(days.map(|(day, events, censored)| (day, Exits { events, censored })))
}

fn survival() -> String {
    let curve = reviews();
    let row = |day| {
        curve.at(day).map_or_else(
            || format!("| {day} | – | not estimable | – |\n"),
            |point| {
                let (survival, happened) = (told(point.survival, 4), told(point.happened(), 4));
                format!("| {day} | {} | {survival} | {happened} |\n", point.at_risk)
            },
        )
    };
    let rows: String = DAYS.map(row).concat();
    let quarter = curve.reached(0.25);
    let day = |day: Option<u32>| day.map_or("not reached".to_owned(), |day| format!("day {day}"));
    format!(
        "| day | at risk | S, not yet reversed | 1 − S, reversed |\n|---|---|---|---|\n{rows}\nA quarter is reversed by {} \
         (from {}, to {}); the median: {}.\n",
        day(quarter.day),
        day(quarter.lower),
        day(quarter.upper),
        day(curve.reached(0.5).day),
    )
}

fn weeks() -> String {
    let base = Base::of([6, 4, 7, 5, 3, 5, 4, 6].map(|count| Sample { count, size: 500 }));
    let series = [(6, 520), (9, 480), (16, 510), (17, 530), (4, 495), (13, 505)];
    let row = |(week, judged): (usize, &Judged)| {
        let (sample, limits) = (judged.sample, judged.limits.unwrap());
        let three = three_sigma(base.centre().unwrap(), sample.size);
        format!(
            "| {} | {} of {} | {:.4} | {:.4} ({:.4}) | {:.1} | {} | {} |\n",
            week + 1,
            sample.count,
            sample.size,
            sample.share().unwrap(),
            limits.upper,
            three.upper,
            judged.factor.unwrap(),
            format!("{:?}", judged.verdict).to_uppercase(),
            if judged.raised { "yes" } else { "" }
        )
    };
    let chart = base.chart(series.map(|(count, size)| Sample { count, size }));
    let rows: String = chart.iter().enumerate().map(row).collect();
    format!(
        "Centre {:.4}, from eight weeks of 500 with 40 in all.\n\n| week | complaints | share | upper limit (3σ) | times the centre | \
         verdict | raised |\n|---|---|---|---|---|---|---|\n{rows}",
        base.centre().unwrap()
    )
}

fn cans() -> String {
    let base = Base::of(CANS.map(|count| Sample { count, size: 50 }));
    let three = three_sigma(base.centre().unwrap(), 50);
    let exact = base.limits(50).unwrap();
    let verdict =
        |count| format!("{:?}", base.judge(Sample { count, size: 50 }, Alarm::Quiet).verdict).to_uppercase();
    format!(
        "Centre {:.4}; 3σ limits {:.4} and {:.4}; counted out {:.2} and {:.2}; 20 of 50 is {}, 22 of 50 is {}.\n",
        base.centre().unwrap(),
        three.lower,
        three.upper,
        exact.lower,
        exact.upper,
        verdict(20),
        verdict(22)
    )
}

fn ratio() -> String {
    let buyers = [(3, 2), (-1, 1), (2, 1), (0, 1), (4, 3), (1, 1)];
    let sums = buyers.iter().fold(Sums::default(), |sum, (y, n)| sum.and(Sums::group(*y, *n)));
    format!(
        "Σy {}, Σn {}, Σy² {}, Σny {}, Σn² {} of {} buyers: {} stars a review.\n",
        sums.y,
        sums.n,
        sums.yy,
        sums.ny,
        sums.nn,
        sums.groups,
        told(sums.estimate().unwrap(), 4)
    )
}

/// First answers, in seconds, of two weeks.
fn answers() -> [Vec<i64>; 2] {
    let curve = |n: i64, scale: i64| (1..=n).map(|i| scale * i * i / 7 + 20 * i).collect();
    [curve(120, 3), curve(90, 2)]
}

fn times() -> String {
    let [first, second] = answers().map(|seconds| Histogram::of(seconds.iter().map(|s| s * 1_000)));
    let bucket = Bucket::of(3_600_000);
    let mut text = format!(
        "One hour falls into bucket {}: {} to {} ms, told as {} ms.\n\n| week | answers | p50 in s | p90 in s |\n|---|---|---|---|\n",
        bucket.number(),
        bucket.from(),
        bucket.to(),
        bucket.value()
    );
    for (week, histogram) in [&first, &second].into_iter().enumerate() {
        let told = |percent| {
            let found = histogram.estimate(percent).unwrap();
            let seconds = |millis: i64| millis as f64 / 1_000.0;
            let [lower, upper] = [found.lower, found.upper].map(|end| seconds(end.unwrap()));
            format!("{:.0} ({lower:.0} to {upper:.0})", seconds(found.value))
        };
        text += &format!("| {} | {} | {} | {} |\n", week + 1, histogram.total(), told(50), told(90));
    }
    let apart = histogram::difference(&first, &second, 50, Plan::new(42)).unwrap().times(0.001);
    text + &format!("\nThe medians differ by {} s (seed 42).\n", told(apart, 0))
}

fn bootstrap() -> String {
    let savings: [f64; 12] = [0.0, 0.0, 3.5, 4.0, 4.2, 5.0, 6.1, 7.5, 9.0, 14.0, 31.0, 80.0];
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let around = amends_domain::learning::moments::Moments::of(savings).estimate().unwrap();
    format!(
        "Twelve cases saved {}: the mean is {} by BCa (seed 42), where Student's interval would be {}.\n",
        savings.map(|saved| format!("{saved:.1}")).join(", "),
        told(bca(Plan::new(42), &savings, mean).unwrap(), 2),
        told(around, 2)
    )
}

fn survey() -> String {
    let found = Nps { promoters: 60, passives: 25, detractors: 15 };
    let satisfied = csat([3, 2, 5, 14, 26], 180);
    format!(
        "| figure | value |\n|---|---|\n| NPS of 60, 25, 15 | {}, standard error {:.4} |\n| NPS of 20, 0, 0 | {} |\n| CSAT | {} |\n| \
         response rate | {} |\n",
        told(found.estimate().unwrap(), 4),
        found.variance().unwrap().sqrt(),
        told(Nps { promoters: 20, passives: 0, detractors: 0 }.estimate().unwrap(), 4),
        rate(satisfied.satisfied),
        rate(satisfied.response),
    )
}

#[test]
fn the_examples_are_what_the_statistics_say() {
    let as_it_stands = std::fs::read_to_string(PAGE).unwrap();
    let mut page = as_it_stands.clone();
    let blocks = [
        ("rates", rates()),
        ("survival", survival()),
        ("cans", cans()),
        ("weeks", weeks()),
        ("ratio", ratio()),
        ("times", times()),
        ("bootstrap", bootstrap()),
        ("survey", survey()),
    ];
    for (name, block) in blocks {
        let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
        let from = page.find(&begin).unwrap_or_else(|| panic!("{begin} is missing")) + begin.len();
        let to = from + page[from..].find(&end).unwrap();
        page.replace_range(from..to, &format!("\n{block}\n"));
    }
    if std::env::var_os("AMENDS_WRITE_DOCS").is_some() {
        std::fs::write(PAGE, &page).unwrap();
    } else {
        assert_eq!(page, as_it_stands, "run the test with AMENDS_WRITE_DOCS=1 and look at the difference");
    }
}
