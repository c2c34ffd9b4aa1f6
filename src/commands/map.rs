//! `map`: coordinates of each row as a Parquet file.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use ndarray::ArrayView1;
use neural_manifold::bundle::Bundle;
use neural_manifold::external::polars::prelude::{IntoSeries, NamedFrom, Series, StructChunked};
use neural_manifold::latents::Latents;
use neural_manifold::model::{Autoencoder, ModelCard};
use neural_manifold::neighbors::{KnnGraph, Metric};
use neural_manifold::projection::{Projection, Start, axis_names};
use neural_manifold::quality::Quality;
use neural_manifold::table::TableConfig;
use neural_manifold::{Error, Result};
use serde_json::json;

use super::engines::{Course, Engines, Maps, needed};
use super::input::{Input, check_unscaled};
use super::output::{
    Output, add_column, graph_json, is_npy, polars, prepare, scores_json, write_frame, write_places,
};

/// Map the rows and write x, y, trust and the nearest rows of each beside its columns
///
/// With --components 1 there is no y, with 3 a z too, and beyond that d0, d1 and so on.
/// A file that ends in .npy gets the coordinates alone, a row for each row of the data, NaN where there is no vector.
#[derive(Args)]
pub struct Map {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    engines: Engines,
    /// The Parquet file to write, or an npy file of the coordinates alone
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Write the vectors too, so that `place` can put new rows on the map
    #[arg(long)]
    with_vectors: bool,
    /// A model: it encodes the pictures; with --vector, these vectors are taken for its latent vectors
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// A bundle at whose map this one begins, so that it stays recognizable: rows that are on it at their places, new ones
    /// where it places them; its model is the default of --model
    #[arg(long, value_name = "FILE")]
    start: Option<PathBuf>,
    /// Write the map, its vectors and the model as one file too, for `apply` and other machines
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// How the rows were drawn from all, in a sentence that goes into the bundle
    #[arg(long, value_name = "TEXT", default_value = "", requires = "bundle", hide_default_value = true)]
    sampled: String,
}

impl Map {
    pub fn run(&self, output: &Output) -> Result<ExitCode> {
        self.engines.check_names()?;
        prepare(&self.output)?;
        let before = self.start.as_ref().map(Bundle::load).transpose()?;
        let (model, card) = match (&self.model, &before) {
            (Some(path), _) => (Some(Autoencoder::load(path)?), ModelCard::load(path)?),
            (None, Some(before)) => (before.model.clone(), before.card.clone()),
            (None, None) => (None, ModelCard::default()),
        };
        let encoding = model.as_ref().filter(|_| !self.input.names_vectors());
        let config = TableConfig { categories: self.engines.categories(), ..TableConfig::default() };
        let rows = self.input.rows(config, encoding, output)?;
        if self.bundle.is_some() || before.is_some() {
            check_unscaled(&rows.sets)?;
        }
        let metric = rows.sets.first().map_or(Metric::Euclidean, |set| set.metric);
        let latents = needed(rows.sets, rows.table.name())?;
        let to_npy = is_npy(&self.output);
        let start = before.as_ref().map(|before| start(before, &latents, metric, output)).transpose()?;
        let course = Course { scored: !to_npy, frames: None, start };
        let Maps { maps, graph } =
            self.engines.run(&rows.table, &latents, self.input.seed, &course, output)?;
        if let Some(path) = &self.bundle {
            let (map, _) = single(&maps)?;
            let bundle = Bundle::new(model.as_ref(), &card, map)?;
            let start = before.map_or(String::new(), |before| before.sha256);
            Bundle { metric, sample: self.sampled.clone(), start, ..bundle }.save(path)?;
            output.note(&format!("{}: the map and what places new rows on it", path.display()));
        }
        if to_npy {
            let (map, _) = single(&maps)?;
            return write_places(
                &self.output,
                &map.coordinates,
                rows.table.row_numbers(),
                rows.n_read,
                output,
            );
        }
        let mut frame = rows.table.frame().clone();
        let numbers: Vec<i64> = rows.table.row_numbers().iter().map(|&row| row as i64).collect();
        // Rows that were left out have gone: the number says which these are.
        if rows.table.id_column().is_none() {
            add_column(&mut frame, Series::new("row".into(), &numbers))?;
        }
        for (number, (map, quality)) in maps.iter().enumerate() {
            // One map has the names that other tools look for; more are told apart by their engines.
            let name =
                |part: &str| if number == 0 { part.into() } else { format!("{}_{part}", map.engine.name()) };
            for (part, along) in axis_names(map.n_components()).iter().zip(map.coordinates.columns()) {
                add_column(&mut frame, floats(&name(part), along))?;
            }
            let trust = quality.as_ref().and_then(|quality: &Quality| quality.point_trustworthiness.as_ref());
            if let Some(trust) = trust {
                add_column(&mut frame, floats(&name("trust"), trust.view()))?;
            }
        }
        if self.with_vectors {
            let rows = latents.vectors.rows().into_iter().map(|row| Series::new("".into(), row.to_vec()));
            add_column(&mut frame, Series::new("vector".into(), rows.collect::<Vec<Series>>()))?;
        }
        if let Some(graph) = &graph {
            add_column(&mut frame, neighbors(graph, &numbers)?)?;
        }
        write_frame(&self.output, &mut frame)?;
        let text = format!("{}: {} rows, {} columns", self.output.display(), frame.height(), frame.width());
        let scores: Vec<_> =
            maps.iter().map(|(map, quality)| scores_json(&map.name, quality.as_ref())).collect();
        let told = json!({
            "file": self.output,
            "rows": frame.height(),
            "neighbors": graph_json(graph.as_ref()),
            "maps": scores,
        });
        output.result(&text, &told);
        Ok(ExitCode::SUCCESS)
    }
}

