//! Training with Adam on binary cross-entropy or squared error, with a checkpoint after every epoch.

mod adam;
mod checkpoint;
mod config;
mod history;
mod sampling;

use std::borrow::Cow;
use std::path::Path;
use std::time::{Duration, Instant};

use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::Tensor;
use ndarray::{Array4, Axis, s};

use crate::dataset::Dataset;
use crate::device;
use crate::error::{Error, Result};
use crate::files;
use crate::live;
use crate::model::{Autoencoder, ModelCard, to_tensor};
use crate::progress::{Progress, Work, duration};
use checkpoint::CheckpointDir;
pub use config::{Schedule, TrainConfig};
pub use history::{Epoch, History};

/// A trained network and how it came to be.
#[derive(Debug, Clone)]
pub struct Trained {
    /// The network, ready for inference.
    pub model: Autoencoder,
    /// One entry per epoch.
    pub history: History,
    /// What it was trained on and how well it does.
    pub card: ModelCard,
    /// How close its reconstructions of the validation images are to these, in dB, by [`Autoencoder::psnr`]; of the first
    /// thousand where the training was interrupted.
    pub psnr: f64,
}

impl Trained {
    /// Writes the network and its card as safetensors, which [`Autoencoder::load`] and other tools read.
    ///
    /// The same training gives the same file, to the byte.
    ///
    /// # Errors
    /// Those of [`Autoencoder::save`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        self.model.save(path, &self.card)
    }
}

/// Images by which a network is judged whose training was interrupted: whoever did that waits.
const MAX_JUDGED: usize = 1_000;

/// What passes from one epoch to the next; a checkpoint holds it.
struct State {
    model: Autoencoder,
    optimizer: ModuleOptimizer,
    /// The weights of the lowest validation loss, where the configuration keeps those.
    best: Option<Autoencoder>,
    history: History,
}

/// What a training has come to after an epoch.
struct Reached {
    /// Ready for inference.
    model: Autoencoder,
    best: Option<Autoencoder>,
    history: History,
}

impl State {
    fn reached(&self) -> Reached {
        Reached { model: self.model.valid(), best: self.best.clone(), history: self.history.clone() }
    }
}

/// Trains on `dataset.train`. After each epoch it computes the loss on `dataset.test`, or on the images held out.
///
/// With a checkpoint folder, every finished epoch is kept there, and a later call with the same configuration
/// continues after the last one, to the same weights as an unbroken run.
///
/// In a notebook of the kernel that `make lab` installs, an interrupt ends it within the running epoch, and the network is
/// that of the last whole one.
///
/// # Errors
/// A setting out of range; images whose size the stages of the network cannot halve; a loss that is not finite (the
/// last good checkpoint stays); a checkpoint that is damaged, of another version or configuration, or in use by another
/// training; an interrupt before the first epoch has ended.
pub fn train(dataset: &Dataset, config: &TrainConfig) -> Result<Trained> {
    let images = &dataset.train.images;
    config.validate(dataset.train.len())?;
    let (rows, held_out) =
        sampling::split(dataset.train.len(), config.held_out(dataset.train.len()), config.seed);
    let validation = match held_out.as_slice() {
        [] => Cow::Borrowed(&dataset.test.images),
        held_out => Cow::Owned(images.select(Axis(0), held_out)),
    };
    let shape = config.shape(dataset.side(), dataset.channels());
    let model = shape.init(config.seed, &device::select(&config.device)?.autodiff())?;
    let best = config.patience.map(|_| model.valid());
    let mut state = State {
        model,
        optimizer: adam::adam(),
        best,
        history: History { loss: config.loss, ..History::default() },
    };
    let digest = files::sha256(&images.iter().copied().collect::<Vec<u8>>());
    let identity = checkpoint::Identity::new(config, &shape, dataset.train.len(), &digest);
    let checkpoint = config.checkpoint.as_deref().map(CheckpointDir::open).transpose()?;
    let per_epoch = rows.len() / config.batch_size * config.batch_size;
    let work = Work {
        label: "training".to_string(),
        total: config.n_epochs * per_epoch,
        unit: "images",
        line_every: Duration::from_secs(5),
    };
    let mut progress = Progress::of(work, config.progress);
    if let Some(checkpoint) = &checkpoint {
        state = checkpoint.resume(&identity, state)?;
        if let Some(last) = state.history.epochs.last() {
            let path = checkpoint.path().display();
            progress.line(&format!("continuing after epoch {} from {path}", last.epoch));
            progress.resume_at(last.epoch * per_epoch);
        }
    }

    state.history.tell(&mut progress, state.history.epochs.len());

    let started = Instant::now();
    let (Reached { model, best, history }, is_interrupted) = loop {
        let done = state.history.epochs.len();
        let waited = state.history.epochs_without_improvement();
        if done == config.n_epochs {
            break (state.reached(), false);
        }
        if config.patience.is_some_and(|patience| waited >= patience) {
            progress.line(&format!("stopped: {waited} epochs without a lower validation loss"));
            break (state.reached(), false);
        }
        // Where a cell can be interrupted, what an epoch began with is what is left of it.
        let before = live::is_live().then(|| state.reached());
        let Some(after) = run_epoch(state, images, &rows, &validation, config, &mut progress)? else {
            if done == 0 {
                return Err(Error::Stopped { what: "training", done: 0, total: config.n_epochs });
            }
            progress.line(&format!("interrupted: the network is that of epoch {done}"));
            break (before.expect("only a live cell is interrupted"), true);
        };
        state = after;
        if let Some(checkpoint) = &checkpoint {
            checkpoint.save(&identity, &state)?;
        }
        let ahead = config.n_epochs - state.history.epochs.len();
        let left = duration(state.history.secs_per_epoch() * ahead as f64);
        let left = if ahead > 0 { format!("  {left} left") } else { String::new() };
        state.history.tell(&mut progress, 1);
        progress.line(&format!("{}{left}", state.history.line()));
        if config.max_minutes.is_some_and(|minutes| started.elapsed().as_secs_f64() > minutes * 60.0) {
            progress
                .line(&format!("stopped after epoch {}: max_minutes has passed", config.n_epochs - ahead));
            break (state.reached(), false);
        }
    };
    let kept = if best.is_some() { history.best() } else { history.epochs.last() };
    let card = ModelCard {
        dataset: dataset.name.clone(),
        class_names: dataset.class_names().to_vec(),
        training_images: rows.len(),
        training_images_sha256: digest,
        n_epochs: kept.map_or(0, |epoch| epoch.epoch),
        loss: kept.map(|epoch| epoch.loss),
        validation_loss: kept.map(|epoch| epoch.validation_loss),
    };
    let model = best.unwrap_or(model);
    let judged = if is_interrupted { validation.dim().0.min(MAX_JUDGED) } else { validation.dim().0 };
    let psnr = model.psnr(&validation.slice(s![..judged, .., .., ..]).to_owned())?;
    progress.line(&format!("reconstructions at {psnr:.1} dB (PSNR)"));
    if history.epochs.len() == config.n_epochs {
        progress.finish();
    }
    Ok(Trained { model, history, card, psnr })
}

