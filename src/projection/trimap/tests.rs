//! Against the package `trimap` 1.2.0, whose numbers `tests/fixtures/make_trimap.py` wrote, and against definitions.

use ndarray::{ArrayView1, Axis};
use rand::RngExt;
use serde_json::Value;

use super::*;
use crate::math::random::seeded;
use crate::neighbors::{Metric, knn_graph};
use crate::projection::engine_config::EngineConfig;

struct Fixture(Value);

impl Fixture {
    fn read() -> Fixture {
        let text = include_str!("../../../tests/fixtures/trimap.json");
        Fixture(serde_json::from_str(text).expect("JSON"))
    }

    fn table<T>(&self, name: &str, read: impl Fn(&Value) -> T) -> Array2<T> {
        let rows = self.0[name].as_array().expect(name);
        let values: Vec<T> = rows.iter().flat_map(|row| row.as_array().expect(name)).map(read).collect();
        Array2::from_shape_vec((rows.len(), values.len() / rows.len()), values).expect("rows of one width")
    }

    fn floats(&self, name: &str) -> Array2<f32> {
        self.table(name, |x| x.as_f64().expect("a number") as f32)
    }

    fn triplets(&self) -> Triplets {
        let rows = |name| self.table(name, |x| x.as_u64().expect("a row number") as u32);
        Triplets { similar: rows("similar"), outlier: rows("outlier"), weights: self.floats("weights") }
    }

    /// The settings of the script.
    fn config() -> TrimapConfig {
        TrimapConfig { n_neighbors: 5, n_outliers: 3, n_random: 2, n_epochs: 10, ..Default::default() }
    }
}

fn places(coordinates: &Array2<f32>) -> Vec<Point> {
    coordinates.rows().into_iter().map(|row| [row[0], row[1]]).collect()
}

fn sampled(rows: &Array2<f32>, config: &TrimapConfig) -> Result<Triplets> {
    let prepared = Prepared::new(rows, config.metric);
    let surroundings = Surroundings::new(rows, config.metric, None);
    let nearest = Nearest::new(&prepared, &surroundings, config.n_neighbors + EXTRA_NEIGHBORS, SIGMA)?;
    Ok(Triplets::sample(&prepared, &nearest, config))
}

fn squared(a: ArrayView1<f32>, b: ArrayView1<f32>) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum()
}

/// The weights of triplets by their definition, and which of their rows are the wrong way round.
fn weights(rows: &Array2<f32>, triplets: &Triplets, n_random: usize) -> Result<(Array2<f64>, usize)> {
    let graph = knn_graph(rows, 5, Metric::Euclidean)?;
    let sigma = |i: usize| graph.distances.row(i).iter().skip(2).map(|&d| f64::from(d)).sum::<f64>() / 3.0;
    let scaled = |i: usize, j: u32| squared(rows.row(i), rows.row(j as usize)) / sigma(i) / sigma(j as usize);
    let (n, count) = triplets.weights.dim();
    let mut wrong = 0;
    let raw = Array2::from_shape_fn((n, count), |(i, slot)| {
        let farther = scaled(i, triplets.outlier[[i, slot]]) - scaled(i, triplets.similar[[i, slot]]);
        let random = slot >= count - n_random;
        wrong += usize::from(random && farther < 0.0);
        if random { 0.1 * farther } else { farther }
    });
    let least = raw.iter().copied().fold(f64::INFINITY, f64::min);
    Ok((raw.mapv(|weight| 2.0 * ((1.0 + weight - least).sqrt() - 1.0)), wrong))
}

#[test]
fn ten_epochs_are_those_of_the_package() {
    let fixture = Fixture::read();
    let layout = optimize(places(&fixture.floats("start")), &fixture.triplets(), &Fixture::config());
    let off = (&layout.coordinates - &fixture.floats("after_ten")).mapv(f32::abs);
    let most = off.iter().copied().fold(0.0, f32::max);
    assert!(most < 1e-4, "{most}");
}

#[test]
fn inliers_and_weights_are_those_of_the_package() -> Result<()> {
    let fixture = Fixture::read();
    let (rows, theirs, config) = (fixture.floats("rows"), fixture.triplets(), Fixture::config());
    let ours = sampled(&rows, &config)?;
    for triplets in [&theirs, &ours] {
        let (expected, wrong) = weights(&rows, triplets, config.n_random)?;
        let off = (&triplets.weights.mapv(f64::from) - &expected).mapv(f64::abs);
        assert!(off.iter().all(|off| *off < 2e-5), "{off}");
        assert_eq!(wrong, 0, "the nearer of two random rows is the similar one");
    }
    let of_inliers = ndarray::s![.., ..config.n_neighbors * config.n_outliers];
    assert_eq!(ours.similar.slice(of_inliers), theirs.similar.slice(of_inliers));
    Ok(())
}

