//! Against the package `pacmap` 0.9.1, whose numbers `tests/fixtures/make_pacmap.py` wrote, and against definitions.

use std::collections::BTreeSet;

use ndarray::Axis;
use rand::RngExt;
use serde_json::Value;

use super::*;
use crate::math::random::seeded;
use crate::neighbors::{Metric, knn_graph};
use crate::projection::engine_config::EngineConfig;

struct Fixture(Value);

impl Fixture {
    fn read() -> Fixture {
        let text = include_str!("../../../tests/fixtures/pacmap.json");
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

    fn partners(&self, name: &str) -> Array2<u32> {
        self.table(name, |x| x.as_u64().expect("a row number") as u32)
    }

    fn pairs(&self) -> Pairs {
        Pairs { near: self.partners("near"), mid: self.partners("mid"), far: self.partners("far") }
    }
}

fn places(coordinates: &Array2<f32>) -> Vec<Point> {
    coordinates.rows().into_iter().map(|row| [row[0], row[1]]).collect()
}

fn set(row: ndarray::ArrayView1<u32>) -> BTreeSet<u32> {
    row.iter().copied().collect()
}

#[test]
fn ten_epochs_are_those_of_the_package() {
    let fixture = Fixture::read();
    for (name, local_distance) in [("pacmap", None), ("localmap", Some(10.0))] {
        let config = PacmapConfig { n_epochs: [3, 3, 4], local_distance, ..Default::default() };
        let layout = optimize(places(&fixture.floats("start")), fixture.pairs(), &config);
        let theirs = fixture.floats(name);
        let most = (&layout.coordinates - &theirs).iter().fold(0.0f32, |most, x| most.max(x.abs()));
        assert!(most < 1e-4, "{name}: {most}");
    }
    assert_ne!(fixture.floats("pacmap"), fixture.floats("localmap"));
}

#[test]
fn start_and_neighbor_pairs_are_those_of_the_package() -> Result<()> {
    let fixture = Fixture::read();
    let (rows, theirs) = (fixture.floats("rows"), fixture.floats("start"));
    let config = PacmapConfig { n_neighbors: 6, ..Default::default() };
    let prepared = Prepared::new(&rows, Metric::Euclidean);
    let ours = as_array(&prepared.start());
    for (ours, theirs) in ours.columns().into_iter().zip(theirs.columns()) {
        let sign = (ours[0] * theirs[0]).signum();
        assert!(ours.iter().zip(theirs).all(|(a, b)| (sign * a - b).abs() < 1e-7), "{ours} {theirs}");
    }
    // From a graph that is large enough, and by a search of our own.
    for n_neighbors in [39, 6] {
        let graph = knn_graph(&rows, n_neighbors, Metric::Euclidean)?;
        let surroundings = Surroundings::new(&rows, Metric::Euclidean, Some(&graph));
        let pairs = Pairs::new(&prepared, &surroundings, &config)?;
        for (ours, theirs) in pairs.near.rows().into_iter().zip(fixture.partners("near").rows()) {
            assert_eq!(set(ours), set(theirs));
        }
    }
    Ok(())
}

#[test]
fn given_places_are_standardized() {
    let mut rng = seeded(2);
    let places = Array2::from_shape_fn((40, 2), |(_, axis)| 9.0 + 50.0 * axis as f32 * rng.random::<f32>());
    let start = standardized(&places);
    let second: ndarray::Array1<f64> = start.iter().map(|point| f64::from(point[1])).collect();
    assert!(second.mean().expect("rows").abs() < 1e-9 && (second.std(0.0) / 1e-4 - 1.0).abs() < 1e-5);
    assert!(start.iter().all(|point| point[0] == 0.0), "an axis without extent");
}

#[test]
fn counts_of_pairs_are_those_of_the_package() {
    let counts = |n_neighbors: usize, n_rows: usize| {
        let config = PacmapConfig { n_neighbors, ..Default::default() };
        let PairCounts { near, mid, far } = PairCounts::new(&config, n_rows);
        [near, mid, far]
    };
    assert_eq!(counts(10, 1_000), [10, 5, 20]);
    // A half is rounded to the even number, as in Python.
    assert_eq!(counts(5, 1_000), [5, 2, 10]);
    assert_eq!(counts(10, 36), [10, 5, 20]);
    assert_eq!(counts(10, 35), [10, 5, 20]);
    assert_eq!(counts(10, 30), [8, 4, 17]);
    assert_eq!(counts(11, 12), [3, 1, 6]);
    assert_eq!(counts(10, 4), [1, 0, 2]);
    // The package refuses these; here a row still has a neighbor.
    assert_eq!(counts(1, 2), [1, 0, 0]);
    assert_eq!(counts(2, 3), [1, 0, 1]);
}

#[test]
fn each_row_has_its_pairs_of_each_kind() -> Result<()> {
    let mut rng = seeded(3);
    for (n, n_neighbors) in [(300, 10), (40, 10), (12, 11), (4, 3)] {
        let rows = Array2::from_shape_simple_fn((n, 11), || rng.random::<f32>());
        let config = PacmapConfig { n_neighbors, ..Default::default() };
        let surroundings = Surroundings::new(&rows, Metric::Euclidean, None);
        let counts = PairCounts::new(&config, n);
        let Pairs { near, mid, far } =
            Pairs::new(&Prepared::new(&rows, Metric::Euclidean), &surroundings, &config)?;
        assert_eq!([near.ncols(), mid.ncols(), far.ncols()], [counts.near, counts.mid, counts.far]);
        for i in 0..n {
            let [near, mid, far] = [&near, &mid, &far].map(|pairs| set(pairs.row(i)));
            assert_eq!([near.len(), mid.len(), far.len()], [counts.near, counts.mid, counts.far], "twice");
            assert!([&near, &mid, &far].iter().all(|partners| !partners.contains(&(i as u32))), "itself");
            assert!(near.is_disjoint(&far), "a neighbor is no further partner");
        }
    }
    Ok(())
}

#[test]
fn mid_near_partners_are_the_second_nearest_of_six() {
    // On a line and far from its ends, the second nearest of six random others is by chance at the share 2/7 of them.
    let n = 4_000;
    let rows = Array2::from_shape_fn((n, 1), |(i, _)| i as f32);
    let mid = mid_near_pairs(&rows, 5, 9);
    let nearer =
        |i: usize, j: usize| rows.iter().filter(|x| (**x - i as f32).abs() < i.abs_diff(j) as f32).count();
    let share = |(i, j): (usize, u32)| nearer(i, j as usize) as f64 / n as f64;
    let some = (0..n).step_by(7).flat_map(|i| mid.row(i).to_vec().into_iter().map(move |j| (i, j)));
    let shares: Vec<f64> = some.map(share).collect();
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    assert!((mean - 2.0 / 7.0).abs() < 0.01, "{mean}");
    assert_ne!(mid, mid_near_pairs(&rows, 5, 10), "the seed matters");
}

#[test]
fn a_step_follows_the_derivative_of_the_loss() {
    let mut rng = seeded(5);
    let n = 30;
    let start: Vec<Point> = (0..n).map(|_| [8.0 * rng.random::<f32>(), 8.0 * rng.random::<f32>()]).collect();
    let mut random =
        |count| Array2::from_shape_fn((n, count), |(i, _)| ((i + rng.random_range(1..n)) % n) as u32);
    let pairs = [random(5), random(3), random(9)];
    for (epoch, local_distance) in [(40, None), (150, None), (300, None), (300, Some(10.0))] {
        let config = PacmapConfig { local_distance, ..Default::default() };
        let [near, mid] = match epoch {
            40 => [2.0, 601.2],
            150 => [3.0, 3.0],
            _ => [1.0, 0.0],
        };
        // With LocalMAP the integral of `10 / (10 + d)^2` times half the local distance over the root of `d`.
        let pull = |d: f64| match local_distance {
            None => d / (10.0 + d),
            Some(distance) => {
                let arc = (d / 10.0).sqrt().atan() / 10.0f64.powf(1.5);
                distance / 2.0 * 10.0 * (d.sqrt() / (10.0 * (10.0 + d)) + arc)
            }
        };
        let loss = |places: &[[f64; 2]]| {
            let mut sum = 0.0;
            for (kind, pairs) in pairs.iter().enumerate() {
                for ((i, _), &j) in pairs.indexed_iter() {
                    let [a, b] = [places[i], places[j as usize]];
                    let d = 1.0 + (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2);
                    sum += match kind {
                        0 => near * pull(d),
                        1 => mid * d / (10_000.0 + d),
                        _ => 1.0 / (1.0 + d),
                    };
                }
            }
            sum
        };
        let partners = pairs.each_ref().map(Partners::new);
        let [near_force, mid_force, far_force] = forces(&config, epoch);
        let kinds = [(&partners[0], near_force), (&partners[1], mid_force), (&partners[2], far_force)];
        let mut descent = Descent::new(start.clone(), 1.0);
        descent.step(&kinds, 0);
        let wide: Vec<[f64; 2]> = start.iter().map(|point| point.map(f64::from)).collect();
        for (i, axis) in (0..n).flat_map(|i| [(i, 0), (i, 1)]) {
            let moved = |by: f64| {
                let mut places = wide.clone();
                places[i][axis] += by;
                loss(&places)
            };
            let expected = (moved(1e-4) - moved(-1e-4)) / 2e-4;
            let found = f64::from(descent.gradient_of_first_step(i)[axis]);
            assert!(
                (found - expected).abs() < 1e-5 * expected.abs().max(1.0),
                "{epoch} {i}: {found} {expected}"
            );
            // Adam's first step is one learning rate against the gradient, whatever its size.
            let step = descent.places[i][axis] - start[i][axis];
            assert!(
                (step + expected.signum() as f32).abs() < 1e-3 || expected.abs() < 1e-3,
                "{step} {expected}"
            );
        }
    }
}

#[test]
fn stop_keeps_what_was_done_and_snapshots_show_the_way() {
    let fixture = Fixture::read();
    let config = PacmapConfig { n_epochs: [5, 5, 10], keep_epochs: vec![0, 7, 20], ..Default::default() };
    let start = places(&fixture.floats("start"));
    let full = optimize(start.clone(), fixture.pairs(), &config);
    assert_eq!(full.snapshots.iter().map(|snapshot| snapshot.epoch).collect::<Vec<_>>(), [0, 7, 20]);
    assert_eq!(full.snapshots[0].coordinates, fixture.floats("start"));
    assert_eq!(full.snapshots[2].coordinates, full.coordinates);
    assert!(!full.stopped && full.n_epochs == 20);
    let stop = Stop::new();
    stop.stop();
    let halted = optimize(start, fixture.pairs(), &PacmapConfig { stop: Some(stop), ..config });
    assert!(halted.stopped && halted.n_epochs == 0);
    assert_eq!(halted.coordinates, full.snapshots[0].coordinates);
}

#[test]
fn localmap_finds_further_partners_within_reach() {
    let n = 2_000;
    let mut rng = seeded(8);
    let places: Vec<Point> =
        (0..n).map(|_| [60.0 * rng.random::<f32>(), 60.0 * rng.random::<f32>()]).collect();
    let near = Array2::from_shape_fn((n, 2), |(i, slot)| ((i + 1 + slot) % n) as u32);
    let old = further_pairs(&near, 8, 1);
    let mut far = old.clone();
    local::resample(&mut far, &near, &places, 10.0, 1, 210);
    let distance = |i: usize, j: u32| {
        let [a, b] = [places[i], places[j as usize]];
        (a[0] - b[0]).hypot(a[1] - b[1])
    };
    let within = far.indexed_iter().filter(|&((i, _), &j)| distance(i, j) <= 10.0).count();
    assert!(within as f64 > 0.95 * far.len() as f64, "{within} of {}", far.len());
    for ((i, slot), &j) in far.indexed_iter() {
        assert!(distance(i, j) <= 10.0 || j == old[[i, slot]], "what is not found stays");
        assert!(j != i as u32 && !near.row(i).iter().any(|&neighbor| neighbor == j));
    }
    assert_eq!(far.len_of(Axis(0)), n);
}

#[test]
fn settings_out_of_range_are_refused_in_words() {
    let told = |change: fn(&mut PacmapConfig)| {
        let mut config = PacmapConfig::default();
        change(&mut config);
        config.check().and(config.check_init(50)).expect_err("refused").to_string()
    };
    assert_eq!(told(|c| c.mn_ratio = -0.5), "mn_ratio is -0.5; give zero or a positive number");
    assert_eq!(told(|c| c.fp_ratio = 0.0), "fp_ratio is 0; give a positive number");
    assert_eq!(told(|c| c.learning_rate = f64::NAN), "learning_rate is NaN; give a positive number");
    assert_eq!(told(|c| c.local_distance = Some(0.0)), "local_distance is 0; give a positive number");
    assert_eq!(told(|c| c.keep_epochs = vec![451]), "keep_epochs is 451; there are 450 epochs");
    let wrong = "init is an array of shape (3, 2); give one place in the plane for each of the 50 rows";
    assert_eq!(told(|c| c.init = PacmapInit::Given(Array2::zeros((3, 2)))), wrong);
    let nan = Array2::from_elem((50, 2), f32::NAN);
    let config = PacmapConfig { init: PacmapInit::Given(nan), ..Default::default() };
    assert!(
        config
            .check()
            .and(config.check_init(50))
            .expect_err("refused")
            .to_string()
            .starts_with("init holds NaN at row 0, column 0")
    );
}
