//! `apply`: a map at work inside another program, over a pipe.

mod columns;
mod stream;

use std::io::stdin;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use neural_manifold::bundle::Bundle;
use neural_manifold::projection::Placer;
use neural_manifold::{Error, Result};
use polars_arrow::array::Array;
use polars_arrow::datatypes::{ArrowDataType, Field};
use serde_json::json;

use self::columns::Row;
use self::stream::{Answers, Batch, Batches};
use super::output::print;

/// What `--check` says that reads a bundle, and a reader of the output finds in its schema.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The exit code for a bundle that cannot be used: trying again will not help.
const BAD_BUNDLE: u8 = 3;

/// Encode and place rows that come as an Arrow IPC stream on the standard input, for Spark, Ray and other programs
///
/// For each batch in, one batch of as many rows in the same order goes out before the next is read: id, latent (list of
/// float32), x, y, isolation, error. What is made of a row depends on that row and the bundle alone. A bad row has nulls
/// and says why in its column error. Exit codes: 2 the stream or a flag is wrong, 3 the bundle is.
#[derive(Args)]
pub struct Apply {
    /// The bundle, as `map --bundle` writes it
    #[arg(long, value_name = "FILE")]
    bundle: PathBuf,
    /// Column that names the rows, of any type; it is passed through
    #[arg(long, value_name = "COLUMN", default_value = "id")]
    id: String,
    /// Column with images: side x side x channels bytes, PNG or JPEG [default: image, where the stream has it]
    #[arg(long, value_name = "COLUMN", conflicts_with = "latent")]
    image: Option<String>,
    /// Column with vectors that are placed as they are [default: latent, where there is no image]
    #[arg(long, value_name = "COLUMN")]
    latent: Option<String>,
    /// Further columns to pass through
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    keep: Vec<String>,
    /// What is made of each row
    #[arg(long, value_name = "WHAT", value_delimiter = ',', default_value = "latent,place")]
    out: Vec<Out>,
    /// Whether bad rows are told in their column, or end the work
    #[arg(long, value_name = "HOW", default_value = "null")]
    bad_rows: BadRows,
    /// Threads
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    threads: usize,
    /// Read the bundle, print what it is as one line of JSON, and end
    #[arg(long)]
    check: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Out {
    Latent,
    Place,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum BadRows {
    Null,
    Fail,
}

/// Where a row's vector comes from.
enum Source {
    Image(usize),
    Latent(usize),
}

impl Apply {
    pub fn run(&self) -> Result<ExitCode> {
        let bundle = match Bundle::load(&self.bundle) {
            Ok(bundle) => bundle,
            Err(error) => {
                eprintln!("neural-manifold: {error}");
                return Ok(ExitCode::from(BAD_BUNDLE));
            }
        };
        let told = self.told(&bundle);
        if self.check {
            print(&format!("{told}\n"));
            return Ok(ExitCode::SUCCESS);
        }
        let threads = rayon::ThreadPoolBuilder::new().num_threads(self.threads).build_global();
        threads.map_err(|e| Error::Dependency { crate_name: "rayon", reason: e.to_string() })?;
        self.work(&bundle, &told).map_err(|reason| Error::Malformed { reason, path: "the input".into() })?;
        Ok(ExitCode::SUCCESS)
    }

    fn told(&self, bundle: &Bundle) -> String {
        let Bundle { model, map, sample, start, sha256, .. } = bundle;
        let model = model.as_ref().map(|model| {
            let config = &model.config;
            json!({ "side": config.image_size, "channels": config.image_channels, "latent": config.latent_size })
        });
        let told = json!({
            "version": VERSION,
            "bundle_sha256": sha256,
            "arithmetic": arithmetic(),
            "model": model,
            "engine": map.engine.name(),
            "rows": map.len(),
            "width": map.latents.vectors.ncols(),
            "sample": sample,
            "start": start,
        });
        told.to_string()
    }

    /// Answers batch by batch to the end of the stream. What is wrong with it, in words.
    fn work(&self, bundle: &Bundle, told: &str) -> std::result::Result<(), String> {
        let gone = |reason: &str| {
            // The work on hand is of no use to anyone.
            eprintln!("neural-manifold: the input {reason}");
            std::process::exit(2);
        };
        let told_of_input = |reason: String| format!("the input {reason}");
        let mut batches = Batches::open(stdin(), gone).map_err(told_of_input)?;
        let fields: Vec<Field> = batches.schema().iter_values().cloned().collect();
        let column = |name: &str| fields.iter().position(|field| field.name.as_str() == name);
        let needed = |name: &str, flag: &str| {
            column(name).ok_or_else(|| {
                let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
                format!(
                    "the input has no column {name:?}; name it by {flag}, its columns are {}",
                    names.join(", ")
                )
            })
        };
        let mut passed = vec![needed(&self.id, "--id")?];
        for name in &self.keep {
            passed.push(needed(name, "--keep")?);
        }
        let source = match (&self.image, &self.latent) {
            (Some(image), _) => Source::Image(needed(image, "--image")?),
            (None, Some(latent)) => Source::Latent(needed(latent, "--latent")?),
            (None, None) => match (column("image"), column("latent")) {
                (Some(image), _) if bundle.model.is_some() => Source::Image(image),
                (_, Some(latent)) => Source::Latent(latent),
                _ => Source::Image(needed("image", "--image, or vectors by --latent")?),
            },
        };
        if let (Source::Image(_), None) = (&source, &bundle.model) {
            return Err("the bundle has no model for images; give vectors by --latent".to_string());
        }
        let [with_latent, with_place] = [Out::Latent, Out::Place].map(|out| self.out.contains(&out));
        let mut answered: Vec<Field> = passed.iter().map(|&at| fields[at].clone()).collect();
        if with_latent {
            answered.push(Field::new("latent".into(), columns::list_type(), true));
        }
        if with_place {
            answered.extend(
                ["x", "y", "isolation"].map(|name| Field::new(name.into(), ArrowDataType::Float32, true)),
            );
        }
        answered.push(Field::new("error".into(), ArrowDataType::Utf8, true));
        let placer = bundle.map.placer().map_err(|e| e.to_string())?;
        let unwritten = |reason: String| format!("the output cannot be written: {reason}");
        let mut answers = Answers::open(answered, told).map_err(unwritten)?;
        let mut n_before = 0;
        while let Some(batch) = batches.next().map_err(told_of_input)? {
            let rows = self.rows(&batch, &source, bundle)?;
            if let (BadRows::Fail, Some((at, reason))) = (self.bad_rows, first_bad(&rows)) {
                return Err(format!("row {} of the input: {reason}", n_before + at));
            }
            n_before += rows.len();
            let mut columns: Vec<Box<dyn Array>> =
                passed.iter().map(|&at| batch.arrays()[at].clone()).collect();
            if with_latent {
                columns.push(columns::lists(&rows)?);
            }
            if with_place {
                columns.extend(places(&placer, &rows, bundle)?);
            }
            columns.push(columns::texts(rows.iter().map(|row| row.as_ref().err().map(String::as_str))));
            answers.write(rows.len(), columns).map_err(unwritten)?;
        }
        answers.finish().map_err(unwritten)
    }

    /// The vector of each row, fit for the map.
    fn rows(
        &self,
        batch: &Batch,
        source: &Source,
        bundle: &Bundle,
    ) -> std::result::Result<Vec<Row<Vec<f32>>>, String> {
        let width = bundle.map.latents.vectors.ncols();
        let named = |at: usize, reason: String| {
            let name = batch.schema().iter_names().nth(at).map_or("", |name| name.as_str());
            format!("the input's column {name:?} {reason}")
        };
        let rows = match source {
            Source::Latent(at) => {
                columns::vectors(&*batch.arrays()[*at]).map_err(|reason| named(*at, reason))?
            }
            Source::Image(at) => {
                let model = bundle.model.as_ref().expect("the source was chosen for its sake");
                let bytes = columns::bytes(&*batch.arrays()[*at]).map_err(|reason| named(*at, reason))?;
                let pixels: Vec<Row<Vec<u8>>> =
                    bytes.into_iter().map(|bytes| columns::pixels(bytes, &model.config)).collect();
                let images = columns::images(&pixels, &model.config);
                let latents = model.encode_images(&images).map_err(|e| e.to_string())?;
                columns::spread(&latents, pixels)
            }
        };
        let fit =
            |row: Row<Vec<f32>>| row.and_then(|vector| columns::fit_for_map(vector, width, bundle.metric));
        Ok(rows.into_iter().map(fit).collect())
    }
}

fn first_bad(rows: &[Row<Vec<f32>>]) -> Option<(usize, &String)> {
    rows.iter().enumerate().find_map(|(at, row)| row.as_ref().err().map(|reason| (at, reason)))
}

/// The columns x, y and isolation.
fn places(
    placer: &Placer<'_>,
    rows: &[Row<Vec<f32>>],
    bundle: &Bundle,
) -> std::result::Result<[Box<dyn Array>; 3], String> {
    let good = columns::matrix(rows, bundle.map.latents.vectors.ncols());
    let placed = if good.is_empty() { None } else { Some(placer.place(&good).map_err(|e| e.to_string())?) };
    let mut numbers = Vec::with_capacity(rows.len());
    let mut next = 0;
    for row in rows {
        numbers.push(placed.as_ref().filter(|_| row.is_ok()).map(|placed| {
            next += 1;
            let [x, y] = [0, 1].map(|axis| placed.coordinates[[next - 1, axis]]);
            [x, y, placed.outlier_score[next - 1]]
        }));
    }
    Ok([0, 1, 2].map(|part| columns::floats(numbers.iter().map(|row| row.map(|row| row[part])))))
}

/// The instructions that the arithmetic is done with. All of them give the same bits; where they do not, it is known
/// which machines differ.
fn arithmetic() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        return "x86-64-v3";
    }
    if cfg!(target_arch = "aarch64") { "aarch64" } else { "scalar" }
}