/// Where the rows begin a map that is to look like a bundle's.
fn start(before: &Bundle, latents: &Latents, metric: Metric, output: &Output) -> Result<Start> {
    if metric != before.metric {
        let remedy = format!("the map that this one begins at compares by {}; give that", before.metric);
        return Err(Error::Config { name: "metric", value: metric.to_string(), remedy });
    }
    let start = before.map.start(&latents.vectors)?;
    let (known, all) = (start.mapped.iter().flatten().count(), latents.len());
    output
        .note(&format!("{known} of {all} rows begin at their places, the others where that map places them"));
    Ok(start)
}

/// The one map of a file that holds one.
fn single(maps: &[(Projection, Option<Quality>)]) -> Result<&(Projection, Option<Quality>)> {
    maps.first().filter(|_| maps.len() == 1).ok_or_else(|| {
        let remedy = "an npy file or a bundle holds one map; give one engine, or a Parquet file".to_string();
        Error::Config { name: "the number of maps", value: maps.len().to_string(), remedy }
    })
}

/// The nearest rows of each, by their numbers in the data, as Embedding Atlas reads them: `{ids, distances}`.
fn neighbors(graph: &KnnGraph, numbers: &[i64]) -> Result<Series> {
    let ids = graph.indices.rows().into_iter().map(|row| {
        let ids: Vec<i64> = row.iter().map(|&other| numbers[other as usize]).collect();
        Series::new("".into(), ids)
    });
    let distances = graph.distances.rows().into_iter().map(|row| Series::new("".into(), row.to_vec()));
    let fields = [
        Series::new("ids".into(), ids.collect::<Vec<Series>>()),
        Series::new("distances".into(), distances.collect::<Vec<Series>>()),
    ];
    let column = StructChunked::from_series("neighbors".into(), graph.n_rows(), fields.iter());
    Ok(column.map_err(polars)?.into_series())
}

fn floats(name: &str, values: ArrayView1<f32>) -> Series {
    Series::new(name.into(), values.mapv(f64::from).to_vec())
}
