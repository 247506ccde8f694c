//! The detector of this process: the embedded model, or a file of one's own.

use std::path::Path;

use amends_detect::Detector;
use anyhow::Context;

/// Loads the model that hears texts.
///
/// # Errors
/// Names the file and what is wrong with it.
pub fn load(model: Option<&Path>) -> anyhow::Result<Detector> {
    let Some(file) = model else {
        return Detector::embedded().context("the embedded model cannot be used");
    };
    let name = file.display().to_string();
    let bytes = std::fs::read(file).with_context(|| format!("the model {name} cannot be read"))?;
    Detector::from_model(&name, &bytes)
        .with_context(|| format!("the model {name} is refused; `amends detect train` makes a new one"))
}
