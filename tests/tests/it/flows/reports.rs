//! Figures as commands tell them: tables, files and the page say what the service says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use amends_app::{Role, ShopScope};
use amends_cli::explain;
use amends_client::v1;
use amends_domain::Span;
use amends_server::command::{Cli, run};
use amends_tests::harness::{MAIN, make_key};
use amends_tests::make::{LEAKS, delivery, message, order, return_now, review};
use amends_tests::{Desk, Harness, flow};
use clap::Parser;

flow!(
    a_sheet_holds_the_figures_of_the_service_unrounded,
    a_json_file_holds_the_answer,
    a_report_tells_the_figures_of_the_service,
    a_report_of_an_empty_shop_is_a_page,
    whoever_may_not_read_figures_gets_no_file,
    a_question_that_cannot_be_answered_leaves_what_was_there,
);

const FROM: &str = "2026-03-01";
const TO: &str = "2026-05-31";

/// Runs a command of the binary against the server, as its own process would.
pub(crate) async fn amends(h: &Harness, key: &str, words: &[&str]) -> Result<(), String> {
    let connection = ["amends", "--endpoint", &h.endpoint, "--api-key", key, "--shop", "main"];
    let words = connection.iter().copied().chain(words.iter().copied());
    let cli = Cli::try_parse_from(words).map_err(|error| error.to_string())?;
    run(cli).await.map_err(|error| explain(&error))
}

async fn analyst(h: &Harness) -> String {
    make_key(&h.app, "ana", &[Role::Analyst], ShopScope::All).await
}

/// Eight orders in eight weeks: reviews revised and not, units returned and kept, one incident.
async fn live(h: &Harness) {
    for n in 0..8 {
        let (o, r) = (format!("o{n}"), format!("r{n}"));
        h.say(order(&o)).await;
        h.say(delivery(&o)).await;
        h.advance(Span::from_days(1)).await;
        let case = h.say(review(&r, &o, 1 + n % 2, LEAKS)).await.case;
        if n % 2 == 0 {
            let mia = h.client_as(&format!("mia-{n}"), &[Role::Agent]).await;
            let mut desk = Desk::work_on(&mia, &case).await;
            desk.contact("A new lid leaves today.").await.unwrap();
            h.advance(Span::from_days(1)).await;
        }
        if n % 3 == 0 {
            h.say(review(&r, &o, 5, "They made it good.")).await;
        }
        if n % 4 == 1 {
            h.say(return_now(&format!("ret-{n}"), &o, h.now(), v1::ReturnStatus::Approved)).await;
        }
        h.say(message(&format!("m{n}"), &o, "Thank you!")).await;
        h.advance(Span::from_days(5)).await;
    }
    let incident = v1::Incident { title: "Lids of <b>batch 7</b> leak".to_owned(), ..Default::default() };
    let request =
        v1::OpenIncidentRequest { parent: MAIN.to_owned(), incident: Some(incident), ..Default::default() };
    h.client().call(request).await.unwrap();
}

fn cohort() -> Option<v1::DateRange> {
    Some(v1::DateRange { start_date: FROM.to_owned(), end_date: "2026-06-01".to_owned() })
}

async fn reversal(h: &Harness, bucket: v1::TimeBucket) -> v1::GetReviewReversalResponse {
    let request = v1::GetReviewReversalRequest {
        parent: MAIN.to_owned(),
        cohort: cohort(),
        bucket: Some(bucket.into()),
        ..Default::default()
    };
    h.client().call(request).await.unwrap()
}

async fn returns(
    h: &Harness,
    bucket: v1::TimeBucket,
    dimensions: &[v1::Dimension],
) -> v1::GetReturnsResponse {
    let request = v1::GetReturnsRequest {
        parent: MAIN.to_owned(),
        cohort: cohort(),
        bucket: Some(bucket.into()),
        dimensions: dimensions.iter().map(|one| (*one).into()).collect(),
        ..Default::default()
    };
    h.client().call(request).await.unwrap()
}

