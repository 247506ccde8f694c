//! The detector of this process: the embedded model, or a file of one's own.

use std::io::Read as _;
use std::path::Path;

use amends_detect::{Detector, lexicon_hash};
use anyhow::Context;

/// No model is larger.
const MODEL_BYTES_MAX: u64 = 16 << 20;

/// Loads the model that hears texts; `warn` hears what is wrong with one that can be used.
///
/// # Errors
/// Names the file and what is wrong with it.
pub fn load(model: Option<&Path>, warn: impl FnOnce(&str)) -> anyhow::Result<Detector> {
    let Some(file) = model else {
        return Detector::embedded().context("the embedded model cannot be used");
    };
    let name = file.display().to_string();
    let bytes = read(file).with_context(|| format!("the model {name} cannot be read"))?;
    let detector = Detector::from_model(&name, &bytes)
        .with_context(|| format!("the model {name} is refused; `amends detect train` makes a new one"))?;
    if let Some(problem) = outdated(&name, &detector.manifest().lexicons, &lexicon_hash()) {
        warn(&problem);
    }
    Ok(detector)
}

/// Reads a file that may be anything: no more of it than a model can have.
fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(MODEL_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    anyhow::ensure!(bytes.len() as u64 <= MODEL_BYTES_MAX, "it has more than {MODEL_BYTES_MAX} bytes");
    Ok(bytes)
}

/// A model weighs what the lexicons find: beside others it hears something else.
fn outdated(name: &str, its: &str, ours: &str) -> Option<String> {
    (its != ours).then(|| {
        format!(
            "the model {name} was trained beside other lexicons than this program's: its figures no longer \
             hold, train it again with `amends detect train`"
        )
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn a_model_of_other_lexicons_is_named_and_one_of_the_same_is_not() {
        let problem = outdated("mine.bin", "1a", "2b").unwrap();
        assert!(
            problem.contains("mine.bin") && problem.contains("figures no longer hold, train it again"),
            "{problem}"
        );
        assert_eq!(outdated("mine.bin", "1a", "1a"), None);
    }

    #[test]
    fn a_file_is_warned_of_if_it_was_trained_beside_other_lexicons_and_the_embedded_model_never() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let model = concat!(env!("CARGO_MANIFEST_DIR"), "/../detect/model/embedded.bin");
        std::fs::copy(model, file.path()).unwrap();
        let mut warnings = Vec::new();
        let detector = load(Some(file.path()), |problem| warnings.push(problem.to_owned())).unwrap();
        let is_outdated = detector.manifest().lexicons != lexicon_hash();
        assert_eq!(warnings.len(), usize::from(is_outdated), "{warnings:?}");
        load(None, |problem| warnings.push(problem.to_owned())).unwrap();
        assert_eq!(warnings.len(), usize::from(is_outdated), "{warnings:?}");
    }
}
