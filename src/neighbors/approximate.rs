//! Approximate neighbors of large sets: a search of the cells in which most neighbors lie, then neighbors of neighbors.
//!
//! How far the search goes is set on sampled rows whose true neighbors are known, and its recall is told on others. The
//! distances of the result are measured in double precision along all columns.

use ndarray::{Array2, ArrayView2, Axis};
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::candidates::Candidates;
use super::probe::{CellProbe, Reach, pack};
use super::recall::{Half, Truth};
use super::refine::{overestimate, refine};
use super::screen::Screen;
use crate::error::Result;
use crate::math::distance::{rounded_squared_distance, squared_distance};
use crate::math::metric::Metric;
use crate::math::simd;
use crate::progress::Tally;

/// Candidates that are kept beyond those asked for where the screen has all columns, so that rounding drops few.
const EXTRA_CANDIDATES: usize = 4;
/// Where the screen is of leading directions only, this many times those asked for and so many more are measured along
/// all columns: true neighbors are not always the nearest on the screen.
const SCREENED_FACTOR: usize = 4;
const SCREENED_EXTRA: usize = 30;
/// Recall on sampled rows below which neighbors of neighbors are looked at, and how often at the most.
const TARGET: f32 = 0.99;
const MAX_ROUNDS: usize = 3;

/// Neighbors by position: `[n, k]` each, nearest first, equally distant ones by row number.
pub(super) struct Nearest {
    pub(super) k: usize,
    pub(super) positions: Vec<u32>,
    pub(super) squared: Vec<f64>,
    /// Whether the last round found the neighbor.
    pub(super) fresh: Vec<bool>,
}

/// Row numbers of `k` near other rows of each row and their distances in the metric that the rows are ready for,
/// `[n, k]`, and the share of true neighbors among them.
///
/// # Errors
/// An interrupt.
pub(super) fn knn_self(
    rows: ArrayView2<f32>,
    k: usize,
    metric: Metric,
) -> Result<(Array2<u32>, Array2<f32>, f32)> {
    let truth = Truth::measure(rows, k);
    let screen = Screen::new(rows, &truth);
    let mut near = probe(rows, &screen, &truth, k)?;
    let recall =
        |near: &Nearest, half| truth.recall(half, |i| &near.squared[screen.positions[i] as usize * k..][..k]);
    let overestimate = overestimate(&screen, &truth);
    for _ in 0..MAX_ROUNDS {
        if recall(&near, Half::Setting) < TARGET {
            refine(rows, &screen, &mut near, overestimate)?;
        }
    }
    let told = recall(&near, Half::Telling);
    let (order, positions) = screen.into_order();
    let (mut indices, mut distances) = (Array2::zeros((rows.nrows(), k)), Array2::zeros((rows.nrows(), k)));
    let places = indices.axis_iter_mut(Axis(0)).into_par_iter().zip(distances.axis_iter_mut(Axis(0)));
    places.zip(&positions).for_each(|((mut indices, mut distances), &position)| {
        for slot in 0..k {
            let place = position as usize * k + slot;
            indices[slot] = order[near.positions[place] as usize];
            distances[slot] = metric.of_squared(near.squared[place]) as f32;
        }
    });
    Ok((indices, distances, told))
}

/// The search of all cells.
fn probe(rows: ArrayView2<f32>, screen: &Screen, truth: &Truth, k: usize) -> Result<Nearest> {
    let n = rows.nrows();
    let reach = Reach::of(screen, truth);
    let wanted = if screen.complete { k + EXTRA_CANDIDATES } else { SCREENED_FACTOR * k + SCREENED_EXTRA };
    let n_candidates = wanted.min(n - 1);
    let packed = pack(screen);
    let mut near = Nearest { k, positions: vec![0; n * k], squared: vec![0.0; n * k], fresh: Vec::new() };
    let (mut positions, mut squared) = (near.positions.as_mut_slice(), near.squared.as_mut_slice());
    let mut parts = Vec::with_capacity(screen.cells.len());
    for cell in 0..screen.cells.len() {
        let len = screen.cells.members(cell).len() * k;
        let part = (positions.split_off_mut(..len), squared.split_off_mut(..len));
        parts.push((part.0.expect("places for all rows"), part.1.expect("places for all rows")));
    }
    let tally = Tally::start("neighbors", n, "rows");
    parts.into_par_iter().enumerate().for_each(|(cell, (positions, squared))| {
        if !tally.goes_on() {
            return;
        }
        let packed = &packed;
        let candidates = simd::dispatch(CellProbe { screen, packed, cell, reach, n_candidates });
        simd::dispatch(Rerank { rows, screen, cell, candidates, k, positions, squared });
        tally.add(screen.cells.members(cell).len());
    });
    tally.finish()?;
    drop(packed);
    near.fresh = vec![true; n * k];
    Ok(near)
}

/// Measures the candidates of a cell's rows along all columns and keeps the nearest.
struct Rerank<'a> {
    rows: ArrayView2<'a, f32>,
    screen: &'a Screen,
    cell: usize,
    /// In the order of the cell's members.
    candidates: Vec<Candidates>,
    k: usize,
    positions: &'a mut [u32],
    squared: &'a mut [f64],
}

impl WithSimd for Rerank<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Rerank { rows, screen, cell, candidates, k, positions, squared } = self;
        let order = &screen.cells.order;
        let row = |position: usize| {
            rows.row(order[position] as usize).to_slice().expect("rows are in standard layout")
        };
        let places = positions.chunks_exact_mut(k).zip(squared.chunks_exact_mut(k));
        let round_first = screen.rounds_well();
        let mut near: Vec<(f32, u32)> = Vec::new();
        let mut measured: Vec<(f64, u32, u32)> = Vec::new();
        for ((own, candidates), (positions, squared)) in
            screen.cells.members(cell).zip(candidates).zip(places)
        {
            let own = row(own);
            near.clear();
            near.extend(candidates.iter());
            let keep = k + EXTRA_CANDIDATES;
            if round_first && near.len() > keep {
                for entry in &mut near {
                    entry.0 = rounded_squared_distance(simd, own, row(entry.1 as usize));
                }
                near.select_nth_unstable_by(keep - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                near.truncate(keep);
            }
            measured.clear();
            for &(_, position) in &near {
                let distance = squared_distance(own.into(), row(position as usize).into());
                measured.push((distance, order[position as usize], position));
            }
            measured.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            for (slot, &(distance, _, position)) in measured.iter().take(k).enumerate() {
                (positions[slot], squared[slot]) = (position, distance);
            }
        }
    }
}