/// Rows of a sheet, each by the names of its columns.
fn sheet(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.lines().count() * 2 == text.matches(['\r', '\n']).count(), "every line ends in CR LF");
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

#[track_caller]
fn same_rate(row: &BTreeMap<String, String>, name: &str, rate: Option<v1::Rate>) {
    let rate = rate.unwrap();
    let cell = |part: &str| row[&format!("{name}.{part}")].as_str();
    assert_eq!(cell("numerator").parse(), Ok(rate.numerator), "{name}");
    assert_eq!(cell("denominator").parse(), Ok(rate.denominator), "{name}");
    let number =
        |part: &str| Some(cell(part)).filter(|text| !text.is_empty()).map(|text| text.parse().unwrap());
    assert_eq!(
        (number("value"), number("lower"), number("upper")),
        (rate.value, rate.lower, rate.upper),
        "{name}"
    );
    assert_eq!(cell("mature").parse(), Ok(rate.mature), "{name}");
}

async fn a_sheet_holds_the_figures_of_the_service_unrounded(h: &Harness) {
    live(h).await;
    let (key, folder) = (analyst(h).await, tempfile::tempdir().unwrap());
    let path = folder.path().join("reversal.csv");
    let file = path.to_str().unwrap();
    let words = ["metrics", "reversal", "--from", FROM, "--to", TO, "--bucket", "week", "--export", file];
    amends(h, &key, &words).await.unwrap();
    let (told, served) = (sheet(&path), reversal(h, v1::TimeBucket::Week).await.rows);
    assert_eq!(told.len(), served.len());
    assert!(served.len() > 5, "{served:?}");
    for (told, served) in told.iter().zip(&served) {
        assert_eq!(told["cohort.start_date"], served.cohort.as_ref().unwrap().start_date);
        assert_eq!(told["funnel.negative"], served.funnel.unwrap().negative.to_string());
        assert_eq!(told["funnel.reversed"], served.funnel.unwrap().reversed.to_string());
        same_rate(told, "reversal_rate_all", served.reversal_rate_all);
        same_rate(told, "reversal_rate_contacted", served.reversal_rate_contacted);
        same_rate(told, "natural_rate", served.natural_rate);
        same_rate(told, "backslide_rate", served.backslide_rate);
        let stars = served.net_stars_recovered.unwrap();
        assert_eq!(told["net_stars_recovered.sum"].parse(), Ok(stars.sum));
    }
    let words =
        ["metrics", "returns", "--from", FROM, "--to", TO, "--by", "channel,region", "--export", file];
    amends(h, &key, &words).await.unwrap();
    let dimensions = [v1::Dimension::Channel, v1::Dimension::Region];
    let (told, served) = (sheet(&path), returns(h, v1::TimeBucket::Total, &dimensions).await.rows);
    assert_eq!((told.len(), served.len()), (1, 1));
    assert_eq!((told[0]["key.channel"].as_str(), told[0]["key.region"].as_str()), ("own_store", "DE"));
    same_rate(&told[0], "return_rate_units", served[0].return_rate_units);
    same_rate(&told[0], "rescue_rate", served[0].rescue_rate);
    assert_eq!(served[0].return_rate_units.unwrap().numerator, 2);
}

