//! Random numbers that depend on the seed and the row alone, so that it does not matter which thread draws them.

use rand::Rng;

use crate::math::random::{seeded, splitmix64};

/// The random numbers of row `i`.
pub(in crate::projection) fn row_rng(seed: u64, i: usize) -> impl Rng {
    seeded(splitmix64(seed ^ splitmix64(i as u64)))
}

/// A random row number below `n`.
#[inline(always)]
pub(in crate::projection) fn below(rng: &mut impl Rng, n: usize) -> u32 {
    (((rng.next_u64() >> 32) * n as u64) >> 32) as u32
}
