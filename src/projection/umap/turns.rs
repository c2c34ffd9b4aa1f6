//! The moves of one block of edges in one epoch, eight edges at a time.

use std::cell::Cell;

use pulp::{Simd, WithSimd};

use super::edges::{Edge, Edges, Share};
use super::forces::Forces;
use super::optimize::{CLIP, NEGATIVES, Point};
use crate::math::random::{lcg_below as next_random, splitmix64 as mix};
use crate::math::simd::{LANES, array, each_lane, floats};

/// Edges that are looked at before those among them whose turn it is are moved: the moves then follow without a
/// branch to guess.
const AHEAD: usize = 256;

/// All points as they stood when the epoch began, part behind part, by axis: a register reads eight in a row.
#[derive(Default)]
pub(super) struct Standing {
    x: Vec<f32>,
    y: Vec<f32>,
    /// Where each part starts.
    pub(super) starts: Vec<usize>,
}

impl Standing {
    pub(super) fn take(&mut self, parts: &[Vec<Point>]) {
        let Standing { x, y, starts } = self;
        x.clear();
        y.clear();
        starts.clear();
        for part in parts {
            starts.push(x.len());
            x.extend(part.iter().map(|point| point[0]));
            y.extend(part.iter().map(|point| point[1]));
        }
    }
}

/// Gives every edge that comes up in this epoch its turn.
pub(super) struct Turns<'a> {
    pub(super) edges: &'a mut Edges,
    pub(super) epoch: usize,
    /// The points whose numbers the rows of edges are, and those of the others: perhaps the same.
    pub(super) rows: &'a [Cell<Point>],
    pub(super) others: &'a [Cell<Point>],
    /// Where the first of the rows is among the standing.
    pub(super) first_row: usize,
    pub(super) standing: &'a Standing,
    pub(super) forces: Forces,
    pub(super) rate: f32,
    /// Of this epoch and block.
    pub(super) seed: u64,
}

impl WithSimd for Turns<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Turns { edges, epoch, rows, others, first_row, standing, forces, rate, seed } = self;
        let turn = Turn {
            rows,
            others,
            first_row: first_row as u32,
            standing,
            forces: forces.splat(simd),
            rate: simd.splat_f32s(rate),
        };
        let (shares, waiting) = edges.of_epoch(epoch);
        let mut due = [Edge::default(); AHEAD + LANES];
        let mut count = waiting.len();
        due[..count].copy_from_slice(waiting);
        let mut number = 0;
        for Share { edges, rates, phases } in shares {
            for ((edges, rates), phases) in
                edges.chunks(AHEAD).zip(rates.chunks(AHEAD)).zip(phases.chunks_mut(AHEAD))
            {
                for ((&edge, &rate), phase) in edges.iter().zip(rates).zip(phases) {
                    // An edge comes up when its rates add up to the next whole number.
                    let (next, comes_up) = phase.overflowing_add(rate);
                    *phase = next;
                    due[count] = edge;
                    count += usize::from(comes_up);
                }
                let (groups, rest) = due[..count].as_chunks::<LANES>();
                for group in groups {
                    let random = mix(seed ^ mix(number));
                    turn.take(simd, group, random);
                    number += 1;
                }
                let left = rest.len();
                due.copy_within(count - left..count, 0);
                count = left;
            }
        }
        // What does not fill a register goes first in the next epoch.
        waiting.clear();
        waiting.extend_from_slice(&due[..count]);
    }
}

/// What the turns of a block share, `F` a register.
struct Turn<'a, F> {
    rows: &'a [Cell<Point>],
    others: &'a [Cell<Point>],
    first_row: u32,
    standing: &'a Standing,
    forces: Forces<F>,
    rate: F,
}

