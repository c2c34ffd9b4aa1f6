//! The forces that the [`Curve`] of similarity gives, for a register of squared distances at a time.

use pulp::Simd;

use super::curve::Curve;

/// Points nearer than the root of this count as so far apart, which keeps the powers finite.
const NEAREST: f32 = 1e-12;
/// `log2(1 + t) = t (c0 + t (c1 + t c2))` for t from 0 to 1 within 9e-4, exact at both ends, by minimax.
const LOG: [f32; 3] = [1.422_865_6, -0.582_086_25, 0.159_220_63];
/// `2^x = c0 + x (c1 + x c2)` for x from -1/2 to 1/2 within 0.17 %, by minimax.
const EXP: [f32; 3] = [1.000_443_1, 0.703_448, 0.238_428_94];
/// The exponent's bits below those of 2^23 are 2^23 plus the exponent, and 127 is its bias.
const TO_EXPONENT: f32 = 8_388_608.0 + 127.0;
/// Beside 1.5 * 2^23 a float has no room for fractions: a sum is rounded, and its low bits are the integer.
const ROUNDER: f32 = 12_582_912.0 + 127.0;

/// Coefficients of the forces along the difference of two points, by their squared distance: of the formulas and of
/// the polynomials in them. As `F` a number, or a register full of it, so that the loop need not fill one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Forces<F = f32> {
    a: F,
    b: F,
    /// `-2 a b`.
    pull: F,
    /// `2 b`.
    push: F,
    least: F,
    softening: F,
    one: F,
    log: [F; 3],
    exp: [F; 3],
    to_exponent: F,
    rounder: F,
}

impl Forces {
    pub(super) fn new(curve: Curve) -> Forces {
        let (a, b) = (curve.a as f32, curve.b as f32);
        Forces {
            a,
            b,
            pull: -2.0 * a * b,
            push: 2.0 * b,
            least: NEAREST,
            softening: 0.001,
            one: 1.0,
            log: LOG,
            exp: EXP,
            to_exponent: TO_EXPONENT,
            rounder: ROUNDER,
        }
    }

    /// The same in registers.
    #[inline(always)]
    pub(super) fn splat<S: Simd>(self, simd: S) -> Forces<S::f32s> {
        let full = |x| simd.splat_f32s(x);
        let [log0, log1, log2] = self.log;
        let [exp0, exp1, exp2] = self.exp;
        Forces {
            a: full(self.a),
            b: full(self.b),
            pull: full(self.pull),
            push: full(self.push),
            least: full(self.least),
            softening: full(self.softening),
            one: full(self.one),
            log: [full(log0), full(log1), full(log2)],
            exp: [full(exp0), full(exp1), full(exp2)],
            to_exponent: full(self.to_exponent),
            rounder: full(self.rounder),
        }
    }
}

impl<F: Copy> Forces<F> {
    /// `-2 a b d^(2b - 2) / (1 + a d^(2b))`.
    #[inline(always)]
    pub(super) fn attraction<S: Simd<f32s = F>>(&self, simd: S, squared: F) -> F {
        let squared = simd.max_f32s(squared, self.least);
        let power = self.power(simd, squared);
        let below = simd.mul_f32s(squared, simd.mul_add_f32s(self.a, power, self.one));
        simd.div_f32s(simd.mul_f32s(self.pull, power), below)
    }

    /// `2 b / ((0.001 + d^2) (1 + a d^(2b)))`; the 0.001 bounds the force between points that almost coincide.
    #[inline(always)]
    pub(super) fn repulsion<S: Simd<f32s = F>>(&self, simd: S, squared: F) -> F {
        let power = self.power(simd, simd.max_f32s(squared, self.least));
        let softened = simd.add_f32s(self.softening, squared);
        simd.div_f32s(self.push, simd.mul_f32s(softened, simd.mul_add_f32s(self.a, power, self.one)))
    }

    /// `x^b` of positive normal numbers within 0.3 %, as `2^(b log2 x)`, from sums, products and shifts alone.
    #[inline(always)]
    fn power<S: Simd<f32s = F>>(&self, simd: S, x: F) -> F {
        let word = |value| simd.splat_u32s(value);
        let bits = simd.transmute_u32s_f32s(x);
        let raised = simd.or_u32s(simd.wrapping_dyn_shr_u32s(bits, word(23)), word(0x4b00_0000));
        let exponent = simd.sub_f32s(simd.transmute_f32s_u32s(raised), self.to_exponent);
        let one_to_two = simd.or_u32s(simd.and_u32s(bits, word(0x007f_ffff)), word(0x3f80_0000));
        let t = simd.sub_f32s(simd.transmute_f32s_u32s(one_to_two), self.one);
        let [c0, c1, c2] = self.log;
        let log = simd.mul_add_f32s(t, simd.mul_add_f32s(t, simd.mul_add_f32s(t, c2, c1), c0), exponent);

        let y = simd.mul_f32s(self.b, log);
        let rounded = simd.add_f32s(y, self.rounder);
        let rest = simd.sub_f32s(y, simd.sub_f32s(rounded, self.rounder));
        let scale = simd.wrapping_dyn_shl_u32s(simd.transmute_u32s_f32s(rounded), word(23));
        let [c0, c1, c2] = self.exp;
        let part = simd.mul_add_f32s(rest, simd.mul_add_f32s(rest, c2, c1), c0);
        simd.mul_f32s(simd.transmute_f32s_u32s(scale), part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::simd;
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
            let (squared, forces) = (simd::floats(simd, self.1), self.0.splat(simd));
            let pull = simd::array(simd, forces.attraction(simd, squared));
            let push = simd::array(simd, forces.repulsion(simd, squared));
            std::array::from_fn(|i| if i < 8 { pull[i].to_bits() } else { push[i - 8].to_bits() })
        }
    }

    #[test]
    fn every_processor_gives_the_same_bits() {
        let forces = Forces::new(Curve::fit(0.1, 1.0));
        for step in 0..2_000 {
            let squared = std::array::from_fn(|lane| ((step * 8 + lane) as f32 / 300.0 - 30.0).exp2());
            assert_eq!(
                simd::dispatch(Both(forces, squared)),
                Simd::vectorize(Scalar256b, Both(forces, squared)),
                "{squared:?}"
            );
        }
    }
}
