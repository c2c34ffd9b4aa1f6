//! Attraction and repulsion between points of the map, for a register of squared distances at a time.

use pulp::Simd;

use super::ab_curve::AbCurve;

/// Smaller squared distances are raised to this, so that their powers stay finite.
const MIN_SQUARED_DISTANCE: f32 = 1e-12;
/// Added to the squared distance in the repulsion, as in umap-learn: it bounds the force between points that
/// almost coincide.
const SOFTENING: f32 = 0.001;
/// `log2(1 + t) = t (c0 + t (c1 + t c2))` for t from 0 to 1: the minimax polynomial that is exact at both
/// ends, error 9e-4.
const LOG2: [f32; 3] = [1.422_865_6, -0.582_086_25, 0.159_220_63];
/// `2^x = c0 + x (c1 + x c2)` for x from -1/2 to 1/2: the minimax polynomial, relative error 0.17 %.
const EXP2: [f32; 3] = [1.000_443_1, 0.703_448, 0.238_428_94];
/// Subtracted to turn the exponent field of a float into its exponent: put into the low bits of the float
/// 2^23, whose bits are `0x4b00_0000`, the field reads as 2^23 plus the field, which is the exponent plus
/// 127.
const EXPONENT_BIAS: f32 = 8_388_608.0 + 127.0;
/// Added to round to an integer: floats near 1.5 * 2^23 have no fractional bits, so the low bits of the sum
/// hold the integer. The 127 makes these bits the exponent field of that power of two.
const ROUND_BIAS: f32 = 12_582_912.0 + 127.0;

/// Coefficients of the forces and of the polynomials that approximate powers. `F` is a float, or a register
/// filled with it once per block, so that the inner loop fills none.
#[derive(Debug, Clone, Copy)]
pub(in crate::projection) struct Forces<F = f32> {
    a: F,
    pub(in crate::projection) b: F,
    /// `-2 a b`.
    attraction_factor: F,
    /// `2 b`.
    repulsion_factor: F,
    min_squared: F,
    softening: F,
    pub(in crate::projection) one: F,
    log2: [F; 3],
    exp2: [F; 3],
    exponent_bias: F,
    round_bias: F,
}

impl Forces {
    pub(in crate::projection) fn new(curve: AbCurve) -> Forces {
        let (a, b) = (curve.a as f32, curve.b as f32);
        Forces {
            a,
            b,
            attraction_factor: -2.0 * a * b,
            repulsion_factor: 2.0 * b,
            min_squared: MIN_SQUARED_DISTANCE,
            softening: SOFTENING,
            one: 1.0,
            log2: LOG2,
            exp2: EXP2,
            exponent_bias: EXPONENT_BIAS,
            round_bias: ROUND_BIAS,
        }
    }

    /// The same coefficients, each in all lanes of a register.
    #[inline(always)]
    pub(in crate::projection) fn splat<S: Simd>(self, simd: S) -> Forces<S::f32s> {
        let full = |x| simd.splat_f32s(x);
        let each = |[c0, c1, c2]: [f32; 3]| [full(c0), full(c1), full(c2)];
        Forces {
            a: full(self.a),
            b: full(self.b),
            attraction_factor: full(self.attraction_factor),
            repulsion_factor: full(self.repulsion_factor),
            min_squared: full(self.min_squared),
            softening: full(self.softening),
            one: full(self.one),
            log2: each(self.log2),
            exp2: each(self.exp2),
            exponent_bias: full(self.exponent_bias),
            round_bias: full(self.round_bias),
        }
    }
}

impl<F: Copy> Forces<F> {
    /// The attraction at squared distance `d^2`, `-2 a b d^(2b - 2) / (1 + a d^(2b))`, to be multiplied
    /// by the difference of the points.
    #[inline(always)]
    pub(in crate::projection) fn attraction<S: Simd<f32s = F>>(&self, simd: S, squared: F) -> F {
        let squared = simd.max_f32s(squared, self.min_squared);
        let power = self.power(simd, squared);
        let denominator = simd.mul_f32s(squared, simd.mul_add_f32s(self.a, power, self.one));
        simd.div_f32s(simd.mul_f32s(self.attraction_factor, power), denominator)
    }

