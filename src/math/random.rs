//! Random numbers: the only place in which a seed becomes a generator.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// The generator of the whole crate. It is named, unlike rand's `StdRng`, so that a newer rand does not change its stream.
pub(crate) fn seeded(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

/// SplitMix64's finalizer (Steele, Lea & Flood 2014): every input bit reaches every output bit.
#[inline(always)]
pub(crate) fn splitmix64(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// A number below `n`, from the high half of Knuth's linear congruential generator (MMIX).
#[inline(always)]
pub(crate) fn lcg_below(state: &mut u64, n: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (((*state >> 32) * n as u64) >> 32) as usize
}

/// Numbers of `count` of `n_rows` rows, drawn without repetition, in ascending order; all of them when `count` is not
/// below `n_rows`.
pub(crate) fn sample_rows(n_rows: usize, count: usize, seed: u64) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..n_rows).collect();
    if count < n_rows {
        let mut rng = seeded(seed);
        for place in 0..count {
            rows.swap(place, rng.random_range(place..n_rows));
        }
        rows.truncate(count);
        rows.sort_unstable();
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix64_gives_the_published_sequence() {
        // The first outputs of the reference implementation (prng.di.unimi.it/splitmix64.c) seeded with 1234567.
        let gamma = 0x9E37_79B9_7F4A_7C15u64;
        let outputs = [0u64, 1, 2].map(|step| splitmix64(gamma.wrapping_mul(step).wrapping_add(1_234_567)));
        assert_eq!(
            outputs,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn a_sample_is_ascending_without_repetition_and_seeded() {
        let sample = sample_rows(1_000, 100, 7);
        assert!(sample.is_sorted_by(|a, b| a < b) && sample.len() == 100 && sample[99] < 1_000);
        assert_eq!(sample, sample_rows(1_000, 100, 7));
        assert_ne!(sample, sample_rows(1_000, 100, 8));
        assert_eq!(sample_rows(3, 9, 7), [0, 1, 2]);
    }
}
