//! The convolutional autoencoder: images to a latent vector and back. Its file, which [`Autoencoder::save`] writes and
//! [`Autoencoder::load`] reads, serves other tools too.
//!
//! With the default `channels = [c1, c2]` and `image_size` 28 ([`AutoencoderConfig::layers`] lists it for any other):
//!
//! | part | layer | output |
//! |---|---|---|
//! | encoder | Conv2d 3x3, ReLU, MaxPool 2 | `[c1, 14, 14]` |
//! | | Conv2d 3x3, ReLU, MaxPool 2 | `[c2, 7, 7]` |
//! | | Linear | `[32]`, the latent vector |
//! | decoder | Linear, ReLU | `[c2, 7, 7]` |
//! | | ConvTranspose2d 2x2, ReLU | `[c1, 14, 14]` |
//! | | ConvTranspose2d 2x2 | `[1, 28, 28]`, logits |
//!
//! Images in color have three channels before the first layer and after the last.

mod card;
mod config;
mod file;
mod file_layout;
mod fused;
mod kernels;
mod layers;

use burn::module::Module;
use burn::nn::Linear;
use burn::nn::conv::{Conv2d, ConvTranspose2d};
use burn::nn::pool::MaxPool2d;
use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::{Device, Tensor, TensorData};
use ndarray::{Array1, Array2, Array4, ArrayView4, Axis};

use crate::device;
use crate::error::{Error, Result};
use crate::progress::Tally;
pub use card::ModelCard;
pub use config::{AutoencoderConfig, Loss};
pub(crate) use file::restore_from;
pub(crate) use fused::as_f32_slice;
use kernels::loss;
pub use layers::{Layer, LayerKind};

/// Images that pass through the network together when nothing is trained.
const INFERENCE_BATCH: usize = 250;

/// The network. Made by [`AutoencoderConfig::init`], trained by [`crate::train::train`].
#[derive(Module, Debug)]
pub struct Autoencoder {
    /// Convolutions of the encoder, outermost first.
    pub encoder: Vec<Conv2d>,
    pool: MaxPool2d,
    /// Innermost features to the latent vector.
    pub to_latent: Linear,
    /// The latent vector to innermost features.
    pub from_latent: Linear,
    /// Transposed convolutions of the decoder, innermost first.
    pub decoder: Vec<ConvTranspose2d>,
    /// The shape that it was made with.
    #[module(skip)]
    pub config: AutoencoderConfig,
}

impl Autoencoder {
    /// Images `[batch, channels, size, size]` in 0–1 to latent vectors `[batch, latent_size]`.
    pub fn encode(&self, images: Tensor<4>) -> Tensor<2> {
        if !device::is_flex(&images.device()) {
            let features =
                self.encoder.iter().fold(images, |x, conv| self.pool.forward(relu(conv.forward(x))));
            return self.to_latent.forward(features.flatten(1, 3));
        }
        let (first, others) = self.encoder.split_first().expect("a network has a stage");
        let features = others.iter().fold(fused::first_stage(first, images), |x, conv| fused::stage(conv, x));
        fused::linear(&self.to_latent, fused::channels_first(features).flatten(1, 3), false)
    }

    /// Latent vectors `[batch, latent_size]` to logits `[batch, channels, size, size]`; their sigmoid is the
    /// image.
    pub fn decode(&self, latents: Tensor<2>) -> Tensor<4> {
        let batch = latents.dims()[0];
        let size = self.config.feature_size();
        let fused = device::is_flex(&latents.device());
        let inner = match fused {
            true => fused::linear(&self.from_latent, latents, true),
            false => relu(self.from_latent.forward(latents)),
        };
        let channels = inner.dims()[1] / (size * size);
        let inner = inner.reshape([batch, channels, size, size]);
        let last = self.decoder.len() - 1;
        self.decoder.iter().enumerate().fold(inner, |x, (idx, layer)| match idx == last {
            _ if fused => fused::upsample(layer, x, idx != last),
            true => layer.forward(x),
            false => relu(layer.forward(x)),
        })
    }

    /// The mean [`Loss`] of the network's kind, `[1]`, of the reconstruction of `inputs` against `targets`, both
    /// `[batch, channels, size, size]` in 0–1.
    pub fn loss(&self, inputs: Tensor<4>, targets: Tensor<4>) -> Tensor<1> {
        let logits = self.decode(self.encode(inputs));
        match device::is_flex(&logits.device()) {
            true => fused::mean_loss(self.config.loss, logits, targets),
            false => pixel_losses(self.config.loss, logits, targets).mean(),
        }
    }

