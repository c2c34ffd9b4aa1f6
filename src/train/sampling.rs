//! Every random draw of a training. Each epoch has its own streams, so that a resumed run draws what an unbroken one
//! would have drawn.

use burn::tensor::{Tensor, TensorData};
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::math::random::seeded;

/// The stream of an epoch; a jump from its start leads to a second stream that does not overlap with it.
fn stream(seed: u64, epoch: usize) -> Xoshiro256PlusPlus {
    seeded(seed.wrapping_add(1 + epoch as u64))
}

/// Rows to train on and `held_out` rows to validate on, each in ascending order.
pub(super) fn split(count: usize, held_out: usize, seed: u64) -> (Vec<usize>, Vec<usize>) {
    let mut rows: Vec<usize> = (0..count).collect();
    if held_out > 0 {
        let mut rng = seeded(seed);
        rng.long_jump();
        rows.shuffle(&mut rng);
    }
    let mut trained_on = rows.split_off(held_out);
    rows.sort_unstable();
    trained_on.sort_unstable();
    (trained_on, rows)
}

/// The rows in an epoch's order.
pub(super) fn shuffled(rows: &[usize], seed: u64, epoch: usize) -> Vec<usize> {
    let mut order = rows.to_vec();
    order.shuffle(&mut stream(seed, epoch));
    order
}

/// The noise that an epoch adds to its inputs.
pub(super) struct Noise {
    rng: Xoshiro256PlusPlus,
    deviation: f32,
}

impl Noise {
    pub fn new(deviation: f32, seed: u64, epoch: usize) -> Self {
        let mut rng = stream(seed, epoch);
        rng.jump();
        Noise { rng, deviation }
    }

    /// Images `[batch, channels, side, side]` with the next draws added, kept within 0–1.
    pub fn add(&mut self, images: Tensor<4>) -> Tensor<4> {
        if self.deviation == 0.0 {
            return images;
        }
        let shape = images.dims();
        let draws: Vec<f32> = (0..shape.iter().product())
            .map(|_| self.deviation * self.rng.sample::<f32, _>(StandardNormal))
            .collect();
        let noise = Tensor::from_data(TensorData::new(draws, shape), &images.device());
        (images + noise).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Tensor};

    use super::{Noise, shuffled, split};

    #[test]
    fn a_split_shares_out_every_row_once() {
        let (trained_on, held_out) = split(100, 30, 7);
        assert_eq!((trained_on.len(), held_out.len()), (70, 30));
        let mut all = [trained_on.clone(), held_out.clone()].concat();
        all.sort_unstable();
        assert_eq!(all, (0..100).collect::<Vec<_>>());
        assert_eq!(split(100, 30, 7), (trained_on, held_out.clone()));
        assert_ne!(split(100, 30, 8).1, held_out);
        assert_eq!(split(5, 0, 7), ((0..5).collect(), vec![]));
    }

    #[test]
    fn an_epoch_has_its_own_order() {
        let rows: Vec<usize> = (10..60).collect();
        let first = shuffled(&rows, 7, 0);
        assert_eq!(first, shuffled(&rows, 7, 0));
        assert_ne!(first, shuffled(&rows, 7, 1));
    }

    #[test]
    fn noise_has_the_deviation_asked_for_and_stays_within_the_range() {
        let gray = || Tensor::<4>::full([8, 1, 64, 64], 0.5, &Device::flex());
        let draw = |deviation, epoch| -> Vec<f32> {
            Noise::new(deviation, 7, epoch).add(gray()).into_data().try_into_vec().unwrap()
        };
        let values = draw(0.1, 0);
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / values.len() as f32;
        // 32,768 draws: four standard errors of the mean and of the deviation.
        assert!((mean - 0.5).abs() < 0.0023 && (variance.sqrt() - 0.1).abs() < 0.0016, "{mean} {variance}");
        assert_eq!(values, draw(0.1, 0));
        assert_ne!(values, draw(0.1, 1));
        let wild = draw(3.0, 0);
        assert!(wild.iter().all(|v| (0.0..=1.0).contains(v)) && wild.contains(&0.0) && wild.contains(&1.0));
        assert_eq!(draw(0.0, 0), vec![0.5; values.len()]);
    }
}
