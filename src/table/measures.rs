//! Columns that each measure something of its own, taken together as vectors.

use ndarray::{Array2, Axis};

use super::report::counted;
use super::{ColumnKind, Origin, Table, Vectors};
use crate::error::{Error, Result};
use crate::math::metric::Metric;

/// A column that lacks more than this share of its numbers is left out: its rows would be, too.
const MAX_MISSING: f64 = 0.1;

impl Table {
    /// Adds the columns of numbers as the set of vectors "columns". They stay columns.
    ///
    /// Left out are ids, counts of the rows, and columns of which more than a tenth is missing. Each column is brought to
    /// mean 0 and standard deviation 1 where it is to be `scaled`: lengths in millimeters and weights in grams then count
    /// alike.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let path = std::env::temp_dir().join("with-measures.csv");
    /// std::fs::write(&path, "name,length,weight\na,39.1,3.75\nb,46.5,5.05\nc,49.2,4.4\n").unwrap();
    /// let table = Table::open(&path)?.with_measures(None, true)?;
    /// assert_eq!(table.vectors(None)?.width(), 2);
    /// assert_eq!(table.columns().len(), 3);
    /// # std::fs::remove_file(path).unwrap();
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// Fewer than two such columns; a set of that name.
    pub fn with_measures(mut self, metric: Option<Metric>, scaled: bool) -> Result<Table> {
        let names: Vec<String> = self
            .columns()
            .iter()
            .map(|column| column.name.clone())
            .filter(|name| self.measures(name))
            .collect();
        if names.len() < 2 {
            let remedy = "give a column of lists of numbers, or two columns of numbers at least; of texts and classes an \
                          embedding model makes vectors";
            return Err(Error::empty(&format!("the list of vectors of {}", self.name()), remedy));
        }
        let columns = names.iter().map(|name| self.numbers(name)).collect::<Result<Vec<_>>>()?;
        let values =
            Array2::from_shape_fn((self.len(), names.len()), |(row, column)| columns[column][row] as f32);
        let (set, note) = set_of("columns", &names, values, metric, scaled);
        self.add_vectors(set)?;
        self.notes.push(note);
        Ok(self)
    }

    /// Whether a column holds numbers that say something of nearly all rows.
    fn measures(&self, name: &str) -> bool {
        let Ok(column) = self.column(name) else { return false };
        let few_missing = column.n_missing as f64 <= MAX_MISSING * self.len() as f64;
        if column.kind != ColumnKind::Number || !few_missing || self.id_column() == Some(name) {
            return false;
        }
        let Ok(numbers) = self.numbers(name) else { return false };
        let counts_rows =
            numbers.len() > 1 && numbers.iter().zip(numbers.iter().skip(1)).all(|(a, b)| b - a == 1.0);
        !counts_rows
    }
}

/// The set of vectors of some columns, `values` `[n, d]`, and what the report says of it.
pub(super) fn set_of(
    name: &str,
    columns: &[String],
    mut values: Array2<f32>,
    metric: Option<Metric>,
    scaled: bool,
) -> (Vectors, String) {
    if scaled {
        standardize(&mut values);
    }
    let how = if scaled { ", each scaled to mean 0 and deviation 1" } else { "" };
    let note = format!("vectors of {}{how}: {}", counted(columns.len(), "column"), columns.join(", "));
    (Vectors { scaled, ..Vectors::sifted(name, values, None, metric, Origin::Given) }, note)
}

/// Brings each column to mean 0 and standard deviation 1 over the finite values; of one that does not vary all become 0.
fn standardize(values: &mut Array2<f32>) {
    for mut column in values.axis_iter_mut(Axis(1)) {
        let finite = || column.iter().filter(|x| x.is_finite()).map(|&x| f64::from(x));
        let count = finite().count().max(1) as f64;
        let mean = finite().sum::<f64>() / count;
        let deviation = (finite().map(|x| (x - mean).powi(2)).sum::<f64>() / count).sqrt();
        let unit = if deviation > 0.0 { deviation } else { 1.0 };
        column.mapv_inplace(|x| ((f64::from(x) - mean) / unit) as f32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn columns_are_scaled_to_mean_0_and_deviation_1() {
        let mut values = array![[1.0, 7.0, 10.0], [2.0, 7.0, f32::NAN], [3.0, 7.0, 30.0]];
        standardize(&mut values);
        let far = 1.5f32.sqrt();
        assert_eq!(values.column(0), array![-far, 0.0, far]);
        assert_eq!(values.column(1), array![0.0, 0.0, 0.0]);
        assert_eq!((values[[0, 2]], values[[2, 2]]), (-1.0, 1.0));
        assert!(values[[1, 2]].is_nan());
    }
}
