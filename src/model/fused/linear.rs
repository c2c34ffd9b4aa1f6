//! The linear layers with their activation, and the order of channels that the first of them takes.
//!
//! Products of matrices stay burn's.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{
    Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension, ops::FloatTensorOps,
};
use burn::nn::Linear;
use burn::tensor::{Tensor, TensorData};

use super::{Primitive, as_f32_slice, tensor};
use crate::device;
use crate::model::kernels::{linear, planes};

/// A linear layer, with ReLU where `relu`: `[n, from]` to `[n, to]`. On a device without gradients a row's bits do not
/// depend on the others.
pub(in crate::model) fn linear(layer: &Linear, x: Tensor<2>, relu: bool) -> Tensor<2> {
    let device = x.device();
    let [n_rows, _] = x.dims();
    let weight = layer.weight.val();
    let to = weight.dims()[1];
    let bias = super::bias_or_zeros(&layer.bias, to, &device);
    if !device::is_plain_flex(&device) {
        let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
        return Tensor::from_dispatch(Dispatch::linear_relu(x, weight, bias, relu));
    }
    let numbers =
        |data: TensorData| data.try_into_vec::<f32>().expect("of f32, the only type that this library makes");
    let (x, weight) = (numbers(x.into_data()), numbers(weight.into_data()));
    let out = linear::forward(&x, &weight, &numbers(bias.into_data()), relu);
    Tensor::from_data(TensorData::new(out, [n_rows, to]), &device)
}

/// `[n, side, side, channels]` to `[n, channels, side, side]`.
pub(in crate::model) fn channels_first(x: Tensor<4>) -> Tensor<4> {
    Tensor::from_dispatch(Dispatch::channels_first(x.into_dispatch()))
}

#[backend_extension(Flex, Autodiff)]
trait LinearOps: Backend {
    fn linear_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        relu: bool,
    ) -> FloatTensor<Self>;
    fn channels_first(x: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl LinearOps for Flex {
    fn linear_relu(x: Primitive, weight: Primitive, bias: Primitive, relu: bool) -> Primitive {
        let product = Flex::float_matmul(x, weight).to_contiguous();
        let out = linear::add_bias(as_f32_slice(&product), as_f32_slice(&bias.to_contiguous()), relu);
        tensor(out, product.shape())
    }

    fn channels_first(x: Primitive) -> Primitive {
        let [n, rows, columns, channels] = x.shape().dims();
        let planes = planes::transposed(as_f32_slice(&x.to_contiguous()), rows * columns, channels);
        tensor(planes, [n, channels, rows, columns])
    }
}

#[derive(Debug)]
struct LinearBackward;

impl Backward<Flex, 3> for LinearBackward {
    /// What went in, the weight and, where ReLU comes after it, what came out.
    type State = (Primitive, Primitive, Option<Primitive>);

    fn backward(self, ops: Ops<Self::State, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let gradient = gradients.consume::<Flex>(&ops.node).to_contiguous();
        let (x, weight, out) = ops.state;
        let out = out.as_ref().map(as_f32_slice);
        let to = weight.shape()[1];
        let (gradient, bias) = linear::backward(as_f32_slice(&gradient), out, to);
        let gradient = tensor(gradient, [x.shape()[0], to]);
        let parents = ops.parents.map(|parent| parent.map(|node| node.id));
        if let Some(parent) = parents[0] {
            let transposed = Flex::float_swap_dims(weight, 0, 1);
            gradients.register::<Flex>(parent, Flex::float_matmul(gradient.clone(), transposed));
        }
        if let Some(parent) = parents[1] {
            gradients.register::<Flex>(parent, Flex::float_matmul(Flex::float_swap_dims(x, 0, 1), gradient));
        }
        if let Some(parent) = parents[2] {
            gradients.register::<Flex>(parent, tensor(bias, [to]));
        }
    }
}

#[derive(Debug)]
struct ChannelsFirstBackward;

impl Backward<Flex, 1> for ChannelsFirstBackward {
    type State = ();

    fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let gradient = gradients.consume::<Flex>(&ops.node).to_contiguous();
        if let [Some(parent)] = ops.parents {
            let [n, channels, rows, columns] = gradient.shape().dims();
            let images = planes::transposed(as_f32_slice(&gradient), channels, rows * columns);
            gradients.register::<Flex>(parent.id, tensor(images, [n, rows, columns, channels]));
        }
    }
}

impl<C: CheckpointStrategy> LinearOps for Autodiff<Flex, C> {
    fn linear_relu(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        relu: bool,
    ) -> FloatTensor<Self> {
        let operation = LinearBackward.prepare::<C>([x.node(), weight.node(), bias.node()]);
        let (x, weight) = (x.into_primitive(), weight.into_primitive());
        let out = Flex::linear_relu(x.clone(), weight.clone(), bias.into_primitive(), relu);
        match operation.compute_bound().stateful() {
            OpsKind::Tracked(operation) => operation.finish((x, weight, relu.then(|| out.clone())), out),
            OpsKind::UnTracked(operation) => operation.finish(out),
        }
    }

    fn channels_first(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let operation = ChannelsFirstBackward.prepare::<C>([x.node()]);
        let planes = Flex::channels_first(x.into_primitive());
        match operation.compute_bound().stateful() {
            OpsKind::Tracked(operation) => operation.finish((), planes),
            OpsKind::UnTracked(operation) => operation.finish(planes),
        }
    }
}
