//! Pairs of one kind by either end.

use ndarray::Array2;

use crate::math::simd::LANES;

/// The partners of each row, those that it chose and those that chose it, in registers of eight. The last register of a
/// row is filled up with the row itself, which exerts no force.
pub(super) struct Partners {
    /// Register `offsets[i]` is the first of row `i`.
    offsets: Vec<usize>,
    registers: Vec<[u32; LANES]>,
}

impl Partners {
    /// `pairs`, `[n, count]`, are the partners that each row chose.
    pub(super) fn new(pairs: &Array2<u32>) -> Partners {
        let (n, count) = pairs.dim();
        let mut ends = vec![count; n];
        for &j in pairs {
            ends[j as usize] += 1;
        }
        let mut offsets = Vec::with_capacity(n + 1);
        offsets.push(0);
        for i in 0..n {
            offsets.push(offsets[i] + ends[i].div_ceil(LANES));
        }
        let mut registers = vec![[0; LANES]; offsets[n]];
        let places = registers.as_flattened_mut();
        for i in 0..n {
            places[offsets[i] * LANES..offsets[i + 1] * LANES].fill(i as u32);
        }
        let mut next: Vec<usize> = offsets[..n].iter().map(|register| register * LANES).collect();
        for ((i, _), &j) in pairs.indexed_iter() {
            for (from, to) in [(i, j as usize), (j as usize, i)] {
                places[next[from]] = to as u32;
                next[from] += 1;
            }
        }
        Partners { offsets, registers }
    }

    #[inline(always)]
    pub(super) fn of(&self, row: usize) -> &[[u32; LANES]] {
        &self.registers[self.offsets[row]..self.offsets[row + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pair_is_found_from_either_end() {
        let pairs = Array2::from_shape_fn((30, 4), |(i, slot)| ((i * i + 7 * slot + 1) % 30) as u32);
        let partners = Partners::new(&pairs);
        for i in 0..30 {
            let mut found: Vec<u32> = partners.of(i).as_flattened().to_vec();
            let mut expected: Vec<u32> = pairs.row(i).to_vec();
            expected
                .extend(pairs.indexed_iter().filter(|(_, j)| **j == i as u32).map(|((k, _), _)| k as u32));
            let fill = expected.len().next_multiple_of(LANES) - expected.len();
            expected.extend(vec![i as u32; fill]);
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "row {i}");
        }
    }
}
