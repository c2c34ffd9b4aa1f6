//! The moves of a block against the formulas.

use super::*;
use crate::math::simd;
use crate::projection::AbCurve;
use crate::projection::umap::fuzzy_graph::FuzzyGraph;

const LEARNING_RATE: f32 = 0.5;
const N_HEADS: usize = 8;
/// So far away that its repulsion vanishes.
const FAR: Point = [1e6, 1e6];

/// The points after one epoch over edges from each of the first eight to the point eight further on, with
/// `n_negatives` points at `negative` to sample from.
fn moved(points: &[Point], negative: Point, n_negatives: usize, seed: u64) -> Vec<Point> {
    let offsets = (0..=points.len()).map(|row| row.min(N_HEADS)).collect();
    let targets = (0..N_HEADS as u32).map(|row| row + N_HEADS as u32).collect();
    let graph = FuzzyGraph { offsets, targets, weights: vec![1.0; N_HEADS] };
    let mut schedule = EdgeSchedule::<()>::by_tail_part(&graph, 0, 1).remove(0);
    let mut epoch_start = EpochStart::new();
    epoch_start.record(&[vec![negative; n_negatives]]);
    let mut points = points.to_vec();
    let cells = Cell::from_mut(points.as_mut_slice()).as_slice_of_cells();
    let forces = Forces::new(AbCurve::fit(0.1, 1.0));
    simd::dispatch(SgdBlock {
        schedule: &mut schedule,
        epoch: 0,
        heads: cells,
        tails: cells,
        head_offset: 0,
        epoch_start: &epoch_start,
        forces,
        term: NoTerm,
        learning_rate: LEARNING_RATE,
        seed,
    });
    points
}

/// Coefficients of attraction and repulsion at a squared distance, by the formulas.
fn coefficients(squared: f64) -> [f64; 2] {
    let AbCurve { a, b, .. } = AbCurve::fit(0.1, 1.0);
    let denominator = 1.0 + a * squared.powf(b);
    [-2.0 * a * b * squared.powf(b - 1.0) / denominator, 2.0 * b / ((0.001 + squared) * denominator)]
}

fn close(found: f32, expected: f64) -> bool {
    (f64::from(found) - expected).abs() < 0.005 * expected.abs() + 1e-4
}

#[test]
fn head_and_tail_are_attracted_by_the_formula_and_clipped() {
    let distance = |row: usize| 0.3 + row as f32;
    let points: Vec<Point> = (0..2 * N_HEADS)
        .map(|i| [10.0 * (i % N_HEADS) as f32 + if i < N_HEADS { 0.0 } else { distance(i % N_HEADS) }, 3.0])
        .collect();
    let after = moved(&points, FAR, 10_000, 1);
    for row in 0..N_HEADS {
        let apart = f64::from(distance(row));
        let attraction =
            f64::from(LEARNING_RATE) * (coefficients(apart * apart)[0] * -apart).clamp(-4.0, 4.0);
        let (head, tail) = (row, row + N_HEADS);
        assert!(close(after[head][0] - points[head][0], attraction), "{row} {:?}", after[head]);
        assert!(close(points[tail][0] - after[tail][0], attraction), "{row} {:?}", after[tail]);
        assert!((after[row][1] - 3.0).abs() < 1e-3);
    }
}

#[test]
fn the_head_is_repelled_by_the_formula_and_clipped() {
    // Heads and tails coincide, so that there is no attraction.
    let points = [[0.0, 0.0]; 2 * N_HEADS];
    let clip = f64::from(GRADIENT_CLIP);
    for negative in [[1.0, 0.5], [-2.0, 3.0], [0.02, 0.0]] {
        let [x, y] = negative.map(f64::from);
        let force = coefficients(x * x + y * y)[1];
        let repulsion = |along: f64| {
            f64::from(LEARNING_RATE) * NEGATIVE_SAMPLE_RATE as f64 * (force * -along).clamp(-clip, clip)
        };
        let after = moved(&points, negative, 100_000, 1);
        for row in 0..N_HEADS {
            assert!(
                close(after[row][0], repulsion(x)) && close(after[row][1], repulsion(y)),
                "{:?}",
                after[row]
            );
            assert_eq!(after[row + N_HEADS], [0.0, 0.0]);
        }
    }
}

#[test]
fn no_point_repels_itself() {
    // There are sixteen points to sample from, all at one place: a head whose five samples include itself
    // is repelled by fewer of them.
    let one = f64::from(LEARNING_RATE) * coefficients(1.0)[1];
    let mut n_skipped = 0;
    for seed in 1..=20 {
        for point in &moved(&[[0.0, 0.0]; 2 * N_HEADS], [1.0, 0.0], 2 * N_HEADS, seed)[..N_HEADS] {
            let n_repelling = f64::from(-point[0]) / one;
            assert!((n_repelling - n_repelling.round()).abs() < 0.02, "{n_repelling}");
            n_skipped += NEGATIVE_SAMPLE_RATE - n_repelling.round() as usize;
        }
    }
    let expected = 20 * N_HEADS * NEGATIVE_SAMPLE_RATE / (2 * N_HEADS);
    assert!((expected / 3..expected * 3).contains(&n_skipped), "{n_skipped} {expected}");
}

#[test]
fn edges_too_few_for_a_batch_are_carried_over_to_the_next_epoch() {
    let graph = FuzzyGraph { offsets: vec![0, 1, 2, 3, 3], targets: vec![3, 3, 3], weights: vec![1.0; 3] };
    let mut schedule = EdgeSchedule::<()>::by_tail_part(&graph, 0, 1).remove(0);
    let mut epoch_start = EpochStart::new();
    epoch_start.record(&[vec![FAR; 4]]);
    let points: Vec<Cell<Point>> = (0..4).map(|i| Cell::new([i as f32, 0.0])).collect();
    let forces = Forces::new(AbCurve::fit(0.1, 1.0));
    for (epoch, n_carried) in [3, 6, 1, 4, 7, 2, 5, 0].into_iter().enumerate() {
        simd::dispatch(SgdBlock {
            schedule: &mut schedule,
            epoch,
            heads: &points,
            tails: &points,
            head_offset: 0,
            epoch_start: &epoch_start,
            forces,
            term: NoTerm,
            learning_rate: LEARNING_RATE,
            seed: 1,
        });
        assert_eq!(schedule.carried_over.len(), n_carried, "{epoch}");
    }
}
