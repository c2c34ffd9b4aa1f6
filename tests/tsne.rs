//! t-SNE: same seed, same bits; clusters; stop and snapshots; odd rows.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use ndarray::{Array2, Axis, concatenate, s};
use neural_manifold::latents::Latents;
use neural_manifold::neighbors::{KnnGraph, Metric, knn_graph};
use neural_manifold::projection::{Projection, Stop, TsneConfig};
use neural_manifold::{Error, Result};

/// Many times what any of this takes: work that is not done by then hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// `per_blob` points around each of three corners, each blob a uniform cloud of width 2.
fn blobs(per_blob: usize, columns: usize, distance: f32) -> Array2<f32> {
    let mut state = 7u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    Array2::from_shape_fn((3 * per_blob, columns), |(i, axis)| {
        random() + if i % 3 == axis { distance } else { 0.0 }
    })
}

fn config(perplexity: f64, n_epochs: usize) -> TsneConfig {
    TsneConfig { perplexity, n_epochs: Some(n_epochs), ..TsneConfig::default() }
}

fn project(rows: &Array2<f32>, config: &TsneConfig) -> Result<Projection> {
    neural_manifold::projection::project(&Latents::new("rows", rows.clone(), None)?, config.clone())
}

fn project_with(rows: &Array2<f32>, graph: &KnnGraph, config: &TsneConfig) -> Result<Projection> {
    neural_manifold::projection::project_with(
        &Latents::new("rows", rows.clone(), None)?,
        graph,
        config.clone(),
    )
}

/// The share of neighbors on the map that are of the same blob.
fn own_share(map: &Projection) -> Result<f64> {
    let near = knn_graph(&map.coordinates, 10, Metric::Euclidean)?;
    let own = near.indices.indexed_iter().filter(|((i, _), j)| i % 3 == **j as usize % 3).count();
    Ok(own as f64 / near.indices.len() as f64)
}

#[test]
fn the_bits_are_the_same_at_any_number_of_threads() -> Result<()> {
    // The larger map is made by the grid, the smaller one by the sums over all pairs.
    for (per_blob, n_epochs) in [(100, 120), (800, 90)] {
        let rows = blobs(per_blob, 8, 4.0);
        let with = |threads: usize, seed: u64| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            let config = TsneConfig { seed, ..config(15.0, n_epochs) };
            pool.install(|| project(&rows, &config)).map(|map| map.coordinates)
        };
        let one = with(1, 5)?;
        assert_eq!(one, with(2, 5)?);
        assert_eq!(one, with(3, 5)?);
        assert_ne!(one, with(1, 6)?, "the seed matters");
    }
    Ok(())
}

#[test]
fn blobs_stay_apart_and_neighbors_are_kept() -> Result<()> {
    for per_blob in [100, 800] {
        let rows = blobs(per_blob, 8, 6.0);
        let map = project(&rows, &config(20.0, 400))?;
        assert_eq!(own_share(&map)?, 1.0, "no neighbor on the map is of another blob");
        let (truth, near) =
            (knn_graph(&rows, 10, Metric::Euclidean)?, knn_graph(&map.coordinates, 10, Metric::Euclidean)?);
        let shared = |(a, b): (ndarray::ArrayView1<u32>, ndarray::ArrayView1<u32>)| {
            a.iter().filter(|j| b.iter().any(|l| l == *j)).count()
        };
        let kept: usize = truth.indices.rows().into_iter().zip(near.indices.rows()).map(shared).sum();
        let recall = kept as f64 / near.indices.len() as f64;
        assert!(recall > 0.3, "{per_blob}: {recall}");
        let mean = map.coordinates.mean_axis(Axis(0)).expect("rows");
        assert!(mean.iter().all(|x| x.abs() < 1e-3), "the map is centered: {mean}");
    }
    Ok(())
}

#[test]
fn a_larger_graph_gives_the_same_map() -> Result<()> {
    let rows = blobs(60, 8, 4.0);
    let larger = project_with(&rows, &knn_graph(&rows, 80, Metric::Euclidean)?, &config(15.0, 40))?;
    assert_eq!(larger.coordinates, project(&rows, &config(15.0, 40))?.coordinates);
    Ok(())
}

