//! Prints a report that was made up, to be looked at: `… --example look > page.html`.

#![expect(clippy::unwrap_used, reason = "what is made up fails only while it is written")]

#[path = "../tests/made/mod.rs"]
mod made;

fn main() {
    let report = match std::env::args().nth(1).as_deref() {
        Some("empty") => made::empty("2026-01-01", "2026-04-01"),
        Some("day") => made::busy("2026-01-01", 1, 1),
        Some("years") => made::busy("2023-01-01", 36, 30),
        Some("days") => made::busy("2025-01-01", 365, 1),
        _ => made::busy("2026-01-01", 13, 7),
    };
    print!("{}", amends_report::render(&report));
}