#[test]
fn no_outlier_is_nearer_than_its_inlier() -> Result<()> {
    let mut rng = seeded(4);
    for (n, n_neighbors) in [(200, 12), (14, 12), (5, 4), (3, 2)] {
        let rows = Array2::from_shape_simple_fn((n, 7), || rng.random::<f32>());
        let config = TrimapConfig { n_neighbors, ..Default::default() };
        let triplets = sampled(&rows, &config)?;
        let used = n_neighbors.min(n - 2);
        assert_eq!(triplets.weights.dim(), (n, used * config.n_outliers + config.n_random));
        for i in 0..n {
            let (similar, outlier) = (triplets.similar.row(i), triplets.outlier.row(i));
            for (slot, (&near, &far)) in similar.iter().zip(outlier).enumerate() {
                assert!(near != far && near != i as u32 && far != i as u32, "three rows");
                let of_inliers = slot / config.n_outliers < used;
                let nearer = if of_inliers { slot / config.n_outliers } else { 0 };
                assert!((0..nearer).all(|inlier| similar[inlier * config.n_outliers] != far), "{i} {slot}");
            }
        }
        assert!(triplets.weights.iter().all(|weight| *weight >= 0.0 && weight.is_finite()));
    }
    Ok(())
}

#[test]
fn a_step_follows_half_the_derivative_of_the_loss() {
    let fixture = Fixture::read();
    let triplets = fixture.triplets();
    let mut rng = seeded(6);
    let n = triplets.weights.len_of(Axis(0));
    let start: Vec<Point> = (0..n).map(|_| [5.0 * rng.random::<f32>(), 5.0 * rng.random::<f32>()]).collect();
    let rate = 1e-3;
    let mut descent = Descent::new(start.clone(), &triplets, rate);
    descent.step(0);
    let loss = |places: &[[f64; 2]]| {
        let d = |i: usize, j: u32| {
            let (a, b) = (places[i], places[j as usize]);
            1.0 + (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)
        };
        let of = |((i, slot), &weight): ((usize, usize), &f32)| {
            let (near, far) = (d(i, triplets.similar[[i, slot]]), d(i, triplets.outlier[[i, slot]]));
            f64::from(weight) * near / (near + far)
        };
        triplets.weights.indexed_iter().map(of).sum::<f64>()
    };
    let wide: Vec<[f64; 2]> = start.iter().map(|point| point.map(f64::from)).collect();
    for (i, axis) in (0..n).flat_map(|i| [(i, 0), (i, 1)]) {
        let moved = |by: f64| {
            let mut places = wide.clone();
            places[i][axis] += by;
            loss(&places)
        };
        let gradient = (moved(1e-4) - moved(-1e-4)) / 2e-4 / 2.0;
        // From rest a gain has grown by a step to 1.2.
        let step = f64::from(descent.places[i][axis] - start[i][axis]);
        assert!((step + 1.2 * rate * gradient).abs() < 2e-6, "{i}: {step} {gradient}");
    }
}

#[test]
fn stop_keeps_what_was_done_and_snapshots_show_the_way() {
    let fixture = Fixture::read();
    let config = TrimapConfig { keep_epochs: vec![0, 4, 10], ..Fixture::config() };
    let full = optimize(places(&fixture.floats("start")), &fixture.triplets(), &config);
    assert_eq!(full.snapshots.iter().map(|snapshot| snapshot.epoch).collect::<Vec<_>>(), [0, 4, 10]);
    assert_eq!(full.snapshots[0].coordinates, fixture.floats("start"));
    assert_eq!(full.snapshots[2].coordinates, full.coordinates);
    assert!(!full.stopped && full.n_epochs == 10);
    let stop = Stop::new();
    stop.stop();
    let config = TrimapConfig { stop: Some(stop), ..config };
    let halted = optimize(places(&fixture.floats("start")), &fixture.triplets(), &config);
    assert!(halted.stopped && halted.n_epochs == 0);
    assert_eq!(halted.coordinates, full.snapshots[0].coordinates);
}

#[test]
fn settings_out_of_range_are_refused_in_words() {
    let told = |change: fn(&mut TrimapConfig)| {
        let mut config = TrimapConfig::default();
        change(&mut config);
        config.check().expect_err("refused").to_string()
    };
    assert_eq!(told(|c| c.n_outliers = 0), "n_outliers is 0; ask for at least one");
    assert_eq!(told(|c| c.weight_temperature = 1.5), "weight_temperature is 1.5; give a number from 0 to 1");
    assert_eq!(told(|c| c.learning_rate = 0.0), "learning_rate is 0; give a positive number");
    assert_eq!(told(|c| c.keep_epochs = vec![401]), "keep_epochs is 401; there are 400 epochs");
}
