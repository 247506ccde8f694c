//! Prints how long one look takes: `cargo run --release -p amends-lint --example speed`.

use std::time::{Duration, Instant};

use amends_lint::{Audience, Linter, Outgoing};

const ROUNDS: usize = 2_000;

/// Service messages of the usual kind, in the languages by which they are told apart hardest and easiest.
const TEXTS: [(&str, &str); 3] = [
    (
        "en",
        "We are sorry that the lamp arrived broken. We refunded 25 € today and you can return it until 14 June. ",
    ),
    (
        "de",
        "Es tut uns leid, dass die Tasse zerbrochen ankam. Die Erstattung von 25 € ist unterwegs, Danke für die Bewertung. ",
    ),
    ("zh", "非常抱歉杯子碎了，我们已经全额退款，感谢您的评价。包裹今天早上已经发出，预计星期四送达。"),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let started = Instant::now();
    let linter = Linter::embedded()?;
    println!("made in {} ms", started.elapsed().as_millis());
    for (language, text) in TEXTS {
        for characters in [300, 2_000] {
            let text: String = text.chars().cycle().take(characters).collect();
            for claimed in [Some(language), None] {
                let (median, p99) = measure(&linter, &text, claimed)?;
                let claimed = if claimed.is_some() { "claimed" } else { "not claimed" };
                println!(
                    "{language}, {characters} characters, language {claimed}: median {median:?}, p99 {p99:?}"
                );
            }
        }
    }
    Ok(())
}

fn measure(
    linter: &Linter,
    text: &str,
    language: Option<&str>,
) -> Result<(Duration, Duration), Box<dyn std::error::Error>> {
    let outgoing = Outgoing { language, ..Outgoing::new(text, Audience::PublicReply) };
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        std::hint::black_box(linter.check(&outgoing)?);
        times.push(started.elapsed());
    }
    times.sort();
    let at = |share: usize| times.get(ROUNDS * share / 100).copied().unwrap_or_default();
    Ok((at(50), at(99)))
}