async fn a_json_file_holds_the_answer(h: &Harness) {
    live(h).await;
    let (key, folder) = (analyst(h).await, tempfile::tempdir().unwrap());
    let path = folder.path().join("returns.json");
    let words = ["metrics", "returns", "--from", FROM, "--to", TO, "--export", path.to_str().unwrap()];
    amends(h, &key, &words).await.unwrap();
    let told: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let served = returns(h, v1::TimeBucket::Total, &[]).await.rows.remove(0);
    let rate = served.return_rate_units.unwrap();
    let cell = &told["rows"][0]["returnRateUnits"];
    assert_eq!(cell["numerator"].as_i64(), Some(rate.numerator));
    assert_eq!(cell["denominator"].as_i64(), Some(rate.denominator));
    assert_eq!((cell["value"].as_f64(), cell["upper"].as_f64()), (rate.value, rate.upper));
    assert_eq!(told["rows"][0]["avoided"]["confirmed"].as_i64(), Some(served.avoided.unwrap().confirmed));
    for command in ["remedies", "fairness", "handling", "sla", "satisfaction", "agents"] {
        let words = ["metrics", command, "--from", FROM, "--to", TO, "--export", path.to_str().unwrap()];
        amends(h, &key, &words).await.unwrap();
        let told: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        assert!(told["asOfTime"].is_string(), "{command}: {told}");
    }
}

/// A rate as the cells of a table on the page.
fn cells(rate: v1::Rate) -> String {
    let percent = |share: f64| format!("{:.1}\u{a0}%", share * 100.0);
    let value = rate.value.map_or_else(|| "–".to_owned(), percent);
    let interval = rate.lower.zip(rate.upper);
    let interval = interval
        .map_or_else(|| "–".to_owned(), |(lower, upper)| format!("{} to {}", percent(lower), percent(upper)));
    let cell = |text: &str| format!("<td class=\"number\">{text}</td>");
    let parts = format!("{} of\u{a0}{}", rate.numerator, rate.denominator);
    [cell(&parts), cell(&value), cell(&interval)].concat()
}

/// The days of a row as the page heads it.
fn head(cohort: &v1::DateRange) -> String {
    let day = |day: jiff::civil::Date| day.strftime("%-d %b %Y").to_string();
    let first: jiff::civil::Date = cohort.start_date.parse().unwrap();
    let last = cohort.end_date.parse::<jiff::civil::Date>().unwrap().yesterday().unwrap();
    let told = if first == last { day(first) } else { format!("{} to {}", day(first), day(last)) };
    format!("<th scope=\"row\">{told}</th>")
}

async fn a_report_tells_the_figures_of_the_service(h: &Harness) {
    live(h).await;
    let (key, folder) = (analyst(h).await, tempfile::tempdir().unwrap());
    let path = folder.path().join("report.html");
    let words = ["report", "--from", FROM, "--to", TO, "--out", path.to_str().unwrap()];
    amends(h, &key, &words).await.unwrap();
    let page = fs::read_to_string(&path).unwrap();
    let all = reversal(h, v1::TimeBucket::Total).await.rows.remove(0);
    let rate = all.reversal_rate_all.unwrap();
    assert_eq!((rate.numerator, rate.denominator), (3, 8));
    assert!(page.contains("3 of 8 reviews that began negative are above the threshold now."));
    for rate in [all.reversal_rate_all, all.reversal_rate_contacted, all.natural_rate, all.backslide_rate] {
        assert!(page.contains(&cells(rate.unwrap())), "{rate:?}");
    }
    for row in reversal(h, v1::TimeBucket::Week).await.rows {
        let told = head(row.cohort.as_ref().unwrap()) + &cells(row.reversal_rate_all.unwrap());
        assert!(page.contains(&told), "{told}");
    }
    for row in returns(h, v1::TimeBucket::Week, &[]).await.rows {
        let told = head(row.cohort.as_ref().unwrap()) + &cells(row.return_rate_units.unwrap());
        assert!(page.contains(&told), "{told}");
    }
    assert!(page.contains("2 of 8 units delivered count as returned on this channel."));
    let (met, breached) = clocks(h).await;
    assert!(met > 0 && page.contains(&format!("{met} of {} promises to buyers were kept.", met + breached)));
    assert!(page.contains("1 incident in these days, 1 still open."));
    assert!(page.contains("<bdi>Lids of &lt;b&gt;batch 7&lt;/b&gt; leak</bdi>"));
    // A report is written over, and the same figures are the same page.
    amends(h, &key, &words).await.unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), page);
}

