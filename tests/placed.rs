//! The folder of a job that has placed rows: read whole, or refused.

use std::fs;
use std::path::{Path, PathBuf};

use neural_manifold::placed::Placed;
use polars::prelude::{DataFrame, IntoColumn, NamedFrom, ParquetWriter, Series};

const ROWS: usize = 40;
/// A row that could not be placed, and one that is far from all.
const BAD: usize = 7;
const FAR: usize = 11;

/// The rows from `from` to `to` as a job writes them.
fn part(from: usize, to: usize) -> DataFrame {
    let rows = || from..to;
    let of = |value: fn(usize) -> f32| -> Vec<Option<f32>> {
        rows().map(|row| (row != BAD).then(|| value(row))).collect()
    };
    let latent: Vec<Option<Series>> = rows()
        .map(|row| {
            (row != BAD)
                .then(|| Series::new("".into(), [(row as f32).sin(), (row as f32).cos(), row as f32 / 9.0]))
        })
        .collect();
    let error: Vec<Option<&str>> = rows().map(|row| (row == BAD).then_some("no picture")).collect();
    let columns = vec![
        Series::new("id".into(), rows().map(|row| 1000 + row as i64).collect::<Vec<_>>()).into_column(),
        Series::new("latent".into(), latent).into_column(),
        Series::new("x".into(), of(|row| row as f32)).into_column(),
        Series::new("y".into(), of(|row| -(row as f32))).into_column(),
        Series::new("isolation".into(), of(|row| if row == FAR { 3.5 } else { 1.0 })).into_column(),
        Series::new("error".into(), error).into_column(),
    ];
    DataFrame::new(to - from, columns).unwrap()
}

fn manifest(rows: usize) -> String {
    format!(
        r#"{{"bundle_sha256": "ab12", "version": "0.2.0", "rows": {rows}, "bad_rows": 1, "isolated_rows": 1, "seconds": 2.5}}"#
    )
}

/// A folder of two parts.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("neural-manifold-placed-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (number, (from, to)) in [(0, 25), (25, ROWS)].into_iter().enumerate() {
        let file = fs::File::create(folder.join(format!("part-{number:05}.parquet"))).unwrap();
        ParquetWriter::new(file).finish(&mut part(from, to)).unwrap();
    }
    fs::write(folder.join("_SUCCESS"), "").unwrap();
    fs::write(folder.join("_neural_manifold.json"), manifest(ROWS)).unwrap();
    folder
}

fn refused(folder: &Path) -> String {
    Placed::open(folder).unwrap_err().to_string()
}

#[test]
fn a_whole_folder_has_all_rows_and_a_map_of_those_that_were_placed() {
    let placed = Placed::open(folder("whole")).unwrap();
    assert_eq!(placed.table.len(), ROWS);
    assert_eq!((placed.manifest.bundle_sha256.as_str(), placed.manifest.start.as_str()), ("ab12", ""));
    assert_eq!((placed.manifest.bad_rows, placed.manifest.isolated_rows), (1, 1));

    let (map, isolation) = placed.sample(ROWS).unwrap();
    assert_eq!((map.len(), isolation.len()), (ROWS - 1, ROWS - 1));
    for (at, row) in (0..ROWS).filter(|&row| row != BAD).enumerate() {
        assert_eq!(map.coordinates.row(at).to_vec(), [row as f32, -(row as f32)]);
        assert_eq!(map.latents.vectors[[at, 2]], row as f32 / 9.0);
        assert_eq!(isolation[at], if row == FAR { 3.5 } else { 1.0 });
    }
    let (few, _) = placed.sample(10).unwrap();
    assert_eq!(few.coordinates.column(0).to_vec(), [0.0, 4.0, 9.0, 13.0, 17.0, 21.0, 25.0, 29.0, 33.0, 37.0]);
    assert!(placed.sample(0).unwrap_err().to_string().contains("1 row or more"));
}

#[test]
fn a_folder_that_is_not_whole_is_refused() {
    let unfinished = folder("unfinished");
    fs::remove_file(unfinished.join("_SUCCESS")).unwrap();
    assert!(
        refused(&unfinished).contains("has no _SUCCESS: the job that writes it did not end, run it again")
    );

    let untold = folder("untold");
    fs::remove_file(untold.join("_neural_manifold.json")).unwrap();
    assert!(refused(&untold).contains("has no _neural_manifold.json"));

    let garbled = folder("garbled");
    fs::write(garbled.join("_neural_manifold.json"), "{\"rows\": 40").unwrap();
    assert!(refused(&garbled).contains("is not what a job writes"));

    let lost = folder("lost");
    fs::remove_file(lost.join("part-00001.parquet")).unwrap();
    let sentence = refused(&lost);
    assert!(
        sentence.contains("25") && sentence.contains("40") && sentence.contains("--overwrite"),
        "{sentence}"
    );

    assert!(refused(Path::new("/nowhere/placed")).contains("/nowhere/placed"));
}
