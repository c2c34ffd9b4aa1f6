//! Losses from logits and their gradients, in one pass; and what logits stand for.

use pulp::Arch;
use rayon::prelude::*;

use crate::model::Loss;

/// Numbers per task: fixed, so that the sum does not depend on the number of threads.
const PART: usize = 8192;

/// The mean loss, and its gradient by the logits.
pub(in crate::model) fn mean(loss: Loss, logits: &[f32], targets: &[f32]) -> (f32, Vec<f32>) {
    match loss {
        Loss::BinaryCrossEntropy => mean_of(logits, targets, cross_entropy),
        Loss::MeanSquaredError => mean_of(logits, targets, squared_error),
    }
}

/// The mean loss over each image of `n_pixels` numbers, whichever others come along.
pub(in crate::model) fn of_images(loss: Loss, logits: &[f32], targets: &[f32], n_pixels: usize) -> Vec<f32> {
    match loss {
        Loss::BinaryCrossEntropy => each_mean(logits, targets, n_pixels, |x, t| cross_entropy(x, t).0),
        Loss::MeanSquaredError => each_mean(logits, targets, n_pixels, |x, t| squared_error(x, t).0),
    }
}

/// Logits become what they stand for, values in 0–1.
pub(in crate::model) fn to_probabilities(logits: &mut [f32]) {
    logits.par_chunks_mut(PART).for_each(|part| {
        Arch::new().dispatch(|| part.iter_mut().for_each(|value| *value = sigmoid(*value).0));
    });
}

/// `max(x, 0) - x t + ln(1 + exp(-|x|))`, and its gradient `sigmoid(x) - t`.
#[inline(always)]
fn cross_entropy(x: f32, t: f32) -> (f32, f32) {
    let (sigmoid, e) = sigmoid(x);
    (x.max(0.0) - x * t + ln_1p(e), sigmoid - t)
}

/// `(sigmoid(x) - t)²`, and its gradient `2 (sigmoid(x) - t) sigmoid(x) sigmoid(-x)`.
#[inline(always)]
fn squared_error(x: f32, t: f32) -> (f32, f32) {
    let (sigmoid, e) = sigmoid(x);
    let apart = sigmoid - t;
    // sigmoid(-x) as 1 - sigmoid(x) would lose its digits where x is large.
    let slope = e / ((1.0 + e) * (1.0 + e));
    (apart * apart, 2.0 * apart * slope)
}

/// `1 / (1 + exp(-x))` and `exp(-|x|)`; of what is no number, the first is none either.
#[inline(always)]
fn sigmoid(x: f32) -> (f32, f32) {
    let e = exp_negative(x.abs());
    let near = 1.0 / (1.0 + e);
    let far = if x < 0.0 { e * near } else { x };
    (if x >= 0.0 { near } else { far }, e)
}

#[inline(always)]
fn each_mean(
    logits: &[f32],
    targets: &[f32],
    n_pixels: usize,
    loss_of: impl Fn(f32, f32) -> f32 + Sync,
) -> Vec<f32> {
    let images = logits.par_chunks(n_pixels).zip(targets.par_chunks(n_pixels));
    let mean = |(logits, targets): (&[f32], &[f32])| {
        let mut sum = 0.0;
        for (logits, targets) in logits.chunks(64).zip(targets.chunks(64)) {
            let mut losses = [0.0f32; 64];
            for ((&x, &t), loss) in logits.iter().zip(targets).zip(&mut losses) {
                *loss = loss_of(x, t);
            }
            sum += losses.iter().map(|&loss| f64::from(loss)).sum::<f64>();
        }
        (sum / n_pixels as f64) as f32
    };
    images.map(|image| Arch::new().dispatch(|| mean(image))).collect()
}

#[inline(always)]
fn mean_of(
    logits: &[f32],
    targets: &[f32],
    loss_of: impl Fn(f32, f32) -> (f32, f32) + Sync,
) -> (f32, Vec<f32>) {
    let scale = 1.0 / logits.len() as f32;
    let mut gradient = vec![0.0; logits.len()];
    let parts: Vec<f64> = logits
        .par_chunks(PART)
        .zip(targets.par_chunks(PART))
        .zip(gradient.par_chunks_mut(PART))
        .map(|((logits, targets), gradient)| {
            Arch::new().dispatch(|| {
                let mut sum = 0.0;
                for ((logits, targets), gradient) in
                    logits.chunks(64).zip(targets.chunks(64)).zip(gradient.chunks_mut(64))
                {
                    let mut losses = [0.0f32; 64];
                    for (((&x, &t), g), loss) in logits.iter().zip(targets).zip(gradient).zip(&mut losses) {
                        let (value, slope) = loss_of(x, t);
                        *g = slope * scale;
                        *loss = value;
                    }
                    sum += losses.iter().map(|&loss| f64::from(loss)).sum::<f64>();
                }
                sum
            })
        })
        .collect();
    ((parts.iter().sum::<f64>() / logits.len() as f64) as f32, gradient)
}

/// `exp(-a)` for `a >= 0`: a power of two, set by its exponent bits, times a polynomial for the rest within ±ln 2 / 2.
#[inline(always)]
fn exp_negative(a: f32) -> f32 {
    let a = a.min(87.0);
    // Adding 1.5 * 2^23 leaves the nearest whole number in the low bits.
    let shifted = a * -std::f32::consts::LOG2_E + 12_582_912.0;
    let whole = shifted - 12_582_912.0;
    let rest = (-a - whole * 0.693_359_4) + whole * 2.121_944_4e-4;
    let series = 1.0
        + rest
            * (1.0
                + rest
                    * (0.5
                        + rest
                            * (1.666_666_5e-1
                                + rest * (4.166_579_6e-2 + rest * (8.333_452e-3 + rest * 1.398_199_9e-3)))));
    f32::from_bits((shifted.to_bits() << 23).wrapping_add(series.to_bits()))
}

/// `ln(1 + e)` for `e` within 0–1, as `2 artanh(e / (2 + e))`, whose argument is at most 1/3.
#[inline(always)]
fn ln_1p(e: f32) -> f32 {
    let s = e / (2.0 + e);
    let q = s * s;
    2.0 * s
        * (1.0
            + q * (1.0 / 3.0 + q * (0.2 + q * (1.0 / 7.0 + q * (1.0 / 9.0 + q * (1.0 / 11.0 + q / 13.0))))))
}
