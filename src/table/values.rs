//! The values of a column in the form that a reader of its kind wants.

use ndarray::{Array1, Array2};
use polars::prelude::{AnyValue, DataType};
use rayon::prelude::*;

use super::column::ColumnKind;
use super::dates::seconds_of;
use super::{Origin, Table, Vectors};
use crate::error::{Error, Result};
use crate::labels::Labels;

impl Table {
    /// The classes of a column of categories: those that the file lists in its order, else in the order of numbers or
    /// of the alphabet.
    ///
    /// # Errors
    /// There is no such column; it is of another kind.
    pub fn categories(&self, name: &str) -> Result<Labels> {
        let column = self.column(name)?;
        self.check_kind(name, column.kind, &[ColumnKind::Category], "categories")?;
        let texts = self.cell_texts(name);
        let levels = match &column.levels {
            Some(levels) => levels.clone(),
            None => sorted_levels(&texts),
        };
        let code_of: std::collections::HashMap<&str, u32> =
            (0..).zip(&levels).map(|(code, level)| (level.as_str(), code)).collect();
        let code = |text: &Option<String>| match text {
            None => Labels::MISSING,
            Some(text) => code_of.get(text.as_str()).copied().unwrap_or(Labels::MISSING),
        };
        let codes: Array1<u32> = texts.iter().map(code).collect();
        drop(code_of);
        Labels::new(codes, levels)
    }

    /// The numbers of a column, NaN where a row has none; of dates, seconds since 1970 in UTC.
    ///
    /// # Errors
    /// There is no such column; it is of another kind.
    pub fn numbers(&self, name: &str) -> Result<Array1<f64>> {
        let kind = self.column(name)?.kind;
        self.check_kind(name, kind, &[ColumnKind::Number, ColumnKind::Date], "numbers")?;
        if kind == ColumnKind::Date {
            let seconds = |text: Option<String>| text.and_then(|text| seconds_of(&text)).unwrap_or(f64::NAN);
            return Ok(self.cell_texts(name).into_iter().map(seconds).collect());
        }
        let column = self.frame().column(name).map_err(|e| Error::dependency("polars", e))?;
        let numbers = column.cast(&DataType::Float64).map_err(|e| Error::dependency("polars", e))?;
        let numbers = numbers.f64().map_err(|e| Error::dependency("polars", e))?;
        Ok(numbers.iter().map(|number| number.unwrap_or(f64::NAN)).collect())
    }

    /// The values of a column of any kind as text; tags are joined by ", ".
    ///
    /// # Errors
    /// There is no such column.
    pub fn texts(&self, name: &str) -> Result<Vec<Option<String>>> {
        self.column(name)?;
        Ok(self.cell_texts(name))
    }

    /// The words of a column of tags, `None` where a row has none of them given.
    ///
    /// # Errors
    /// There is no such column; it is of another kind.
    pub fn tags(&self, name: &str) -> Result<Vec<Option<Vec<String>>>> {
        self.check_kind(name, self.column(name)?.kind, &[ColumnKind::Tags], "tags")?;
        let column = self.frame().column(name).map_err(|e| Error::dependency("polars", e))?;
        let words = |row: usize| match column.get(row).expect("a row of the table") {
            AnyValue::List(tags) => Some(tags.iter().filter_map(|tag| cell_text(tag)).collect()),
            _ => None,
        };
        Ok((0..self.len()).map(words).collect())
    }

