//! The record of a training run.

use serde::{Deserialize, Serialize};

/// What one pass over the training images gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Counted from 1.
    pub epoch: usize,
    /// Mean binary cross-entropy over the epoch's batches, nats a pixel.
    pub loss: f64,
    /// Mean binary cross-entropy on the test images after the epoch, nats a pixel.
    pub validation_loss: f64,
    /// Training images a second, validation left out.
    pub images_per_s: f64,
    /// Seconds that the epoch took, validation included.
    pub elapsed_secs: f64,
}

/// One entry an epoch.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// In order.
    pub epochs: Vec<Epoch>,
}

impl History {
    /// The loss on the test images after the last epoch.
    pub fn final_validation_loss(&self) -> Option<f64> {
        self.epochs.last().map(|epoch| epoch.validation_loss)
    }

    /// Mean seconds that an epoch took.
    pub(crate) fn seconds_an_epoch(&self) -> f64 {
        self.epochs.iter().map(|epoch| epoch.elapsed_secs).sum::<f64>() / self.epochs.len().max(1) as f64
    }

    /// The last epoch in one line, with a sparkline of the validation loss so far.
    pub(crate) fn line(&self) -> String {
        self.epochs.last().map_or(String::new(), |last| {
            format!(
                "epoch {}  loss {:.4}  validation {:.4}  {:.0} images/s  {}",
                last.epoch,
                last.loss,
                last.validation_loss,
                last.images_per_s,
                self.sparkline()
            )
        })
    }

    /// The validation losses as bars, from the lowest `▁` to the highest `█`.
    pub fn sparkline(&self) -> String {
        const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        let losses = || self.epochs.iter().map(|epoch| epoch.validation_loss);
        let (low, high) =
            losses().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        let span = if high > low { high - low } else { 1.0 };
        losses().map(|x| BARS[((x - low) / span * 7.0).round() as usize]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Epoch, History};

    #[test]
    fn sparkline_spans_lowest_to_highest() {
        let epochs = [0.4, 0.3, 0.2]
            .iter()
            .enumerate()
            .map(|(idx, &loss)| Epoch {
                epoch: idx + 1,
                loss,
                validation_loss: loss,
                images_per_s: 1.0,
                elapsed_secs: 1.0,
            })
            .collect();
        assert_eq!(History { epochs }.sparkline(), "█▄▁");
    }
}
