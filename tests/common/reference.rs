//! The autoencoder in plain loops and double precision, on weights in PyTorch's layout.

use neural_manifold::model::AutoencoderConfig;
use serde_json::json;

/// A layer's name, the shape of its weight, and the values of weight and bias.
struct Layer {
    name: String,
    shape: Vec<usize>,
    weight: Vec<f64>,
    bias: Vec<f64>,
}

/// A network with two stages, its weights made of a formula.
pub struct PlainNetwork {
    layers: Vec<Layer>,
    side: usize,
}

impl PlainNetwork {
    pub fn new(config: &AutoencoderConfig) -> Self {
        let [c1, c2] = config.channels[..] else { panic!("two stages") };
        let (inner, latent) = (c2 * (config.side / 4).pow(2), config.latent_size);
        let layers = [
            ("encoder.0", vec![c1, 1, 3, 3], c1),
            ("encoder.1", vec![c2, c1, 3, 3], c2),
            ("to_latent", vec![latent, inner], latent),
            ("from_latent", vec![inner, latent], inner),
            ("decoder.0", vec![c2, c1, 2, 2], c1),
            ("decoder.1", vec![c1, 1, 2, 2], 1),
        ];
        let layers = layers.into_iter().enumerate().map(|(idx, (name, shape, out))| {
            let wave = |at: usize, speed: f64| {
                f64::from((((at + 1) as f64 * speed + idx as f64).sin() * 0.5) as f32)
            };
            Layer {
                name: name.to_string(),
                weight: (0..shape.iter().product()).map(|at| wave(at, 1.7)).collect(),
                bias: (0..out).map(|at| wave(at, 0.9)).collect(),
                shape,
            }
        });
        PlainNetwork { layers: layers.collect(), side: config.side }
    }

    /// The weights as a safetensors file, written by hand; layers named in `names` get the second name.
    pub fn safetensors(&self, names: &[(&str, &str)]) -> Vec<u8> {
        let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
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
        let mut features = pixels.to_vec();
        let mut side = self.side;
        for layer in &self.layers[..2] {
            features = pooled(&relu(convolved(layer, &features, side)), side);
            side /= 2;
        }
        linear(&self.layers[2], &features)
    }

    pub fn decode(&self, latent: &[f64]) -> Vec<f64> {
        let inner = relu(linear(&self.layers[3], latent));
        let middle = relu(doubled(&self.layers[4], &inner, self.side / 4));
        let logits = doubled(&self.layers[5], &middle, self.side / 2);
        logits.into_iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect()
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
