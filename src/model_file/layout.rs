//! Where the weights lie in a file: each tensor's name, shape and order of values.

use std::collections::BTreeMap;

use burn::module::{ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Tensor, TensorData};

use crate::model::AutoencoderConfig;

/// `encoder.0` of `encoder.0.weight`.
pub(super) fn layer_of(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(layer, _)| layer)
}

/// Every tensor's name and its shape in PyTorch's layout, weight and bias of a layer in turn.
pub(super) fn expected_tensors(config: &AutoencoderConfig) -> Vec<(String, Vec<usize>)> {
    let depths: Vec<usize> = std::iter::once(1).chain(config.channels.iter().copied()).collect();
    let stages = depths.len() - 1;
    let (inner_side, latent) = (config.side >> stages, config.latent_size);
    // A file's own word on its sizes is not believed yet: nothing may overflow.
    let inner = inner_side.saturating_pow(2).saturating_mul(depths[stages]);
    let mut tensors = Vec::new();
    let mut layer = |name: String, weight: Vec<usize>, out: usize| {
        tensors.push((format!("{name}.weight"), weight));
        tensors.push((format!("{name}.bias"), vec![out]));
    };
    for (stage, pair) in depths.windows(2).enumerate() {
        layer(format!("encoder.{stage}"), vec![pair[1], pair[0], 3, 3], pair[1]);
    }
    layer("to_latent".to_string(), vec![latent, inner], latent);
    layer("from_latent".to_string(), vec![inner, latent], inner);
    for (stage, pair) in depths.windows(2).rev().enumerate() {
        layer(format!("decoder.{stage}"), vec![pair[1], pair[0], 2, 2], pair[0]);
    }
    tensors
}

/// A network's tensors by name as they lie in a file: shape, and values in little-endian bytes.
///
/// Visiting a network collects them, mapping a network puts them into it and takes them from here.
#[derive(Default)]
pub(super) struct Weights {
    path: Vec<String>,
    pub tensors: BTreeMap<String, (Vec<usize>, Vec<u8>)>,
}

impl ModuleVisitor for Weights {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let (mut shape, mut values) =
            (param.dims().to_vec(), param.val().into_data().iter::<f32>().collect::<Vec<f32>>());
        if let [from, out] = shape[..] {
            (shape, values) = (vec![out, from], transposed(&values, from, out));
        }
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.tensors.insert(self.path.join("."), (shape, bytes));
    }
}

impl ModuleMapper for Weights {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some((mut shape, bytes)) = self.tensors.remove(&self.path.join(".")) else { return param };
        let (chunks, _) = bytes.as_chunks::<4>();
        let mut values: Vec<f32> = chunks.iter().map(|&chunk| f32::from_le_bytes(chunk)).collect();
        if let [out, from] = shape[..] {
            (shape, values) = (vec![from, out], transposed(&values, out, from));
        }
        param.map(|old| Tensor::from_data(TensorData::new(values, shape), &old.device()))
    }
}

/// The matrix `[rows, columns]` as `[columns, rows]`: burn keeps linear weights as `[in, out]`, PyTorch as `[out, in]`.
fn transposed(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|column| (0..rows).map(move |row| values[row * columns + column])).collect()
}
