//! The decoder's layers and weights, as the page computes them.

use std::collections::BTreeMap;

use burn::module::{Module, Param};
use burn::tensor::Tensor;
use serde::Serialize;

use super::field::Field;
use crate::error::{Error, Result};
use crate::model::Autoencoder;

#[derive(Debug, Serialize)]
pub(crate) struct Decoder {
    layers: Vec<Layer>,
}

/// A layer that the page can run; weights are names of fields.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Layer {
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
        shape: [usize; 3],
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

/// Lists the layers and puts their weights among the fields.
///
/// # Errors
/// A layer that the page cannot run, by its name.
pub(crate) fn export(
    model: &Autoencoder,
    fields: &mut BTreeMap<String, Field>,
    gzip: bool,
) -> Result<Decoder> {
    let model = model.valid();
    let [from, out] = model.from_latent.weight.dims();
    let mut put = |name: String, values: Vec<f32>, shape: Vec<usize>| {
        fields.insert(name.clone(), Field::f32(&values, shape, gzip));
        name
    };
    let depth = out / model.config.inner_side().pow(2);
    let transposed = model.from_latent.weight.val().transpose();
    let mut layers = vec![
        Layer::Linear {
            from,
            out,
            weight: put("decoder.0.weight".into(), values(transposed)?, vec![out, from]),
            bias: put("decoder.0.bias".into(), bias("decoder.0", &model.from_latent.bias)?, vec![out]),
            activation: "relu",
        },
        Layer::Reshape { shape: [depth, model.config.inner_side(), model.config.inner_side()] },
    ];
    for (idx, layer) in model.decoder.iter().enumerate() {
        let name = format!("decoder.{}", idx + 1);
        let [from, out, kernel, kernel_x] = layer.weight.dims();
        if kernel != kernel_x
            || layer.stride[0] != layer.stride[1]
            || layer.padding != [0, 0]
            || layer.padding_out != [0, 0]
            || layer.dilation != [1, 1]
            || layer.groups != 1
        {
            return Err(refusal(
                &name,
                "a transposed convolution other than square, unpadded, undilated, ungrouped",
            ));
        }
        layers.push(Layer::ConvTranspose2d {
            from,
            out,
            kernel,
            stride: layer.stride[0],
            padding: 0,
            weight: put(
                format!("{name}.weight"),
                values(layer.weight.val())?,
                vec![from, out, kernel, kernel],
            ),
            bias: put(format!("{name}.bias"), bias(&name, &layer.bias)?, vec![out]),
            activation: if idx + 1 == model.decoder.len() { "sigmoid" } else { "relu" },
        });
    }
    Ok(Decoder { layers })
}

fn refusal(name: &str, what: &str) -> Error {
    Error::config("a layer of the model", format!("{name}, {what}"), "the page's decoder cannot run it")
}

fn bias(name: &str, bias: &Option<Param<Tensor<1>>>) -> Result<Vec<f32>> {
    values(bias.as_ref().ok_or_else(|| refusal(name, "a layer without bias"))?.val())
}

fn values<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    tensor.into_data().try_into_vec().map_err(|e| Error::dependency("burn", e))
}
