//! The shape of the network, and its initial weights.

use burn::module::Param;
use burn::nn::conv::{Conv2d, Conv2dConfig, ConvTranspose2d, ConvTranspose2dConfig};
use burn::nn::pool::MaxPool2dConfig;
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::{Device, Tensor, TensorData};
use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use super::{Autoencoder, LayerKind};
use crate::error::{Error, Result};
use crate::math::random::seeded;

/// What a reconstruction is measured by, from the network's logits `x` and the pixels `t` in 0–1: the mean over all
/// pixels, and over the channels of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// `max(x, 0) - x t + ln(1 + exp(-|x|))`, in nats; above 0 at its best, but for pixels that are black or white.
    #[default]
    BinaryCrossEntropy,
    /// `(sigmoid(x) - t)²`: 0 at its best, and what PSNR is made of.
    MeanSquaredError,
}

impl Loss {
    /// What it is, in words.
    pub fn title(self) -> &'static str {
        match self {
            Loss::BinaryCrossEntropy => "binary cross-entropy",
            Loss::MeanSquaredError => "mean squared error",
        }
    }

    /// What its values count; levels are those of pixels, from 0 to 1.
    pub fn unit(self) -> &'static str {
        match self {
            Loss::BinaryCrossEntropy => "nats per pixel",
            Loss::MeanSquaredError => "squared levels per pixel",
        }
    }

    fn is_default(&self) -> bool {
        *self == Loss::default()
    }
}

/// The shape of the network, and what it is trained to lower.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AutoencoderConfig {
    /// Channels after each stage of the encoder; each stage halves height and width.
    pub channels: Vec<usize>,
    /// Numbers in the latent vector.
    pub latent_size: usize,
    /// Pixels from one side of an image to the other.
    // The name in files, which hold it since the first version.
    #[serde(rename = "side")]
    pub image_size: usize,
    /// Numbers per pixel of an image: 1 for gray, 3 for red, green and blue.
    // Left out of files where it is that of files from before there was a choice, as is the loss: they keep their bytes.
    #[serde(default = "gray", skip_serializing_if = "is_gray")]
    pub image_channels: usize,
    /// What the reconstruction is measured by.
    #[serde(default, skip_serializing_if = "Loss::is_default")]
    pub loss: Loss,
}

fn gray() -> usize {
    1
}

fn is_gray(channels: &usize) -> bool {
    *channels == 1
}

impl Default for AutoencoderConfig {
    /// Trained in about a minute on 2 cores; larger ones take twice as long for a test loss lower by .001.
    fn default() -> Self {
        AutoencoderConfig {
            channels: vec![16, 32],
            latent_size: 32,
            image_size: 28,
            image_channels: gray(),
            loss: Loss::default(),
        }
    }
}

impl AutoencoderConfig {
    /// The textbook network of this kind, 1-32-64 channels, for comparisons.
    pub fn reference() -> Self {
        AutoencoderConfig { channels: vec![32, 64], ..Self::default() }
    }

    /// Checks the shape, without building anything.
    ///
    /// # Errors
    /// No stage or more than eight, a stage without a channel, no latent number, images of neither one channel nor
    /// three, or an image size that cannot be halved once per stage.
    pub fn validate(&self) -> Result<()> {
        if self.channels.is_empty() || self.channels.len() > 8 || self.channels.contains(&0) {
            return Err(Error::config(
                "channels",
                format!("{:?}", self.channels),
                "give one to eight numbers of channels, each at least 1",
            ));
        }
        if self.latent_size == 0 {
            return Err(Error::config("latent_size", 0, "give at least 1"));
        }
        if self.image_channels != 1 && self.image_channels != 3 {
            let remedy = "give 1 (gray) or 3 (red, green, blue)";
            return Err(Error::config("image_channels", self.image_channels, remedy));
        }
        let n_stages = self.channels.len();
        let divisor = 1 << n_stages;
        if self.image_size == 0 || !self.image_size.is_multiple_of(divisor) {
            return Err(Error::config(
                "image_size",
                self.image_size,
                format!(
                    "{n_stages} stages of channels halve it {n_stages} times: crop or pad the images to a side that \
                     divides by {divisor}, or give fewer stages"
                ),
            ));
        }
        Ok(())
    }

    /// A fresh network. The same seed gives the same weights on every device.
    ///
    /// # Errors
    /// Those of [`AutoencoderConfig::validate`].
    pub fn init(&self, seed: u64, device: &Device) -> Result<Autoencoder> {
        self.validate()?;
        let mut weights = InitialWeights { rng: seeded(seed), device };
        let (mut encoder, mut linear, mut decoder) = (Vec::new(), Vec::new(), Vec::new());
        for layer in self.layers() {
            match layer.kind {
                LayerKind::Conv { from, to } => encoder.push(weights.conv(from, to)),
                LayerKind::Linear { from, to, .. } => linear.push(weights.linear(from, to)),
                LayerKind::ConvTranspose { from, to, .. } => decoder.push(weights.conv_transpose(from, to)),
            }
        }
        let [to_latent, from_latent] =
            <[Linear; 2]>::try_from(linear).expect("one linear layer on each side of the latent vector");
        let pool = MaxPool2dConfig::new([2, 2]).init();
        Ok(Autoencoder { encoder, pool, to_latent, from_latent, decoder, config: self.clone() })
    }
}

/// Draws initial weights from a seeded stream of our own, because each device's generator would draw others.
///
/// Uniform in ±1/√fan_in, the default of PyTorch's layers (He et al. 2015 with gain 1/√3).
struct InitialWeights<'a> {
    rng: Xoshiro256PlusPlus,
    device: &'a Device,
}

impl InitialWeights<'_> {
    fn uniform<const D: usize>(&mut self, shape: [usize; D], fan_in: usize) -> Param<Tensor<D>> {
        let bound = 1.0 / (fan_in as f32).sqrt();
        let values: Vec<f32> =
            (0..shape.iter().product()).map(|_| self.rng.random_range(-bound..bound)).collect();
        Param::from_tensor(Tensor::from_data(TensorData::new(values, shape), self.device))
    }

    fn conv(&mut self, from: usize, to: usize) -> Conv2d {
        let mut layer = Conv2dConfig::new([from, to], [3, 3])
            .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
            .init(self.device);
        layer.weight = self.uniform([to, from, 3, 3], from * 9);
        layer.bias = Some(self.uniform([to], from * 9));
        layer
    }

    fn conv_transpose(&mut self, from: usize, to: usize) -> ConvTranspose2d {
        let mut layer = ConvTranspose2dConfig::new([from, to], [2, 2]).with_stride([2, 2]).init(self.device);
        layer.weight = self.uniform([from, to, 2, 2], from);
        layer.bias = Some(self.uniform([to], from));
        layer
    }

    fn linear(&mut self, from: usize, to: usize) -> Linear {
        let mut layer = LinearConfig::new(from, to).init(self.device);
        layer.weight = self.uniform([from, to], from);
        layer.bias = Some(self.uniform([to], from));
        layer
    }
}
