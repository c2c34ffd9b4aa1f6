//! The moves of one block of edges in one epoch, eight edges at a time.

use std::cell::Cell;

use pulp::{Simd, WithSimd};

use super::edges::{Edge, Edges, Share};
use super::forces::Forces;
use super::optimize::{CLIP, NEGATIVES, Point, mix, next_random};
use crate::lanes::{LANES, array, each_lane, floats};

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
        let lanes: S::u32s = pulp::cast_lossy(each_lane(|lane| lane as u32));
        let (mut push_x, mut push_y) = (zero, zero);
        for _ in 0..NEGATIVES {
            let first = next_random(&mut random, standing.x.len());
            let (other_x, other_y) = eight_from(simd, standing, first);
            let (dx, dy) = (sub(x, other_x), sub(y, other_y));
            let force = forces.repulsion(simd, add(mul(dx, dx), mul(dy, dy)));
            let itself = simd.equal_u32s(numbers, simd.add_u32s(simd.splat_u32s(first as u32), lanes));
            let force = simd.select_f32s(itself, zero, force);
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

/// Eight points that follow each other, the first again after the last.
#[inline(always)]
fn eight_from<S: Simd>(simd: S, standing: &Standing, first: usize) -> (S::f32s, S::f32s) {
    let Standing { x, y, .. } = standing;
    match (x[first..].first_chunk(), y[first..].first_chunk()) {
        (Some(&x), Some(&y)) => (floats(simd, x), floats(simd, y)),
        _ => {
            let around = |axis: &[f32]| each_lane(|lane| axis[(first + lane) % axis.len()]);
            (floats(simd, around(x)), floats(simd, around(y)))
        }
    }
}
