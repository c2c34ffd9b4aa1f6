//! The UMAP of the crate manifolds-rs: a peer in the same language, on the same neighbors. Seconds and memory are printed
//! as a line of JSON.
//!
//! `cargo run --release -- ROWS COLUMNS INDICES DISTANCES K OPTIMIZER SEED MAP`, with files of raw little-endian numbers:
//! rows, distances and the map `f32`, row numbers of neighbors `u32`.

use std::path::Path;
use std::time::Instant;

use manifolds_rs::UmapParams;
use serde_json::json;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [rows, columns, indices, distances, k, optimizer, seed, to] = arguments.as_slice() else {
        return Err("give ROWS COLUMNS INDICES DISTANCES K OPTIMIZER SEED MAP".into());
    };
    let (rows, columns, k) = (floats(rows)?, columns.parse::<usize>()?, k.parse::<usize>()?);
    let n = rows.len() / columns;
    let numbers = words(indices)?.into_iter().map(|word| u32::from_le_bytes(word) as usize);
    let indices: Vec<Vec<usize>> = numbers.collect::<Vec<_>>().chunks(k).map(<[usize]>::to_vec).collect();
    // The crate works on squared distances.
    let squared = |row: &[f32]| row.iter().map(|d| d * d).collect();
    let distances: Vec<Vec<f32>> = floats(distances)?.chunks(k).map(squared).collect();

    // All is as the crate has it (a spectral start, 500 epochs) but the curve, which is that of the other engines.
    let mut params = UmapParams::new_default_2d(Some(0.1), Some(1.0));
    params.k = k;
    params.optimiser = (*optimizer).into();
    let input = (rows.as_slice(), n, columns);
    let seed = seed.parse()?;
    let started = Instant::now();
    let axes = manifolds_rs::umap(input, Some((indices, distances)), &params, seed, 0)?;
    let seconds = started.elapsed().as_secs_f64();
    let places = (0..n).flat_map(|row| [axes[0][row], axes[1][row]]);
    std::fs::write(Path::new(to), places.flat_map(f32::to_le_bytes).collect::<Vec<u8>>())?;
    println!(
        "{}",
        json!({ "seconds": seconds, "n_epochs": params.optim_params.n_epochs, "peak_mib": peak_mib() })
    );
    Ok(())
}

fn words(path: &str) -> Outcome<Vec<[u8; 4]>> {
    Ok(std::fs::read(path)?.as_chunks().0.to_vec())
}

fn floats(path: &str) -> Outcome<Vec<f32>> {
    Ok(words(path)?.into_iter().map(f32::from_le_bytes).collect())
}

/// The most memory that this process has held, as Linux tells it; 0 elsewhere.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0)
        / 1024
}
