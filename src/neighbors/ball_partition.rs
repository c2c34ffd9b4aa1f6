//! Rows partitioned into balls of near ones, so that a whole ball can be ruled out at once.

use ndarray::{Array1, Array2, Axis};
use rayon::prelude::*;

use super::distance_tile::NR;
use crate::math::distance::squared_distance;
use crate::math::linalg::{centered_rows, leading_directions, mean_row};

/// Rows of a leaf at the most. Smaller leaves are ruled out more often, larger ones have fewer bounds to compute.
pub(super) const LEAF_SIZE: usize = 256;
/// Rows from which the direction of a split is estimated, and iterations towards it. Any direction gives the same
/// neighbors; splitting along the largest variance makes the smallest balls.
const SAMPLE: usize = 512;
const ITERATIONS: usize = 6;

/// A ball of rows: all members are within `radius` of `center`.
pub(super) struct Leaf {
    /// Row numbers.
    pub(super) members: Vec<u32>,
    pub(super) center: Array1<f32>,
    pub(super) radius: f64,
}

/// Bisects the rows along their direction of largest variance until every group fits into a leaf.
pub(super) fn partition(rows: &Array2<f32>) -> Vec<Leaf> {
    let mut groups = Vec::new();
    bisect(rows, (0..rows.nrows() as u32).collect(), LEAF_SIZE, &mut groups);
    groups.into_par_iter().map(|members| leaf(rows, members)).collect()
}

fn leaf(rows: &Array2<f32>, members: Vec<u32>) -> Leaf {
    // The rows of one panel are near each other, so that a distant row rules out the whole panel.
    let mut panels = Vec::new();
    bisect(rows, members, NR, &mut panels);
    let members = panels.concat();
    let center = mean_row(members.iter().map(|&i| rows.row(i as usize))).mapv(|x| x as f32);
    let squared = members.iter().map(|&i| squared_distance(rows.row(i as usize), center.view()));
    let radius = squared.fold(0.0, f64::max).sqrt();
    Leaf { members, center, radius }
}

/// Bisects the members until no group has more than `max_size`.
fn bisect(rows: &Array2<f32>, members: Vec<u32>, max_size: usize, groups: &mut Vec<Vec<u32>>) {
    if members.len() <= max_size {
        groups.push(members);
        return;
    }
    let direction = direction(rows, &members);
    let along = |&i: &u32| rows.row(i as usize).iter().zip(&direction).map(|(&x, w)| f64::from(x) * w).sum();
    let mut projected: Vec<(f64, u32)> = members.iter().map(|i| (along(i), *i)).collect();
    // Near the median, but at a multiple of the panel's width, so that no panel but the last is partly empty.
    let middle = (members.len() / 2).next_multiple_of(NR);
    projected.select_nth_unstable_by(middle, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (left, right) = projected.split_at(middle);
    // A selection leaves each half in no defined order.
    let by_number = |half: &[(f64, u32)]| {
        let mut numbers: Vec<u32> = half.iter().map(|&(_, i)| i).collect();
        numbers.sort_unstable();
        numbers
    };
    let (left, right) = (by_number(left), by_number(right));
    let mut right_groups = Vec::new();
    rayon::join(|| bisect(rows, left, max_size, groups), || bisect(rows, right, max_size, &mut right_groups));
    groups.append(&mut right_groups);
}

/// The direction of largest variance of a sample, `[d]`, by power iteration from the row farthest from the mean.
fn direction(rows: &Array2<f32>, members: &[u32]) -> Array1<f64> {
    let step = members.len().div_ceil(SAMPLE);
    let sample = || members.iter().step_by(step).map(|&i| rows.row(i as usize));
    let centered = centered_rows(sample(), &mean_row(sample()));
    let farthest = centered.axis_iter(Axis(0)).max_by(|a, b| a.dot(a).total_cmp(&b.dot(b)));
    let start = farthest.expect("a group that is bisected has members").to_owned().insert_axis(Axis(1));
    leading_directions(centered.view(), start, ITERATIONS).index_axis_move(Axis(1), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_hold_every_row_once_within_their_radius() {
        let equal = Array2::ones((300, 2));
        let spread = Array2::from_shape_fn((1_000, 3), |(i, j)| ((i * (j + 7) * 31) % 101) as f32);
        for rows in [equal, spread] {
            let leaves = partition(&rows);
            let mut seen: Vec<u32> = leaves.iter().flat_map(|leaf| leaf.members.iter().copied()).collect();
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..rows.nrows() as u32));
            for leaf in leaves {
                assert!(leaf.members.len() <= LEAF_SIZE);
                for i in leaf.members {
                    let squared = squared_distance(rows.row(i as usize), leaf.center.view());
                    assert!(squared.sqrt() <= leaf.radius);
                }
            }
        }
    }
}
