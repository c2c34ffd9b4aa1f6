//! How weights lie in a model file: each tensor's name, its shape and the order of its values.

use std::collections::BTreeMap;

use burn::module::{ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Tensor, TensorData};
use safetensors::Dtype;

use crate::container;

/// A network's tensors by name as they lie in a file: shape, and values in little-endian bytes.
///
/// Visiting a network collects its tensors here; mapping a network moves them from here into it.
#[derive(Default)]
pub(crate) struct FileTensors {
    path: Vec<String>,
    pub(super) tensors: BTreeMap<String, (Vec<usize>, Vec<u8>)>,
}

impl FileTensors {
    /// The tensors as a file takes them.
    pub(crate) fn views(&self) -> Vec<container::Tensor<'_>> {
        let tensors = self.tensors.iter();
        tensors.map(|(name, (shape, bytes))| (name.clone(), Dtype::F32, shape.clone(), &bytes[..])).collect()
    }
}

impl ModuleVisitor for FileTensors {
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

impl ModuleMapper for FileTensors {
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
