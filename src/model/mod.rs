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
pub use card::ModelCard;
pub use config::AutoencoderConfig;
pub(crate) use fused::as_f32_slice;
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
    /// Images `[batch, 1, size, size]` in 0–1 to latent vectors `[batch, latent_size]`.
    pub fn encode(&self, images: Tensor<4>) -> Tensor<2> {
        let features = if device::is_flex(&images.device()) {
            let channels_last = images.permute([0, 2, 3, 1]);
            self.encoder.iter().fold(channels_last, |x, conv| fused::stage(conv, x)).permute([0, 3, 1, 2])
        } else {
            self.encoder.iter().fold(images, |x, conv| self.pool.forward(relu(conv.forward(x))))
        };
        self.to_latent.forward(features.flatten(1, 3))
    }

    /// Latent vectors `[batch, latent_size]` to logits `[batch, 1, size, size]`; their sigmoid is the image.
    pub fn decode(&self, latents: Tensor<2>) -> Tensor<4> {
        let batch = latents.dims()[0];
        let size = self.config.feature_size();
        let fused = device::is_flex(&latents.device());
        let inner = relu(self.from_latent.forward(latents));
        let channels = inner.dims()[1] / (size * size);
        let inner = inner.reshape([batch, channels, size, size]);
        let last = self.decoder.len() - 1;
        self.decoder.iter().enumerate().fold(inner, |x, (idx, layer)| match idx == last {
            _ if fused => fused::upsample(layer, x, idx != last),
            true => layer.forward(x),
            false => relu(layer.forward(x)),
        })
    }

    /// Mean binary cross-entropy in nats per pixel, `[1]`, of the reconstruction of `inputs` against `targets`, both
    /// `[batch, 1, size, size]` in 0–1.
    pub fn loss(&self, inputs: Tensor<4>, targets: Tensor<4>) -> Tensor<1> {
        let logits = self.decode(self.encode(inputs));
        match device::is_flex(&logits.device()) {
            true => fused::cross_entropy(logits, targets),
            false => bce_with_logits(logits, targets).mean(),
        }
    }

    /// Images `[n, size, size, 1]` to latent vectors `[n, latent_size]`.
    ///
    /// # Errors
    /// Images of another size or other channels than the network's.
    pub fn encode_images(&self, images: &Array4<u8>) -> Result<Array2<f32>> {
        self.check_images(images)?;
        let (model, device) = self.for_inference();
        let mut latents = Vec::with_capacity(images.dim().0 * self.config.latent_size);
        for batch in images.axis_chunks_iter(Axis(0), INFERENCE_BATCH) {
            latents.extend(to_vec(model.encode(to_tensor(batch, &device)))?);
        }
        Array2::from_shape_vec((images.dim().0, self.config.latent_size), latents)
            .map_err(|e| Error::dependency("burn", e))
    }

    /// Latent vectors `[n, latent_size]` to images `[n, size, size, 1]` in 0–1.
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
        let size = self.config.image_size;
        let mut images = Vec::with_capacity(count * size * size);
        for batch in latents.axis_chunks_iter(Axis(0), INFERENCE_BATCH) {
            let rows: Vec<f32> = batch.iter().copied().collect();
            let tensor = Tensor::<2>::from_data(TensorData::new(rows, [batch.nrows(), width]), &device);
            images.extend(to_vec(sigmoid(model.decode(tensor)))?);
        }
        Array4::from_shape_vec((count, size, size, 1), images).map_err(|e| Error::dependency("burn", e))
    }

    /// Images through the bottleneck and back: `[n, size, size, 1]`, 0–1.
    ///
    /// # Errors
    /// Images of another size or other channels than the network's.
    pub fn reconstruct(&self, images: &Array4<u8>) -> Result<Array4<f32>> {
        self.decode_latents(&self.encode_images(images)?)
    }

    /// Binary cross-entropy of each image's reconstruction in nats per pixel, `[n]`; its mean is the loss.
    ///
    /// # Errors
    /// Images of another size or other channels than the network's.
    pub fn reconstruction_errors(&self, images: &Array4<u8>) -> Result<Array1<f32>> {
        self.check_images(images)?;
        let (model, device) = self.for_inference();
        let mut errors = Vec::with_capacity(images.dim().0);
        for batch in images.axis_chunks_iter(Axis(0), INFERENCE_BATCH) {
            let targets = to_tensor(batch, &device);
            let losses = bce_with_logits(model.decode(model.encode(targets.clone())), targets);
            errors.extend(to_vec(losses.flatten::<2>(1, 3).mean_dim(1))?);
        }
        Ok(Array1::from_vec(errors))
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
        let size = self.config.image_size;
        if channels != 1 {
            return Err(Error::config(
                "channels of the images",
                channels,
                "the model takes gray images, of 1",
            ));
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

/// Bytes `[batch, height, width, 1]` as a tensor `[batch, 1, height, width]` in 0–1.
pub(crate) fn to_tensor(images: ArrayView4<u8>, device: &Device) -> Tensor<4> {
    let (count, height, width, _) = images.dim();
    let images = images.as_standard_layout();
    // A loop over a slice is compiled to vector instructions; one over an array's iterator is not.
    let pixels = images.as_slice().expect("in standard layout").iter().map(|&p| p as f32 / 255.0).collect();
    Tensor::from_data(TensorData::new::<f32, _>(pixels, [count, 1, height, width]), device)
}

/// Binary cross-entropy of each pixel from logits: `max(x, 0) - x t + ln(1 + exp(-|x|))`, which never overflows.
fn bce_with_logits(logits: Tensor<4>, targets: Tensor<4>) -> Tensor<4> {
    let softplus = logits.clone().abs().neg().exp().log1p();
    relu(logits.clone()) - logits * targets + softplus
}

/// A tensor's numbers, in order.
pub(crate) fn to_vec<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    tensor.into_data().try_into_vec().map_err(|e| Error::dependency("burn", e))
}
