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

/// Rows scaled to length 1.
pub(crate) fn unit_rows(rows: &Array2<f32>) -> Result<Array2<f32>> {
    let mut unit = rows.as_standard_layout().into_owned();
    for (number, mut row) in unit.axis_iter_mut(Axis(0)).enumerate() {
        let length = row.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
        if length == 0.0 {
            let remedy =
                format!("row {number} is all zeros and has no direction: remove it or use euclidean");
            return Err(Error::config("metric", "cosine", remedy));
        }
        row.mapv_inplace(|x| (f64::from(x) / length) as f32);
    }
    Ok(unit)
}
