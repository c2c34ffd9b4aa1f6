//! How far two maps of the same points differ, once their place, size, turn and side are set aside.

use ndarray::{Array1, Array2, ArrayView1};

use super::check_counts;
use crate::error::{Error, Result};
use crate::math::checks::check_rows;

/// The second of two maps, laid over the first.
#[derive(Debug, Clone)]
pub struct Procrustes {
    /// Mean square of `displacements`, 0..1: 0 for maps of the same shape, 1 for maps with nothing in common.
    pub disparity: f64,
    /// How far each point lies from itself, `[n]`, as a share of the first map's radius: the root mean square
    /// distance of its points from their mean.
    pub displacements: Array1<f32>,
    /// The second map moved, scaled, turned and, where that helps, mirrored onto the first, `[n, 2]`.
    pub aligned: Array2<f32>,
}

/// Lays the map `second`, `[n, 2]`, over `first`, `[n, 2]`, so that the sum of squared distances of each point from
/// itself is the least (Schönemann 1966, Gower 1975).
///
/// The disparity is that of `scipy.spatial.procrustes`, and the same when the maps change places.
///
/// # Errors
/// Maps of different lengths or of another width than 2, a value that is not finite, a map whose points all lie at
/// one place.
pub fn procrustes(first: &Array2<f32>, second: &Array2<f32>) -> Result<Procrustes> {
    let (target, moved) = (Centered::new("first", first)?, Centered::new("second", second)?);
    check_counts("first", first.nrows(), "second", second.nrows())?;
    let n = first.nrows();
    let product = |of_moved: usize, of_target: usize| {
        let pairs = moved.points.iter().zip(&target.points);
        pairs.map(|(from, to)| from[of_moved] * to[of_target]).sum::<f64>() / n as f64
    };
    let (xx, xy, yx, yy) = (product(0, 0), product(0, 1), product(1, 0), product(1, 1));
    // In the plane the best turn, and the best turn of the mirror image, have a closed form whose length is the best
    // scale: the nearer of the two is taken. The rows are the images of the axes.
    let (turn, mirror) = ([xx + yy, xy - yx], [xx - yy, xy + yx]);
    let length = |[c, s]: [f64; 2]| c.hypot(s);
    let axes = if length(turn) >= length(mirror) {
        [turn, [-turn[1], turn[0]]]
    } else {
        [mirror, [mirror[1], -mirror[0]]]
    };
    let laid = moved.points.iter().map(|[x, y]| [0, 1].map(|axis| x * axes[0][axis] + y * axes[1][axis]));
    let laid: Vec<[f64; 2]> = laid.collect();
    let distances = laid.iter().zip(&target.points).map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1]));
    let distances: Vec<f64> = distances.collect();
    let aligned = |(i, axis): (usize, usize)| (target.mean[axis] + target.radius * laid[i][axis]) as f32;
    Ok(Procrustes {
        disparity: distances.iter().map(|d| d * d).sum::<f64>() / n as f64,
        displacements: distances.iter().map(|&d| d as f32).collect(),
        aligned: Array2::from_shape_fn((n, 2), aligned),
    })
}

/// A map whose mean is 0 and whose radius is 1.
struct Centered {
    mean: [f64; 2],
    radius: f64,
    points: Vec<[f64; 2]>,
}

impl Centered {
    fn new(name: &'static str, map: &Array2<f32>) -> Result<Centered> {
        check_rows(name, map)?;
        if map.ncols() != 2 {
            let shape = format!("an array of shape {:?}", map.dim());
            return Err(Error::config(name, shape, "give a map in the plane, two coordinates a point"));
        }
        let average =
            |column: ArrayView1<f32>| column.iter().map(|&x| f64::from(x)).sum::<f64>() / column.len() as f64;
        let mean = [0, 1].map(|axis| average(map.column(axis)));
        let from_mean =
            map.rows().into_iter().map(|row| [0, 1].map(|axis| f64::from(row[axis]) - mean[axis]));
        let mut points: Vec<[f64; 2]> = from_mean.collect();
        let radius = (points.iter().map(|[x, y]| x * x + y * y).sum::<f64>() / points.len() as f64).sqrt();
        // Not by the radius: the mean of equal numbers may be off by a rounding.
        if map.rows().into_iter().all(|row| row == map.row(0)) {
            return Err(Error::config(name, "a single place", "give a map whose points lie apart"));
        }
        points.iter_mut().flatten().for_each(|x| *x /= radius);
        Ok(Centered { mean, radius, points })
    }
}
