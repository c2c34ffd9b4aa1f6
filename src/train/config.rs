//! How to train: the settings, their ranges, and the schedule of the learning rate.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::{AutoencoderConfig, Loss};

/// How to train. The defaults are what the README's numbers were measured with.
#[derive(Debug, Clone)]
pub struct TrainConfig {
    /// Channels after each stage of the encoder, as in [`AutoencoderConfig`]; the size and channels of the images are
    /// those of the data.
    pub channels: Vec<usize>,
    /// Numbers in the latent vector.
    pub latent_size: usize,
    /// What training lowers.
    pub loss: Loss,
    /// Passes over the training images; the most of them where `patience` is given.
    pub n_epochs: usize,
    /// Images per step.
    pub batch_size: usize,
    /// Adam's step size, the highest where `schedule` varies it.
    pub learning_rate: f64,
    /// How the learning rate changes from step to step.
    pub schedule: Schedule,
    /// Stop after so many epochs in a row without a lower validation loss, and keep the weights of the best epoch.
    /// `None` runs all epochs and keeps the last weights.
    ///
    /// A schedule that falls to 0 is laid out over all `n_epochs`; [`Schedule::Constant`] suits an early stop better.
    pub patience: Option<usize>,
    /// Share of the training images, 0–1 and drawn by the seed, that is held out and gives the validation loss.
    /// `None` trains on all of them and takes that loss on the test images.
    pub validation_split: Option<f64>,
    /// Standard deviation of the Gaussian noise on the inputs, whose pixels are in 0–1 and stay there; targets are
    /// clean, so that the network learns to remove it (Vincent et al. 2008). 0 adds none.
    pub noise: f32,
    /// Seed of the initial weights and of every draw of the training.
    pub seed: u64,
    /// Name of the device, one of [`crate::device::available`].
    pub device: String,
    /// Folder of the checkpoint, for one training at a time, which continues from what is there. `None` keeps nothing.
    pub checkpoint: Option<PathBuf>,
    /// Stop after the epoch in which this many minutes have passed.
    pub max_minutes: Option<f64>,
    /// Print a line per epoch, and one every few seconds within it.
    pub progress: bool,
}

impl Default for TrainConfig {
    fn default() -> Self {
        let AutoencoderConfig { channels, latent_size, loss, .. } = AutoencoderConfig::default();
        TrainConfig {
            channels,
            latent_size,
            loss,
            n_epochs: 8,
            batch_size: 32,
            learning_rate: 4e-3,
            schedule: Schedule::WarmUpCosine,
            patience: None,
            validation_split: None,
            noise: 0.0,
            seed: 42,
            device: "flex".to_string(),
            checkpoint: None,
            max_minutes: None,
            progress: true,
        }
    }
}

/// The learning rate as a function of the step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// The same at every step.
    Constant,
    /// Rises over the first 3 % of steps, then falls along half a cosine to 0 (Loshchilov and Hutter 2017).
    #[default]
    WarmUpCosine,
}

impl Schedule {
    /// The learning rate of a step, a function of the step alone, so that a resumed run follows the same curve.
    pub(super) fn rate(self, highest: f64, step: usize, steps: usize) -> f64 {
        let warm_up = (steps * 3).div_ceil(100);
        match self {
            Schedule::Constant => highest,
            Schedule::WarmUpCosine if step < warm_up => highest * (step + 1) as f64 / warm_up as f64,
            Schedule::WarmUpCosine => {
                let done = (step - warm_up) as f64 / (steps - warm_up).max(1) as f64;
                highest * 0.5 * (1.0 + (std::f64::consts::PI * done).cos())
            }
        }
    }
}

impl TrainConfig {
    /// The network for images of a size and so many channels.
    pub(super) fn shape(&self, image_size: usize, image_channels: usize) -> AutoencoderConfig {
        AutoencoderConfig {
            channels: self.channels.clone(),
            latent_size: self.latent_size,
            image_size,
            image_channels,
            loss: self.loss,
        }
    }

    /// How many of `images` training images are held out for validation.
    pub(super) fn held_out(&self, images: usize) -> usize {
        self.validation_split.map_or(0, |share| (images as f64 * share).round() as usize)
    }

    pub(super) fn validate(&self, images: usize) -> Result<()> {
        if self.n_epochs == 0 {
            return Err(Error::config("n_epochs", 0, "give at least 1"));
        }
        if let Some(share) = self.validation_split
            && !(share > 0.0 && share < 1.0 && (1..images).contains(&self.held_out(images)))
        {
            return Err(Error::config(
                "validation_split",
                share,
                format!(
                    "give a share between 0 and 1 that holds out at least 1 and not all of {images} images"
                ),
            ));
        }
        let trained_on = images - self.held_out(images);
        if self.batch_size == 0 || self.batch_size > trained_on {
            return Err(Error::config(
                "batch_size",
                self.batch_size,
                format!("give 1 to {trained_on}, the number of training images"),
            ));
        }
        if !(self.learning_rate.is_finite() && self.learning_rate > 0.0) {
            return Err(Error::config(
                "learning_rate",
                self.learning_rate,
                "give a positive number such as 0.001",
            ));
        }
        if self.patience == Some(0) {
            return Err(Error::config("patience", 0, "give at least 1, or None to run all epochs"));
        }
        if !(self.noise.is_finite() && self.noise >= 0.0) {
            return Err(Error::config("noise", self.noise, "give 0 or a standard deviation such as 0.2"));
        }
        if self.max_minutes.is_some_and(|minutes| minutes.is_nan() || minutes <= 0.0) {
            return Err(Error::config(
                "max_minutes",
                format!("{:?}", self.max_minutes),
                "give a positive number",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;

    #[test]
    fn warm_up_rises_to_the_highest_rate_and_the_cosine_falls_to_nothing() {
        let rate = |step| Schedule::WarmUpCosine.rate(0.1, step, 200);
        assert!((rate(0) - 0.1 / 6.0).abs() < 1e-12, "the first of six steps of warm-up");
        assert!((rate(5) - 0.1).abs() < 1e-12 && (rate(6) - 0.1).abs() < 1e-12);
        assert!((rate(103) - 0.05).abs() < 1e-12, "half way down");
        assert!(rate(199) > 0.0 && rate(199) < 1e-4);
        assert_eq!(Schedule::Constant.rate(0.1, 0, 200), 0.1);
    }
}
