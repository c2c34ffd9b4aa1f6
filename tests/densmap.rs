//! densMAP: same seed, same bits; local radii follow those of the data; degenerate input has a defined map or is refused
//! in words.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use ndarray::{Array1, Array2};
use neural_manifold::Result;
use neural_manifold::latents::Latents;
use neural_manifold::neighbors::{Metric, knn_graph};
use neural_manifold::projection::{self, DensmapConfig, Engine, Init, Projection, Stop, UmapConfig};

fn project(rows: &Array2<f32>, engine: impl Into<Engine>) -> Result<Projection> {
    projection::project(&Latents::new("rows", rows.clone(), None)?, engine)
}

/// Many times what any of this takes: work that is not done by then hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// Works on a thread of its own, so that a test fails where the work would never end.
fn within<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, wait) = channel();
    thread::spawn(move || done.send(work()));
    wait.recv_timeout(LIMIT).unwrap_or_else(|trouble| panic!("{name}: {trouble}"))
}

/// Two blobs of `n` rows far apart, the rows of the first ten times closer together.
fn two_densities(n: usize) -> Array2<f32> {
    let mut state = 7u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    Array2::from_shape_fn((2 * n, 5), |(i, axis)| {
        if i % 2 == 0 { random() } else { 10.0 * random() + if axis == 0 { 60.0 } else { 0.0 } }
    })
}

fn config() -> DensmapConfig {
    DensmapConfig { n_neighbors: 10, n_epochs: Some(100), ..DensmapConfig::default() }
}

/// The logarithm of each row's mean distance to its ten nearest.
fn log_radii(rows: &Array2<f32>) -> Result<Array1<f64>> {
    let graph = knn_graph(rows, 10, Metric::Euclidean)?;
    Ok(graph.distances.rows().into_iter().map(|row| f64::from(row.sum() / 10.0).ln()).collect())
}

fn correlation(x: &Array1<f64>, y: &Array1<f64>) -> f64 {
    let center = |x: &Array1<f64>| x - x.mean().expect("not empty");
    let (x, y) = (center(x), center(y));
    x.dot(&y) / (x.dot(&x) * y.dot(&y)).sqrt()
}

#[test]
fn the_same_seed_gives_the_same_bits_at_any_number_of_threads() -> Result<()> {
    // From 2,048 rows on, blocks run in parallel.
    for n in [150, 1_100] {
        let rows = two_densities(n);
        let with = |threads: usize, seed: u64| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| project(&rows, DensmapConfig { seed, ..config() })).map(|map| map.coordinates)
        };
        let one = with(1, 5)?;
        assert_eq!(one, with(2, 5)?);
        assert_eq!(one, with(3, 5)?);
        assert_ne!(one, with(1, 6)?, "the seed matters");
    }
    Ok(())
}

#[test]
fn radii_follow_those_of_the_data_where_umap_forgets_them() -> Result<()> {
    let rows = two_densities(400);
    let original = log_radii(&rows)?;
    let of_umap = project(&rows, UmapConfig { n_neighbors: 10, ..UmapConfig::default() })?;
    let of_densmap = project(&rows, DensmapConfig { n_epochs: None, ..config() })?;
    let [umap, densmap] = [of_umap, of_densmap].map(|map| map.coordinates);
    let (umap, densmap) = (log_radii(&umap)?, log_radii(&densmap)?);
    let [with_umap, with_densmap] = [&umap, &densmap].map(|radii| correlation(&original, radii));
    assert!(with_densmap > 0.8 && with_densmap > with_umap + 0.2, "{with_umap} {with_densmap}");
    // The sparse blob takes more room than the dense one.
    let mean_of = |side: usize| densmap.iter().skip(side).step_by(2).sum::<f64>() / 400.0;
    assert!(mean_of(1) > mean_of(0) + 0.5, "{} {}", mean_of(0), mean_of(1));
    Ok(())
}

#[test]
fn the_density_term_acts_from_its_first_epoch_on() -> Result<()> {
    let rows = two_densities(100);
    let kept = |dens_lambda| {
        let keep_epochs = vec![0, 70, 71, 100];
        project(&rows, DensmapConfig { dens_lambda, keep_epochs, ..config() }).map(|map| map.snapshots)
    };
    let (with, without) = (kept(2.0)?, kept(0.0)?);
    let same: Vec<bool> =
        with.iter().zip(&without).map(|(with, without)| with.coordinates == without.coordinates).collect();
    assert_eq!(same, [true, true, false, false]);
    Ok(())
}

