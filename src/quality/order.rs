//! Points in the order of their distances.

use ndarray::ArrayView1;

/// Bits by which one pass sorts.
const DIGIT: u32 = 11;
const DIGITS: usize = 1 << DIGIT;
/// Passes that 32 bits take.
const PASSES: usize = 3;

/// Sorts by radix: of ten thousand distances it takes half the time of a sort by comparison, and distances to sort are
/// what scores mostly consist of. Keeps its memory from one point to the next.
#[derive(Default)]
pub(super) struct Sorter {
    /// Distance and index of each point, packed into one integer: the bits of a float that is not negative sort as the
    /// float does.
    keys: Vec<u64>,
    sorted: Vec<u64>,
}

impl Sorter {
    /// Writes to `order` the points other than `i` from near to far, equal distances in the order of the points.
    pub fn order(&mut self, squared: ArrayView1<f64>, i: usize, order: &mut Vec<u32>) {
        let Sorter { keys, sorted } = self;
        let mut counts = [[0u32; DIGITS]; PASSES];
        keys.clear();
        for (j, &distance) in squared.iter().enumerate() {
            if j == i {
                continue;
            }
            let bits = (distance as f32).to_bits();
            for (pass, counts) in counts.iter_mut().enumerate() {
                counts[digit(bits, pass)] += 1;
            }
            keys.push(u64::from(bits) << 32 | j as u64);
        }
        sorted.resize(keys.len(), 0);
        for (pass, counts) in counts.iter_mut().enumerate() {
            // From how many there are of each digit to where the next of it goes.
            let mut start = 0;
            for count in counts.iter_mut() {
                (start, *count) = (start + *count, start);
            }
            for &key in keys.iter() {
                let place = &mut counts[digit((key >> 32) as u32, pass)];
                sorted[*place as usize] = key;
                *place += 1;
            }
            std::mem::swap(keys, sorted);
        }
        order.clear();
        order.extend(keys.iter().map(|&key| key as u32));
    }
}

fn digit(bits: u32, pass: usize) -> usize {
    (bits >> (pass as u32 * DIGIT)) as usize % DIGITS
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array1;

    #[test]
    fn points_come_from_near_to_far_and_equal_ones_in_their_order() {
        let mut state = 1u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state >> 33
        };
        let mut sorter = Sorter::default();
        for n in [1usize, 2, 50, 5_000, 20] {
            // From the least to the greatest, zeros and equal ones among them.
            let squared: Array1<f64> = (0..n)
                .map(|_| match draw() % 4 {
                    0 => 0.0,
                    1 => (draw() % 7) as f64,
                    _ => (draw() as f64 / 1e9 - 1.0).exp2().powi((draw() % 120) as i32),
                })
                .collect();
            let i = n / 2;
            let mut expected: Vec<u32> = (0..n as u32).filter(|&j| j as usize != i).collect();
            expected.sort_by(|&a, &b| (squared[a as usize] as f32).total_cmp(&(squared[b as usize] as f32)));
            let mut order = vec![7; 3];
            sorter.order(squared.view(), i, &mut order);
            assert_eq!(order, expected, "{n} points");
        }
    }
}
