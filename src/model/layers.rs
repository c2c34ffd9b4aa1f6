//! The architecture, written once: initial weights, model files, the table of layers and the page all read it here.

use super::AutoencoderConfig;

/// One layer with weights, and what follows it up to the next one.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Its name in model files: `encoder.0`, .., `to_latent`, `from_latent`, `decoder.0`, ..
    pub name: String,
    /// What it computes.
    pub kind: LayerKind,
    /// Shape of what leaves it, without the batch: `[channels, size, size]`, or `[latent_size]`.
    pub output: Vec<usize>,
}

/// What a [`Layer`] computes, from how many channels or numbers to how many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LayerKind {
    /// 3x3 convolution with a border of zeros, ReLU, 2x2 max pooling.
    #[allow(missing_docs)]
    Conv { from: usize, to: usize },
    /// Matrix product, then ReLU where `relu`.
    #[allow(missing_docs)]
    Linear { from: usize, to: usize, relu: bool },
    /// 2x2 transposed convolution of stride 2, then ReLU where `relu`.
    #[allow(missing_docs)]
    ConvTranspose { from: usize, to: usize, relu: bool },
}

impl Layer {
    /// What it computes, in words.
    pub fn title(&self) -> &'static str {
        match self.kind {
            LayerKind::Conv { .. } => "Conv2d 3x3, ReLU, MaxPool 2",
            LayerKind::Linear { relu: false, .. } => "Linear",
            LayerKind::Linear { relu: true, .. } => "Linear, ReLU",
            LayerKind::ConvTranspose { relu: false, .. } => "ConvTranspose2d 2x2",
            LayerKind::ConvTranspose { relu: true, .. } => "ConvTranspose2d 2x2, ReLU",
        }
    }

    /// Shape of its weight in PyTorch's layout.
    pub fn weight_shape(&self) -> Vec<usize> {
        match self.kind {
            LayerKind::Conv { from, to } => vec![to, from, 3, 3],
            LayerKind::Linear { from, to, .. } => vec![to, from],
            LayerKind::ConvTranspose { from, to, .. } => vec![from, to, 2, 2],
        }
    }

    /// Shape of its bias: one number per output channel.
    pub fn bias_shape(&self) -> Vec<usize> {
        match self.kind {
            LayerKind::Conv { to, .. }
            | LayerKind::Linear { to, .. }
            | LayerKind::ConvTranspose { to, .. } => vec![to],
        }
    }

    /// Learnable numbers: those of weight and bias.
    pub fn n_parameters(&self) -> usize {
        [self.weight_shape(), self.bias_shape()]
            .iter()
            .map(|shape| product(shape))
            .fold(0, usize::saturating_add)
    }
}

/// The sizes may be those that a damaged file claims: nothing may overflow.
fn product(sizes: &[usize]) -> usize {
    sizes.iter().copied().fold(1, usize::saturating_mul)
}

impl AutoencoderConfig {
    /// The layers with weights, from the image to the latent vector and back.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let layers = AutoencoderConfig::default().layers();
    /// assert_eq!((layers[0].name.as_str(), layers[0].n_parameters()), ("encoder.0", 160)); // 16 * (3 * 3 + 1)
    /// assert_eq!((layers[2].name.as_str(), layers[2].output.as_slice()), ("to_latent", &[32][..]));
    /// ```
    pub fn layers(&self) -> Vec<Layer> {
        let depths: Vec<usize> =
            std::iter::once(self.image_channels).chain(self.channels.iter().copied()).collect();
        let n_stages = self.channels.len();
        let features = |stage: usize| {
            let size = halved(self.image_size, stage);
            vec![depths[stage], size, size]
        };
        let (n_features, latent) = (product(&features(n_stages)), self.latent_size);
        let layer = |name: String, kind, output| Layer { name, kind, output };
        let encoder = (0..n_stages).map(|stage| {
            let kind = LayerKind::Conv { from: depths[stage], to: depths[stage + 1] };
            layer(format!("encoder.{stage}"), kind, features(stage + 1))
        });
        let around_latent = [
            layer(
                "to_latent".to_string(),
                LayerKind::Linear { from: n_features, to: latent, relu: false },
                vec![latent],
            ),
            layer(
                "from_latent".to_string(),
                LayerKind::Linear { from: latent, to: n_features, relu: true },
                features(n_stages),
            ),
        ];
        let decoder = (0..n_stages).rev().enumerate().map(|(idx, stage)| {
            let kind =
                LayerKind::ConvTranspose { from: depths[stage + 1], to: depths[stage], relu: stage > 0 };
            layer(format!("decoder.{idx}"), kind, features(stage))
        });
        encoder.chain(around_latent).chain(decoder).collect()
    }

    /// Side of the innermost feature map.
    pub(crate) fn feature_size(&self) -> usize {
        halved(self.image_size, self.channels.len())
    }
}

fn halved(size: usize, times: usize) -> usize {
    u32::try_from(times).ok().and_then(|times| size.checked_shr(times)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(channels: Vec<usize>, latent_size: usize, image_size: usize) -> AutoencoderConfig {
        AutoencoderConfig { channels, latent_size, image_size, ..AutoencoderConfig::default() }
    }

    #[test]
    fn the_decoder_mirrors_the_encoder() {
        let config = shape(vec![4, 6], 5, 8);
        let rows: Vec<(String, Vec<usize>, Vec<usize>)> =
            config.layers().iter().map(|l| (l.name.clone(), l.weight_shape(), l.output.clone())).collect();
        let expected = [
            ("encoder.0", vec![4, 1, 3, 3], vec![4, 4, 4]),
            ("encoder.1", vec![6, 4, 3, 3], vec![6, 2, 2]),
            ("to_latent", vec![5, 24], vec![5]),
            ("from_latent", vec![24, 5], vec![6, 2, 2]),
            ("decoder.0", vec![6, 4, 2, 2], vec![4, 4, 4]),
            ("decoder.1", vec![4, 1, 2, 2], vec![1, 8, 8]),
        ];
        assert_eq!(rows, expected.map(|(name, weight, output)| (name.to_string(), weight, output)));
        // PyTorch's own count: sum(p.numel() for p in net.parameters()).
        assert_eq!(
            config.layers().iter().map(Layer::n_parameters).sum::<usize>(),
            40 + 222 + 125 + 144 + 100 + 17
        );
    }

    #[test]
    fn colors_change_the_outermost_layers_alone() {
        let gray = shape(vec![4, 6], 5, 8);
        let color = AutoencoderConfig { image_channels: 3, ..gray.clone() }.layers();
        assert_eq!(color[0].weight_shape(), [4, 3, 3, 3]);
        assert_eq!((color[5].weight_shape(), color[5].output.clone()), (vec![4, 3, 2, 2], vec![3, 8, 8]));
        assert_eq!(gray.layers()[1..5], color[1..5]);
    }

    #[test]
    fn sizes_that_no_memory_holds_do_not_overflow() {
        let layers = shape(vec![usize::MAX; 70], usize::MAX, usize::MAX).layers();
        assert_eq!((layers.len(), layers[1].n_parameters()), (2 * 70 + 2, usize::MAX));
    }
}
