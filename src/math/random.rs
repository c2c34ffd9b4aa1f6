//! Small seeded generators for inner loops: a hash that derives seeds from seeds, and a stream of indices.

/// The finalizer of SplitMix64 (Steele, Lea & Flood 2014): every bit of the input changes every bit of the
/// output, so that seeds derived from consecutive numbers are unrelated.
#[inline(always)]
pub(crate) fn splitmix64(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Advances Knuth's linear congruential generator and gives an index below `n`, at most 2^32, from its high
/// half: the low bits of such a generator have short periods.
#[inline(always)]
pub(crate) fn lcg_below(state: &mut u64, n: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (((*state >> 32) * n as u64) >> 32) as usize
}
