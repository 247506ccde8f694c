//! Learns the judge from the labelled texts of this crate, and writes its file.
//!
//! `cargo run --release -p amends-lint --example train`

use std::path::Path;

use amends_lint::{Linter, corpus, train};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let texts = corpus(home)?;
    let file = train(&Linter::rules_alone()?, &texts, &|told| println!("{told}"));
    std::fs::write(home.join("model/judge.bin"), file)?;
    Ok(())
}
