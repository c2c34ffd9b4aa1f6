//! The autoencoder in plain loops and double precision, on weights in PyTorch's layout.

use neural_manifold::model::AutoencoderConfig;
use serde_json::{Map, Value, json};

use super::sha256;

/// A layer's name, the shape of its weight, and the values of weight and bias.
struct Layer {
    name: String,
    shape: Vec<usize>,
    weight: Vec<f64>,
    bias: Vec<f64>,
}

/// A network whose weights are made of a formula.
pub struct PlainNetwork {
    layers: Vec<Layer>,
    config: AutoencoderConfig,
}

impl PlainNetwork {
    pub fn new(config: &AutoencoderConfig) -> Self {
        let layers = config.layers().into_iter().enumerate().map(|(idx, layer)| {
            let wave = |at: usize, speed: f64| {
                f64::from((((at + 1) as f64 * speed + idx as f64).sin() * 0.5) as f32)
            };
            let shape = layer.weight_shape();
            Layer {
                weight: (0..shape.iter().product()).map(|at| wave(at, 1.7)).collect(),
                bias: (0..layer.bias_shape()[0]).map(|at| wave(at, 0.9)).collect(),
                name: layer.name,
                shape,
            }
        });
        PlainNetwork { layers: layers.collect(), config: config.clone() }
    }

    /// A model file as version 0.1 wrote it, by hand; `card` and `architecture` are JSON.
    pub fn model_file(&self, version: u32, architecture: Value, card: Value) -> Vec<u8> {
        let zeros = "0".repeat(64);
        // In this order in the text.
        let entry = |digest: &str| {
            format!(
                r#"{{"sha256":"{digest}","version":{version},"architecture":{architecture},"card":{card}}}"#
            )
        };
        let metadata = |digest: &str| {
            Map::from_iter([("__metadata__".to_string(), json!({"neural_manifold": entry(digest)}))])
        };
        let digest = sha256(&self.tensors(metadata(&zeros), &[]));
        self.tensors(metadata(&digest), &[])
    }

    /// The weights as a safetensors file, written by hand; layers named in `names` get the second name.
    pub fn safetensors(&self, names: &[(&str, &str)]) -> Vec<u8> {
        self.tensors(Map::new(), names)
    }

    fn tensors(&self, mut header: Map<String, Value>, names: &[(&str, &str)]) -> Vec<u8> {
        let mut data = Vec::new();
        for layer in &self.layers {
            let name =
                names.iter().find(|(ours, _)| *ours == layer.name).map_or(layer.name.as_str(), |pair| pair.1);
            for (part, shape, values) in [
                ("weight", layer.shape.clone(), &layer.weight),
                ("bias", vec![layer.bias.len()], &layer.bias),
            ] {
                let start = data.len();
                data.extend(values.iter().flat_map(|&value| (value as f32).to_le_bytes()));
                let entry = json!({"dtype": "F32", "shape": shape, "data_offsets": [start, data.len()]});
                header.insert(format!("{name}.{part}"), entry);
            }
        }
        let header = serde_json::to_vec(&header).unwrap();
        [&(header.len() as u64).to_le_bytes()[..], &header, &data].concat()
    }

    pub fn encode(&self, pixels: &[f64]) -> Vec<f64> {
        let n_stages = self.config.channels.len();
        let mut features = pixels.to_vec();
        for (stage, layer) in self.layers[..n_stages].iter().enumerate() {
            let side = self.config.image_size >> stage;
            features = pooled(&relu(convolved(layer, &features, side)), side);
        }
        linear(&self.layers[n_stages], &features)
    }

    pub fn decode(&self, latent: &[f64]) -> Vec<f64> {
        let n_stages = self.config.channels.len();
        let mut features = linear(&self.layers[n_stages + 1], latent);
        for (idx, layer) in self.layers[n_stages + 2..].iter().enumerate() {
            features = doubled(layer, &relu(features), self.config.image_size >> (n_stages - idx));
        }
        features.into_iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect()
    }
}

fn relu(values: Vec<f64>) -> Vec<f64> {
    values.into_iter().map(|x| x.max(0.0)).collect()
}

/// `y = W x + b`, W `[out, in]`.
fn linear(layer: &Layer, input: &[f64]) -> Vec<f64> {
    let rows = layer.weight.chunks(layer.shape[1]);
    rows.zip(&layer.bias).map(|(row, b)| row.iter().zip(input).map(|(w, x)| w * x).sum::<f64>() + b).collect()
}

/// 3 x 3 with a border of zeros, W `[out, in, 3, 3]`.
fn convolved(layer: &Layer, input: &[f64], side: usize) -> Vec<f64> {
    let depth = layer.shape[1];
    let mut output = Vec::new();
    for (out, bias) in layer.bias.iter().enumerate() {
        for (y, x) in (0..side).flat_map(|y| (0..side).map(move |x| (y, x))) {
            let mut sum = *bias;
            for (from, ky, kx) in (0..depth * 9).map(|k| (k / 9, k / 3 % 3, k % 3)) {
                let (sy, sx) = ((y + ky).wrapping_sub(1), (x + kx).wrapping_sub(1));
                if sy < side && sx < side {
                    sum += layer.weight[(out * depth + from) * 9 + ky * 3 + kx]
                        * input[(from * side + sy) * side + sx];
                }
            }
            output.push(sum);
        }
    }
    output
}

/// The largest of each 2 x 2.
fn pooled(input: &[f64], side: usize) -> Vec<f64> {
    let half = side / 2;
    let depth = input.len() / (side * side);
    let cells = (0..depth * half * half).map(|at| (at / (half * half), at / half % half, at % half));
    cells
        .map(|(d, y, x)| {
            let corner = (d * side + 2 * y) * side + 2 * x;
            input[corner].max(input[corner + 1]).max(input[corner + side]).max(input[corner + side + 1])
        })
        .collect()
}

/// Transposed 2 x 2 with stride 2, W `[in, out, 2, 2]`.
fn doubled(layer: &Layer, input: &[f64], side: usize) -> Vec<f64> {
    let (depth, outs) = (layer.shape[0], layer.shape[1]);
    let mut output = Vec::new();
    for (out, bias) in layer.bias.iter().enumerate() {
        for (y, x) in (0..2 * side).flat_map(|y| (0..2 * side).map(move |x| (y, x))) {
            let terms = (0..depth).map(|from| {
                let weight = layer.weight[((from * outs + out) * 2 + y % 2) * 2 + x % 2];
                weight * input[(from * side + y / 2) * side + x / 2]
            });
            output.push(bias + terms.sum::<f64>());
        }
    }
    output
}
