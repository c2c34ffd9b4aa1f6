//! The record of a training run.

use serde::{Deserialize, Serialize};

use crate::model::Loss;
use crate::progress::Progress;

/// What one pass over the training images gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Counted from 1.
    pub epoch: usize,
    /// Mean loss over the epoch's batches.
    pub loss: f64,
    /// Mean loss on the validation images after the epoch.
    pub validation_loss: f64,
    /// Training images per second, validation left out.
    pub images_per_s: f64,
    /// Seconds that the epoch took, validation included.
    pub elapsed_secs: f64,
}

/// One entry per epoch.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The finished epochs, first to last.
    pub epochs: Vec<Epoch>,
    /// What its losses are.
    #[serde(default)]
    pub loss: Loss,
    /// The most memory that the process has held, data set included, in bytes; `None` where the system does not tell.
    pub peak_memory_bytes: Option<u64>,
}

impl History {
    /// The loss on the validation images after the last epoch.
    pub fn final_validation_loss(&self) -> Option<f64> {
        self.epochs.last().map(|epoch| epoch.validation_loss)
    }

    /// The epoch of the lowest validation loss, the first of equals.
    pub fn best(&self) -> Option<&Epoch> {
        self.epochs.iter().min_by(|a, b| a.validation_loss.total_cmp(&b.validation_loss))
    }

    /// Epochs in a row, up to the last, that did not lower the validation loss.
    pub(super) fn epochs_without_improvement(&self) -> usize {
        self.epochs.len() - self.best().map_or(0, |best| best.epoch)
    }

    /// Adds an epoch, and what the process has held in memory by now.
    pub(super) fn push(&mut self, epoch: Epoch) {
        self.epochs.push(epoch);
        self.peak_memory_bytes = self.peak_memory_bytes.max(peak_memory_bytes());
    }

    /// Adds the last `count` epochs to the curve that is shown.
    pub(super) fn tell(&self, progress: &mut Progress, count: usize) {
        for epoch in &self.epochs[self.epochs.len() - count..] {
            progress.losses(epoch.epoch, epoch.loss, epoch.validation_loss);
        }
    }

    /// Mean seconds per epoch.
    pub(super) fn secs_per_epoch(&self) -> f64 {
        self.epochs.iter().map(|epoch| epoch.elapsed_secs).sum::<f64>() / self.epochs.len().max(1) as f64
    }

    /// The last epoch in one line, with a sparkline of the validation loss so far.
    pub(super) fn line(&self) -> String {
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

/// The high-water mark of the resident set. Linux tells it in a file; other systems have no such file.
fn peak_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let mark = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    mark.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::{Epoch, History};

    fn history(validation_losses: &[f64]) -> History {
        let epochs = validation_losses
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
        History { epochs, ..History::default() }
    }

    #[test]
    fn sparkline_spans_lowest_to_highest() {
        assert_eq!(history(&[0.4, 0.3, 0.2]).sparkline(), "█▄▁");
    }

    #[test]
    fn only_a_lower_loss_is_an_improvement() {
        let history = history(&[0.4, 0.3, 0.3, 0.35]);
        assert_eq!(history.best().map(|best| best.epoch), Some(2));
        assert_eq!(history.epochs_without_improvement(), 2);
        assert_eq!(History::default().epochs_without_improvement(), 0);
    }
}