    /// The repulsion at squared distance `d^2`, `2 b / ((0.001 + d^2) (1 + a d^(2b)))`, to be multiplied
    /// by the difference of the points.
    #[inline(always)]
    pub(in crate::projection) fn repulsion<S: Simd<f32s = F>>(&self, simd: S, squared: F) -> F {
        let power = self.power(simd, simd.max_f32s(squared, self.min_squared));
        let softened = simd.add_f32s(self.softening, squared);
        simd.div_f32s(
            self.repulsion_factor,
            simd.mul_f32s(softened, simd.mul_add_f32s(self.a, power, self.one)),
        )
    }

    /// The similarity at squared distance `d^2`, `1 / (1 + a d^(2b))`.
    #[inline(always)]
    pub(in crate::projection) fn similarity<S: Simd<f32s = F>>(&self, simd: S, squared: F) -> F {
        let power = self.power(simd, simd.max_f32s(squared, self.min_squared));
        simd.div_f32s(self.one, simd.mul_add_f32s(self.a, power, self.one))
    }

    /// `x^b` as `2^(b log2 x)` for positive normal floats, relative error 0.3 %. Sums, products and shifts
    /// alone give the same bits on every processor.
    #[inline(always)]
    fn power<S: Simd<f32s = F>>(&self, simd: S, x: F) -> F {
        let word = |value| simd.splat_u32s(value);
        let bits = simd.transmute_u32s_f32s(x);
        let field = simd.or_u32s(simd.wrapping_dyn_shr_u32s(bits, word(23)), word(0x4b00_0000));
        let exponent = simd.sub_f32s(simd.transmute_f32s_u32s(field), self.exponent_bias);
        let mantissa = simd.or_u32s(simd.and_u32s(bits, word(0x007f_ffff)), word(0x3f80_0000));
        let t = simd.sub_f32s(simd.transmute_f32s_u32s(mantissa), self.one);
        let [c0, c1, c2] = self.log2;
        let log2 = simd.mul_add_f32s(t, simd.mul_add_f32s(t, simd.mul_add_f32s(t, c2, c1), c0), exponent);

        let y = simd.mul_f32s(self.b, log2);
        let rounded = simd.add_f32s(y, self.round_bias);
        let fraction = simd.sub_f32s(y, simd.sub_f32s(rounded, self.round_bias));
        let scale = simd.wrapping_dyn_shl_u32s(simd.transmute_u32s_f32s(rounded), word(23));
        let [c0, c1, c2] = self.exp2;
        let exp2 = simd.mul_add_f32s(fraction, simd.mul_add_f32s(fraction, c2, c1), c0);
        simd.mul_f32s(simd.transmute_f32s_u32s(scale), exp2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::simd;
    use pulp::{Scalar, Scalar256b, WithSimd};

    #[test]
    fn forces_are_within_half_a_percent_of_the_formula() {
        for (min_dist, spread) in [(0.1, 1.0), (0.0, 1.0), (0.8, 1.0), (0.1, 4.0)] {
            let curve = AbCurve::fit(min_dist, spread);
            let forces = Forces::new(curve);
            for squared in [1e-6f64, 1e-3, 0.02, 0.5, 1.0, 1.999, 3.7, 90.0, 2e4, 1e9] {
                let denominator = 1.0 + curve.a * squared.powf(curve.b);
                let attraction = -2.0 * curve.a * curve.b * squared.powf(curve.b - 1.0) / denominator;
                let repulsion = 2.0 * curve.b / ((0.001 + squared) * denominator);
                let found = forces.attraction(Scalar, squared as f32);
                assert!(
                    (f64::from(found) / attraction - 1.0).abs() < 0.005,
                    "{squared} {found} {attraction}"
                );
                let found = forces.repulsion(Scalar, squared as f32);
                assert!((f64::from(found) / repulsion - 1.0).abs() < 0.005, "{squared} {found} {repulsion}");
                let found = f64::from(forces.similarity(Scalar, squared as f32));
                assert!((found * denominator - 1.0).abs() < 0.005, "{squared} {found} {denominator}");
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
            let attraction = simd::array(simd, forces.attraction(simd, squared));
            let repulsion = simd::array(simd, forces.repulsion(simd, squared));
            std::array::from_fn(|i| if i < 8 { attraction[i].to_bits() } else { repulsion[i - 8].to_bits() })
        }
    }

    #[test]
    fn every_processor_gives_the_same_bits() {
        let forces = Forces::new(AbCurve::fit(0.1, 1.0));
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
