//! Sets of vectors of a table's rows, and coordinates that came with the data.

use std::sync::Arc;

use ndarray::{Array2, Axis};

use crate::math::metric::Metric;

/// Where vectors come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// They stood in the data.
    Given,
    /// They are the pixels of the pictures.
    Pixels,
    /// An encoder made them; its name.
    Latent(String),
}

/// Rows that a set leaves out, by the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// Rows without a vector.
    pub missing: usize,
    /// Rows with a NaN or an infinite value.
    pub non_finite: usize,
    /// Rows that have no direction: of zeros under the cosine metric, of equal numbers under the correlation.
    pub zero: usize,
}

impl LeftOut {
    /// All rows that were left out.
    pub fn total(&self) -> usize {
        self.missing + self.non_finite + self.zero
    }
}

/// One vector per row, for the rows that have one.
#[derive(Debug, Clone, PartialEq)]
pub struct Vectors {
    /// What a menu calls the set: the name of its column or file.
    pub name: String,
    /// Rows of the table that have a usable vector, ascending.
    pub rows: Vec<usize>,
    /// The vectors of these rows as they were given, `[rows.len(), d]`.
    pub values: Arc<Array2<f32>>,
    /// The metric in which they are compared.
    pub metric: Metric,
    /// Where they come from.
    pub origin: Origin,
    /// Whether each dimension was brought to mean 0 and standard deviation 1 over the rows.
    pub scaled: bool,
    /// Rows of the table that are not in `rows`.
    pub left_out: LeftOut,
    /// Why it is this metric, for the report.
    pub(super) why: &'static str,
}

/// Dimensions from which on vectors are compared by direction, whatever their lengths.
const WIDE: usize = 128;
/// Share by which lengths may differ and still count as equal.
const EQUAL_LENGTHS: f64 = 0.01;

impl Vectors {
    /// Keeps the usable rows of `values`, `[n, d]`; rows that are `None` in `present` are missing.
    pub(crate) fn sifted(
        name: &str,
        values: Array2<f32>,
        present: Option<&[bool]>,
        metric: Option<Metric>,
        origin: Origin,
    ) -> Vectors {
        let mut left_out = LeftOut::default();
        let mut rows = Vec::with_capacity(values.nrows());
        for (row, vector) in values.axis_iter(Axis(0)).enumerate() {
            if present.is_some_and(|present| !present[row]) {
                left_out.missing += 1;
            } else if vector.iter().any(|x| !x.is_finite()) {
                left_out.non_finite += 1;
            } else {
                rows.push(row);
            }
        }
        let (metric, why) = metric.map_or_else(|| metric_of(&values, &rows), |metric| (metric, "as asked"));
        if metric != Metric::Euclidean {
            let finite = rows.len();
            rows.retain(|&row| metric.make_ready(&mut values.row(row).to_vec()));
            left_out.zero = finite - rows.len();
        }
        let values = if rows.len() == values.nrows() { values } else { values.select(Axis(0), &rows) };
        let (name, values) = (name.to_string(), values.into());
        Vectors { name, rows, values, metric, origin, scaled: false, left_out, why }
    }

    /// Number of dimensions.
    pub fn width(&self) -> usize {
        self.values.ncols()
    }

    /// The set of chosen rows of the table, which are counted anew in their order.
    pub(super) fn select(&self, chosen: &[usize], n_rows: usize) -> Vectors {
        let (rows, places) = selected(&self.rows, chosen, n_rows);
        let mut left_out = self.left_out;
        // Which reason a row had is not kept: what is left out of a selection counts as missing.
        if chosen.len() != n_rows {
            left_out = LeftOut { missing: chosen.len() - rows.len(), ..LeftOut::default() };
        }
        Vectors { rows, values: self.values.select(Axis(0), &places).into(), left_out, ..self.clone() }
    }
}

/// A map that came with the data.
#[derive(Debug, Clone, PartialEq)]
pub struct Coordinates {
    /// What a menu calls it: the names of its columns.
    pub name: String,
    /// Rows of the table that have a place on it, ascending.
    pub rows: Vec<usize>,
    /// The places of these rows, `[rows.len(), 2]`.
    pub values: Array2<f32>,
}

impl Coordinates {
    /// Keeps the rows of `values`, `[n, 2]`, that are finite.
    pub(super) fn sifted(name: &str, values: Array2<f32>) -> Coordinates {
        let finite = |&row: &usize| values.row(row).iter().all(|x| x.is_finite());
        let rows: Vec<usize> = (0..values.nrows()).filter(finite).collect();
        Coordinates { name: name.to_string(), values: values.select(Axis(0), &rows), rows }
    }

    pub(super) fn select(&self, chosen: &[usize], n_rows: usize) -> Coordinates {
        let (rows, places) = selected(&self.rows, chosen, n_rows);
        Coordinates { name: self.name.clone(), values: self.values.select(Axis(0), &places), rows }
    }
}

/// Of the rows `chosen` those that are among `rows`: their numbers within `chosen`, and their places in `rows`.
fn selected(rows: &[usize], chosen: &[usize], n_rows: usize) -> (Vec<usize>, Vec<usize>) {
    let mut place_of = vec![None; n_rows];
    for (place, &row) in rows.iter().enumerate() {
        place_of[row] = Some(place);
    }
    let found = chosen.iter().enumerate().filter_map(|(new, &row)| place_of[row].map(|place| (new, place)));
    found.unzip()
}

/// The metric of vectors of which nothing is said: those that point (text, CLIP) have equal lengths or many
/// dimensions.
fn metric_of(values: &Array2<f32>, rows: &[usize]) -> (Metric, &'static str) {
    if values.ncols() >= WIDE {
        return (Metric::Cosine, "128 dimensions or more");
    }
    let length = |&row: &usize| values.row(row).iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    // A row of zeros is missing in disguise and says nothing of the others.
    let lengths = rows.iter().map(length).filter(|&length| length > 0.0);
    let (low, high) = lengths.fold((f64::INFINITY, 0.0f64), |(low, high), x| (low.min(x), high.max(x)));
    // Of a single vector no length is like another's; in one dimension all directions are two.
    let equal = rows.len() > 1 && values.ncols() > 1 && high > 0.0 && high - low <= EQUAL_LENGTHS * high;
    match equal {
        true => (Metric::Cosine, "all are equally long"),
        false => (Metric::Euclidean, "their lengths differ"),
    }
}
