//! What distance means.

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// How the distance of two rows is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Metric {
    /// Straight-line distance.
    #[default]
    Euclidean,
    /// One minus the cosine of the angle between two rows, from 0 (same direction) to 2 (opposite).
    Cosine,
}

/// Scales a vector to length 1, in double precision. Says whether it could: a vector of zeros has no direction, and stays
/// as it is.
///
/// ```
/// use neural_manifold::neighbors::to_unit_length;
///
/// let mut vector = [3.0, 4.0];
/// assert!(to_unit_length(&mut vector));
/// assert_eq!(vector, [0.6, 0.8]);
/// assert!(!to_unit_length(&mut [0.0, 0.0]));
/// ```
#[must_use]
pub fn to_unit_length(vector: &mut [f32]) -> bool {
    let length = vector.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    if length == 0.0 {
        return false;
    }
    vector.iter_mut().for_each(|x| *x = (f64::from(*x) / length) as f32);
    true
}

/// Rows scaled to length 1.
pub(crate) fn unit_rows(rows: &Array2<f32>) -> Result<Array2<f32>> {
    let mut unit = rows.as_standard_layout().into_owned();
    for (number, mut row) in unit.axis_iter_mut(Axis(0)).enumerate() {
        if !to_unit_length(row.as_slice_mut().expect("rows of the standard layout are slices")) {
            let remedy =
                format!("row {number} is all zeros and has no direction: remove it or use euclidean");
            return Err(Error::config("metric", "cosine", remedy));
        }
    }
    Ok(unit)
}
