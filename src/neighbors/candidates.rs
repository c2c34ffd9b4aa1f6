//! The nearest rows met so far, in order.

/// At most `capacity` rows, nearest first, equally near ones by position.
pub(super) struct Candidates {
    capacity: usize,
    /// A squared distance's bits above a position: in the order of both, as no squared distance is negative.
    keys: Vec<u64>,
}

impl Candidates {
    pub(super) fn new(capacity: usize) -> Self {
        Candidates { capacity, keys: Vec::with_capacity(capacity) }
    }

    /// The squared distance from which on rows are not taken.
    #[inline(always)]
    pub(super) fn limit(&self) -> f32 {
        if self.keys.len() < self.capacity { f32::INFINITY } else { squared(self.keys[self.capacity - 1]) }
    }

    /// Takes a row whose squared distance is below the limit.
    #[inline(always)]
    pub(super) fn take(&mut self, squared: f32, position: u32) {
        // Rounding makes some differences of near rows negative.
        let squared = if squared > 0.0 { squared } else { 0.0 };
        let key = u64::from(squared.to_bits()) << 32 | u64::from(position);
        if self.keys.len() == self.capacity {
            self.keys.pop();
        }
        let place = self.keys.partition_point(|&other| other < key);
        self.keys.insert(place, key);
    }

    /// Squared distances and positions, nearest first.
    #[inline(always)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (f32, u32)> + '_ {
        self.keys.iter().map(|&key| (squared(key), key as u32))
    }
}

#[inline(always)]
fn squared(key: u64) -> f32 {
    f32::from_bits((key >> 32) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_are_kept_in_order() {
        let mut candidates = Candidates::new(3);
        for (squared, position) in [(4.0, 1), (-0.0, 7), (2.0, 9), (2.0, 3), (-1e-9, 5), (8.0, 2)] {
            if squared < candidates.limit() {
                candidates.take(squared, position);
            }
        }
        assert_eq!(candidates.iter().collect::<Vec<_>>(), [(0.0, 5), (0.0, 7), (2.0, 3)]);
        assert_eq!(candidates.limit(), 2.0);
    }
}
