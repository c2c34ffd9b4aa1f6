//! A second map that begins at the first one's places: by the library, through a bundle and by the program.

use std::path::Path;
use std::process::{Command, Output};

use ndarray::{Array2, Axis};
use neural_manifold::bundle::Bundle;
use neural_manifold::latents::Latents;
use neural_manifold::model::ModelCard;
use neural_manifold::neighbors::Metric;
use neural_manifold::projection::{
    DensmapConfig, Engine, Projection, Start, TsneConfig, UmapConfig, project,
};
use neural_manifold::quality::procrustes;
use neural_manifold::{Error, Result};
use polars::prelude::{Column, DataFrame, NamedFrom, ParquetReader, ParquetWriter, SerReader, Series};

const ROWS: usize = 450;
const CLUMPS: usize = 15;

/// Clumps in eight dimensions, in the order of no seed: maps of two seeds arrange them in their own ways.
fn clumps() -> Array2<f32> {
    let wave = |number: usize, axis: usize| ((number * 37 + axis * 11 + number * axis * 5) as f32).sin();
    Array2::from_shape_fn((ROWS, 8), |(row, axis)| 6.0 * wave(row % CLUMPS, axis) + wave(row + 99, axis + 8))
}

fn latents(rows: &Array2<f32>) -> Latents {
    Latents::new("rows", rows.clone(), None).unwrap()
}

/// The rows of all clumps but one, which the first sample has missed.
fn seen() -> Vec<usize> {
    (0..ROWS).filter(|row| row % CLUMPS != 2).collect()
}

fn rows_of(all: &Array2<f32>, rows: &[usize]) -> Array2<f32> {
    all.select(Axis(0), rows)
}

fn first(all: &Array2<f32>, engine: &Engine) -> Projection {
    project(&latents(&rows_of(all, &seen())), engine).unwrap()
}

/// Mean distance between the places of the shared rows on two maps, aligned, in units of the first one's radius.
fn moved(first: &Projection, second: &Array2<f32>) -> f32 {
    let aligned = procrustes(&first.coordinates, &rows_of(second, &seen())).unwrap();
    aligned.displacements.mean().unwrap()
}

#[test]
fn a_map_from_a_start_looks_like_the_first_one() -> Result<()> {
    let all = clumps();
    for engine in [Engine::from(UmapConfig::default()), DensmapConfig::default().into()] {
        let first = first(&all, &engine);
        let start = first.start(&all)?;
        let known: Vec<usize> = start.mapped.iter().flatten().copied().collect();
        assert_eq!(known, (0..first.len()).collect::<Vec<usize>>());
        assert_eq!(rows_of(&start.coordinates, &seen()), first.coordinates);
        let new: Vec<usize> = (2..ROWS).step_by(CLUMPS).collect();
        let placed = first.transform(&rows_of(&all, &new))?.coordinates;
        assert_eq!(rows_of(&start.coordinates, &new), placed);

        let second = project(&latents(&all), engine.with_start(&start)?.with_frames(2, ROWS)?)?;
        assert_eq!(second.snapshots[0].coordinates, start.coordinates, "taken as they are");
        let fresh = project(&latents(&all), engine.with_seed(7)?)?;
        assert_eq!(second.n_epochs, fresh.n_epochs / 4);
        let (near, far) = (moved(&first, &second.coordinates), moved(&first, &fresh.coordinates));
        assert!(near < far / 3.0, "{}: {near} from the start, {far} anew", engine.name());
    }
    Ok(())
}

#[test]
fn the_bits_are_the_same_at_any_number_of_threads() -> Result<()> {
    let all = clumps();
    let with = |threads: usize| -> Result<Array2<f32>> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let first = first(&all, &Engine::default());
            let second = project(&latents(&all), Engine::default().with_start(&first.start(&all)?)?)?;
            Ok(second.coordinates)
        })
    };
    let one = with(1)?;
    assert_eq!(one, with(2)?);
    assert_eq!(one, with(3)?);
    Ok(())
}

#[test]
fn equal_rows_and_a_number_of_epochs_are_taken_as_they_come() -> Result<()> {
    let all = clumps();
    let first = first(&all, &Engine::default());
    let twice = rows_of(&all, &[0, 0, 1, 1]);
    let start = first.start(&twice)?;
    assert_eq!(start.mapped, [Some(0), Some(0), Some(1), Some(1)]);
    let start = first.start(&all)?;
    let asked = Engine::from(UmapConfig { n_epochs: Some(9), ..UmapConfig::default() });
    assert_eq!(project(&latents(&all), asked.with_start(&start)?)?.n_epochs, 9);
    Ok(())
}

