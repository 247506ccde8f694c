//! How fast the embedded model hears, and what it takes of memory.
//!
//! `cargo run --release -p amends-detect --example speed -- TEXTS`, where TEXTS holds one text
//! a line. One thread; the best of five rounds, because other programs only ever slow it down.
#![expect(clippy::print_stdout, reason = "it measures and prints")]

use std::time::Instant;

use amends_detect::{Detector, Input};

const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("name a file with one text a line")?;
    let before = resident();
    let started = Instant::now();
    let detector = Detector::embedded()?;
    println!("loading      {:.0} ms", started.elapsed().as_secs_f64() * 1e3);
    if let (Some(before), Some(after)) = (before, resident()) {
        println!("memory       {:.1} MiB more resident than before", (after - before) / 1_024.0);
    }
    let texts = std::fs::read_to_string(file)?;
    let texts: Vec<&str> = texts.lines().collect();
    let characters: usize = texts.iter().map(|text| text.chars().count()).sum();
    let mut best = f64::MAX;
    let mut negative = 0;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        negative = texts.iter().filter(|text| detector.detect(&Input::review(text, None)).negative).count();
        best = best.min(started.elapsed().as_secs_f64());
    }
    let count = texts.len();
    println!(
        "texts        {count} of {} characters, {negative} heard as negative",
        characters / count.max(1)
    );
    println!("throughput   {:.0} texts/s", count as f64 / best);
    println!("             {:.0} times 100 characters/s", characters as f64 / 100.0 / best);
    Ok(())
}

/// Resident memory in KiB, where the system says so.
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}
