//! Prints how many of the texts of a folder get the report they should.
//!
//! `cargo run -p amends-lint --example eval -- services/lint/heldout [--misses] [--blind] [--rules] [LANGUAGE]`

use std::path::PathBuf;

use amends_lint::Linter;
use amends_lint::measure::{Case, Counts, read};

type Failure = Box<dyn std::error::Error>;

struct Wish {
    folder: PathBuf,
    /// Print the texts that were judged wrongly.
    misses: bool,
    /// Do not tell the linter the language.
    blind: bool,
    only: Option<String>,
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let flag = |name: &str| words.iter().any(|word| word == name);
    let mut plain = words.iter().filter(|word| !word.starts_with("--"));
    let folder = plain.next().ok_or("which folder?")?.into();
    let wish = Wish { folder, misses: flag("--misses"), blind: flag("--blind"), only: plain.next().cloned() };
    let linter = if flag("--rules") { Linter::rules_alone()? } else { Linter::embedded()? };
    let mut files: Vec<PathBuf> = std::fs::read_dir(&wish.folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "tsv"))
        .collect();
    files.sort();
    println!(
        "{:<6} {:>9} {:>8} {:>8} {:>9} {:>8}",
        "", "forbidden", "right", "caught", "ordinary", "flagged"
    );
    let mut all = Counts::default();
    for path in files {
        let language = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        if wish.only.as_ref().is_some_and(|only| *only != language) {
            continue;
        }
        let cases = read(&std::fs::read_to_string(&path)?).map_err(|e| format!("{}: {e}", path.display()))?;
        let counts = count(&linter, &language, &cases, &wish);
        print(&language, &counts);
        all.join(&counts);
    }
    print("all", &all);
    Ok(())
}

fn count(linter: &Linter, language: &str, cases: &[Case], wish: &Wish) -> Counts {
    let mut counts = Counts::default();
    for case in cases {
        let report = case.report(linter, (!wish.blind).then_some(language));
        counts.add(case, &report);
        let by_rule =
            case.rule.is_some_and(|rule| !report.refusals.iter().any(|refusal| refusal.rule == rule));
        if wish.misses && (!case.is_met_by(&report) || by_rule) {
            let wanted = case.rule.map_or("ok", |rule| rule.as_str());
            let found: Vec<String> = report
                .refusals
                .iter()
                .map(|refusal| format!("{} {:?}", refusal.rule, refusal.words))
                .collect();
            println!("  {language}:{} {wanted} {:?}\n    {}", case.line, case.text, found.join(", "));
        }
    }
    counts
}

fn print(name: &str, counts: &Counts) {
    let share = |part: usize, all: usize| 100.0 * part as f64 / all.max(1) as f64;
    println!(
        "{name:<6} {:>9} {:>7.1}% {:>7.1}% {:>9} {:>7.1}%",
        counts.forbidden,
        share(counts.right, counts.forbidden),
        share(counts.caught, counts.forbidden),
        counts.ordinary,
        share(counts.flagged, counts.ordinary),
    );
}
