//! One engine on one set of rows: seconds and memory as a line of JSON. `map_bench.py` runs it beside umap-learn.
//!
//! `cargo bench --bench map_bench -- ..`, with files of raw little-endian `f32`:
//!
//! - `map ROWS COLUMNS ENGINE SEED MAP`: an engine of the library, by name
//! - `neighbors ROWS COLUMNS K SEARCH INDICES DISTANCES`: the graph for an engine of others, or for
//!   `neighbors_bench.py`; SEARCH is auto, exact or approximate, row numbers are `u32`
//! - `transform ROWS COLUMNS SEED NEW FOREIGN FOLDER`: NEW and FOREIGN on a UMAP map of ROWS
//! - `rates`: what one thread could do at best
//! - `raw ROWS LABELS LATENTS.parquet ..`: makes ROWS, and LABELS of a byte each, of latents

mod rates;

use std::path::Path;
use std::time::Instant;

use ndarray::{Array2, s};
use neural_manifold::latents::Latents;
use neural_manifold::neighbors::{Metric, Search, knn_graph, knn_graph_with};
use neural_manifold::projection::{Engine, UmapConfig, project, project_with};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let line = match arguments.as_slice() {
        ["map", rows, columns, engine, seed, to] => map(&read(rows, columns)?, engine, seed.parse()?, to)?,
        ["neighbors", rows, columns, k, search, indices, distances] => {
            neighbors(&read(rows, columns)?, k.parse()?, search, Path::new(indices), Path::new(distances))?
        }
        ["transform", rows, columns, seed, new, foreign, folder] => transform(
            &read(rows, columns)?,
            seed.parse()?,
            &read(new, columns)?,
            &read(foreign, columns)?,
            Path::new(folder),
        )?,
        ["rates"] => json!({ "pair_ns": rates::pair_ns(), "multiply_adds": rates::multiply_adds() }),
        ["raw", rows, labels, latents @ ..] => raw(rows, labels, latents)?,
        _ => {
            println!("run benches/map_bench.py, or see the head of main.rs; nothing measured");
            return Ok(());
        }
    };
    println!("{line}");
    Ok(())
}

/// Maps `rows`; an engine's own share of the time is told apart from that of our search for neighbors.
fn map(rows: &Array2<f32>, engine: &str, seed: u64, to: &str) -> Outcome<Value> {
    // Warm, as umap-learn is: the pool has started, and the memory is there.
    let few = rows.slice(s![..rows.nrows().min(6_000), ..]).to_owned();
    project(&latents(&few)?, UmapConfig { n_epochs: Some(5), ..UmapConfig::default() })?;

    let config = UmapConfig { seed, ..UmapConfig::default() };
    let (coordinates, n_epochs, knn_secs, layout_secs) = if engine == "umap" {
        let started = Instant::now();
        let neighbors = knn_graph(rows, config.n_neighbors, Metric::Euclidean)?;
        let knn_secs = started.elapsed().as_secs_f64();
        let latents = latents(rows)?;
        let started = Instant::now();
        let projection = project_with(&latents, &neighbors, config)?;
        (projection.coordinates, projection.n_epochs, knn_secs, started.elapsed().as_secs_f64())
    } else {
        let engine: Engine = engine.parse()?;
        let engine = if engine.seed().is_some() { engine.with_seed(seed)? } else { engine };
        let projection = project(&latents(rows)?, engine)?;
        (projection.coordinates, projection.n_epochs, 0.0, projection.elapsed_secs)
    };
    write(Path::new(to), &coordinates)?;
    Ok(json!({
        "seconds": layout_secs + knn_secs,
        "knn_secs": knn_secs, "layout_secs": layout_secs, "n_epochs": n_epochs, "peak_mib": peak_mib(),
    }))
}

/// Writes the graph of `rows`.
fn neighbors(rows: &Array2<f32>, k: usize, search: &str, indices: &Path, distances: &Path) -> Outcome<Value> {
    let search = match search {
        "auto" => Search::Auto,
        "exact" => Search::Exact,
        "approximate" => Search::Approximate,
        _ => return Err("the search is auto, exact or approximate".into()),
    };
    // Warm, as the others are: the pool has started.
    knn_graph(&rows.slice(s![..rows.nrows().min(6_000), ..]).to_owned(), k, Metric::Euclidean)?;
    let started = Instant::now();
    let graph = knn_graph_with(rows, k, Metric::Euclidean, search)?;
    let knn_secs = started.elapsed().as_secs_f64();
    write(distances, &graph.distances)?;
    let bytes: Vec<u8> = graph.indices.iter().flat_map(|j| j.to_le_bytes()).collect();
    std::fs::write(indices, bytes)?;
    Ok(json!({ "knn_secs": knn_secs, "recall": graph.recall, "peak_mib": peak_mib() }))
}

fn latents(rows: &Array2<f32>) -> Outcome<Latents> {
    Ok(Latents::new("rows", rows.clone(), None)?)
}

/// Maps `rows` by UMAP and places others on that map: `map.f32`, `placed.f32`, and `outlier_score.f32` of `new` and
/// behind it of `foreign`.
fn transform(
    rows: &Array2<f32>,
    seed: u64,
    new: &Array2<f32>,
    foreign: &Array2<f32>,
    folder: &Path,
) -> Outcome<Value> {
    let projection = project(&latents(rows)?, UmapConfig { seed, ..UmapConfig::default() })?;
    let started = Instant::now();
    let placement = projection.transform(new)?;
    let seconds = started.elapsed().as_secs_f64();
    let foreign = projection.transform(foreign)?;
    write(&folder.join("map.f32"), &projection.coordinates)?;
    write(&folder.join("placed.f32"), &placement.coordinates)?;
    write(&folder.join("outlier_score.f32"), placement.outlier_score.iter().chain(&foreign.outlier_score))?;
    Ok(json!({ "seconds": seconds }))
}

/// The vectors and labels of one file of latents behind another.
fn raw(rows: &str, labels: &str, latents: &[&str]) -> Outcome<Value> {
    let (mut values, mut classes, mut columns) = (Vec::new(), Vec::new(), 0);
    for path in latents {
        let latents = Latents::from_parquet(path)?;
        columns = latents.vectors.ncols();
        values.extend(latents.vectors.iter().copied());
        let labels = latents.labels.ok_or("the latents have no labels")?;
        for &code in &labels.codes {
            classes.push(u8::try_from(code)?);
        }
    }
    write(Path::new(rows), &values)?;
    std::fs::write(labels, classes)?;
    Ok(json!({ "columns": columns }))
}

fn read(path: &str, columns: &str) -> Outcome<Array2<f32>> {
    let (bytes, columns) = (std::fs::read(path)?, columns.parse::<usize>()?);
    let values: Vec<f32> = bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
    Ok(Array2::from_shape_vec((values.len() / columns, columns), values)?)
}

fn write<'v>(path: &Path, values: impl IntoIterator<Item = &'v f32>) -> Outcome<()> {
    let bytes: Vec<u8> = values.into_iter().flat_map(|x| x.to_le_bytes()).collect();
    Ok(std::fs::write(path, bytes)?)
}

/// The most memory that this process has held, as Linux tells it; 0 elsewhere.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0)
        / 1024
}
