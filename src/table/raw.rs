//! What a loader hands over: columns of plain values, before anything is guessed of them.

use std::path::Path;

use ndarray::Array2;
use polars::prelude::*;

use super::pictures::Source;
use crate::error::{Error, Result, offer};
use crate::labels::Labels;
use crate::math::checks::check_counts;

/// Columns of one length, as a file has them.
#[derive(Debug, Default)]
pub(super) struct Raw {
    pub n_rows: usize,
    pub columns: Vec<RawColumn>,
    /// What the loader read otherwise than asked, or left out; one sentence each.
    pub notes: Vec<String>,
    /// Whether a row is its picture, and is left out with it.
    pub only_with_pictures: bool,
}

#[derive(Debug)]
pub(super) struct RawColumn {
    pub name: String,
    pub values: Values,
    /// The names of classes in their own order, where the file lists them.
    pub levels: Option<Vec<String>>,
}

/// The values of a column, by type; `None` and NaN are missing.
#[derive(Debug)]
pub(super) enum Values {
    Integers(Vec<Option<i64>>),
    Floats(Vec<f64>),
    Bools(Vec<Option<bool>>),
    Texts(Vec<Option<String>>),
    Tags(Vec<Option<Vec<String>>>),
    Lists(Lists),
    Pictures(Vec<Option<Source>>),
}

/// Lists of numbers, one after another.
#[derive(Debug, Default)]
pub(super) struct Lists {
    pub numbers: Vec<f32>,
    /// Numbers of each row; `None` is a row without a list.
    pub lengths: Vec<Option<usize>>,
}

impl Lists {
    pub fn push(&mut self, list: Option<&[f32]>) {
        self.numbers.extend(list.into_iter().flatten());
        self.lengths.push(list.map(<[f32]>::len));
    }

    /// The length that the lists share; the row and length of the first that differs otherwise.
    pub fn width(&self) -> std::result::Result<usize, (usize, usize, usize)> {
        let mut lengths =
            self.lengths.iter().enumerate().filter_map(|(row, length)| length.map(|l| (row, l)));
        let Some((_, first)) = lengths.next() else { return Ok(0) };
        match lengths.find(|&(_, length)| length != first) {
            Some((row, length)) => Err((row, length, first)),
            None => Ok(first),
        }
    }
}

impl Values {
    pub fn len(&self) -> usize {
        match self {
            Values::Integers(values) => values.len(),
            Values::Floats(values) => values.len(),
            Values::Bools(values) => values.len(),
            Values::Texts(values) => values.len(),
            Values::Tags(values) => values.len(),
            Values::Lists(lists) => lists.lengths.len(),
            Values::Pictures(values) => values.len(),
        }
    }

    /// Puts the rows of another part of the same column behind these.
    fn append(&mut self, other: Values) -> bool {
        match (self, other) {
            (Values::Integers(a), Values::Integers(b)) => a.extend(b),
            (Values::Floats(a), Values::Floats(b)) => a.extend(b),
            (Values::Floats(a), Values::Integers(b)) => a.extend(floats(b)),
            (values @ Values::Integers(_), Values::Floats(b)) => {
                let Values::Integers(a) = std::mem::replace(values, Values::Floats(Vec::new())) else {
                    unreachable!("it was matched as integers")
                };
                *values = Values::Floats(floats(a).chain(b).collect());
            }
            (Values::Bools(a), Values::Bools(b)) => a.extend(b),
            (Values::Texts(a), Values::Texts(b)) => a.extend(b),
            (Values::Tags(a), Values::Tags(b)) => a.extend(b),
            (Values::Pictures(a), Values::Pictures(b)) => a.extend(b),
            (Values::Lists(a), Values::Lists(b)) => {
                a.numbers.extend(b.numbers);
                a.lengths.extend(b.lengths);
            }
            (_, _) => return false,
        }
        true
    }
}

fn floats(integers: Vec<Option<i64>>) -> impl Iterator<Item = f64> {
    integers.into_iter().map(|integer| integer.map_or(f64::NAN, |integer| integer as f64))
}

impl RawColumn {
    pub fn new(name: &str, values: Values) -> RawColumn {
        RawColumn { name: name.to_string(), values, levels: None }
    }
}

impl Raw {
    /// Columns of one length; the loaders see to that.
    pub fn new(columns: Vec<RawColumn>) -> Raw {
        let n_rows = columns.first().map_or(0, |column| column.values.len());
        Raw { n_rows, columns, ..Raw::default() }
    }

    /// Puts the rows of another file of the same columns behind these. `from` names it in errors.
    pub fn append(&mut self, other: Raw, from: &str) -> Result<()> {
        let names = |raw: &Raw| raw.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
        let (mine, theirs) = (names(self), names(&other));
        if let Some(absent) = mine.iter().find(|name| !theirs.contains(name)) {
            let remedy = format!(
                "it is not in {from}, whose columns are {}; give files of the same columns",
                theirs.join(", ")
            );
            return Err(Error::Column { name: absent.clone(), remedy });
        }
        if let Some(extra) = theirs.iter().find(|name| !mine.contains(name)) {
            let remedy =
                format!("it is in {from} and not in the files before; give files of the same columns");
            return Err(Error::Column { name: extra.clone(), remedy });
        }
        for column in other.columns {
            let own = self.columns.iter_mut().find(|own| own.name == column.name);
            let own = own.expect("both have the same names");
            if own.levels != column.levels || !own.values.append(column.values) {
                let remedy =
                    format!("its type in {from} is another than in the files before; bring them to one");
                return Err(Error::Column { name: column.name, remedy });
            }
        }
        self.n_rows += other.n_rows;
        self.notes.extend(other.notes);
        Ok(())
    }

