//! TriMap: same seed, same bits; clusters stay apart; degenerate input has a defined map or is refused in words.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use ndarray::{Array2, s};
use neural_manifold::Result;
use neural_manifold::latents::Latents;
use neural_manifold::neighbors::{Metric, knn_graph};
use neural_manifold::projection::{self, Projection, Stop, TrimapConfig};

/// Maps bare rows.
fn project(rows: &Array2<f32>, config: TrimapConfig) -> Result<Projection> {
    projection::project(&Latents::new("rows", rows.clone(), None)?, config)
}

/// Many times what any of this takes: work that is not done by then hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// Works on a thread of its own, so that a test fails where the work would never end.
fn within<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, wait) = channel();
    thread::spawn(move || done.send(work()));
    wait.recv_timeout(LIMIT).unwrap_or_else(|trouble| panic!("{name}: {trouble}"))
}

/// Rows around the corners of a simplex, each with a cloud of width 2: row `i` belongs to corner `i % 3`.
fn blobs(n: usize, d: usize, distance: f32) -> Array2<f32> {
    let mut state = 7u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    Array2::from_shape_fn((n, d), |(i, axis)| random() + if i % 3 == axis { distance } else { 0.0 })
}

fn config(n_neighbors: usize) -> TrimapConfig {
    TrimapConfig { n_neighbors, ..TrimapConfig::default() }
}

fn map(rows: &Array2<f32>, n_neighbors: usize) -> Result<Projection> {
    project(rows, config(n_neighbors))
}

#[test]
fn the_same_seed_gives_the_same_bits_at_any_number_of_threads() -> Result<()> {
    // The wide rows are reduced to principal components first.
    for (n, d) in [(900, 8), (300, 120)] {
        let rows = blobs(n, d, 4.0);
        let with = |threads: usize, seed: u64| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            let config = TrimapConfig { seed, ..config(10) };
            pool.install(|| project(&rows, config)).map(|map| map.coordinates)
        };
        let one = with(1, 5)?;
        assert_eq!(one, with(2, 5)?);
        assert_eq!(one, with(3, 5)?);
        assert_ne!(one, with(1, 6)?, "the seed matters");
    }
    Ok(())
}

#[test]
fn clusters_stay_apart_and_neighbors_near() -> Result<()> {
    for (d, metric) in [(8, Metric::Euclidean), (8, Metric::Cosine), (130, Metric::Euclidean)] {
        let rows = blobs(450, d, 8.0);
        let map = project(&rows, TrimapConfig { metric, ..config(10) })?;
        let near = knn_graph(&map.coordinates, 10, Metric::Euclidean)?;
        let same = near.indices.indexed_iter().filter(|((i, _), j)| i % 3 == **j as usize % 3).count();
        assert_eq!(same, near.indices.len(), "no neighbor on the map is of another cluster");
        let truth = knn_graph(&rows, 10, metric)?;
        let shared = |(a, b): (ndarray::ArrayView1<u32>, ndarray::ArrayView1<u32>)| {
            a.iter().filter(|j| b.iter().any(|l| l == *j)).count()
        };
        let recall = truth.indices.rows().into_iter().zip(near.indices.rows()).map(shared).sum::<usize>();
        let chance = 10.0 / 150.0;
        assert!(recall as f64 / near.indices.len() as f64 > 2.0 * chance, "{d}: {recall}");
    }
    Ok(())
}

#[test]
fn stop_and_snapshots_come_through() -> Result<()> {
    let rows = blobs(90, 8, 4.0);
    let config = TrimapConfig { n_epochs: 45, keep_epochs: vec![0, 45], ..config(10) };
    let full = project(&rows, config.clone())?;
    assert_eq!((full.n_epochs, full.stopped, full.snapshots.len()), (45, false, 2));
    let stop = Stop::new();
    stop.stop();
    let halted = project(&rows, TrimapConfig { stop: Some(stop), ..config })?;
    assert!(halted.stopped && halted.n_epochs == 0);
    assert_eq!(halted.coordinates, full.snapshots[0].coordinates);
    Ok(())
}

#[test]
fn few_rows_have_a_finite_map() {
    for n in 2..=20 {
        for n_neighbors in [1, 10.min(n - 1), n - 1] {
            let name = format!("{n} rows, {n_neighbors} neighbors");
            let places = within(&name, move || map(&blobs(n, 4, 3.0), n_neighbors)).expect(&name).coordinates;
            assert!(places.dim() == (n, 2) && places.iter().all(|x| x.is_finite()), "{name}: {places}");
        }
        let told = within("too many", move || map(&blobs(n, 4, 3.0), n)).expect_err("refused").to_string();
        assert_eq!(told, format!("n_neighbors is {n}; there are {n} rows, so it is {} at the most", n - 1));
    }
}

#[test]
fn degenerate_rows_have_a_finite_map() {
    let mut constant = blobs(120, 8, 3.0);
    constant.slice_mut(s![.., 1..5]).fill(5.0);
    let third = blobs(90, 8, 3.0);
    let repeated = Array2::from_shape_fn((270, 8), |(i, axis)| third[[i % 90, axis]]);
    let mut outlier = blobs(120, 8, 3.0);
    outlier[[7, 3]] = 1e30;
    let cases = [
        ("all equal", Array2::from_elem((80, 3), 0.1)),
        ("all equal and wide", Array2::from_elem((80, 130), 0.1)),
        ("constant columns", constant),
        ("duplicates", repeated),
        ("one dimension", blobs(120, 1, 3.0)),
        ("wider than there are rows", blobs(60, 300, 3.0)),
        ("huge", blobs(120, 8, 3.0) * 1e17),
        ("huge and wide", blobs(120, 130, 3.0) * 1e37),
        ("tiny", blobs(120, 8, 3.0) * 1e-17),
        ("an outlier", outlier),
    ];
    for (name, rows) in cases {
        for metric in [Metric::Euclidean, Metric::Cosine] {
            let (name, rows) = (format!("{name}, {metric:?}"), rows.clone());
            let work = move || project(&rows, TrimapConfig { metric, ..config(10) });
            let places = within(&name, work).expect(&name).coordinates;
            assert!(places.iter().all(|x| x.is_finite()), "{name}");
            let distinct = !name.starts_with("all equal");
            let apart = places.outer_iter().any(|place| place != places.row(0));
            assert_eq!(apart, distinct || places.nrows() < 2, "{name}");
        }
    }
}
