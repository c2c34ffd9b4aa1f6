//! The hot loops of the flex device, on plain slices: each layer with its activation and pooling, in one pass over
//! memory.
//!
//! The loops are written once for any vector width; `pulp` chooses it at run time. Threads take images in chunks of a
//! fixed size, and sums over chunks are added in order, so that results do not depend on the number of threads.

pub(super) mod linear;
pub(super) mod loss;
pub(super) mod planes;
pub(super) mod stage;
pub(super) mod upsample;

use std::ops::{Deref, DerefMut};

use pulp::{Arch, Simd, WithSimd};

/// Images per task: enough to fill long vectors, few enough to stay in the second-level cache.
const CHUNK: usize = 8;

const CACHE_LINE: usize = 64;

/// The gradients of the loss by what a layer takes.
pub(super) struct LayerGradients {
    /// Shaped as the input images; empty where not asked for.
    pub images: Vec<f32>,
    /// Shaped as the weight.
    pub weight: Vec<f32>,
    /// Shaped as the bias.
    pub bias: Vec<f32>,
}

/// Numbers that begin on a cache line: a vector that straddles two lines costs two memory accesses.
struct Aligned {
    values: Vec<f32>,
    start: usize,
    len: usize,
}

impl Aligned {
    fn zeros(len: usize) -> Self {
        let values = vec![0.0; len + CACHE_LINE / size_of::<f32>()];
        Aligned { start: values.as_ptr().align_offset(CACHE_LINE), values, len }
    }
}

impl Deref for Aligned {
    type Target = [f32];
    fn deref(&self) -> &[f32] {
        &self.values[self.start..][..self.len]
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.values[self.start..][..self.len]
    }
}

/// Numbers per vector register of this processor.
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

/// The sum of equally long parts, added in their order.
fn sum_in_order(parts: impl IntoIterator<Item = Vec<f32>>) -> Vec<f32> {
    let mut parts = parts.into_iter();
    let mut total = parts.next().unwrap_or_default();
    for part in parts {
        total.iter_mut().zip(part).for_each(|(total, part)| *total += part);
    }
    total
}
