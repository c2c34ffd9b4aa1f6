//! The network's layers and weights, as the page computes them: the decoder, and the encoder for pictures that are
//! dropped on the page.

use std::collections::BTreeMap;

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::Tensor;
use serde::Serialize;

use super::field::Field;
use crate::error::{Error, Result};
use crate::model::{Autoencoder, LayerKind, to_vec};

#[derive(Debug, Serialize)]
pub(crate) struct Network {
    layers: Vec<PageLayer>,
}

/// A layer that the page can run; weights are names of fields.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum PageLayer {
    /// Weight `[out, in]`.
    Linear {
        #[serde(rename = "in")]
        from: usize,
        out: usize,
        weight: String,
        bias: String,
        activation: &'static str,
    },
    Reshape {
        shape: Vec<usize>,
    },
    /// Weight `[out, in, kernel, kernel]`.
    #[serde(rename = "conv2d")]
    Conv2d {
        #[serde(rename = "in")]
        from: usize,
        out: usize,
        kernel: usize,
        stride: usize,
        padding: usize,
        weight: String,
        bias: String,
        activation: &'static str,
    },
    #[serde(rename = "max_pool2d")]
    MaxPool2d {
        size: usize,
    },
    /// Weight `[in, out, kernel, kernel]`.
    #[serde(rename = "conv_transpose2d")]
    ConvTranspose2d {
        #[serde(rename = "in")]
        from: usize,
        out: usize,
        kernel: usize,
        stride: usize,
        padding: usize,
        weight: String,
        bias: String,
        activation: &'static str,
    },
}

/// Where the weights go: among the page's fields.
struct Weights<'a>(&'a mut BTreeMap<String, Field>);

impl Weights<'_> {
    /// Puts numbers there and returns the field's name.
    fn put(&mut self, layer: &str, what: &str, values: Vec<f32>, shape: Vec<usize>) -> String {
        let name = format!("{layer}.{what}");
        self.0.insert(name.clone(), Field::f32(&values, shape));
        name
    }

    fn bias(&mut self, layer: &str, bias: &Option<Param<Tensor<1>>>) -> Result<String> {
        let values = to_vec(bias.as_ref().ok_or_else(|| refusal(layer, "a layer without bias"))?.val())?;
        let shape = vec![values.len()];
        Ok(self.put(layer, "bias", values, shape))
    }

    fn linear(
        &mut self,
        name: &str,
        linear: &Linear,
        [from, out]: [usize; 2],
        activation: &'static str,
    ) -> Result<PageLayer> {
        // The network keeps its weight as `[in, out]`.
        if linear.weight.dims() != [from, out] {
            return Err(refusal(name, "a linear layer of another size than the network's"));
        }
        let weight = self.put(name, "weight", to_vec(linear.weight.val().transpose())?, vec![out, from]);
        let bias = self.bias(name, &linear.bias)?;
        Ok(PageLayer::Linear { from, out, weight, bias, activation })
    }
}

/// Lists the encoder's layers and puts their weights among the fields.
///
/// # Errors
/// A layer that the page cannot run, by its name.
pub(crate) fn encoder(model: &Autoencoder, fields: &mut BTreeMap<String, Field>) -> Result<Network> {
    let model = model.valid();
    let mut weights = Weights(fields);
    let mut convolutions = model.encoder.iter();
    let mut layers = Vec::new();
    let architecture = model.config.layers();
    for layer in architecture.iter().take_while(|layer| layer.name != "from_latent") {
        let name = &layer.name;
        match layer.kind {
            LayerKind::ConvTranspose { .. } => return Err(refusal(name, "a transposed convolution")),
            LayerKind::Linear { from, to, relu } => {
                let activation = if relu { "relu" } else { "none" };
                layers.push(weights.linear(name, &model.to_latent, [from, to], activation)?);
            }
            LayerKind::Conv { from, to } => {
                let convolution = convolutions.next().ok_or_else(|| refusal(name, "missing"))?;
                let plain = convolution.stride == [1, 1] && convolution.dilation == [1, 1];
                if convolution.weight.dims()[..] != layer.weight_shape() || !plain || convolution.groups != 1
                {
                    let what = "a convolution other than 3x3 of stride 1, undilated";
                    return Err(refusal(name, what));
                }
                layers.push(PageLayer::Conv2d {
                    from,
                    out: to,
                    kernel: 3,
                    stride: 1,
                    padding: 1,
                    weight: weights.put(
                        name,
                        "weight",
                        to_vec(convolution.weight.val())?,
                        layer.weight_shape(),
                    ),
                    bias: weights.bias(name, &convolution.bias)?,
                    activation: "relu",
                });
                layers.push(PageLayer::MaxPool2d { size: 2 });
            }
        }
    }
    Ok(Network { layers })
}

/// Lists the decoder's layers and puts their weights among the fields.
///
/// # Errors
/// A layer that the page cannot run, by its name.
pub(crate) fn decoder(model: &Autoencoder, fields: &mut BTreeMap<String, Field>) -> Result<Network> {
    let model = model.valid();
    let mut weights = Weights(fields);
    let mut convolutions = model.decoder.iter();
    let mut layers = Vec::new();
    let architecture = model.config.layers();
    let decoder = architecture.iter().skip_while(|layer| layer.name != "from_latent");
    for (idx, layer) in decoder.enumerate() {
        let name = format!("decoder.{idx}");
        // Where the network has no ReLU it ends in logits, and pixels are their sigmoid.
        let activation = |relu: bool| if relu { "relu" } else { "sigmoid" };
        match layer.kind {
            LayerKind::Conv { .. } => return Err(refusal(&name, "a convolution")),
            LayerKind::Linear { from, to, relu } => {
                layers.push(weights.linear(&name, &model.from_latent, [from, to], activation(relu))?);
                layers.push(PageLayer::Reshape { shape: layer.output.clone() });
            }
            LayerKind::ConvTranspose { from, to, relu } => {
                let convolution = convolutions.next().ok_or_else(|| refusal(&name, "missing"))?;
                if convolution.weight.dims()[..] != layer.weight_shape()
                    || convolution.stride != [2, 2]
                    || convolution.padding != [0, 0]
                    || convolution.padding_out != [0, 0]
                    || convolution.dilation != [1, 1]
                    || convolution.groups != 1
                {
                    let what = "a transposed convolution other than 2x2 of stride 2, unpadded and undilated";
                    return Err(refusal(&name, what));
                }
                layers.push(PageLayer::ConvTranspose2d {
                    from,
                    out: to,
                    kernel: 2,
                    stride: 2,
                    padding: 0,
                    weight: weights.put(
                        &name,
                        "weight",
                        to_vec(convolution.weight.val())?,
                        layer.weight_shape(),
                    ),
                    bias: weights.bias(&name, &convolution.bias)?,
                    activation: activation(relu),
                });
            }
        }
    }
    Ok(Network { layers })
}

fn refusal(name: &str, what: &str) -> Error {
    Error::dependency("the page's network", format!("{name} is {what}, which it cannot run"))
}
