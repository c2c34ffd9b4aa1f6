//! Known shapes: circle, figure eight, torus, two clusters, flat sheets; and distances of diagrams by hand.

use ndarray::{Array1, Array2};
use neural_manifold::Result;
use neural_manifold::neighbors::{Metric, find};
use neural_manifold::topology::{
    Bar, TopologyConfig, analyze, betti_curve, bottleneck, hubness, max_min_landmarks, mle_dimension,
    persistence, two_nn_dimension, wasserstein,
};

/// A low-discrepancy sequence in the unit cube: even, but on no grid.
fn even(n: usize, d: usize) -> Array2<f32> {
    const STEPS: [f64; 4] =
        [0.856_674_883_854_502_9, 0.733_891_856_627_124_1, 0.628_706_721_080_868_1, 0.538_597_2];
    Array2::from_shape_fn((n, d), |(i, axis)| (STEPS[axis] * (i + 1) as f64).fract() as f32)
}

/// The angles 0..2 pi of `n` points around a circle.
fn angles(n: usize) -> impl Iterator<Item = f32> {
    (0..n).map(move |i| std::f32::consts::TAU * i as f32 / n as f32)
}

fn points(places: Vec<[f32; 3]>) -> Array2<f32> {
    Array2::from_shape_fn((places.len(), 3), |(i, axis)| places[i][axis])
}

#[test]
fn a_circle_has_one_hole_of_the_known_size() -> Result<()> {
    let circle = points(angles(120).map(|t| [t.cos(), t.sin(), 0.0]).collect());
    let shape = persistence(&circle, 120, 1)?;
    // It is born when neighbours touch, and filled when an equilateral triangle fits: at the square root of 3.
    assert!(
        (shape.h1[0].birth - 2.0 * (std::f64::consts::PI / 120.0).sin()).abs() < 1e-5,
        "{:?}",
        shape.h1[0]
    );
    assert!((shape.h1[0].death - 3f64.sqrt()).abs() < 1e-3, "{:?}", shape.h1[0]);
    assert_eq!(shape.h1.iter().filter(|bar| bar.length() > 0.3).count(), 1);
    assert_eq!(shape.h0.len(), 120);
    Ok(())
}

#[test]
fn a_figure_eight_and_a_torus_have_two_holes() -> Result<()> {
    let mut eight: Vec<[f32; 3]> = angles(60).map(|t| [t.cos() - 1.0, t.sin(), 0.0]).collect();
    eight.extend(angles(60).map(|t| [1.0 - t.cos(), t.sin(), 0.0]).skip(1));
    let torus = angles(36)
        .flat_map(|u| {
            angles(16).map(move |v| [(2.0 + v.cos()) * u.cos(), (2.0 + v.cos()) * u.sin(), v.sin()])
        })
        .collect();
    for (name, shape, landmarks) in [("eight", points(eight), 119), ("torus", points(torus), 250)] {
        let holes = persistence(&shape, landmarks, 3)?.h1;
        assert!(
            holes[1].length() > 2.0 * holes.get(2).map_or(0.0, Bar::length),
            "{name} {:?}",
            &holes[..3.min(holes.len())]
        );
    }
    Ok(())
}

#[test]
fn two_clusters_are_two_pieces_until_they_meet() -> Result<()> {
    let mut rows = even(80, 2);
    rows.slice_mut(ndarray::s![40.., 0]).mapv_inplace(|x| x + 10.0);
    let pieces = persistence(&rows, 80, 1)?.h0;
    assert!(pieces[0].death.is_infinite());
    assert!(pieces[1].death > 8.0 && pieces[2].death < 1.0, "{:?}", &pieces[..3]);
    let scales = Array1::from(vec![0.0, 1.0, 20.0]);
    assert_eq!(betti_curve(&pieces, &scales).to_vec(), [80, 2, 1]);
    Ok(())
}

#[test]
fn dimension_of_flat_sheets_is_found_and_duplicates_do_no_harm() -> Result<()> {
    for d in [1, 2, 3] {
        let mut state = 3u64;
        let rows = Array2::from_shape_simple_fn((2000, d), || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 40) as f32 / (1u64 << 24) as f32
        });
        let doubled = ndarray::concatenate![ndarray::Axis(0), rows, rows];
        for rows in [rows, doubled] {
            let graph = find(&rows, 15, Metric::Euclidean)?;
            for estimate in [two_nn_dimension(&graph), mle_dimension(&graph)] {
                assert!(
                    (estimate - d as f64).abs() < 0.25 * d as f64,
                    "{d}, {} rows: {estimate}",
                    graph.n_rows()
                );
            }
        }
    }
    let graph = find(&Array2::ones((30, 3)), 5, Metric::Euclidean)?;
    assert_eq!((two_nn_dimension(&graph), mle_dimension(&graph)), (0.0, 0.0));
    Ok(())
}

