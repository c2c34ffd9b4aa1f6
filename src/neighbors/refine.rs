//! Neighbors of neighbors are neighbors: rounds of nearest-neighbor descent (Dong, Moses & Li 2011).

use ndarray::ArrayView2;
use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::approximate::Nearest;
use super::recall::{Half, Truth};
use super::screen::Screen;
use crate::error::Result;
use crate::math::distance::{rounded_squared_distance, squared_distance};
use crate::math::simd;
use crate::progress::Tally;

/// Rows of a task.
const CHUNK: usize = 256;
/// Neighbors of a row that are asked for their own, and those that each names.
const MAX_ASKED: usize = 24;
/// Share of true neighbors that the screen must let pass.
const SHARE: f64 = 0.95;
/// Relative margin for rounding.
const MARGIN: f64 = 1e-5;

/// By how much the screen overestimates the squared distances of true neighbors: all but a few by less than this factor.
pub(super) fn overestimate(screen: &Screen, truth: &Truth) -> f64 {
    let mut factors = Vec::new();
    for &(i, ref near) in truth.of(Half::Setting) {
        for &(squared, j) in near.iter().filter(|near| near.0 > 0.0) {
            let (own, other) = (screen.positions[i] as usize, screen.positions[j as usize] as usize);
            factors.push(screen.squared_distance(own, other) / (squared * screen.scale.powi(2)));
        }
    }
    factors.sort_unstable_by(f64::total_cmp);
    let place = (SHARE * factors.len() as f64) as usize;
    factors.get(place).map_or(1.0, |factor| factor.max(1.0)) * (1.0 + MARGIN)
}

/// Compares each row with the neighbors of its neighbors, but for pairs that an earlier round has compared;
/// `overestimate` is the screen's.
///
/// # Errors
/// An interrupt.
pub(super) fn refine(
    rows: ArrayView2<f32>,
    screen: &Screen,
    near: &mut Nearest,
    overestimate: f64,
) -> Result<()> {
    let k = near.k;
    let tally = Tally::start("neighbors of neighbors", rows.nrows(), "rows");
    let named = Named { k, positions: near.positions.clone(), fresh: std::mem::take(&mut near.fresh) };
    near.fresh = vec![false; named.fresh.len()];
    let chunks = near.positions.par_chunks_mut(CHUNK * k).zip(near.squared.par_chunks_mut(CHUNK * k));
    chunks.zip(near.fresh.par_chunks_mut(CHUNK * k)).enumerate().for_each(
        |(number, ((positions, squared), fresh))| {
            if !tally.goes_on() {
                return;
            }
            let (named, first, count) = (&named, number * CHUNK, positions.len() / k);
            simd::dispatch(Join { rows, screen, named, overestimate, first, positions, squared, fresh });
            tally.add(count);
        },
    );
    tally.finish()
}

/// Whom each row names when it is asked: its neighbors before the round, as all rows change during it.
struct Named {
    k: usize,
    positions: Vec<u32>,
    fresh: Vec<bool>,
}

/// The comparisons of some rows, of which `first` is the first position.
struct Join<'a> {
    rows: ArrayView2<'a, f32>,
    screen: &'a Screen,
    named: &'a Named,
    overestimate: f64,
    first: usize,
    /// The rows' neighbors, `[row, k]`.
    positions: &'a mut [u32],
    squared: &'a mut [f64],
    fresh: &'a mut [bool],
}

impl WithSimd for Join<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Join { rows, screen, named, overestimate, first, positions, squared, fresh } = self;
        let k = named.k;
        let asked = k.min(MAX_ASKED);
        let order = &screen.cells.order;
        let row = |position: usize| {
            rows.row(order[position] as usize).to_slice().expect("rows are in standard layout")
        };
        let round_first = screen.rounds_well();
        let mut seen = Seen::new(asked * asked + k + 1);
        let mut others: Vec<u32> = Vec::with_capacity(asked * asked);
        let places =
            positions.chunks_exact_mut(k).zip(squared.chunks_exact_mut(k)).zip(fresh.chunks_exact_mut(k));
        for (own, ((positions, squared), fresh)) in (first..).zip(places) {
            seen.clear();
            seen.insert(own as u32);
            positions.iter().for_each(|&position| _ = seen.insert(position));
            others.clear();
            for slot in own * k..own * k + asked {
                let start = named.positions[slot] as usize * k;
                for place in start..start + asked {
                    if (named.fresh[slot] || named.fresh[place]) && seen.insert(named.positions[place]) {
                        others.push(named.positions[place]);
                    }
                }
            }
            let (own_row, own_screened) = (row(own), screen.row(own));
            for &other in &others {
                let (farthest, place) = (squared[k - 1], other as usize);
                let screened = rounded_squared_distance(simd, own_screened, screen.row(place))
                    + (screen.offset(own) + screen.offset(place));
                if f64::from(screened) > farthest * screen.scale.powi(2) * overestimate {
                    continue;
                }
                let other_row = row(place);
                if round_first {
                    let rounded = rounded_squared_distance(simd, own_row, other_row);
                    if f64::from(rounded) > farthest * (1.0 + MARGIN) {
                        continue;
                    }
                }
                let distance = squared_distance(own_row.into(), other_row.into());
                let before = |slot: usize, positions: &[u32], squared: &[f64]| {
                    (distance, order[place]) < (squared[slot], order[positions[slot] as usize])
                };
                if before(k - 1, positions, squared) {
                    let mut slot = k - 1;
                    while slot > 0 && before(slot - 1, positions, squared) {
                        positions[slot] = positions[slot - 1];
                        squared[slot] = squared[slot - 1];
                        fresh[slot] = fresh[slot - 1];
                        slot -= 1;
                    }
                    (positions[slot], squared[slot], fresh[slot]) = (other, distance, true);
                }
            }
        }
    }
}

/// Positions that were met already: a hash table with open addresses, at most half full.
struct Seen {
    slots: Vec<u32>,
    shift: u32,
}

/// What an empty slot holds: no position is as large.
const EMPTY: u32 = u32::MAX;

impl Seen {
    fn new(capacity: usize) -> Self {
        let len = (2 * capacity).next_power_of_two();
        Seen { slots: vec![EMPTY; len], shift: u32::BITS - len.trailing_zeros() }
    }

    fn clear(&mut self) {
        self.slots.fill(EMPTY);
    }

    /// Whether the position was not there yet.
    #[inline(always)]
    fn insert(&mut self, position: u32) -> bool {
        // Fibonacci hashing (Knuth, *The Art of Computer Programming*, 6.4).
        let mut slot = (position.wrapping_mul(0x9E37_79B9) >> self.shift) as usize;
        while self.slots[slot] != EMPTY {
            if self.slots[slot] == position {
                return false;
            }
            slot = (slot + 1) % self.slots.len();
        }
        self.slots[slot] = position;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_position_is_new_once() {
        let mut seen = Seen::new(300);
        for _ in 0..2 {
            assert!((0..300).all(|position| seen.insert(position * 1_024)));
            assert!((0..300).all(|position| !seen.insert(position * 1_024)));
            seen.clear();
        }
    }
}
