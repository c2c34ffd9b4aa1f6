//! Rows in groups of near ones, so that a whole group can be ruled out at once.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

use super::squared_distance;
use super::tile::COLUMNS;

/// Rows of a leaf at the most. Smaller leaves are ruled out more often, larger ones cost fewer looks.
pub(super) const LEAF: usize = 256;
/// Rows by which the direction of a split is found, and iterations towards it. Any direction is right; a long one
/// makes small leaves.
const SAMPLE: usize = 512;
const ITERATIONS: usize = 6;

/// Rows within `radius` of `center`.
pub(super) struct Leaf {
    /// Row numbers.
    pub(super) members: Vec<u32>,
    pub(super) center: Vec<f32>,
    pub(super) radius: f64,
}

/// Halves the rows along their direction of largest variance, again and again.
pub(super) fn split(rows: &Array2<f32>) -> Vec<Leaf> {
    let mut groups = Vec::new();
    halve(rows, (0..rows.nrows() as u32).collect(), LEAF, &mut groups);
    groups.into_par_iter().map(|members| leaf(rows, members)).collect()
}

fn leaf(rows: &Array2<f32>, members: Vec<u32>) -> Leaf {
    // Rows that share a tile are to be near each other, so that it is far from others as a whole.
    let mut groups = Vec::new();
    halve(rows, members, COLUMNS, &mut groups);
    let members = groups.concat();
    let center: Vec<f32> = mean(rows.view(), &members).into_iter().map(|x| x as f32).collect();
    let squared = members.iter().map(|&i| squared_distance(slice(rows.row(i as usize)), &center));
    let radius = squared.fold(0.0, f64::max).sqrt();
    Leaf { members, center, radius }
}

/// Halves the members until a group has `most` at the most.
fn halve(rows: &Array2<f32>, members: Vec<u32>, most: usize, groups: &mut Vec<Vec<u32>>) {
    if members.len() <= most {
        groups.push(members);
        return;
    }
    let direction = direction(rows, &members);
    let along = |&i: &u32| rows.row(i as usize).iter().zip(&direction).map(|(&x, w)| f64::from(x) * w).sum();
    let mut places: Vec<(f64, u32)> = members.iter().map(|i| (along(i), *i)).collect();
    // Near the median, where full tiles end.
    let middle = (members.len() / 2).next_multiple_of(COLUMNS);
    places.select_nth_unstable_by(middle, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (left, right) = places.split_at(middle);
    // A selection leaves its halves in an order of no meaning.
    let by_number = |half: &[(f64, u32)]| {
        let mut numbers: Vec<u32> = half.iter().map(|&(_, i)| i).collect();
        numbers.sort_unstable();
        numbers
    };
    let (left, right) = (by_number(left), by_number(right));
    let mut others = Vec::new();
    rayon::join(|| halve(rows, left, most, groups), || halve(rows, right, most, &mut others));
    groups.append(&mut others);
}

/// Power iteration on the covariance of a sample, which starts from the row farthest from the mean.
fn direction(rows: &Array2<f32>, members: &[u32]) -> Vec<f64> {
    let sample: Vec<u32> = members.iter().copied().step_by(members.len().div_ceil(SAMPLE)).collect();
    let mean = mean(rows.view(), &sample);
    let centered = |&i: &u32| -> Vec<f64> {
        rows.row(i as usize).iter().zip(&mean).map(|(&x, mean)| f64::from(x) - mean).collect()
    };
    let centered: Vec<Vec<f64>> = sample.iter().map(centered).collect();
    let farthest = centered.iter().max_by(|a, b| dot(a, a).total_cmp(&dot(b, b)));
    let mut direction = farthest.cloned().unwrap_or_default();
    for _ in 0..ITERATIONS {
        let mut next = vec![0.0; direction.len()];
        for row in &centered {
            let along = dot(row, &direction);
            next.iter_mut().zip(row).for_each(|(sum, x)| *sum += along * x);
        }
        let length = dot(&next, &next).sqrt();
        if !(length > 0.0 && length.is_finite()) {
            break;
        }
        direction = next.into_iter().map(|x| x / length).collect();
    }
    direction
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The mean of some rows.
pub(super) fn mean(rows: ArrayView2<f32>, members: &[u32]) -> Vec<f64> {
    let mut sum = vec![0.0; rows.ncols()];
    for &i in members {
        sum.iter_mut().zip(rows.row(i as usize)).for_each(|(sum, &x)| *sum += f64::from(x));
    }
    sum.into_iter().map(|x| x / members.len() as f64).collect()
}

/// A row of an array in standard layout.
pub(super) fn slice(row: ArrayView1<'_, f32>) -> &[f32] {
    row.to_slice().unwrap_or_default()
}

/// The length of every row.
pub(super) fn lengths(rows: &Array2<f32>) -> Vec<f64> {
    rows.axis_iter(Axis(0)).map(|row| row.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_hold_every_row_once_within_their_radius() {
        let equal = Array2::ones((300, 2));
        let spread = Array2::from_shape_fn((1_000, 3), |(i, j)| ((i * (j + 7) * 31) % 101) as f32);
        for rows in [equal, spread] {
            let leaves = split(&rows);
            let mut seen: Vec<u32> = leaves.iter().flat_map(|leaf| leaf.members.iter().copied()).collect();
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..rows.nrows() as u32));
            for leaf in leaves {
                assert!(leaf.members.len() <= LEAF);
                for i in leaf.members {
                    let squared = squared_distance(slice(rows.row(i as usize)), &leaf.center);
                    assert!(squared.sqrt() <= leaf.radius);
                }
            }
        }
    }
}
