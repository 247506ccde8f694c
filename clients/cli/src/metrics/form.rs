//! In which form figures are told, and where.

use std::path::{Path, PathBuf};

use clap::Args;

use super::sheet::Sheet;
use crate::{
    file,
    output::{
        Output,
        json::{Shown, View},
    },
};

/// In which form.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Form {
    /// Print comma-separated values in place of a table
    #[arg(long, help_heading = "Output")]
    pub(crate) csv: bool,
    /// Write to a file that ends in .csv or .json, in place of printing
    #[arg(long, value_name = "FILE", value_parser = parse_export, conflicts_with = "csv", help_heading = "Output")]
    pub(crate) export: Option<Export>,
}

/// A file, and in which form it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Export {
    path: PathBuf,
    json: bool,
}

fn parse_export(text: &str) -> Result<Export, String> {
    let path = PathBuf::from(text);
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let json = match ending.to_ascii_lowercase().as_str() {
        "csv" => false,
        "json" => true,
        _ => return Err("write a name that ends in .csv or .json, for example figures.csv".into()),
    };
    Ok(Export { path, json })
}

impl Form {
    /// Tells an answer: as the table it makes, or as what was asked for.
    pub(crate) fn tell<T: Shown>(
        &self,
        output: &Output,
        answer: &T,
        sheet: impl FnOnce() -> Sheet,
        table: impl FnOnce() -> String,
    ) -> anyhow::Result<()> {
        if let Some(Export { path, json }) = &self.export {
            let text = if *json { pretty(answer)? } else { sheet().csv()? };
            file::replace(path, &text)?;
            return written(output, path, text.len());
        }
        if self.csv {
            if output.json {
                anyhow::bail!("--csv and --json are two forms of the same: name one of them.");
            }
            // As it is: its lines end as the standard says.
            return output.raw(&sheet().csv()?);
        }
        output.one(answer, table)
    }
}

fn pretty<T: Shown>(answer: &T) -> anyhow::Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(&View(answer))?))
}

/// Says what was written.
pub(crate) fn written(output: &Output, path: &Path, bytes: usize) -> anyhow::Result<()> {
    let path = path.display();
    if output.json {
        let told = serde_json::json!({ "file": path.to_string(), "bytes": bytes });
        return output.line(&told.to_string());
    }
    output.line(&format!("{path} is written, {bytes} bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_of_a_file_says_its_form() {
        let json = |text| parse_export(text).map(|export| export.json);
        assert_eq!(json("a/b.csv"), Ok(false));
        assert_eq!(json("B.JSON"), Ok(true));
        for wrong in ["figures", "figures.xlsx", ".csv", ""] {
            assert!(json(wrong).is_err_and(|said| said.contains("figures.csv")), "{wrong}");
        }
    }
}