impl<F: Copy> Turn<'_, F> {
    /// Pulls both ends of eight edges together and lets others push the first ends.
    ///
    /// Should two of the eight share a point, one of its moves is lost; the order of the edges makes that rare.
    #[inline(always)]
    fn take<S: Simd<f32s = F>>(&self, simd: S, group: &[Edge; LANES], mut random: u64) {
        let Turn { rows, others, first_row, standing, ref forces, rate } = *self;
        let (add, sub, mul) =
            (|x, y| simd.add_f32s(x, y), |x, y| simd.sub_f32s(x, y), |x, y| simd.mul_f32s(x, y));
        let zero = simd.splat_f32s(0.0);
        let (least, most) = (simd.splat_f32s(-CLIP), simd.splat_f32s(CLIP));
        let clip = |x| simd.max_f32s(simd.min_f32s(x, most), least);

        let (x, y) = gather(simd, each_lane(|lane| group[lane].row), rows);
        let (friend_x, friend_y) = gather(simd, each_lane(|lane| group[lane].other), others);
        let (dx, dy) = (sub(x, friend_x), sub(y, friend_y));
        let force = forces.attraction(simd, add(mul(dx, dx), mul(dy, dy)));
        let (pull_x, pull_y) = (mul(rate, clip(mul(force, dx))), mul(rate, clip(mul(force, dy))));
        let (x, y) = (add(x, pull_x), add(y, pull_y));
        let (friend_x, friend_y) = (sub(friend_x, pull_x), sub(friend_y, pull_y));

        // All push from where they stand, so that the processor need not wait for one push to begin the next.
        let numbers: S::u32s = pulp::cast_lossy(each_lane(|lane| first_row + group[lane].row));
        let (mut push_x, mut push_y) = (zero, zero);
        for _ in 0..NEGATIVES {
            let first = next_random(&mut random, standing.x.len());
            let (other_x, other_y, others) = eight_from(simd, standing, first);
            let (dx, dy) = (sub(x, other_x), sub(y, other_y));
            let force = forces.repulsion(simd, add(mul(dx, dx), mul(dy, dy)));
            let force = simd.select_f32s(simd.equal_u32s(numbers, others), zero, force);
            push_x = add(push_x, clip(mul(force, dx)));
            push_y = add(push_y, clip(mul(force, dy)));
        }
        let (x, y) = (array(simd, add(x, mul(rate, push_x))), array(simd, add(y, mul(rate, push_y))));
        let (friend_x, friend_y) = (array(simd, friend_x), array(simd, friend_y));
        for (lane, edge) in group.iter().enumerate() {
            others[edge.other as usize].set([friend_x[lane], friend_y[lane]]);
            rows[edge.row as usize].set([x[lane], y[lane]]);
        }
    }
}

#[inline(always)]
fn gather<S: Simd>(simd: S, numbers: [u32; LANES], points: &[Cell<Point>]) -> (S::f32s, S::f32s) {
    let points = each_lane(|lane| points[numbers[lane] as usize].get());
    let axis = |axis: usize| floats(simd, each_lane(|lane| points[lane][axis]));
    (axis(0), axis(1))
}