/// Promises kept and broken in all cases, from the whole pictures of them.
async fn clocks(h: &Harness) -> (usize, usize) {
    let mut verdicts = Vec::new();
    for case in h.cases(MAIN).await {
        let clocks = h.view(&case.name).await.clocks.into_iter().filter(|clock| clock.promise.is_some());
        verdicts.extend(clocks.map(|clock| clock.verdict()));
    }
    let count = |wanted| verdicts.iter().filter(|verdict| **verdict == wanted).count();
    (count(v1::SlaVerdict::Met), count(v1::SlaVerdict::Breached))
}

async fn a_report_of_an_empty_shop_is_a_page(h: &Harness) {
    let (key, folder) = (analyst(h).await, tempfile::tempdir().unwrap());
    let path = folder.path().join("report.html");
    for days in
        [["--from", "2026-03-01", "--to", "2026-03-01"], ["--from", "2023-06-01", "--to", "2026-05-31"]]
    {
        let words = [&["report", "--out", path.to_str().unwrap()], &days[..]].concat();
        amends(h, &key, &words).await.unwrap();
        let page = fs::read_to_string(&path).unwrap();
        assert!(
            page.contains("No negative review was first seen in these days.") && page.ends_with("</html>\n")
        );
    }
}

async fn whoever_may_not_read_figures_gets_no_file(h: &Harness) {
    let key = make_key(&h.app, "mia", &[Role::Agent], ShopScope::All).await;
    let folder = tempfile::tempdir().unwrap();
    let (page, sheet) = (folder.path().join("report.html"), folder.path().join("figures.csv"));
    let error = amends(h, &key, &["report", "--out", page.to_str().unwrap()]).await.unwrap_err();
    assert!(error.contains("analyst"), "{error}");
    let words = ["metrics", "returns", "--export", sheet.to_str().unwrap()];
    assert!(amends(h, &key, &words).await.is_err());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

async fn a_question_that_cannot_be_answered_leaves_what_was_there(h: &Harness) {
    let (key, folder) = (analyst(h).await, tempfile::tempdir().unwrap());
    let (page, sheet) = (folder.path().join("notes.html"), folder.path().join("figures.csv"));
    fs::write(&page, "mine").unwrap();
    fs::write(&sheet, "mine").unwrap();
    let (page_name, sheet_name) = (page.to_str().unwrap(), sheet.to_str().unwrap());
    let refused: [(&[&str], &str); 6] = [
        (&["report", "--out", page_name], "is no report of Amends: name another place with --out"),
        (
            &["report", "--from", "2026-03-02", "--to", "2026-03-01"],
            "write --from 2026-03-01 --to 2026-03-02",
        ),
        (&["report", "--from", "2020-01-01", "--to", "2026-03-01"], "Begin with --from 2023-02-26"),
        (
            &["metrics", "returns", "--by", "shop,channel,region", "--export", sheet_name],
            "two dimensions at most",
        ),
        (&["metrics", "returns", "--csv", "--json"], "name one of them"),
        (&["metrics", "returns", "--export", "figures.xlsx"], "ends in .csv or .json"),
    ];
    for (words, why) in refused {
        let error = amends(h, &key, words).await.unwrap_err();
        assert!(error.contains(why), "{words:?}: {error}");
    }
    let elsewhere = ["--shop", "other", "metrics", "returns", "--export", sheet_name];
    let cli: Vec<&str> =
        ["amends", "--endpoint", &h.endpoint, "--api-key", &key].into_iter().chain(elsewhere).collect();
    assert!(run(Cli::try_parse_from(cli).unwrap()).await.is_err(), "there is no such shop");
    assert_eq!(
        (fs::read_to_string(&page).unwrap(), fs::read_to_string(&sheet).unwrap()),
        ("mine".into(), "mine".into())
    );
}