    /// Puts another file's rows behind these when it has the same columns, else its columns beside these.
    pub fn join(&mut self, other: Raw, own_path: &Path, path: &Path) -> Result<()> {
        let has = |raw: &Raw, name: &str| raw.columns.iter().any(|column| column.name == name);
        if other.columns.iter().all(|column| has(self, &column.name)) {
            return self.append(other, &path.display().to_string());
        }
        let (own_name, name) = (own_path.display().to_string(), path.display().to_string());
        let remedy = "files side by side need the same rows in the same order";
        check_counts("rows", (self.n_rows, &own_name), (other.n_rows, &name), remedy)?;
        for mut column in other.columns {
            if has(self, &column.name) {
                let stem =
                    path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
                column.name = format!("{stem}.{}", column.name);
            }
            self.columns.push(column);
        }
        self.notes.extend(other.notes);
        Ok(())
    }

    /// Vectors and labels that are in memory.
    pub fn of_vectors(name: &str, vectors: &Array2<f32>, labels: Option<&Labels>) -> Result<Raw> {
        let n_rows = vectors.nrows();
        if vectors.is_empty() {
            let remedy = format!("its shape is {:?}, give at least one row and one column", vectors.dim());
            return Err(Error::empty(name, &remedy));
        }
        let lengths = vec![Some(vectors.ncols()); n_rows];
        let lists = Lists { numbers: vectors.iter().copied().collect(), lengths };
        let mut columns = vec![RawColumn::new("vectors", Values::Lists(lists))];
        if let Some(labels) = labels {
            let (left, right) = ((labels.len(), "the labels"), (n_rows, "the vectors"));
            check_counts("rows", left, right, "give one label per vector")?;
            let name =
                |row: usize| (labels.codes[row] != Labels::MISSING).then(|| labels.name(row).to_string());
            let values = Values::Texts((0..n_rows).map(name).collect());
            columns.push(RawColumn { name: "label".to_string(), values, levels: Some(labels.names.clone()) });
        }
        Ok(Raw { n_rows, columns, ..Raw::default() })
    }

    /// The columns of a frame.
    pub fn of_frame(frame: &DataFrame) -> Result<Raw> {
        let columns = frame.columns().iter().map(of_column).collect::<Result<Vec<RawColumn>>>()?;
        Ok(Raw { n_rows: frame.height(), columns, ..Raw::default() })
    }
}

fn of_column(column: &polars::prelude::Column) -> Result<RawColumn> {
    let name = column.name().as_str();
    let failed = |e: PolarsError| Error::Column { name: name.to_string(), remedy: e.to_string() };
    let dtype = column.dtype();
    let values = match dtype {
        DataType::String => {
            Values::Texts(column.str().map_err(failed)?.iter().map(|text| text.map(str::to_string)).collect())
        }
        DataType::Boolean => Values::Bools(column.bool().map_err(failed)?.iter().collect()),
        DataType::List(inner) if inner.is_primitive_numeric() => {
            let mut lists = Lists::default();
            for row in column.list().map_err(failed)?.amortized_iter() {
                let Some(series) = row else {
                    lists.push(None);
                    continue;
                };
                let numbers = series.as_ref().cast(&DataType::Float32).map_err(failed)?;
                let numbers: Vec<f32> =
                    numbers.f32().map_err(failed)?.iter().map(|x| x.unwrap_or(f32::NAN)).collect();
                lists.push(Some(&numbers));
            }
            Values::Lists(lists)
        }
        dtype if dtype.is_integer() => {
            let integers = column.strict_cast(&DataType::Int64).map_err(failed)?;
            Values::Integers(integers.i64().map_err(failed)?.iter().collect())
        }
        dtype if dtype.is_float() => {
            let numbers = column.cast(&DataType::Float64).map_err(failed)?;
            Values::Floats(numbers.f64().map_err(failed)?.iter().map(|x| x.unwrap_or(f64::NAN)).collect())
        }
        other => {
            let remedy = format!("its type {other} cannot be read; cast it to text or numbers");
            return Err(Error::Column { name: name.to_string(), remedy });
        }
    };
    Ok(RawColumn::new(name, values))
}

/// A name that is not among `names`; the nearest of them is offered.
pub(super) fn no_column<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Error {
    let remedy = format!("not there; {}", offer(name, names));
    Error::Column { name: name.to_string(), remedy }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered() {
        let error = no_column("lable", ["price", "label"].into_iter()).to_string();
        assert_eq!(error, "column \"lable\": not there; did you mean \"label\"?");
        assert!(no_column("zzz", ["price"].into_iter()).to_string().contains("there are price"));
        assert!(no_column("zzz", [].into_iter()).to_string().contains("there is none"));
    }
}