#[test]
fn a_stopped_run_keeps_its_layout() -> Result<()> {
    let stop = Stop::default();
    stop.stop();
    let rows = two_densities(50);
    let given = Array2::from_shape_fn((100, 2), |(row, axis)| (row * (axis + 1)) as f32);
    let init = Init::Given(given.clone());
    let map = project(&rows, DensmapConfig { stop: Some(stop), init, ..config() })?;
    assert!(map.stopped && map.n_epochs == 0);
    assert_eq!(map.coordinates, given);
    Ok(())
}

#[test]
fn new_rows_are_placed_among_their_neighbors() -> Result<()> {
    let rows = two_densities(100);
    let map = project(&rows, config())?;
    let placed = map.transform(&rows)?.coordinates;
    for (row, (old, new)) in map.coordinates.rows().into_iter().zip(placed.rows()).enumerate() {
        let own = map.transform(&rows.select(ndarray::Axis(0), &[row]))?.coordinates;
        assert_eq!(own.row(0), new, "alone or among others");
        assert!((&old - &new).iter().all(|off| off.abs() < 3.0), "{row}: {old} {new}");
    }
    Ok(())
}

#[test]
fn degenerate_rows_have_a_finite_map() {
    let line = |n: usize| Array2::from_shape_fn((n, 3), |(i, axis)| (i * (axis + 1)) as f32);
    let constant = |rows: Array2<f32>| {
        let mut rows = rows;
        rows.column_mut(0).fill(3.0);
        rows
    };
    let mut cases: Vec<(String, Array2<f32>)> = (2..=20).map(|n| (format!("{n} rows"), line(n))).collect();
    cases.extend((2..=20).map(|n| (format!("{n} rows, all equal"), Array2::ones((n, 3)))));
    cases.push(("all equal".into(), Array2::ones((80, 3))));
    cases.push(("constant column".into(), constant(two_densities(40))));
    cases.push(("only constant columns but one row".into(), {
        let mut rows = Array2::ones((80, 3));
        rows[[7, 1]] = 2.0;
        rows
    }));
    for factor in [1e18f32, 1e-18] {
        cases.push((format!("in units of {factor}"), two_densities(40) * factor));
    }
    for (name, rows) in cases {
        for (dens_lambda, dens_var_shift) in [(2.0, 0.1), (1e12, 0.0)] {
            let n_neighbors = 10.min(rows.nrows() - 1);
            let config = DensmapConfig { n_neighbors, dens_lambda, dens_var_shift, ..config() };
            let rows = rows.clone();
            let map = within(&name, move || project(&rows, config));
            let map = map.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(map.coordinates.iter().all(|x| x.is_finite()), "{name}");
        }
    }
}

#[test]
fn settings_out_of_range_are_refused_in_words() {
    let told = |config: DensmapConfig| {
        within("refusal", move || project(&two_densities(20), config)).expect_err("refused").to_string()
    };
    let amount = "; give zero or a positive number";
    let cases = [
        (DensmapConfig { dens_lambda: -1.0, ..config() }, format!("dens_lambda is -1{amount}")),
        (DensmapConfig { dens_lambda: f64::NAN, ..config() }, format!("dens_lambda is NaN{amount}")),
        (
            DensmapConfig { dens_var_shift: f64::INFINITY, ..config() },
            format!("dens_var_shift is inf{amount}"),
        ),
        (DensmapConfig { dens_frac: 1.5, ..config() }, "dens_frac is 1.5; give a number from 0 to 1".into()),
        (
            DensmapConfig { keep_epochs: vec![101], ..config() },
            "keep_epochs is 101; there are 100 epochs".into(),
        ),
        (
            DensmapConfig { init: Init::Given(Array2::zeros((3, 2))), ..config() },
            "init is an array of shape (3, 2); give one of shape (40, 2), a position for each row".into(),
        ),
    ];
    for (config, words) in cases {
        assert_eq!(told(config), words);
    }
}
