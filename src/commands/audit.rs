//! `audit`: how far a map can be trusted, as a number to stop a pipeline by.

use std::process::ExitCode;

use clap::Args;
use neural_manifold::table::TableConfig;
use neural_manifold::{Error, Result};
use serde_json::json;

use super::engines::{needed, score};
use super::input::Input;
use super::output::{Output, scores_json, scores_line};

/// Score a map that came with the data; exit with 1 when it is below a limit
#[derive(Args)]
pub struct Audit {
    #[command(flatten)]
    input: Input,
    /// The least trustworthiness and continuity that pass, 0 to 1
    #[arg(long, value_name = "SCORE")]
    min: Option<f64>,
    /// How many of the least trusted rows are listed
    #[arg(long, default_value_t = 20, value_name = "ROWS")]
    worst: usize,
}

impl Audit {
    pub fn run(&self, output: &Output) -> Result<ExitCode> {
        if let Some(min) = self.min.filter(|min| !(0.0..=1.0).contains(min)) {
            return Err(Error::Config { name: "min", value: min.to_string(), remedy: "give 0 to 1".into() });
        }
        let rows = self.input.rows(TableConfig::default(), None, output)?;
        let latents = needed(rows.sets, rows.table.name())?;
        let Some((name, places)) = rows.maps.first() else {
            let remedy = "name the columns of its coordinates by --x and --y".to_string();
            return Err(Error::Empty { what: format!("the list of maps of {}", rows.table.name()), remedy });
        };
        let Some(quality) = score(&latents, places)? else {
            let remedy = "a score needs at least 3 rows".to_string();
            return Err(Error::Config { name: "number of rows", value: latents.len().to_string(), remedy });
        };
        let (ids, numbers) = (rows.table.ids(), rows.table.row_numbers());
        let named = rows.table.title_column().or(rows.table.text_column());
        let texts = named.map(|column| rows.table.texts(column)).transpose()?;
        // What names a row beside its number.
        let words = |row: usize| {
            let id = rows.table.id_column().map(|_| ids[row].as_str());
            let text = texts.as_ref().and_then(|texts| texts[row].as_deref());
            id.into_iter().chain(text).map(shortened).collect::<Vec<String>>().join("  ")
        };
        let trust = quality.point_trustworthiness.as_ref();
        let (mut lines, mut worst) = (vec![scores_line(name, &quality)], Vec::new());
        if self.worst > 0 {
            lines.push("the least trusted rows, by their own trustworthiness:".to_string());
        }
        for row in quality.least_trusted(self.worst) {
            let (number, id) = (numbers[row], &ids[row]);
            let value = trust.map(|trust| trust[row]);
            let value_text = value.map_or(String::new(), |value| format!("{value:.4}  "));
            lines.push(format!("{value_text}row {number}  {}", words(row)).trim_end().to_string());
            worst.push(json!({ "row": number, "id": id, "trustworthiness": value }));
        }
        let lowest = quality.trustworthiness.min(quality.continuity);
        let passed = self.min.is_none_or(|min| lowest >= min);
        if let Some(min) = self.min {
            lines.push(format!("{lowest:.4} is {} {min}", if passed { "not below" } else { "below" }));
        }
        let mut value = scores_json(name, Some(&quality));
        value["worst"] = json!(worst);
        value["passed"] = json!(passed);
        output.result(&lines.join("\n"), &value);
        Ok(if passed { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

/// The beginning of a text, in one line.
fn shortened(text: &str) -> String {
    const CHARACTERS: usize = 60;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}...", words[..end].trim_end()),
        None => words,
    }
}
