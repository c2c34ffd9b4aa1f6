//! Adam (Kingma & Ba 2015) in one pass over each weight on the flex device.
//!
//! burn's own Adam takes a dozen passes and allocates a tensor for each. Its state is used here, so that checkpoints are
//! the same, and its order of operations, so that the weights agree to the bit.

use burn::backend::{Flex, tensor::FloatTensor};
use burn::optim::{
    Adam, AdamConfig, AdamState, AdaptiveMomentumState, LearningRate, ModuleOptimizer, Optimizer,
};
use burn::tensor::{Device, Tensor, TensorData};
use pulp::Arch;
use rayon::prelude::*;

use crate::device;
use crate::model::as_f32_slice;

const BETA_1: f32 = 0.9;
const BETA_2: f32 = 0.999;
const EPSILON: f32 = 1e-8;
/// Numbers per task.
const PART: usize = 16 * 1024;

/// Adam with the settings of its publication.
pub(super) fn adam() -> ModuleOptimizer {
    let config = AdamConfig::new().with_beta_1(BETA_1).with_beta_2(BETA_2).with_epsilon(EPSILON);
    ModuleOptimizer::from(FusedAdam(config.build()))
}

#[derive(Clone)]
struct FusedAdam(Adam);

impl Optimizer for FusedAdam {
    type State<const D: usize> = AdamState<D>;

    fn step<const D: usize>(
        &self,
        rate: LearningRate,
        weight: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<AdamState<D>>,
    ) -> (Tensor<D>, Option<AdamState<D>>) {
        match state {
            Some(state) if device::is_flex(&weight.device()) => {
                let (weight, momentum) = one_pass(rate as f32, weight, gradient, state.momentum);
                (weight, Some(AdamState::new(momentum)))
            }
            // The first step makes the state.
            state => self.0.step(rate, weight, gradient, state),
        }
    }

    fn to_device<const D: usize>(state: AdamState<D>, device: &Device) -> AdamState<D> {
        Adam::to_device(state, device)
    }
}

fn one_pass<const D: usize>(
    rate: f32,
    weight: Tensor<D>,
    gradient: Tensor<D>,
    mut state: AdaptiveMomentumState<D>,
) -> (Tensor<D>, AdaptiveMomentumState<D>) {
    state.time += 1;
    let correction = (1.0 - BETA_2.powi(state.time as i32)).sqrt();
    let factor = correction / (1.0 - BETA_1.powi(state.time as i32));
    let epsilon = EPSILON * correction;

    let (shape, device) = (weight.dims(), weight.device());
    let old = [weight, gradient, state.moment_1, state.moment_2].map(primitive);
    let [w, g, m, v] = old.each_ref().map(as_f32_slice);
    let (mut weight, mut first, mut second) = (vec![0.0; w.len()], vec![0.0; w.len()], vec![0.0; w.len()]);
    let parts = w.par_chunks(PART).zip(g.par_chunks(PART)).zip(m.par_chunks(PART).zip(v.par_chunks(PART)));
    let results =
        weight.par_chunks_mut(PART).zip(first.par_chunks_mut(PART)).zip(second.par_chunks_mut(PART));
    parts.zip(results).for_each(|(((w, g), (m, v)), ((weight, first), second))| {
        Arch::new().dispatch(|| {
            let old = w.iter().zip(g).zip(m.iter().zip(v));
            let new = weight.iter_mut().zip(first).zip(second);
            for (((w, g), (m, v)), ((weight, first), second)) in old.zip(new) {
                *first = m * BETA_1 + g * (1.0 - BETA_1);
                *second = v * BETA_2 + g * g * (1.0 - BETA_2);
                *weight = w - *first * factor / (second.sqrt() + epsilon) * rate;
            }
        });
    });
    let tensor = |values| Tensor::from_data(TensorData::new(values, shape), &device);
    (state.moment_1, state.moment_2) = (tensor(first), tensor(second));
    (tensor(weight), state)
}

fn primitive<const D: usize>(tensor: Tensor<D>) -> FloatTensor<Flex> {
    tensor.try_into_primitive::<Flex>().expect("a tensor of flex").to_contiguous()
}
