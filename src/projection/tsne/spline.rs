//! Weights of a point on the nodes of a grid: cardinal B-splines (Schoenberg 1946), as in smooth particle mesh Ewald
//! (Essmann et al. 1995).

use pulp::Simd;

use crate::math::simd::{LANES, floats};

/// Nodes per axis that a point is spread over.
pub(super) const ORDER: usize = 6;
/// Nodes to the left of the point, the nearest not counted.
pub(super) const NODES_LEFT: usize = ORDER / 2 - 1;

/// The weights of the nodes as polynomials of how far the point is past its node, from 0 to 1: one node per lane, a
/// coefficient per power. The lanes past [`ORDER`] are zero.
pub(super) struct Spline {
    values: [[f32; LANES]; ORDER],
    slopes: [[f32; LANES]; ORDER - 1],
}

impl Spline {
    pub(super) fn new() -> Spline {
        let pieces = pieces();
        let mut spline = Spline { values: [[0.0; LANES]; ORDER], slopes: [[0.0; LANES]; ORDER - 1] };
        for node in 0..ORDER {
            for (power, &coefficient) in pieces[ORDER - 1 - node].iter().enumerate() {
                spline.values[power][node] = coefficient as f32;
                if power > 0 {
                    spline.slopes[power - 1][node] = (power as f64 * coefficient) as f32;
                }
            }
        }
        spline
    }

    /// The weight of each node.
    #[inline(always)]
    pub(super) fn values<S: Simd>(&self, simd: S, past: f32) -> S::f32s {
        polynomial(simd, &self.values, past)
    }

    /// The derivatives of the weights.
    #[inline(always)]
    pub(super) fn slopes<S: Simd>(&self, simd: S, past: f32) -> S::f32s {
        polynomial(simd, &self.slopes, past)
    }
}

#[inline(always)]
fn polynomial<S: Simd>(simd: S, coefficients: &[[f32; LANES]], at: f32) -> S::f32s {
    let at = simd.splat_f32s(at);
    let mut sum = simd.splat_f32s(0.0);
    for &coefficient in coefficients.iter().rev() {
        sum = simd.mul_add_f32s(sum, at, floats(simd, coefficient));
    }
    sum
}

/// What the weights do to a wave of `frequency` turns per node: the Fourier series of a spline at the nodes.
///
/// Divided by it once for spreading and once for reading, the grid gives a function's values at its nodes exactly.
pub(super) fn damping(frequency: f64) -> f64 {
    let at_nodes = pieces().map(|piece| piece[0]);
    // The spline of even order is symmetric about the node where its piece ORDER / 2 begins.
    let wave = |node: usize| (std::f64::consts::TAU * frequency * (node as f64 - (ORDER / 2) as f64)).cos();
    at_nodes.iter().enumerate().map(|(node, value)| value * wave(node)).sum()
}

/// The pieces between the nodes, from left to right, as polynomials from the left end of each, lowest power first.
///
/// By `M_n(x) = (x M_(n-1)(x) + (n - x) M_(n-1)(x - 1)) / (n - 1)`.
fn pieces() -> [[f64; ORDER]; ORDER] {
    let mut pieces = [[0.0; ORDER]; ORDER];
    pieces[0][0] = 1.0;
    for order in 2..=ORDER {
        let lower = pieces;
        for (piece, polynomial) in pieces.iter_mut().enumerate() {
            let start = piece as f64;
            let left = if piece > 0 { lower[piece - 1] } else { [0.0; ORDER] };
            for power in 0..ORDER {
                let shifted = |of: &[f64; ORDER]| if power > 0 { of[power - 1] } else { 0.0 };
                let rising = start * lower[piece][power] + shifted(&lower[piece]);
                let falling = (order as f64 - start) * left[power] - shifted(&left);
                polynomial[power] = (rising + falling) / (order - 1) as f64;
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(coefficients: &[[f32; LANES]], past: f32) -> [f64; LANES] {
        std::array::from_fn(|node| {
            coefficients.iter().rev().fold(0.0, |sum, row| sum * f64::from(past) + f64::from(row[node]))
        })
    }

    #[test]
    fn weights_add_up_and_keep_the_place() {
        let spline = Spline::new();
        for past in [0.0, 0.2, 0.5, 0.99] {
            let weights = at(&spline.values, past);
            let place = weights.iter().enumerate().map(|(node, w)| w * (node as f64 - NODES_LEFT as f64));
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-6);
            assert!((place.sum::<f64>() - f64::from(past)).abs() < 1e-6);
            let steep = at(&spline.slopes, past);
            let (before, after) = (at(&spline.values, past - 1e-3), at(&spline.values, past + 1e-3));
            for node in 0..LANES {
                assert!(((after[node] - before[node]) / 2e-3 - steep[node]).abs() < 1e-3, "{past} {node}");
            }
        }
    }

    #[test]
    fn the_quintic_spline_has_its_known_values() {
        // M_6 at its nodes is 1, 26, 66, 26, 1 out of 120.
        let at_nodes = pieces().map(|piece| (piece[0] * 120.0).round());
        assert_eq!(at_nodes, [0.0, 1.0, 26.0, 66.0, 26.0, 1.0]);
        assert!((damping(0.0) - 1.0).abs() < 1e-12);
        assert!((damping(0.5) - (66.0 - 52.0 + 2.0) / 120.0).abs() < 1e-12);
    }
}