#[test]
fn a_stopped_map_is_that_of_the_epochs_done() -> Result<()> {
    let rows = blobs(60, 8, 4.0);
    let keep_epochs = vec![0, 20, 60];
    let full = project(&rows, &TsneConfig { keep_epochs, ..config(15.0, 60) })?;
    assert_eq!((full.n_epochs, full.stopped), (60, false));
    assert_eq!(full.snapshots.iter().map(|snapshot| snapshot.epoch).collect::<Vec<_>>(), [0, 20, 60]);
    assert_eq!(full.snapshots[2].coordinates, full.coordinates);
    let size = |map: &Array2<f32>| map.std_axis(Axis(0), 0.0).sum();
    assert!((5e-5..3e-4).contains(&size(&full.snapshots[0].coordinates)), "the start is small");
    assert!(
        size(&full.snapshots[1].coordinates) < size(&full.coordinates),
        "early exaggeration holds it together"
    );

    let stop = Stop::new();
    stop.stop();
    let stopped = project(&rows, &TsneConfig { stop: Some(stop), ..config(15.0, 60) })?;
    assert_eq!((stopped.n_epochs, stopped.stopped), (0, true));
    assert_eq!(stopped.coordinates, full.snapshots[0].coordinates);

    let late = project(&rows, &TsneConfig { keep_epochs: vec![61], ..config(15.0, 60) });
    let late = late.expect_err("too late").to_string();
    assert!(late.contains("keep_epochs is 61; there are 60 epochs"), "{late}");
    Ok(())
}

#[test]
fn directions_alone_count_under_the_cosine_metric() -> Result<()> {
    let rows = blobs(60, 8, 6.0);
    let mut stretched = rows.clone();
    for (i, mut row) in stretched.axis_iter_mut(Axis(0)).enumerate() {
        row *= [0.25, 1.0, 8.0][i / 3 % 3];
    }
    let config = TsneConfig { metric: Metric::Cosine, ..config(15.0, 300) };
    let graph = knn_graph(&rows, 45, Metric::Cosine)?;
    let same = knn_graph(&stretched, 45, Metric::Cosine)?;
    assert_eq!(graph.indices, same.indices);
    assert_eq!(own_share(&project_with(&stretched, &same, &config)?)?, 1.0);
    Ok(())
}

#[test]
fn odd_rows_have_a_defined_map() {
    let mut constant = blobs(40, 8, 3.0);
    constant.slice_mut(s![.., 1..5]).fill(5.0);
    let apart = concatenate![Axis(0), blobs(20, 8, 0.0), blobs(20, 8, 0.0) + 1e4];
    let third = blobs(30, 8, 3.0);
    let mut cases = vec![
        ("two components", apart),
        ("each row three times", concatenate![Axis(0), third, third, third]),
        ("constant columns", constant),
        ("all equal", Array2::from_elem((80, 3), 0.1)),
        ("all equal, by the grid", Array2::from_elem((2_100, 3), 0.1)),
        ("one column", blobs(40, 1, 3.0)),
        ("huge", blobs(40, 8, 3.0) * 1e30),
        ("tiny", blobs(40, 8, 3.0) * 1e-30),
        ("huge, by the grid", blobs(700, 8, 3.0) * 1e30),
    ];
    cases.extend((4..=20).map(|n| ("few", blobs(7, 8, 1.0).slice(s![..n, ..]).to_owned())));
    for (name, rows) in cases {
        let n = rows.nrows();
        let (done, wait) = channel();
        thread::spawn(move || {
            done.send(
                project(&rows, &config(((n - 1) as f64 / 3.0).min(10.0), 60)).map(|map| map.coordinates),
            )
        });
        let outcome = wait.recv_timeout(LIMIT).unwrap_or_else(|trouble| panic!("{name}, {n}: {trouble}"));
        let map = outcome.unwrap_or_else(|error| panic!("{name}, {n}: {error}"));
        assert!(map.dim() == (n, 2) && map.iter().all(|x| x.is_finite()), "{name}, {n}: {map}");
        let distinct = (1..n).filter(|&i| map.row(i) != map.row(0)).count();
        assert_eq!(distinct, n - 1, "{name}: no other point lies on the first one");
    }
}

#[test]
fn too_few_rows_are_refused_in_words() {
    for n in [2, 3] {
        let error =
            project(&blobs(1, 8, 1.0).slice(s![..n, ..]).to_owned(), &config(1.0, 20)).expect_err("too few");
        assert!(matches!(error, Error::Config { .. }), "{error}");
        assert!(error.to_string().contains(&format!("t-SNE needs 4 rows or more, here are {n}")), "{error}");
    }
}
