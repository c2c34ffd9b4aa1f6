//! `map`: coordinates of each row as a Parquet file.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use neural_manifold::external::polars::prelude::{Column, DataFrame, ParquetWriter};
use neural_manifold::quality::Quality;
use neural_manifold::table::TableConfig;
use neural_manifold::{Error, Result};
use serde_json::json;

use super::engines::{Engines, needed};
use super::input::Input;
use super::output::{Output, scores_json, write};

/// Map the rows and write x, y and trust of each beside its columns
#[derive(Args)]
pub struct Map {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    engines: Engines,
    /// The Parquet file to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Map {
    pub fn run(&self, output: &Output) -> Result<ExitCode> {
        let rows = self.input.rows(TableConfig::default(), output)?;
        let latents = needed(rows.sets, rows.table.name())?;
        let maps = self.engines.run(&latents, self.input.seed, output)?;
        let mut frame = rows.table.frame().clone();
        // Rows that were left out have gone: the number says which these are.
        if rows.table.id_column().is_none() {
            add(&mut frame, "row", rows.numbers.iter().map(|&row| row as f64).collect())?;
        }
        for (number, (map, quality)) in maps.iter().enumerate() {
            // One map has the names that other tools look for; more are told apart by their engines.
            let name =
                |part: &str| if number == 0 { part.into() } else { format!("{}_{part}", map.engine.name()) };
            for (axis, part) in ["x", "y"].into_iter().enumerate() {
                add(&mut frame, &name(part), map.coordinates.column(axis).mapv(f64::from).to_vec())?;
            }
            let trust = quality.as_ref().and_then(|quality: &Quality| quality.point_trustworthiness.as_ref());
            if let Some(trust) = trust {
                add(&mut frame, &name("trust"), trust.mapv(f64::from).to_vec())?;
            }
        }
        let mut content = Vec::new();
        ParquetWriter::new(&mut content).finish(&mut frame).map_err(polars)?;
        write(&self.output, &content)?;
        let text = format!("{}: {} rows, {} columns", self.output.display(), frame.height(), frame.width());
        let scores: Vec<_> =
            maps.iter().map(|(map, quality)| scores_json(&map.name, quality.as_ref())).collect();
        output.result(&text, &json!({ "file": self.output, "rows": frame.height(), "maps": scores }));
        Ok(ExitCode::SUCCESS)
    }
}

/// Adds a column; one of the same name gives way.
fn add(frame: &mut DataFrame, name: &str, values: Vec<f64>) -> Result<()> {
    frame.with_column(Column::new(name.into(), values)).map(|_| ()).map_err(polars)
}

fn polars(error: impl ToString) -> Error {
    Error::Dependency { crate_name: "polars", reason: error.to_string() }
}
