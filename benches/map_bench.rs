//! One engine on one set of rows: seconds and scores as a line of JSON. `map_bench.py` runs it beside umap-learn.
//!
//! `cargo bench --bench map_bench -- ROWS.f32 COLUMNS ENGINE SEED MAP.f32`, all raw and little-endian. Such files are
//! made of latents by `-- raw ROWS.f32 LABELS.u8 LATENTS.parquet ..`.

use std::time::Instant;

use ndarray::Array2;
use neural_manifold::latents::Latents;
use neural_manifold::neighbors::{Metric, find};
use neural_manifold::projection::{Engine, ProjectionConfig, project_with};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [first, rows, labels, latents @ ..] = arguments.as_slice()
        && first == "raw"
    {
        return write_raw(rows, labels, latents);
    }
    let [rows, columns, engine, seed, map] = arguments.as_slice() else {
        println!("give ROWS.f32 COLUMNS ENGINE SEED MAP.f32, or run benches/map_bench.py; nothing measured");
        return Ok(());
    };
    let values: Vec<f32> =
        std::fs::read(rows)?.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    let columns: usize = columns.parse()?;
    let rows = Array2::from_shape_vec((values.len() / columns, columns), values)?;
    let config =
        ProjectionConfig { engine: engine.parse::<Engine>()?, seed: seed.parse()?, ..Default::default() };

    let started = Instant::now();
    let neighbors = find(&rows, config.n_neighbors, Metric::Euclidean)?;
    let knn_secs = started.elapsed().as_secs_f64();
    let projection = project_with(&rows, &neighbors, &config)?;
    let bytes: Vec<u8> = projection.coordinates.iter().flat_map(|x| x.to_le_bytes()).collect();
    std::fs::write(map, bytes)?;

    println!(
        "{}",
        serde_json::json!({
            "engine": engine, "n": rows.nrows(), "knn_secs": knn_secs, "layout_secs": projection.elapsed_secs,
            "n_epochs": projection.n_epochs, "peak_mib": peak_mib(),
        })
    );
    Ok(())
}

/// The vectors and labels of one file of latents behind another.
fn write_raw(rows: &str, labels: &str, latents: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let (mut values, mut classes, mut columns) = (Vec::new(), Vec::new(), 0);
    for path in latents {
        let latents = Latents::from_parquet(path)?;
        columns = latents.vectors.ncols();
        values.extend(latents.vectors.iter().flat_map(|x| x.to_le_bytes()));
        classes.extend(latents.labels.iter().copied());
    }
    std::fs::write(rows, values)?;
    std::fs::write(labels, classes)?;
    println!("{}", serde_json::json!({ "columns": columns }));
    Ok(())
}

/// The most memory that this process has held, as Linux tells it; 0 elsewhere.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0)
        / 1024
}
