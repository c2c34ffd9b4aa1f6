//! What every stage asks of the rows that it is given.

use ndarray::Array2;

use crate::error::{Error, Result};

/// Refuses rows that are absent, of width zero, or not finite. `what` names them in the message.
pub(crate) fn check_rows(what: &str, rows: &Array2<f32>) -> Result<()> {
    if rows.is_empty() {
        let remedy = format!("its shape is {:?}, give at least one row and one column", rows.dim());
        return Err(Error::Empty { what: what.into(), remedy });
    }
    match rows.indexed_iter().find(|(_, value)| !value.is_finite()) {
        Some(((row, column), &value)) => Err(Error::NonFinite { what: what.into(), value, row, column }),
        None => Ok(()),
    }
}

/// Refuses two counts of `unit` that differ, each given with the name of what was counted.
pub(crate) fn check_counts(
    unit: &'static str,
    left: (usize, &str),
    right: (usize, &str),
    remedy: &str,
) -> Result<()> {
    if left.0 == right.0 { Ok(()) } else { Err(Error::mismatch(unit, left, right, remedy)) }
}

/// Refuses queries whose width is not that of the references.
pub(crate) fn check_width(queries: usize, references: usize) -> Result<()> {
    let (queries, references) = ((queries, "the queries"), (references, "the references"));
    check_counts("columns", queries, references, "give rows of the same width")
}

/// Refuses a neighbor count of zero, or one that `n_rows` rows cannot give when each leaves itself out.
pub(crate) fn check_n_neighbors(n_neighbors: usize, n_rows: usize) -> Result<()> {
    match n_neighbors {
        0 => Err(Error::config("n_neighbors", 0, "ask for at least one neighbor")),
        k if k >= n_rows => {
            let remedy = format!("there are {n_rows} rows, so it is {} at the most", n_rows - 1);
            Err(Error::config("n_neighbors", k, remedy))
        }
        _ => Ok(()),
    }
}