#[test]
fn what_cannot_be_a_start_is_refused_in_words() {
    let all = clumps();
    let first = first(&all, &Engine::default());
    let refused = |rows: &Array2<f32>, words: &str| {
        let error = first.start(rows).expect_err(words).to_string();
        assert!(error.contains(words), "{error}");
    };
    refused(&Array2::zeros((5, 3)), "3 columns in the rows, 8 in the map; give vectors of the same origin");
    refused(&Array2::zeros((0, 8)), "rows is empty");
    let mut holed = all.clone();
    holed[[4, 1]] = f32::NAN;
    refused(&holed, "rows holds NaN at row 4, column 1");
    refused(
        &(&all + 1.0),
        "the list of rows that are among the 420 of the map \"UMAP\" is empty; give its rows too",
    );
    let start = first.start(&all).unwrap();
    let error = Engine::from(TsneConfig::default()).with_start(&start).expect_err("no start").to_string();
    assert_eq!(error, "start is 450 places; t-SNE takes none; choose an engine that does, such as umap");
    let of_others = Engine::default().with_start(&start).unwrap();
    let error = project(&latents(&rows_of(&all, &seen())), of_others).expect_err("other rows").to_string();
    assert!(error.contains("init is an array of shape (450, 2); give one of shape (420, 2)"), "{error}");
    let mut coordinates = start.coordinates.clone();
    coordinates[[3, 0]] = f32::INFINITY;
    let lost = Engine::default().with_start(&Start { coordinates, ..start }).unwrap();
    let error = project(&latents(&all), lost).expect_err("not finite").to_string();
    assert!(error.contains("init holds inf at row 3, column 0"), "{error}");
}

fn run(arguments: &[&str]) -> (i32, String) {
    let program = Command::new(env!("CARGO_BIN_EXE_neural-manifold")).args(arguments).env_clear().output();
    let Output { status, stderr, .. } = program.unwrap();
    (status.code().unwrap(), String::from_utf8(stderr).unwrap())
}

fn write_rows(path: &Path, rows: &Array2<f32>) {
    let vectors = rows.rows().into_iter().map(|row| Series::new("".into(), row.to_vec()));
    let columns = vec![
        Column::new("id".into(), (0..rows.nrows() as i64).collect::<Vec<i64>>()),
        Column::new("latent".into(), vectors.collect::<Vec<Series>>()),
    ];
    let mut content = Vec::new();
    ParquetWriter::new(&mut content).finish(&mut DataFrame::new(rows.nrows(), columns).unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
}

#[test]
fn the_program_begins_at_the_map_of_a_bundle() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let all = clumps();
    let few = first(&all, &Engine::default());
    Bundle::new(None, &ModelCard::default(), &few)?.save(at("map.nm"))?;
    let data = at("all.parquet");
    write_rows(Path::new(&data), &all);
    let map = |flags: &[&str]| run(&[&["map", &data, "-o", &at("map.parquet")], flags].concat());
    let metric = ["--metric", "euclidean"];

    let (code, err) = map(&[&metric[..], &["--start", &at("map.nm"), "--bundle", &at("second.nm")]].concat());
    assert!(code == 0 && err.contains("420 of 450 rows begin at their places, the others where"), "{err}");
    let second = Bundle::load(at("second.nm"))?;
    let expected = project(&latents(&all), Engine::default().with_start(&few.start(&all)?)?)?;
    assert_eq!(second.map.coordinates, expected.coordinates);
    // It tells what it came from; a map that began anew names none, and has the bytes that it had before.
    assert_eq!(second.start, Bundle::load(at("map.nm"))?.sha256);
    let content = std::fs::read(at("map.nm")).unwrap();
    assert!(!String::from_utf8_lossy(&content).contains("\\\"start\\\""));
    let frame = ParquetReader::new(std::fs::File::open(at("map.parquet")).unwrap()).finish().unwrap();
    assert_eq!(frame.height(), ROWS);

    let refused = |flags: &[&str], words: &str| {
        let (code, err) = map(flags);
        assert!(code == 2 && err.contains(words), "{err}");
    };
    refused(
        &["--metric", "cosine", "--start", &at("map.nm")],
        "metric is cosine; the map that this one begins at compares by Euclidean; give that",
    );
    refused(
        &[&metric[..], &["--start", &at("map.nm"), "--engine", "umap,pca"]].concat(),
        "start is 450 places; PCA takes none",
    );
    refused(&["--start", &at("absent.nm")], "check the path");
    write_rows(Path::new(&data), &(&all + 1.0));
    refused(&[&metric[..], &["--start", &at("map.nm")]].concat(), "and vectors of the same model");
    assert_eq!(second.metric, Metric::Euclidean);
    Ok::<(), Error>(())
}
