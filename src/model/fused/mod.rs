//! Each layer of the encoder and decoder as one operation of the flex device, forward and backward.
//!
//! They extend burn's backend: [`crate::model::Autoencoder`] calls them on flex, and on other devices burn's own layers,
//! which compute the same.

mod linear;

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{
    Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension, ops::FloatTensorOps,
};
use burn::module::Param;
use burn::nn::conv::{Conv2d, ConvTranspose2d};
use burn::tensor::{Device, Shape, Tensor, TensorData};

use super::Loss;
use super::kernels::{LayerGradients, loss, stage::Stage, upsample::Upsample};
pub(super) use linear::{channels_first, linear};

/// 3x3 convolution with a border of zeros, ReLU and 2x2 max pooling, channels last: `[n, side, side, from]` to
/// `[n, side / 2, side / 2, to]`, with a weight of `[to, from, 3, 3]`.
pub(super) fn stage(layer: &Conv2d, x: Tensor<4>) -> Tensor<4> {
    any_stage(layer, x, false)
}

/// The same on images, whose channels come first: `[n, from, side, side]` to `[n, side / 2, side / 2, to]`.
pub(super) fn first_stage(layer: &Conv2d, x: Tensor<4>) -> Tensor<4> {
    any_stage(layer, x, true)
}

fn any_stage(layer: &Conv2d, x: Tensor<4>, planar: bool) -> Tensor<4> {
    let weight = layer.weight.val();
    let bias = bias_or_zeros(&layer.bias, weight.dims()[0], &x.device());
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(Dispatch::stage(x, weight, bias, planar))
}

/// 2x2 transposed convolution of stride 2, with ReLU where `relu`: `[n, from, side, side]` to
/// `[n, to, 2 side, 2 side]`, with a weight of `[from, to, 2, 2]`.
pub(super) fn upsample(layer: &ConvTranspose2d, x: Tensor<4>, relu: bool) -> Tensor<4> {
    let weight = layer.weight.val();
    let bias = bias_or_zeros(&layer.bias, weight.dims()[1], &x.device());
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(Dispatch::upsample(x, weight, bias, relu))
}

fn bias_or_zeros(bias: &Option<Param<Tensor<1>>>, count: usize, device: &Device) -> Tensor<1> {
    bias.as_ref().map_or_else(|| Tensor::zeros([count], device), Param::val)
}

/// Mean loss from logits, `[1]`; no gradient goes to the targets.
pub(super) fn mean_loss(loss: Loss, logits: Tensor<4>, targets: Tensor<4>) -> Tensor<1> {
    Tensor::from_dispatch(Dispatch::mean_loss(logits.into_dispatch(), targets.into_dispatch(), loss))
}

#[backend_extension(Flex, Autodiff)]
trait FusedOps: Backend {
    fn stage(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        planar: bool,
    ) -> FloatTensor<Self>;
    fn upsample(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        relu: bool,
    ) -> FloatTensor<Self>;
    fn mean_loss(logits: FloatTensor<Self>, targets: FloatTensor<Self>, loss: Loss) -> FloatTensor<Self>;
}

type Primitive = FloatTensor<Flex>;

impl FusedOps for Flex {
    fn stage(x: Primitive, weight: Primitive, bias: Primitive, planar: bool) -> Primitive {
        run_stage(&x.to_contiguous(), &weight.to_contiguous(), &bias.to_contiguous(), planar).0
    }

    fn upsample(x: Primitive, weight: Primitive, bias: Primitive, relu: bool) -> Primitive {
        run_upsample(&x.to_contiguous(), &weight.to_contiguous(), &bias.to_contiguous(), relu)
    }

    fn mean_loss(logits: Primitive, targets: Primitive, loss: Loss) -> Primitive {
        let (logits, targets) = (logits.to_contiguous(), targets.to_contiguous());
        let (value, _) = loss::mean(loss, as_f32_slice(&logits), as_f32_slice(&targets));
        tensor(vec![value], [1])
    }
}

/// The numbers of a contiguous tensor, without a copy.
pub(crate) fn as_f32_slice(tensor: &Primitive) -> &[f32] {
    tensor.as_slice().expect("contiguous and of f32, the only type that this library makes")
}

fn tensor(values: Vec<f32>, shape: impl Into<Shape>) -> Primitive {
    Flex::float_from_data(TensorData::new(values, shape), &Default::default())
}

fn stage_of(x: &Primitive, weight: &Primitive, planar: bool) -> Stage {
    let from = x.shape()[if planar { 1 } else { 3 }];
    Stage { from, to: weight.shape()[0], side: x.shape()[2], planar }
}

fn upsample_of(x: &Primitive, weight: &Primitive, relu: bool) -> Upsample {
    Upsample { from: x.shape()[1], to: weight.shape()[1], side: x.shape()[2], relu }
}

fn run_stage(x: &Primitive, weight: &Primitive, bias: &Primitive, planar: bool) -> (Primitive, Vec<u8>) {
    let shape = stage_of(x, weight, planar);
    let (pooled, argmax) = shape.forward(as_f32_slice(x), as_f32_slice(weight), as_f32_slice(bias));
    (tensor(pooled, [x.shape()[0], shape.side / 2, shape.side / 2, shape.to]), argmax)
}

