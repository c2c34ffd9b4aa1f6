//! `encode`: the latent vectors of pictures as a Parquet file.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use neural_manifold::Result;
use neural_manifold::external::polars::prelude::{NamedFrom, Series};
use neural_manifold::model::Autoencoder;
use neural_manifold::table::TableConfig;
use serde_json::json;

use super::input::Input;
use super::output::{Output, add_column, write_frame};

/// Encode pictures by a model and write their latent vectors beside the columns
#[derive(Args)]
pub struct Encode {
    /// A model file that `train` or a notebook has written
    model: PathBuf,
    #[command(flatten)]
    input: Input,
    /// The Parquet file to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Encode {
    pub fn run(&self, output: &Output) -> Result<ExitCode> {
        let model = Autoencoder::load(&self.model)?;
        let mut table = self.input.open(TableConfig::default())?;
        let rows = table.rows_with_picture();
        if rows.len() < table.len() {
            output.note(&format!("left out: {} rows without a picture", table.len() - rows.len()));
            table = table.select(&rows)?;
        }
        let table = table.with_encoded(&model)?;
        let latents = &table.vectors(Some("latent"))?.values;
        let mut frame = table.frame().clone();
        let numbers: Vec<i64> = table.row_numbers().iter().map(|&row| row as i64).collect();
        if table.id_column().is_none() {
            add_column(&mut frame, Series::new("row".into(), &numbers))?;
        }
        let vectors = latents.rows().into_iter().map(|row| Series::new("".into(), row.to_vec()));
        add_column(&mut frame, Series::new("latent".into(), vectors.collect::<Vec<Series>>()))?;
        write_frame(&self.output, &mut frame)?;
        let (rows, width) = latents.dim();
        let text = format!("{}: {rows} rows, latent vectors of {width} numbers", self.output.display());
        output.result(&text, &json!({ "file": self.output, "rows": rows, "latent": width }));
        Ok(ExitCode::SUCCESS)
    }
}