/// One pass over the rows of the training images, then the loss on the validation images; `None` where the cell was
/// interrupted.
fn run_epoch(
    mut state: State,
    images: &Array4<u8>,
    rows: &[usize],
    validation: &Array4<u8>,
    config: &TrainConfig,
    progress: &mut Progress,
) -> Result<Option<State>> {
    let epoch = state.history.epochs.len();
    let batches = rows.len() / config.batch_size;
    let device = state.model.devices().into_iter().next().unwrap_or_default();
    let mut noise = sampling::Noise::new(config.noise, config.seed, epoch);
    let started = Instant::now();
    let mut sum = 0.0;
    let diverged = |loss, batch| Error::Diverged { loss, epoch: epoch + 1, batch };
    for (batch, rows_of_batch) in
        sampling::shuffled(rows, config.seed, epoch).chunks_exact(config.batch_size).enumerate()
    {
        if live::is_stopped() {
            return Ok(None);
        }
        let targets = to_tensor(images.select(Axis(0), rows_of_batch).view(), &device);
        let inputs = noise.add(targets.clone());
        let rate =
            config.schedule.rate(config.learning_rate, epoch * batches + batch, config.n_epochs * batches);
        let loss;
        (state.model, loss) = step(state.model, &mut state.optimizer, inputs, targets, rate);
        if !loss.is_finite() {
            return Err(diverged(loss, batch + 1));
        }
        sum += loss as f64;
        let seen = epoch * batches + batch + 1;
        progress.trace(seen as f64 / batches as f64, || sum / (batch + 1) as f64);
        progress.advance_with(seen * config.batch_size, || {
            format!("epoch {}/{}  loss {:.4}", epoch + 1, config.n_epochs, sum / (batch + 1) as f64)
        });
    }
    let train_secs = started.elapsed().as_secs_f64();
    let Some(errors) = state.model.errors_unless(validation, live::is_stopped)? else { return Ok(None) };
    let validation_loss = errors.iter().map(|&e| e as f64).sum::<f64>() / errors.len() as f64;
    // The last step may have ruined the weights after its loss was computed: they must not reach the checkpoint.
    if !validation_loss.is_finite() {
        return Err(diverged(validation_loss as f32, batches));
    }
    state.history.push(Epoch {
        epoch: epoch + 1,
        loss: sum / batches as f64,
        validation_loss,
        images_per_s: (batches * config.batch_size) as f64 / train_secs,
        elapsed_secs: started.elapsed().as_secs_f64(),
    });
    if state.best.is_some() && state.history.epochs_without_improvement() == 0 {
        state.best = Some(state.model.valid());
    }
    Ok(Some(state))
}

/// One step of Adam on a batch; the loss is that of the weights before the step.
fn step(
    model: Autoencoder,
    optimizer: &mut ModuleOptimizer,
    inputs: Tensor<4>,
    targets: Tensor<4>,
    rate: f64,
) -> (Autoencoder, f32) {
    let loss = model.loss(inputs, targets);
    let value: f32 = loss.clone().into_scalar();
    let gradients = GradientsParams::from_grads(loss.backward(), &model);
    (optimizer.step(rate, model, gradients), value)
}