fn run_upsample(x: &Primitive, weight: &Primitive, bias: &Primitive, relu: bool) -> Primitive {
    let shape = upsample_of(x, weight, relu);
    let enlarged = shape.forward(as_f32_slice(x), as_f32_slice(weight), as_f32_slice(bias));
    tensor(enlarged, [x.shape()[0], shape.to, shape.side * 2, shape.side * 2])
}

/// Registers each of a layer's gradients for the input that asked for it.
fn register(
    gradients: &mut Gradients,
    [to_x, to_weight, to_bias]: [Option<NodeId>; 3],
    back: LayerGradients,
    x: &Primitive,
    weight: &Primitive,
) {
    let bias = Shape::from([back.bias.len()]);
    for (parent, values, shape) in
        [(to_x, back.images, x.shape()), (to_weight, back.weight, weight.shape()), (to_bias, back.bias, bias)]
    {
        if let Some(parent) = parent {
            gradients.register::<Flex>(parent, tensor(values, shape));
        }
    }
}

#[derive(Debug)]
struct StageBackward;

impl Backward<Flex, 3> for StageBackward {
    type State = (Primitive, Primitive, Vec<u8>, bool);

    fn backward(self, ops: Ops<Self::State, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let gradient = gradients.consume::<Flex>(&ops.node).to_contiguous();
        let (x, weight, argmax, planar) = ops.state;
        let parents = ops.parents.map(|parent| parent.map(|node| node.id));
        let with_images = parents[0].is_some();
        let back = stage_of(&x, &weight, planar).backward(
            as_f32_slice(&x),
            as_f32_slice(&weight),
            &argmax,
            as_f32_slice(&gradient),
            with_images,
        );
        register(gradients, parents, back, &x, &weight);
    }
}

#[derive(Debug)]
struct UpsampleBackward;

impl Backward<Flex, 3> for UpsampleBackward {
    type State = (Primitive, Primitive, Primitive, bool);

    fn backward(self, ops: Ops<Self::State, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let gradient = gradients.consume::<Flex>(&ops.node).to_contiguous();
        let (x, weight, enlarged, relu) = ops.state;
        let parents = ops.parents.map(|parent| parent.map(|node| node.id));
        let back = upsample_of(&x, &weight, relu).backward(
            as_f32_slice(&x),
            as_f32_slice(&weight),
            as_f32_slice(&enlarged),
            as_f32_slice(&gradient),
        );
        register(gradients, parents, back, &x, &weight);
    }
}

#[derive(Debug)]
struct LossBackward;

impl Backward<Flex, 1> for LossBackward {
    type State = Primitive;

    fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let gradient = gradients.consume::<Flex>(&ops.node).to_contiguous();
        if let [Some(parent)] = ops.parents {
            let scale = as_f32_slice(&gradient)[0];
            let scaled = as_f32_slice(&ops.state).iter().map(|value| value * scale).collect();
            gradients.register::<Flex>(parent.id, tensor(scaled, ops.state.shape()));
        }
    }
}

impl<C: CheckpointStrategy> FusedOps for Autodiff<Flex, C> {
    fn stage(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        planar: bool,
    ) -> FloatTensor<Self> {
        let operation = StageBackward.prepare::<C>([x.node(), weight.node(), bias.node()]);
        let (x, weight) = (x.into_primitive().to_contiguous(), weight.into_primitive().to_contiguous());
        let (pooled, argmax) = run_stage(&x, &weight, &bias.into_primitive().to_contiguous(), planar);
        match operation.compute_bound().stateful() {
            OpsKind::Tracked(operation) => operation.finish((x, weight, argmax, planar), pooled),
            OpsKind::UnTracked(operation) => operation.finish(pooled),
        }
    }

    fn upsample(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        relu: bool,
    ) -> FloatTensor<Self> {
        let operation = UpsampleBackward.prepare::<C>([x.node(), weight.node(), bias.node()]);
        let (x, weight) = (x.into_primitive().to_contiguous(), weight.into_primitive().to_contiguous());
        let enlarged = run_upsample(&x, &weight, &bias.into_primitive().to_contiguous(), relu);
        match operation.compute_bound().stateful() {
            OpsKind::Tracked(operation) => operation.finish((x, weight, enlarged.clone(), relu), enlarged),
            OpsKind::UnTracked(operation) => operation.finish(enlarged),
        }
    }

    fn mean_loss(logits: FloatTensor<Self>, targets: FloatTensor<Self>, loss: Loss) -> FloatTensor<Self> {
        let operation = LossBackward.prepare::<C>([logits.node()]);
        let (logits, targets) =
            (logits.into_primitive().to_contiguous(), targets.into_primitive().to_contiguous());
        let (value, gradient) = loss::mean(loss, as_f32_slice(&logits), as_f32_slice(&targets));
        let value = tensor(vec![value], [1]);
        match operation.compute_bound().stateful() {
            OpsKind::Tracked(operation) => operation.finish(tensor(gradient, logits.shape()), value),
            OpsKind::UnTracked(operation) => operation.finish(value),
        }
    }
}
