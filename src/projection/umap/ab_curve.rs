//! The similarity of two points on the map as a function of their distance.

/// The similarity `1 / (1 + a d^(2b))` of two points at distance `d`: close to 1 up to `min_dist`, then
/// falling to 0 at the scale of `spread` (McInnes, Healy & Melville 2018, section 3.2).
///
/// ```
/// let curve = neural_manifold::projection::AbCurve::fit(0.1, 1.0);
/// assert!((curve.a - 1.577).abs() < 1e-3); // umap-learn's find_ab_params(1.0, 0.1) gives the same
/// assert!((curve.b - 0.895).abs() < 1e-3);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AbCurve {
    /// Factor of `d^(2b)`.
    pub a: f64,
    /// Half the exponent of `d`.
    pub b: f64,
}

impl AbCurve {
    /// The least-squares fit, at 300 distances from 0 to `3 spread`, to the curve that is 1 up to `min_dist`
    /// and `exp(-(d - min_dist) / spread)` beyond: umap-learn's `find_ab_params`. Both arguments are in units
    /// of the map.
    pub fn fit(min_dist: f64, spread: f64) -> AbCurve {
        let points: Vec<(f64, f64)> = (0..300)
            .map(|i| 3.0 * spread * f64::from(i) / 299.0)
            .map(|d| (d, if d < min_dist { 1.0 } else { (-(d - min_dist) / spread).exp() }))
            .collect();
        let error =
            |a: f64, b: f64| points.iter().map(|&(d, y)| (similarity(a, b, d) - y).powi(2)).sum::<f64>();

        // Levenberg-Marquardt on the logarithms of a and b, which keeps both positive.
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
        AbCurve { a, b }
    }
}

fn similarity(a: f64, b: f64, distance: f64) -> f64 {
    1.0 / (1.0 + a * distance.powf(2.0 * b))
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
            let curve = AbCurve::fit(min_dist, spread);
            assert!(
                (curve.a - a).abs() < 2e-4 && (curve.b - b).abs() < 2e-4,
                "{min_dist} {spread} {curve:?}"
            );
        }
    }
}
