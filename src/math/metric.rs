//! What distance means.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

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
    /// One minus Pearson's correlation of the numbers of two rows, from 0 to 2: the cosine of what is left when each
    /// row's own mean is taken away.
    Correlation,
}

impl Metric {
    /// All of them: those whose order of neighbors is that of straight lines between rows that are made ready for it.
    pub const ALL: [Metric; 3] = [Metric::Euclidean, Metric::Cosine, Metric::Correlation];

    /// Makes a vector such that Euclidean distances rank as this metric ranks vectors as they were. Says whether it could:
    /// a vector of zeros has no direction, and one of equal numbers correlates with none; such a one stays as it is.
    ///
    /// ```
    /// use neural_manifold::neighbors::Metric;
    ///
    /// let mut vector = [7.0, 1.0];
    /// assert!(Metric::Correlation.make_ready(&mut vector));
    /// assert!((vector[0] - 0.5f32.sqrt()).abs() < 1e-6 && vector[1] == -vector[0]);
    /// assert!(!Metric::Correlation.make_ready(&mut [2.0, 2.0]) && !Metric::Cosine.make_ready(&mut [0.0, 0.0]));
    /// ```
    #[must_use]
    pub fn make_ready(self, vector: &mut [f32]) -> bool {
        match self {
            Metric::Euclidean => true,
            Metric::Cosine => to_unit_length(vector),
            // The mean of equal numbers may be rounded, and what is left then would be noise.
            Metric::Correlation if vector.iter().all(|&x| x == vector[0]) => false,
            Metric::Correlation => {
                center(vector);
                to_unit_length(vector)
            }
        }
    }

    /// Why a vector cannot be made ready.
    pub fn refusal(self) -> &'static str {
        match self {
            Metric::Euclidean | Metric::Cosine => "is all zeros and has no direction",
            Metric::Correlation => "is of equal numbers and correlates with none",
        }
    }

    /// The rows made ready, each by [`Metric::make_ready`], in standard layout where they are not those given.
    pub(crate) fn ready(self, rows: &Array2<f32>) -> Result<Cow<'_, Array2<f32>>> {
        if self == Metric::Euclidean {
            return Ok(Cow::Borrowed(rows));
        }
        let mut ready = rows.as_standard_layout().into_owned();
        for (number, mut row) in ready.axis_iter_mut(Axis(0)).enumerate() {
            if !self.make_ready(row.as_slice_mut().expect("rows of the standard layout are slices")) {
                let remedy = format!("row {number} {}: remove it or use euclidean", self.refusal());
                return Err(Error::config("metric", self, remedy));
            }
        }
        Ok(Cow::Owned(ready))
    }

    /// The rows without their own means where these do not count, but of their own lengths.
    pub(crate) fn centered(self, rows: &Array2<f32>) -> Cow<'_, Array2<f32>> {
        if self != Metric::Correlation {
            return Cow::Borrowed(rows);
        }
        let mut centered = rows.as_standard_layout().into_owned();
        for mut row in centered.rows_mut() {
            center(row.as_slice_mut().expect("rows of the standard layout are slices"));
        }
        Cow::Owned(centered)
    }

    /// The distance of two rows by the squared Euclidean distance of what they are made ready as.
    pub(crate) fn of_squared(self, squared: f64) -> f64 {
        match self {
            Metric::Euclidean => squared.sqrt(),
            Metric::Cosine | Metric::Correlation => squared / 2.0,
        }
    }

    /// The squared Euclidean distance that two rows have once they are made ready, by their distance.
    pub(crate) fn squared(self, distance: f64) -> f64 {
        match self {
            Metric::Euclidean => distance.powi(2),
            Metric::Cosine | Metric::Correlation => 2.0 * distance,
        }
    }

    /// The name in files: that of the variant, in small letters.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Metric::Euclidean => "euclidean",
            Metric::Cosine => "cosine",
            Metric::Correlation => "correlation",
        }
    }
}

impl fmt::Display for Metric {
    /// The name in a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Metric::Euclidean { "Euclidean" } else { self.name() })
    }
}

impl FromStr for Metric {
    type Err = Error;

    /// The metric of a name, as umap-learn has it.
    fn from_str(name: &str) -> Result<Self> {
        let remedy =
            "neighbors are searched by straight lines and angles; give euclidean, cosine or correlation";
        let found = Metric::ALL.into_iter().find(|metric| metric.name() == name);
        found.ok_or_else(|| Error::config("metric", format!("{name:?}"), remedy))
    }
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

/// Takes away a vector's own mean, in double precision.
fn center(vector: &mut [f32]) {
    let mean = vector.iter().map(|&x| f64::from(x)).sum::<f64>() / vector.len() as f64;
    vector.iter_mut().for_each(|x| *x = (f64::from(*x) - mean) as f32);
}