/// Eight points that follow each other, the first again after the last, and their numbers.
#[inline(always)]
fn eight_from<S: Simd>(simd: S, standing: &Standing, first: usize) -> (S::f32s, S::f32s, S::u32s) {
    let Standing { x, y, .. } = standing;
    match (x[first..].first_chunk(), y[first..].first_chunk()) {
        (Some(&x), Some(&y)) => {
            let numbers = pulp::cast_lossy(each_lane(|lane| (first + lane) as u32));
            (floats(simd, x), floats(simd, y), numbers)
        }
        _ => {
            let around = each_lane(|lane| (first + lane) % x.len());
            let axis = |axis: &[f32]| floats(simd, each_lane(|lane| axis[around[lane]]));
            (axis(x), axis(y), pulp::cast_lossy(each_lane(|lane| around[lane] as u32)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::simd;
    use crate::projection::Curve;
    use crate::projection::umap::fuzzy::Graph;

    const RATE: f32 = 0.5;
    const ROWS: usize = 8;
    /// Far enough that its push is nothing.
    const FAR: Point = [1e6, 1e6];

    /// Moves `points` for an epoch by edges from each of the first eight to the one that stands eight further, while all
    /// `n` standing are at `others`.
    fn moved(points: &[Point], others: Point, n: usize, seed: u64) -> Vec<Point> {
        let offsets = (0..=points.len()).map(|row| row.min(ROWS)).collect();
        let targets = (0..ROWS as u32).map(|row| row + ROWS as u32).collect();
        let graph = Graph { offsets, targets, weights: vec![1.0; ROWS] };
        let mut edges = Edges::from_part(&graph, 0, 1).remove(0);
        let mut standing = Standing::default();
        standing.take(&[vec![others; n]]);
        let mut points = points.to_vec();
        let cells = Cell::from_mut(points.as_mut_slice()).as_slice_of_cells();
        let forces = Forces::new(Curve::fit(0.1, 1.0));
        simd::dispatch(Turns {
            edges: &mut edges,
            epoch: 0,
            rows: cells,
            others: cells,
            first_row: 0,
            standing: &standing,
            forces,
            rate: RATE,
            seed,
        });
        points
    }

    /// Coefficients of pull and push at a squared distance, by the formulas.
    fn coefficients(squared: f64) -> [f64; 2] {
        let Curve { a, b, .. } = Curve::fit(0.1, 1.0);
        let fall = 1.0 + a * squared.powf(b);
        [-2.0 * a * b * squared.powf(b - 1.0) / fall, 2.0 * b / ((0.001 + squared) * fall)]
    }

    fn close(found: f32, expected: f64) -> bool {
        (f64::from(found) - expected).abs() < 0.005 * expected.abs() + 1e-4
    }

    #[test]
    fn both_ends_of_an_edge_are_pulled_by_the_formula_and_clipped() {
        let distance = |row: usize| 0.3 + row as f32;
        let points: Vec<Point> = (0..2 * ROWS)
            .map(|i| [10.0 * (i % ROWS) as f32 + if i < ROWS { 0.0 } else { distance(i % ROWS) }, 3.0])
            .collect();
        let after = moved(&points, FAR, 10_000, 1);
        for row in 0..ROWS {
            let apart = f64::from(distance(row));
            let pull = f64::from(RATE) * (coefficients(apart * apart)[0] * -apart).clamp(-4.0, 4.0);
            assert!(close(after[row][0] - points[row][0], pull), "{row} {:?} {pull}", after[row]);
            assert!(
                close(points[row + ROWS][0] - after[row + ROWS][0], pull),
                "{row} {:?}",
                after[row + ROWS]
            );
            assert!((after[row][1] - 3.0).abs() < 1e-3);
        }
    }

    #[test]
    fn the_first_end_is_pushed_by_the_formula_and_clipped() {
        // The ends coincide, so that nothing pulls.
        let points = [[0.0, 0.0]; 2 * ROWS];
        for others in [[1.0, 0.5], [-2.0, 3.0], [0.02, 0.0]] {
            let [x, y] = others.map(f64::from);
            let force = coefficients(x * x + y * y)[1];
            let push = |along: f64| {
                f64::from(RATE) * NEGATIVES as f64 * (force * -along).clamp(-f64::from(CLIP), f64::from(CLIP))
            };
            let after = moved(&points, others, 100_000, 1);
            for row in 0..ROWS {
                assert!(close(after[row][0], push(x)) && close(after[row][1], push(y)), "{:?}", after[row]);
                assert_eq!(after[row + ROWS], [0.0, 0.0]);
            }
        }
    }

    #[test]
    fn nothing_pushes_itself() {
        // Sixteen stand, at one place. Of five draws from them some meet the row itself, and push it less often.
        let one = f64::from(RATE) * coefficients(1.0)[1];
        let mut left_out = 0;
        for seed in 1..=20 {
            for place in &moved(&[[0.0, 0.0]; 2 * ROWS], [1.0, 0.0], 2 * ROWS, seed)[..ROWS] {
                let pushes = f64::from(-place[0]) / one;
                assert!((pushes - pushes.round()).abs() < 0.02, "{pushes}");
                left_out += NEGATIVES - pushes.round() as usize;
            }
        }
        let expected = 20 * ROWS * NEGATIVES / (2 * ROWS);
        assert!((expected / 3..expected * 3).contains(&left_out), "{left_out} {expected}");
    }

    #[test]
    fn edges_that_fill_no_register_wait_for_the_next_epoch() {
        let graph = Graph { offsets: vec![0, 1, 2, 3, 3], targets: vec![3, 3, 3], weights: vec![1.0; 3] };
        let mut edges = Edges::from_part(&graph, 0, 1).remove(0);
        let mut standing = Standing::default();
        standing.take(&[vec![FAR; 4]]);
        let points: Vec<Cell<Point>> = (0..4).map(|i| Cell::new([i as f32, 0.0])).collect();
        let forces = Forces::new(Curve::fit(0.1, 1.0));
        for (epoch, waiting) in [3, 6, 1, 4, 7, 2, 5, 0].into_iter().enumerate() {
            simd::dispatch(Turns {
                edges: &mut edges,
                epoch,
                rows: &points,
                others: &points,
                first_row: 0,
                standing: &standing,
                forces,
                rate: RATE,
                seed: 1,
            });
            assert_eq!(edges.waiting.len(), waiting, "{epoch}");
        }
    }
}