    /// Images `[n, size, size, channels]` to latent vectors `[n, latent_size]`.
    ///
    /// # Errors
    /// Images of another size or other channels than the network's; an interrupt of the notebook's cell.
    pub fn encode_images(&self, images: &Array4<u8>) -> Result<Array2<f32>> {
        self.check_images(images)?;
        let (model, device) = self.for_inference();
        let tally = Tally::start("encoding", images.dim().0, "images");
        let mut latents = Vec::with_capacity(images.dim().0 * self.config.latent_size);
        for batch in images.axis_chunks_iter(Axis(0), INFERENCE_BATCH) {
            latents.extend(to_vec(model.encode(to_tensor(batch, &device)))?);
            if !tally.add(batch.dim().0) {
                break;
            }
        }
        tally.finish()?;
        Array2::from_shape_vec((images.dim().0, self.config.latent_size), latents)
            .map_err(|e| Error::dependency("burn", e))
    }

    /// Latent vectors `[n, latent_size]` to images `[n, size, size, channels]` in 0–1.
    ///
    /// # Errors
    /// Latent vectors of another size than the network's.
    pub fn decode_latents(&self, latents: &Array2<f32>) -> Result<Array4<f32>> {
        let (count, width) = latents.dim();
        if width != self.config.latent_size {
            let (row, model) =
                ((width, "a latent row"), (self.config.latent_size, "the model's latent vector"));
            return Err(Error::mismatch("numbers", row, model, "encode the images with this model"));
        }
        let (model, device) = self.for_inference();
        let (size, channels) = (self.config.image_size, self.config.image_channels);
        let mut images = Vec::with_capacity(count * size * size * channels);
        for batch in latents.axis_chunks_iter(Axis(0), INFERENCE_BATCH) {
            let rows: Vec<f32> = batch.iter().copied().collect();
            let tensor = Tensor::<2>::from_data(TensorData::new(rows, [batch.nrows(), width]), &device);
            let mut values = to_vec(model.decode(tensor))?;
            loss::to_probabilities(&mut values);
            images.extend(values);
        }
        let planes = Array4::from_shape_vec((count, channels, size, size), images)
            .map_err(|e| Error::dependency("burn", e))?;
        Ok(planes.permuted_axes([0, 2, 3, 1]).as_standard_layout().into_owned())
    }

    /// Images through the bottleneck and back: `[n, size, size, channels]`, 0–1.
    ///
    /// # Errors
    /// Images of another size or other channels than the network's.
    pub fn reconstruct(&self, images: &Array4<u8>) -> Result<Array4<f32>> {
        self.decode_latents(&self.encode_images(images)?)
    }

    /// The [`Loss`] that the network was trained with of each image's reconstruction, `[n]`; its mean is the loss.
    ///
    /// # Errors
    /// Images of another size or other channels than the network's.
    pub fn reconstruction_errors(&self, images: &Array4<u8>) -> Result<Array1<f32>> {
        self.measured(images, self.config.loss, || false).map(|errors| errors.expect("nothing stops it"))
    }

    /// The same; `None` where `stopped` came to be true.
    pub(crate) fn errors_unless(
        &self,
        images: &Array4<u8>,
        stopped: impl Fn() -> bool,
    ) -> Result<Option<Array1<f32>>> {
        self.measured(images, self.config.loss, stopped)
    }

    /// How close reconstructions are to their images: peak signal-to-noise ratio in dB, `-10 log10` of the mean squared
    /// error over all pixels in 0–1. 20 dB is an error of a tenth of the range, 40 dB of a hundredth.
    ///
    /// # Errors
    /// No image; images of another size or other channels than the network's.
    pub fn psnr(&self, images: &Array4<u8>) -> Result<f64> {
        if images.is_empty() {
            return Err(Error::empty("the set of images", "give at least one image"));
        }
        let errors = self.measured(images, Loss::MeanSquaredError, || false)?.expect("nothing stops it");
        let mean = errors.iter().map(|&error| f64::from(error)).sum::<f64>() / errors.len() as f64;
        Ok(-10.0 * mean.log10())
    }

