//! The example of `docs/planner.md`, computed here and compared with what stands there.
//! `AMENDS_WRITE_DOCS=1` writes it anew.

use super::*;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/planner.md");

fn printed(time: Option<Time>) -> String {
    time.map_or_else(
        || "–".to_owned(),
        |time| {
            let at = jiff::Timestamp::from_microsecond(time.micros()).unwrap();
            let told = at.strftime("%-d %b %H:%M:%S").to_string();
            told.strip_suffix(":00").unwrap_or(&told).to_owned()
        },
    )
}

fn row(step: &Step, now: Time) -> String {
    let state = match step.state {
        StepState::Later { after: Some(after), .. } => format!("LATER, after {after}"),
        _ => word(step).trim().replace('-', "not needed").to_uppercase(),
    };
    let rules = rules(step).join(", ");
    let from = printed(step.state.opens_at(now));
    format!("| {} | {state} | {from} | {} | {rules} |\n", step.kind, printed(step.latest))
}

fn table() -> String {
    let mut world = World::new("etsy");
    (world.zone, world.review) = ("Europe/Berlin", Some(story(vec![seen(0, 2, 1)])));
    let plan = world.plan();
    let rows: String = plan.steps.iter().map(|step| row(step, world.now)).collect();
    format!(
        "\n| step | state | from | until | rules now |\n|---|---|---|---|---|\n{rows}\nOutlook {}; the review can be \
         edited until {}; for an ask the remedy has to be fulfilled by {}.\n",
        plan.outlook,
        printed(plan.editable_until),
        printed(plan.fulfil_for_ask)
    )
}

#[test]
fn the_example_is_what_the_planner_says() {
    let as_it_stands = std::fs::read_to_string(PAGE).unwrap();
    let (begin, end) = ("<!-- etsy: begin -->\n", "<!-- etsy: end -->");
    let from = as_it_stands.find(begin).unwrap() + begin.len();
    let to = as_it_stands.find(end).unwrap();
    let mut page = as_it_stands.clone();
    page.replace_range(from..to, &format!("{}\n", table()));
    if std::env::var_os("AMENDS_WRITE_DOCS").is_some() {
        std::fs::write(PAGE, &page).unwrap();
    } else {
        assert_eq!(page, as_it_stands, "run the test with AMENDS_WRITE_DOCS=1 and look at the difference");
    }
}