    /// The number of each row in the data, counted from 0: samples and selections leave rows out.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let table = Table::from_vectors("mine", Array2::eye(4), None, &TableConfig::default())?;
    /// assert_eq!(table.select(&[3, 1])?.row_numbers(), [3, 1]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn row_numbers(&self) -> &[usize] {
        &self.numbers
    }

    /// What names each row: its value in the column of ids, else its number.
    pub fn ids(&self) -> Vec<String> {
        let texts = self.id_column().map(|name| self.cell_texts(name));
        let texts = texts.unwrap_or_else(|| vec![None; self.len()]);
        texts.into_iter().zip(&self.numbers).map(|(id, row)| id.unwrap_or_else(|| row.to_string())).collect()
    }

    fn check_kind(&self, name: &str, kind: ColumnKind, wanted: &[ColumnKind], plural: &str) -> Result<()> {
        if wanted.contains(&kind) {
            return Ok(());
        }
        let remedy = match wanted {
            // Lists are what they are; what is one value per row can be called otherwise.
            [ColumnKind::Tags] => format!("it holds {}, not {plural}", kind.name()),
            _ => format!("it holds {}, not {plural}; say so in TableConfig::{plural}", kind.name()),
        };
        Err(Error::Column { name: name.to_string(), remedy })
    }

    pub(super) fn cell_texts(&self, name: &str) -> Vec<Option<String>> {
        let column = self.frame().column(name).expect("each column of the table is in its frame");
        (0..self.len()).map(|row| cell_text(column.get(row).expect("a row of the table"))).collect()
    }

    /// The rows that have a picture, ascending.
    pub fn rows_with_picture(&self) -> Vec<usize> {
        let Some(pictures) = &self.pictures else { return Vec::new() };
        (0..self.len()).filter(|&row| pictures.sources[row].is_some()).collect()
    }

    /// The side of all pictures, where they are squares of one size.
    pub(crate) fn common_side(&self) -> Option<usize> {
        self.pictures.as_ref()?.side
    }

    /// The pixels of all pictures as vectors, three channels when any has color.
    pub(super) fn pixels(&self, side: usize) -> Result<Vectors> {
        if !self.has_pictures() {
            return Err(Error::empty(&format!("the list of pictures of {}", self.name()), "give pictures"));
        }
        if side == 0 || side > 1024 {
            return Err(Error::config("side", side, "give 1 to 1024 pixels, such as 16"));
        }
        let squares =
            (0..self.len()).into_par_iter().map(|row| self.square(row, side)).collect::<Result<Vec<_>>>()?;
        let present: Vec<bool> = squares.iter().map(Option::is_some).collect();
        let gray = squares.iter().flatten().all(super::Picture::is_gray);
        let width = side * side * if gray { 1 } else { 3 };
        let mut values = Array2::zeros((self.len(), width));
        for (mut row, square) in values.rows_mut().into_iter().zip(squares) {
            let Some(square) = square else { continue };
            let square = if gray { square } else { square.to_rgb() };
            row.iter_mut().zip(&square.pixels).for_each(|(value, &pixel)| *value = f32::from(pixel) / 255.0);
        }
        let metric = Some(crate::math::metric::Metric::Euclidean);
        Ok(Vectors::sifted("pixels", values, Some(&present), metric, Origin::Pixels))
    }
}

fn cell_text(value: AnyValue<'_>) -> Option<String> {
    match value {
        AnyValue::Null => None,
        AnyValue::String(text) => Some(text.to_string()),
        AnyValue::StringOwned(text) => Some(text.to_string()),
        AnyValue::List(tags) => {
            let words: Vec<String> = tags.iter().filter_map(|tag| cell_text(tag)).collect();
            Some(words.join(", "))
        }
        other => Some(other.to_string()),
    }
}

/// The values that occur, each once: by size when all are numbers, else by the alphabet.
fn sorted_levels(texts: &[Option<String>]) -> Vec<String> {
    let levels: std::collections::BTreeSet<&String> = texts.iter().flatten().collect();
    let mut levels: Vec<String> = levels.into_iter().cloned().collect();
    let numbers: Option<Vec<f64>> = levels.iter().map(|level| level.parse().ok()).collect();
    if numbers.is_some_and(|numbers| numbers.iter().all(|number| number.is_finite())) {
        levels.sort_by(|a, b| {
            let number = |text: &String| text.parse::<f64>().expect("all levels are numbers");
            number(a).total_cmp(&number(b))
        });
    }
    levels
}