    /// The mean of a loss over each image, `[n]`; `None` where `stopped` came to be true.
    fn measured(
        &self,
        images: &Array4<u8>,
        measure: Loss,
        stopped: impl Fn() -> bool,
    ) -> Result<Option<Array1<f32>>> {
        self.check_images(images)?;
        let (model, device) = self.for_inference();
        let mut errors = Vec::with_capacity(images.dim().0);
        for batch in images.axis_chunks_iter(Axis(0), INFERENCE_BATCH) {
            if stopped() {
                return Ok(None);
            }
            let targets = to_tensor(batch, &device);
            let logits = model.decode(model.encode(targets.clone()));
            if device::is_flex(&device) {
                let (logits, targets) = (to_vec(logits)?, to_vec(targets)?);
                errors.extend(loss::of_images(measure, &logits, &targets, batch.len() / batch.dim().0));
            } else {
                let losses = pixel_losses(measure, logits, targets);
                errors.extend(to_vec(losses.flatten::<2>(1, 3).mean_dim(1))?);
            }
        }
        Ok(Some(Array1::from_vec(errors)))
    }

    /// The rows of the `n` images with the largest [`Autoencoder::reconstruction_errors`], the largest first; of all
    /// images where there are fewer.
    ///
    /// # Errors
    /// Images of another size or other channels than the network's.
    pub fn hardest(&self, images: &Array4<u8>, n: usize) -> Result<Vec<usize>> {
        let errors = self.reconstruction_errors(images)?;
        let mut rows: Vec<usize> = (0..errors.len()).collect();
        rows.sort_by(|&a, &b| errors[b].total_cmp(&errors[a]));
        rows.truncate(n);
        Ok(rows)
    }

    /// Learnable numbers.
    pub fn n_parameters(&self) -> usize {
        self.num_params()
    }

    fn for_inference(&self) -> (Autoencoder, Device) {
        let model = self.valid();
        let device = model.devices().into_iter().next().unwrap_or_default();
        (model, device)
    }

    pub(crate) fn check_images(&self, images: &Array4<u8>) -> Result<()> {
        let (_, height, width, channels) = images.dim();
        let AutoencoderConfig { image_size: size, image_channels, .. } = self.config;
        if channels != image_channels {
            let takes = if image_channels == 1 { "gray, 1 channel" } else { "color, 3 channels" };
            let remedy = format!("the model takes {takes}: train a model on these images, or convert them");
            return Err(Error::config("channels of the images", channels, remedy));
        }
        if [height, width] == [size, size] {
            return Ok(());
        }
        Err(Error::config(
            "image size",
            format!("{height} x {width}"),
            format!(
                "the model takes {size} x {size}: train a model on these images, or bring them to that size"
            ),
        ))
    }
}

/// Bytes `[batch, height, width, channels]` as a tensor `[batch, channels, height, width]` in 0–1.
pub(crate) fn to_tensor(images: ArrayView4<u8>, device: &Device) -> Tensor<4> {
    let (count, height, width, channels) = images.dim();
    let images = images.as_standard_layout();
    let bytes = images.as_slice().expect("in standard layout");
    // A loop over a slice is compiled to vector instructions; one over an array's iterator is not.
    let pixels = match channels {
        1 => bytes.iter().map(|&p| p as f32 / 255.0).collect(),
        _ => {
            let mut pixels = Vec::with_capacity(bytes.len());
            for image in bytes.chunks_exact(height * width * channels) {
                for channel in 0..channels {
                    pixels.extend(image.iter().skip(channel).step_by(channels).map(|&p| p as f32 / 255.0));
                }
            }
            pixels
        }
    };
    Tensor::from_data(TensorData::new::<f32, _>(pixels, [count, channels, height, width]), device)
}

/// The loss of each pixel from logits. Cross-entropy in a form that never overflows.
fn pixel_losses(loss: Loss, logits: Tensor<4>, targets: Tensor<4>) -> Tensor<4> {
    match loss {
        Loss::BinaryCrossEntropy => {
            let softplus = logits.clone().abs().neg().exp().log1p();
            relu(logits.clone()) - logits * targets + softplus
        }
        Loss::MeanSquaredError => {
            let apart = sigmoid(logits) - targets;
            apart.clone() * apart
        }
    }
}

/// A tensor's numbers, in order.
pub(crate) fn to_vec<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    tensor.into_data().try_into_vec().map_err(|e| Error::dependency("burn", e))
}
