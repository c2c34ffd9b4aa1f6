//! The forces that the [`Curve`] of similarity gives, for a register of squared distances at a time.

use pulp::Simd;

use super::curve::Curve;

/// Points nearer than the root of this count as so far apart, which keeps the powers finite.
const NEAREST: f32 = 1e-12;

/// Coefficients of the forces along the difference of two points, by their squared distance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Forces {
    a: f32,
    b: f32,
}

impl Forces {
    pub(super) fn new(curve: Curve) -> Forces {
        Forces { a: curve.a as f32, b: curve.b as f32 }
    }

    /// `-2 a b d^(2b - 2) / (1 + a d^(2b))`.
    #[inline(always)]
    pub(super) fn attraction<S: Simd>(&self, simd: S, squared: S::f32s) -> S::f32s {
        let squared = simd.max_f32s(squared, simd.splat_f32s(NEAREST));
        let power = power(simd, squared, self.b);
        let above = simd.mul_f32s(simd.splat_f32s(-2.0 * self.a * self.b), power);
        simd.div_f32s(above, simd.mul_f32s(squared, self.inverse_similarity(simd, power)))
    }

    /// `2 b / ((0.001 + d^2) (1 + a d^(2b)))`; the 0.001 bounds the force between points that almost coincide.
    #[inline(always)]
    pub(super) fn repulsion<S: Simd>(&self, simd: S, squared: S::f32s) -> S::f32s {
        let power = power(simd, simd.max_f32s(squared, simd.splat_f32s(NEAREST)), self.b);
        let squared = simd.add_f32s(simd.splat_f32s(0.001), squared);
        let below = simd.mul_f32s(squared, self.inverse_similarity(simd, power));
        simd.div_f32s(simd.splat_f32s(2.0 * self.b), below)
    }

    #[inline(always)]
    fn inverse_similarity<S: Simd>(&self, simd: S, power: S::f32s) -> S::f32s {
        simd.add_f32s(simd.splat_f32s(1.0), simd.mul_f32s(simd.splat_f32s(self.a), power))
    }
}

/// `x^b` of positive normal numbers within 0.2 %, from sums, products and shifts alone: `2^(b log2 x)`, with the
/// minimax cubics of `log2` between powers of two, exact at both, and of `2^x` around 0.
#[inline(always)]
fn power<S: Simd>(simd: S, x: S::f32s, b: f32) -> S::f32s {
    let float = |value| simd.splat_f32s(value);
    let word = |value| simd.splat_u32s(value);
    let (add, sub, mul) =
        (|x, y| simd.add_f32s(x, y), |x, y| simd.sub_f32s(x, y), |x, y| simd.mul_f32s(x, y));

    // The exponent's bits below those of 2^23 are 2^23 plus the exponent, and 127 is its bias.
    let bits: S::u32s = pulp::cast(x);
    let raised = simd.or_u32s(simd.wrapping_dyn_shr_u32s(bits, word(23)), word(0x4b00_0000));
    let exponent = sub(pulp::cast(raised), float(8_388_608.0 + 127.0));
    let one_to_two = simd.or_u32s(simd.and_u32s(bits, word(0x007f_ffff)), word(0x3f80_0000));
    let t = sub(pulp::cast(one_to_two), float(1.0));
    let bend = mul(mul(t, sub(float(1.0), t)), sub(float(0.422_865_4), mul(float(0.159_220_2), t)));
    let y = mul(float(b), add(add(exponent, t), bend));

    // Beside 1.5 * 2^23 a float has no room for fractions: the sum is rounded, and its low bits are the integer.
    let rounder = float(12_582_912.0 + 127.0);
    let rounded = add(y, rounder);
    let rest = sub(y, sub(rounded, rounder));
    let scale = simd.wrapping_dyn_shl_u32s(pulp::cast(rounded), word(23));
    let cubic = add(float(0.242_637_6), mul(rest, float(0.055_039)));
    let cubic = add(float(0.693_277_3), mul(rest, cubic));
    mul(pulp::cast(scale), add(float(0.999_925_8), mul(rest, cubic)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes;
    use pulp::{Scalar, Scalar256b, WithSimd};

    #[test]
    fn forces_are_within_half_a_per_cent_of_the_formula() {
        for (min_dist, spread) in [(0.1, 1.0), (0.0, 1.0), (0.8, 1.0), (0.1, 4.0)] {
            let curve = Curve::fit(min_dist, spread);
            let forces = Forces::new(curve);
            for squared in [1e-6f64, 1e-3, 0.02, 0.5, 1.0, 1.999, 3.7, 90.0, 2e4, 1e9] {
                let fall = 1.0 + curve.a * squared.powf(curve.b);
                let pull = -2.0 * curve.a * curve.b * squared.powf(curve.b - 1.0) / fall;
                let push = 2.0 * curve.b / ((0.001 + squared) * fall);
                let (found_pull, found_push) =
                    (forces.attraction(Scalar, squared as f32), forces.repulsion(Scalar, squared as f32));
                assert!((f64::from(found_pull) / pull - 1.0).abs() < 0.005, "{squared} {found_pull} {pull}");
                assert!((f64::from(found_push) / push - 1.0).abs() < 0.005, "{squared} {found_push} {push}");
            }
            assert!(forces.attraction(Scalar, 0.0).is_finite() && forces.repulsion(Scalar, 0.0).is_finite());
        }
    }

    struct Both(Forces, [f32; 8]);

    impl WithSimd for Both {
        type Output = [u32; 16];
        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) -> [u32; 16] {
            let squared = lanes::floats(simd, self.1);
            let pull = lanes::array(simd, self.0.attraction(simd, squared));
            let push = lanes::array(simd, self.0.repulsion(simd, squared));
            std::array::from_fn(|i| if i < 8 { pull[i].to_bits() } else { push[i - 8].to_bits() })
        }
    }

    #[test]
    fn every_processor_gives_the_same_bits() {
        let forces = Forces::new(Curve::fit(0.1, 1.0));
        for step in 0..2_000 {
            let squared = std::array::from_fn(|lane| ((step * 8 + lane) as f32 / 300.0 - 30.0).exp2());
            assert_eq!(
                lanes::dispatch(Both(forces, squared)),
                Simd::vectorize(Scalar256b, Both(forces, squared)),
                "{squared:?}"
            );
        }
    }
}
