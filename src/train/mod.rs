//! Training with Adam on binary cross-entropy, with a checkpoint after every epoch.

mod adam;
mod checkpoint;
mod history;

use std::path::Path;
use std::time::Instant;

use burn::module::Module;
use burn::optim::GradientsParams;
use ndarray::Axis;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::dataset::Dataset;
use crate::device;
use crate::error::{Error, Result};
use crate::model::{Autoencoder, AutoencoderConfig, to_tensor};
use crate::progress::duration;
pub use history::{Epoch, History};

/// How to train. The defaults are what the README's numbers were measured with.
#[derive(Debug, Clone)]
pub struct TrainConfig {
    /// The network; its `side` is taken from the data.
    pub model: AutoencoderConfig,
    /// Passes over the training images.
    pub epochs: usize,
    /// Images a step.
    pub batch_size: usize,
    /// Adam's highest step size; it rises over the first 3 % of steps and falls along a half cosine to 0.
    pub learning_rate: f64,
    /// Seed of the initial weights and of the order of images.
    pub seed: u64,
    /// Name of the device, one of [`crate::device::available`].
    pub device: String,
    /// Folder of the checkpoint; training continues from what is there. `None` keeps nothing.
    pub checkpoint: Option<String>,
    /// Stop after the epoch in which this many minutes have passed.
    pub max_minutes: Option<f64>,
    /// Print no lines.
    pub quiet: bool,
}

impl Default for TrainConfig {
    fn default() -> Self {
        TrainConfig {
            model: AutoencoderConfig::default(),
            epochs: 6,
            batch_size: 64,
            learning_rate: 3e-3,
            seed: 42,
            device: "flex".to_string(),
            checkpoint: None,
            max_minutes: None,
            quiet: false,
        }
    }
}

/// A trained network and how it came to be.
#[derive(Debug, Clone)]
pub struct Trained {
    /// The network, ready for inference.
    pub model: Autoencoder,
    /// One entry an epoch.
    pub history: History,
}

impl TrainConfig {
    fn validate(&self, images: usize) -> Result<()> {
        if self.epochs == 0 {
            return Err(Error::config("epochs", 0, "give at least 1"));
        }
        if self.batch_size == 0 || self.batch_size > images {
            return Err(Error::config(
                "batch_size",
                self.batch_size,
                format!("give 1 to {images}, the number of training images"),
            ));
        }
        if !(self.learning_rate.is_finite() && self.learning_rate > 0.0) {
            return Err(Error::config(
                "learning_rate",
                self.learning_rate,
                "give a positive number such as 0.001",
            ));
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

    /// Warm-up, then half a cosine, as a factor of the step alone so that a resumed run follows the same curve.
    fn learning_rate_at(&self, step: usize, steps: usize) -> f64 {
        let warm_up = (steps * 3).div_ceil(100);
        if step < warm_up {
            return self.learning_rate * (step + 1) as f64 / warm_up as f64;
        }
        let done = (step - warm_up) as f64 / (steps - warm_up).max(1) as f64;
        self.learning_rate * 0.5 * (1.0 + (std::f64::consts::PI * done).cos())
    }
}

/// Trains on `dataset.train`; after each epoch the loss on `dataset.test` is taken.
///
/// With a checkpoint folder, every finished epoch is kept there, and a later call with the same configuration
/// continues behind the last one, to the same weights as an unbroken run.
///
/// # Errors
/// A setting out of range; a loss that is not finite (the last good checkpoint stays); a checkpoint that is damaged
/// or of another configuration.
pub fn train(dataset: &Dataset, config: &TrainConfig) -> Result<Trained> {
    let images = &dataset.train.images;
    let count = dataset.train.len();
    config.validate(count)?;
    let shape = AutoencoderConfig { side: dataset.side(), ..config.model.clone() };
    let device = device::select(&config.device)?.autodiff();
    let mut model = shape.init(config.seed, &device)?;
    let mut optimizer = adam::adam();
    let mut history = History::default();
    let identity = checkpoint::Identity::new(&shape, config, dataset);
    if let Some(folder) = &config.checkpoint
        && let Some(saved) = checkpoint::load(Path::new(folder), &identity)?
    {
        (model, optimizer) = saved.restore(model, optimizer)?;
        history = saved.history;
        say(config, &format!("continuing after epoch {} from {folder}", history.epochs.len()));
    }

    let batches = count / config.batch_size;
    let steps = config.epochs * batches;
    let started = Instant::now();
    for epoch in history.epochs.len()..config.epochs {
        let epoch_start = Instant::now();
        let mut printed = Instant::now();
        let mut order: Vec<usize> = (0..count).collect();
        // A stream of its own for each epoch: a resumed run draws what the unbroken one would have.
        order.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(config.seed.wrapping_add(1 + epoch as u64)));
        let mut sum = 0.0;
        for (batch, rows) in order.chunks_exact(config.batch_size).enumerate() {
            let targets = to_tensor(images.select(Axis(0), rows).view(), &device);
            let loss = model.loss(targets.clone(), targets);
            let value: f32 = loss.clone().into_scalar();
            if !value.is_finite() {
                return Err(Error::Diverged { loss: value, epoch: epoch + 1, batch: batch + 1 });
            }
            sum += value as f64;
            let gradients = GradientsParams::from_grads(loss.backward(), &model);
            let rate = config.learning_rate_at(epoch * batches + batch, steps);
            model = optimizer.step(rate, model, gradients);
            if printed.elapsed().as_secs_f64() > 5.0 {
                printed = Instant::now();
                let seen = (batch + 1) * config.batch_size;
                let rate = seen as f64 / epoch_start.elapsed().as_secs_f64();
                let left = ((config.epochs - epoch) * count - seen) as f64 / rate;
                say(
                    config,
                    &format!(
                        "epoch {}/{}  {seen}/{count} images  loss {:.4}  {rate:.0} images/s  {} left",
                        epoch + 1,
                        config.epochs,
                        sum / (batch + 1) as f64,
                        duration(left)
                    ),
                );
            }
        }
        let train_secs = epoch_start.elapsed().as_secs_f64();
        let errors = model.reconstruction_errors(&dataset.test.images)?;
        let entry = Epoch {
            epoch: epoch + 1,
            loss: sum / batches as f64,
            validation_loss: errors.iter().map(|&e| e as f64).sum::<f64>() / errors.len() as f64,
            images_per_s: (batches * config.batch_size) as f64 / train_secs,
            elapsed_secs: epoch_start.elapsed().as_secs_f64(),
        };
        history.epochs.push(entry);
        if let Some(folder) = &config.checkpoint {
            checkpoint::save(Path::new(folder), &identity, &model, &optimizer, &history)?;
        }
        let ahead = config.epochs - epoch - 1;
        let left = duration(history.seconds_an_epoch() * ahead as f64);
        let left = if ahead > 0 { format!("  {left} left") } else { String::new() };
        say(config, &format!("{}{left}", history.line()));
        if config.max_minutes.is_some_and(|minutes| started.elapsed().as_secs_f64() > minutes * 60.0) {
            say(config, &format!("stopped after epoch {}: max_minutes has passed", epoch + 1));
            break;
        }
    }
    Ok(Trained { model: model.valid(), history })
}

fn say(config: &TrainConfig, line: &str) {
    if !config.quiet {
        println!("{line}");
    }
}
