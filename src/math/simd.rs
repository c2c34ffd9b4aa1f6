//! Eight numbers at a time.
//!
//! What is written against [`pulp::Simd`] runs in AVX2 registers where the processor has them and number by number
//! elsewhere. Where the bits are to be the same everywhere, a product and a sum are fused by `mul_add_f32s`, which rounds
//! once on every processor, or not at all.

use pulp::{Scalar256b, Simd, WithSimd};

/// Numbers in one register.
pub(crate) const LANES: usize = 8;

/// Runs `op` with the widest registers of at most [`LANES`] numbers.
pub(crate) fn dispatch<Op: WithSimd>(op: Op) -> Op::Output {
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = pulp::x86::V3::try_new() {
        return Simd::vectorize(simd, op);
    }
    Simd::vectorize(Scalar256b, op)
}

/// The numbers of an array in one register.
#[inline(always)]
pub(crate) fn floats<S: Simd>(_: S, values: [f32; LANES]) -> S::f32s {
    pulp::cast_lossy(values)
}

/// The numbers of a register as an array.
#[inline(always)]
pub(crate) fn array<S: Simd>(_: S, values: S::f32s) -> [f32; LANES] {
    pulp::cast_lossy(values)
}

/// One value per lane. `std::array::from_fn` and `map` are not inlined into code for wider registers; this is.
#[inline(always)]
pub(crate) fn each_lane<T>(value: impl Fn(usize) -> T) -> [T; LANES] {
    [value(0), value(1), value(2), value(3), value(4), value(5), value(6), value(7)]
}

/// The sum of a register's numbers, in an order that does not depend on the processor.
#[inline(always)]
pub(crate) fn total<S: Simd>(simd: S, values: S::f32s) -> f32 {
    let lanes = array(simd, values);
    ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
}
