//! Columns of the page: what is known of each point beside its place.

use ndarray::Array1;
use polars::prelude::DataType;

use super::{Explorer, taken_name};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::table::{ColumnKind, Table};

/// Columns that a reader can still look through.
const MAX_COLUMNS: usize = 200;
/// Bytes of all columns before packing, beyond which a browser takes too long to open the page.
const MAX_BYTES: usize = 200_000_000;

/// The values of a column, one per point.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnValues {
    /// Few values that recur, as codes into a list of names.
    Category(Labels),
    /// Numbers; NaN and infinite ones are missing.
    Number(Array1<f64>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Yes or no.
    Bool(Vec<Option<bool>>),
    /// Seconds since 1970 in UTC; NaN is missing.
    Date(Array1<f64>),
    /// Words to read.
    Text(Vec<Option<String>>),
    /// Several words per point.
    Tags(Vec<Option<Vec<String>>>),
}

impl ColumnValues {
    /// A column of a table as the kind that the table says it is.
    ///
    /// # Errors
    /// There is no such column.
    pub fn of_table(table: &Table, name: &str) -> Result<ColumnValues> {
        let column = table.frame().column(name);
        let dtype = column.map_or(DataType::Null, |column| column.dtype().clone());
        Ok(match table.column(name)?.kind {
            ColumnKind::Category if dtype == DataType::Boolean => {
                let texts = table.texts(name)?.into_iter();
                ColumnValues::Bool(texts.map(|text| text.map(|text| text == "true")).collect())
            }
            ColumnKind::Category => ColumnValues::Category(table.categories(name)?),
            ColumnKind::Number if dtype.is_integer() => {
                let texts = table.texts(name)?.into_iter();
                ColumnValues::Integer(texts.map(|text| text.and_then(|text| text.parse().ok())).collect())
            }
            ColumnKind::Number => ColumnValues::Number(table.numbers(name)?),
            ColumnKind::Date => ColumnValues::Date(table.numbers(name)?),
            ColumnKind::Text => ColumnValues::Text(table.texts(name)?),
            ColumnKind::Tags => ColumnValues::Tags(table.tags(name)?),
        })
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        match self {
            ColumnValues::Category(labels) => labels.len(),
            ColumnValues::Number(values) | ColumnValues::Date(values) => values.len(),
            ColumnValues::Integer(values) => values.len(),
            ColumnValues::Bool(values) => values.len(),
            ColumnValues::Text(values) => values.len(),
            ColumnValues::Tags(values) => values.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Points without a value.
    pub fn n_missing(&self) -> usize {
        fn none<T>(values: &[Option<T>]) -> usize {
            values.iter().filter(|value| value.is_none()).count()
        }
        match self {
            ColumnValues::Category(labels) => {
                labels.codes.iter().filter(|&&code| code == Labels::MISSING).count()
            }
            ColumnValues::Number(values) | ColumnValues::Date(values) => {
                values.iter().filter(|value| !value.is_finite()).count()
            }
            ColumnValues::Integer(values) => none(values),
            ColumnValues::Bool(values) => none(values),
            ColumnValues::Text(values) => none(values),
            ColumnValues::Tags(values) => none(values),
        }
    }

    /// Roughly how much they add to a page, before packing.
    fn bytes(&self) -> usize {
        match self {
            ColumnValues::Category(labels) => {
                2 * labels.len() + labels.names.iter().map(String::len).sum::<usize>()
            }
            ColumnValues::Number(values) | ColumnValues::Date(values) => 8 * values.len(),
            ColumnValues::Integer(values) => 8 * values.len(),
            ColumnValues::Bool(values) => values.len(),
            ColumnValues::Text(values) => values.iter().flatten().map(|text| text.len() + 3).sum(),
            ColumnValues::Tags(values) => values.iter().flatten().map(|tags| 4 + 2 * tags.len()).sum(),
        }
    }
}

impl From<Labels> for ColumnValues {
    fn from(labels: Labels) -> ColumnValues {
        ColumnValues::Category(labels)
    }
}

impl From<Array1<f64>> for ColumnValues {
    fn from(values: Array1<f64>) -> ColumnValues {
        ColumnValues::Number(values)
    }
}

impl From<Vec<String>> for ColumnValues {
    fn from(texts: Vec<String>) -> ColumnValues {
        ColumnValues::Text(texts.into_iter().map(Some).collect())
    }
}

impl Explorer {
    /// Adds a column, one value per point: the panel shows it, and all but text can color every map.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let places = ndarray::array![[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]];
    /// let page = Explorer::of_points("mine", 3, None)?.with_coordinates("theirs", &places)?;
    /// let page = page.with_column("price", ndarray::array![3.5, f64::NAN, 12.0])?;
    /// let page = page.with_column("tags", ColumnValues::Tags(vec![Some(vec!["new".into()]), None, Some(vec![])]))?;
    /// let short = page.with_column("name", vec!["a".to_string()]).unwrap_err().to_string();
    /// assert_eq!(short, "1 items in name, 3 in the page; export the split that was encoded and mapped");
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// A name that another column has; another count of values than of points.
    pub fn with_column(mut self, name: &str, values: impl Into<ColumnValues>) -> Result<Explorer> {
        let values = values.into();
        self.check_count(name, values.len())?;
        let of_clusters = self.clusters.as_ref().is_some_and(|(taken, _)| taken == name);
        if of_clusters
            || self.columns.iter().any(|(taken, _)| taken == name)
            || self.label_name() == Some(name)
        {
            return Err(taken_name("columns", name));
        }
        self.columns.push((name.to_string(), values));
        Ok(self)
    }

    /// Adds all columns of a table of the same rows, the ids and the label by their part in it. Columns beyond 200, or
    /// that make the page larger than a browser can open, stay out: [`Explorer::left_out`] names them.
    ///
    /// # Errors
    /// Another number of rows than points; other labels than the page's; as for [`Explorer::with_column`].
    pub fn with_columns(mut self, table: &Table) -> Result<Explorer> {
        self.check_count(table.name(), table.len())?;
        if let (Some(name), Some(labels)) = (table.label_column(), table.labels()) {
            if self.labels.as_ref().is_some_and(|own| *own != labels) {
                let remedy = "the page has other labels; give the table of the rows that were mapped";
                return Err(Error::Column { name: name.to_string(), remedy: remedy.to_string() });
            }
            self.labels = Some(labels);
            self.label_column = name.to_string();
        }
        if table.id_column().is_some() {
            self = self.with_ids(&table.ids())?;
        }
        let of_role = [table.label_column(), table.id_column()];
        let others = table.columns().iter().filter(|column| !of_role.contains(&Some(column.name.as_str())));
        let mut bytes = 0;
        for column in others {
            let values = ColumnValues::of_table(table, &column.name)?;
            bytes += values.bytes();
            if self.columns.len() >= MAX_COLUMNS || bytes > MAX_BYTES {
                bytes -= values.bytes();
                self.left_out.push(column.name.clone());
                continue;
            }
            self = self.with_column(&column.name, values)?;
        }
        self.fit = table.fit();
        self.text_column = table.text_column().map(String::from);
        self.title_column = table.title_column().map(String::from);
        Ok(self)
    }

    /// Adds clusters of the points, as [`clusters`](crate::topology::clusters) finds them: a column, by which the maps are
    /// colored where there are no labels. The page calls each cluster by what sets it apart in the other columns and words.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let vectors = Array2::from_shape_fn((60, 3), |(row, axis)| (row / 30 * 9) as f32 + (row * (axis + 2) % 7) as f32 / 7.0);
    /// let latents = Latents::new("mine", vectors, None)?;
    /// let map = project(&latents, PcaConfig)?;
    /// let found = topology::clusters(&map.coordinates, &ClusterConfig::for_rows(60))?;
    /// assert_eq!(found.n_classes(), 2);
    /// let page = Explorer::of(&latents)?.with_unscored_map(&map)?.with_clusters(&found)?;
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// Another count of labels than of points.
    pub fn with_clusters(mut self, clusters: &Labels) -> Result<Explorer> {
        self.check_count("the clusters", clusters.len())?;
        self.clusters = Some((self.free_name("cluster"), clusters.clone().into()));
        Ok(self)
    }

    /// A name that no column has.
    fn free_name(&self, wanted: &str) -> String {
        let mut name = wanted.to_string();
        while self.columns.iter().any(|(taken, _)| *taken == name) || self.label_name() == Some(&name) {
            name.push_str(" of the map");
        }
        name
    }

    /// Columns of a table that the page would have been too large with.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// Gives each point the name that it has where it comes from: the page shows it, finds by it and exports it.
    ///
    /// # Errors
    /// Another count than the points; two points of one id.
    pub fn with_ids(mut self, ids: &[String]) -> Result<Explorer> {
        self.check_count("the ids", ids.len())?;
        let mut seen = std::collections::HashMap::with_capacity(ids.len());
        for (row, id) in ids.iter().enumerate() {
            if let Some(first) = seen.insert(id, row) {
                let remedy = format!("points {first} and {row} have it; give every point one of its own");
                return Err(Error::config("id", format!("{id:?}"), remedy));
            }
        }
        self.ids = Some(ids.to_vec());
        Ok(self)
    }

    /// Adds a number per point, `[n]`, by which every map can be colored: a column of numbers none of which is missing.
    ///
    /// # Errors
    /// As for [`Explorer::with_column`]; a value that is not finite.
    pub fn with_values(self, name: &str, values: &Array1<f32>) -> Result<Explorer> {
        if let Some((row, &value)) = values.indexed_iter().find(|(_, value)| !value.is_finite()) {
            return Err(Error::NonFinite { what: name.into(), value, row, column: 0 });
        }
        self.with_column(name, values.mapv(f64::from))
    }

    /// Name of the column of labels, if there are any.
    pub(super) fn label_name(&self) -> Option<&str> {
        self.labels.as_ref().map(|_| self.label_column.as_str())
    }
}
