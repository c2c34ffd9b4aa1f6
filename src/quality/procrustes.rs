//! How far two maps of the same points differ in shape: position, size, rotation and reflection mean nothing on a map.

use ndarray::{Array1, Array2, ArrayView1};

use super::check_points;
use crate::error::{Error, Result};
use crate::math::checks::check_rows;

/// The second of two maps of the same points, aligned with the first.
#[derive(Debug, Clone)]
pub struct Procrustes {
    /// Mean square of `displacements`, 0..1: 0 for maps of the same shape, 1 for unrelated maps.
    pub disparity: f64,
    /// Distance of each point's two positions after the alignment, `[n]`, in units of the first map's radius: the root
    /// mean square distance of its points from their mean.
    pub displacements: Array1<f32>,
    /// The second map translated, scaled, rotated and, where that helps, reflected onto the first, `[n, 2]`.
    pub aligned: Array2<f32>,
}

/// Aligns the map `second`, `[n, 2]`, with `first`, `[n, 2]`, so that the sum of squared distances between the two
/// positions of each point is least (Schönemann 1966, Gower 1975).
///
/// The disparity is that of `scipy.spatial.procrustes`, and the same when the maps are exchanged.
///
/// ```
/// use ndarray::array;
/// use neural_manifold::quality::procrustes;
///
/// let first = array![[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]];
/// let turned_enlarged_moved = array![[5.0, 5.0], [5.0, 8.0], [2.0, 5.0]];
/// assert!(procrustes(&first, &turned_enlarged_moved)?.disparity < 1e-12);
/// // The corners of a square, and a map that puts opposite corners together: no alignment brings them nearer.
/// let square = array![[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]];
/// let folded = array![[1.0, 0.0], [-1.0, 0.0], [1.0, 0.0], [-1.0, 0.0]];
/// assert_eq!(procrustes(&square, &folded)?.disparity, 1.0);
/// # Ok::<(), neural_manifold::Error>(())
/// ```
///
/// # Errors
/// Maps of different lengths or of another width than 2, a value that is not finite, a map whose points all coincide.
pub fn procrustes(first: &Array2<f32>, second: &Array2<f32>) -> Result<Procrustes> {
    let (target, moved) = (Centered::new("first", first)?, Centered::new("second", second)?);
    check_points((first.nrows(), "first"), (second.nrows(), "second"))?;
    let n = first.nrows();
    let product = |of_moved: usize, of_target: usize| {
        let pairs = moved.points.iter().zip(&target.points);
        pairs.map(|(from, to)| from[of_moved] * to[of_target]).sum::<f64>() / n as f64
    };
    let (xx, xy, yx, yy) = (product(0, 0), product(0, 1), product(1, 0), product(1, 1));
    // In the plane the best rotation and the best reflection have a closed form, whose length is the best scale; the
    // longer one leaves the smaller distance. The rows of `axes` are the images of the coordinate axes.
    let (rotation, reflection) = ([xx + yy, xy - yx], [xx - yy, xy + yx]);
    let length = |[c, s]: [f64; 2]| c.hypot(s);
    let axes = if length(rotation) >= length(reflection) {
        [rotation, [-rotation[1], rotation[0]]]
    } else {
        [reflection, [reflection[1], -reflection[0]]]
    };
    let image = |[x, y]: &[f64; 2]| [0, 1].map(|axis| x * axes[0][axis] + y * axes[1][axis]);
    let images: Vec<[f64; 2]> = moved.points.iter().map(image).collect();
    let distances = images.iter().zip(&target.points).map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1]));
    let distances: Vec<f64> = distances.collect();
    let aligned = |(i, axis): (usize, usize)| (target.mean[axis] + target.radius * images[i][axis]) as f32;
    Ok(Procrustes {
        disparity: distances.iter().map(|d| d * d).sum::<f64>() / n as f64,
        displacements: distances.iter().map(|&d| d as f32).collect(),
        aligned: Array2::from_shape_fn((n, 2), aligned),
    })
}

/// A map translated to mean 0 and scaled to radius 1.
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
            return Err(Error::config(name, shape, "give a map in the plane, two coordinates per point"));
        }
        let average =
            |column: ArrayView1<f32>| column.iter().map(|&x| f64::from(x)).sum::<f64>() / column.len() as f64;
        let mean = [0, 1].map(|axis| average(map.column(axis)));
        let from_mean =
            map.rows().into_iter().map(|row| [0, 1].map(|axis| f64::from(row[axis]) - mean[axis]));
        let mut points: Vec<[f64; 2]> = from_mean.collect();
        let radius = (points.iter().map(|[x, y]| x * x + y * y).sum::<f64>() / points.len() as f64).sqrt();
        // Compared directly, because rounding in the mean can leave equal points a radius above 0.
        if map.rows().into_iter().all(|row| row == map.row(0)) {
            return Err(Error::config(name, "a single place", "give a map whose points lie apart"));
        }
        points.iter_mut().flatten().for_each(|x| *x /= radius);
        Ok(Centered { mean, radius, points })
    }
}
