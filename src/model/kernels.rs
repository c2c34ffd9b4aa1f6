//! The hot loops of the flex device, on plain slices: each layer with what follows it, in one pass over memory.
//!
//! Written once for whatever vectors the processor has (`pulp` chooses at run time). Images are shared out to
//! threads in fixed chunks whose sums are added in order, so that results do not depend on the number of threads.

pub(super) mod loss;
pub(super) mod stage;
pub(super) mod upsample;

use pulp::{Arch, Simd, WithSimd};

/// Images of one task: enough to fill long vectors, few enough to stay in a second-level cache.
const CHUNK: usize = 8;

/// What flows back through a layer.
pub(super) struct LayerGradients {
    /// Shaped as the input images; empty where not asked for.
    pub images: Vec<f32>,
    /// Shaped as the weight.
    pub weight: Vec<f32>,
    /// Shaped as the bias.
    pub bias: Vec<f32>,
}

/// Numbers in a vector of this processor.
fn lanes() -> usize {
    struct Lanes;
    impl WithSimd for Lanes {
        type Output = usize;
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> usize {
            S::F32_LANES
        }
    }
    Arch::new().dispatch(Lanes)
}

/// The sum of equally long parts, first to last.
fn sum_in_order(parts: impl IntoIterator<Item = Vec<f32>>) -> Vec<f32> {
    let mut parts = parts.into_iter();
    let mut total = parts.next().unwrap_or_default();
    for part in parts {
        total.iter_mut().zip(part).for_each(|(total, part)| *total += part);
    }
    total
}
