//! The similarity of two points on the map as a function of their distance, and the forces it gives.

/// `1 / (1 + a d^(2b))`, which falls from 1 near `min_dist` to 0 at the scale of `spread`
/// (McInnes, Healy & Melville 2018, section 3.2).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    /// Factor of the distance's power.
    pub a: f64,
    /// Half the exponent of the distance.
    pub b: f64,
}

impl Curve {
    /// Least-squares fit to `exp(-(d - min_dist) / spread)` beyond `min_dist` and 1 before it, on 300 distances
    /// from 0 to `3 spread`: what umap-learn fits.
    pub fn fit(min_dist: f64, spread: f64) -> Curve {
        let points: Vec<(f64, f64)> = (0..300)
            .map(|i| 3.0 * spread * f64::from(i) / 299.0)
            .map(|d| (d, if d < min_dist { 1.0 } else { (-(d - min_dist) / spread).exp() }))
            .collect();
        let error =
            |a: f64, b: f64| points.iter().map(|&(d, y)| (similarity(a, b, d) - y).powi(2)).sum::<f64>();

        // Levenberg-Marquardt in the logarithms of both, which keeps them positive.
        let (mut a, mut b, mut damping) = (1.0f64, 1.0f64, 1e-3);
        let mut best = error(a, b);
        for _ in 0..500 {
            let (mut jtj, mut jtr) = ([0.0; 3], [0.0; 2]);
            for &(d, y) in points.iter().filter(|(d, _)| *d > 0.0) {
                let value = similarity(a, b, d);
                let by_log_a = -value * (1.0 - value);
                let by_log_b = by_log_a * 2.0 * b * d.ln();
                jtj[0] += by_log_a * by_log_a;
                jtj[1] += by_log_a * by_log_b;
                jtj[2] += by_log_b * by_log_b;
                jtr[0] += by_log_a * (y - value);
                jtr[1] += by_log_b * (y - value);
            }
            let (p, q) = (jtj[0] * (1.0 + damping), jtj[2] * (1.0 + damping));
            let determinant = p * q - jtj[1] * jtj[1];
            let step_a = (q * jtr[0] - jtj[1] * jtr[1]) / determinant;
            let step_b = (p * jtr[1] - jtj[1] * jtr[0]) / determinant;
            let (next_a, next_b) = (a * step_a.exp(), b * step_b.exp());
            let next = error(next_a, next_b);
            if next.is_finite() && next <= best {
                (a, b, best, damping) = (next_a, next_b, next, damping * 0.3);
                if step_a.abs() + step_b.abs() < 1e-12 {
                    break;
                }
            } else {
                damping *= 4.0;
            }
        }
        Curve { a, b }
    }
}

fn similarity(a: f64, b: f64, distance: f64) -> f64 {
    1.0 / (1.0 + a * distance.powf(2.0 * b))
}

/// Table cells per doubling of the squared distance: the force within a cell varies by about one per cent.
const CELLS_PER_OCTAVE_BITS: u32 = 6;
const SHIFT: u32 = 23 - CELLS_PER_OCTAVE_BITS;
/// The table spans squared distances from 2^-14 to 2^18; beyond, the first or last cell serves.
const FIRST_EXPONENT: i32 = -14;
const CELLS: usize = 32 << CELLS_PER_OCTAVE_BITS;
const FIRST_CELL: u32 = ((127 + FIRST_EXPONENT) as u32) << CELLS_PER_OCTAVE_BITS;

/// Coefficients of the forces along the difference of two points, by their squared distance.
///
/// The bits of a float are its logarithm in fixed point, so a shift of them finds the cell: no power is
/// computed in the optimiser.
#[derive(Debug, Clone)]
pub(super) struct Forces {
    attraction: Box<[f32; CELLS]>,
    repulsion: Box<[f32; CELLS]>,
}

impl Forces {
    pub(super) fn new(curve: Curve) -> Forces {
        let Curve { a, b } = curve;
        let middle = |cell: usize| {
            f64::from(f32::from_bits(((FIRST_CELL + cell as u32) << SHIFT) + (1 << (SHIFT - 1))))
        };
        let attraction = |squared: f64| -2.0 * a * b * squared.powf(b - 1.0) / (1.0 + a * squared.powf(b));
        // The 0.001 bounds the force between points that almost coincide.
        let repulsion = |squared: f64| 2.0 * b / ((0.001 + squared) * (1.0 + a * squared.powf(b)));
        Forces {
            attraction: Box::new(std::array::from_fn(|cell| attraction(middle(cell)) as f32)),
            repulsion: Box::new(std::array::from_fn(|cell| repulsion(middle(cell)) as f32)),
        }
    }

    #[inline(always)]
    pub(super) fn attraction(&self, squared: f32) -> f32 {
        self.attraction[cell(squared)]
    }

    #[inline(always)]
    pub(super) fn repulsion(&self, squared: f32) -> f32 {
        self.repulsion[cell(squared)]
    }
}

#[inline(always)]
fn cell(squared: f32) -> usize {
    (squared.to_bits() >> SHIFT).saturating_sub(FIRST_CELL).min(CELLS as u32 - 1) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curve_matches_umap_learn() {
        // umap.umap_.find_ab_params(spread, min_dist) of umap-learn 0.5.12.
        for (min_dist, spread, a, b) in [
            (0.1, 1.0, 1.576_943, 0.895_061),
            (0.0, 1.0, 1.932_808, 0.790_495),
            (0.5, 1.0, 0.583_030, 1.334_167),
        ] {
            let curve = Curve::fit(min_dist, spread);
            assert!(
                (curve.a - a).abs() < 2e-4 && (curve.b - b).abs() < 2e-4,
                "{min_dist} {spread} {curve:?}"
            );
        }
    }

    #[test]
    fn table_is_within_one_per_cent_of_the_formula() {
        let curve = Curve::fit(0.1, 1.0);
        let forces = Forces::new(curve);
        for squared in [1e-3f64, 0.02, 0.5, 1.0, 3.7, 90.0, 2e4] {
            let pull = -2.0 * curve.a * curve.b * squared.powf(curve.b - 1.0)
                / (1.0 + curve.a * squared.powf(curve.b));
            let push = 2.0 * curve.b / ((0.001 + squared) * (1.0 + curve.a * squared.powf(curve.b)));
            assert!((f64::from(forces.attraction(squared as f32)) / pull - 1.0).abs() < 0.01);
            assert!((f64::from(forces.repulsion(squared as f32)) / push - 1.0).abs() < 0.01 + 0.01);
        }
        assert!(forces.attraction(0.0).is_finite() && forces.repulsion(f32::MAX).is_finite());
    }
}