#[test]
fn a_center_is_a_hub() -> Result<()> {
    let mut star = vec![[0.0; 3]];
    star.extend(angles(12).map(|t| [t.cos() * 5.0, t.sin() * 5.0, 0.0]));
    star.extend((0..12).map(|i| [0.0, 0.0, 6.0 + 3.0 * i as f32]));
    let (counts, skewness) = hubness(&find(&points(star), 3, Metric::Euclidean)?);
    assert_eq!(counts.sum(), 25 * 3);
    assert!(counts[0] >= 2 && skewness.is_finite());
    let ring = points(angles(20).map(|t| [t.cos(), t.sin(), 0.0]).collect());
    let (counts, _) = hubness(&find(&ring, 2, Metric::Euclidean)?);
    assert!(counts.iter().all(|&count| count == 2), "{counts}");
    Ok(())
}

#[test]
fn landmarks_cover_the_rows() -> Result<()> {
    let rows = even(500, 3);
    let (landmarks, radius) = max_min_landmarks(&rows, 40, 9)?;
    let distance = |i: usize, j: usize| {
        let difference = &rows.row(i) - &rows.row(j);
        f64::from(difference.dot(&difference)).sqrt()
    };
    let farthest = (0..500).map(|i| landmarks.iter().map(|&l| distance(i, l)).fold(f64::INFINITY, f64::min));
    assert!((farthest.fold(0.0, f64::max) - radius).abs() < 1e-6);
    assert_eq!(max_min_landmarks(&rows, 40, 9)?.0, landmarks);
    let (twins, radius) = max_min_landmarks(&Array2::ones((9, 2)), 5, 0)?;
    assert!(twins.len() == 1 && radius == 0.0);
    Ok(())
}

#[test]
fn distances_of_diagrams_are_those_found_by_hand() {
    let bar = |birth: f64, death: f64| Bar { birth, death };
    let long = bar(0.0, 10.0);
    // The short bar goes to nothing at half its length, the long one moves by one.
    let (a, b) = (vec![long, bar(3.0, 4.0)], vec![bar(0.0, 11.0)]);
    assert_eq!(bottleneck(&a, &b), 1.0);
    assert_eq!(wasserstein(&a, &b), 1.5);
    assert_eq!(bottleneck(&b, &a), 1.0);
    assert_eq!((bottleneck(&a, &a), wasserstein(&a, &a)), (0.0, 0.0));
    assert_eq!((bottleneck(&a, &[]), wasserstein(&a, &[])), (5.0, 5.5));
    assert_eq!((bottleneck(&[], &[]), wasserstein(&[], &[])), (0.0, 0.0));
    let endless = vec![bar(2.0, f64::INFINITY)];
    assert_eq!(bottleneck(&endless, &[bar(5.0, f64::INFINITY)]), 3.0);
    assert!(bottleneck(&endless, &[]).is_infinite() && wasserstein(&[], &endless).is_infinite());
}

#[test]
fn matching_many_bars_agrees_with_matching_in_order() {
    // Long bars born at 0 are best matched in the order of their deaths.
    let deaths = |step: f64| (0..60).map(move |i| Bar { birth: 0.0, death: 1000.0 + step * f64::from(i) });
    let (a, mut b): (Vec<Bar>, Vec<Bar>) = (deaths(1.0).collect(), deaths(1.5).collect());
    b.reverse();
    assert!((bottleneck(&a, &b) - 29.5).abs() < 1e-9);
    assert!((wasserstein(&a, &b) - 0.5 * (0..60).sum::<i32>() as f64).abs() < 1e-9);
}

#[test]
fn the_whole_description_and_what_bad_input_gets() -> Result<()> {
    let config = TopologyConfig { landmarks: 60, ..Default::default() };
    let shape = analyze(&even(300, 2), &config)?;
    assert_eq!((shape.n_points, shape.occurrences.sum()), (300, 300 * 15));
    assert_eq!(shape.persistence.landmarks.len(), 60);
    let refused = |rows: Array2<f32>, config: &TopologyConfig, words: &str| {
        let error = analyze(&rows, config).expect_err(words).to_string();
        assert!(error.contains(words), "{error}");
    };
    let mut broken = even(40, 2);
    broken[[7, 1]] = f32::NAN;
    refused(broken, &config, "rows holds NaN at row 7, column 1");
    refused(even(15, 2), &config, "n_neighbors is 15");
    refused(even(40, 2), &TopologyConfig { landmarks: 0, ..config.clone() }, "landmarks is 0");
    let equal = analyze(&Array2::ones((40, 2)), &config)?;
    assert!(equal.persistence.h1.is_empty() && equal.persistence.h0.len() == 1);
    Ok(())
}
