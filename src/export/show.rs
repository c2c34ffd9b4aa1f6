//! The explorer below a notebook's cell, and what a person selects in it.

use polars::prelude::{Column, DataFrame};

use super::{ColumnValues, Explorer};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::live::{Content, MapView, PointGroup, Widget};

/// An explorer that a cell shows: its [`selection`](Shown::selection) is what is selected there at this moment.
#[derive(Debug)]
pub struct Shown {
    /// `None` where no kernel shows pages.
    widget: Option<Widget>,
    points: usize,
    columns: Vec<Column>,
}

impl Explorer {
    /// Shows the page below the cell that runs, where the kernel is the one of `make lab`. Elsewhere, in a terminal or
    /// another kernel, a line says so, and nothing can be selected.
    ///
    /// ```
    /// use neural_manifold::prelude::*;
    ///
    /// let vectors = Array2::from_shape_fn((40, 6), |(row, column)| ((row * (column + 2)) as f32 / 5.0).sin());
    /// let latents = Latents::new("mine", vectors, None)?;
    /// let explorer = Explorer::of(&latents)?.with_unscored_map(&project(&latents, PcaConfig)?)?;
    /// let shown: Shown = explorer.show()?;
    /// // In another cell, after something was drawn around:
    /// let rows: Vec<usize> = shown.selection()?;
    /// assert_eq!(shown.frame()?.height(), rows.len());
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Explorer::write_html`].
    pub fn show(&self) -> Result<Shown> {
        let text = format!("{}: {} points; the page is shown where a kernel runs", self.title, self.points);
        let still = Content::text(text).with_png(&self.still()?);
        let widget = Widget::show(&still, |page| self.write_html(page).map(drop))?;
        if widget.is_none() {
            println!(
                "{}: {} points. The kernel of make lab shows the explorer here; write_html(path) writes it to a file.",
                self.title, self.points
            );
        }
        Ok(Shown { widget, points: self.points, columns: self.frame_columns() })
    }

    /// The first map as a PNG file's bytes.
    fn still(&self) -> Result<Vec<u8>> {
        let remedy = "add one with with_map before it is shown";
        let map = self.maps.first().ok_or_else(|| Error::empty("the list of maps", remedy))?;
        let all = || vec![PointGroup::all(self.points)];
        let groups = self.labels.as_ref().map_or_else(all, Labels::color_groups);
        let view = MapView { groups, coordinates: Some(map.coordinates.clone()) };
        Ok(view.png().expect("there are coordinates"))
    }

    /// What is known of the points, as columns of a data frame: row, id, class and the page's columns.
    fn frame_columns(&self) -> Vec<Column> {
        let mut columns = vec![Column::new("row".into(), &self.numbers)];
        columns.extend(self.ids.as_ref().map(|ids| Column::new("id".into(), ids)));
        let label = self.labels.as_ref().map(|labels| ColumnValues::Category(labels.clone()));
        columns.extend(label.map(|values| column(&self.label_column, &values)));
        columns.extend(self.columns.iter().map(|(name, values)| column(name, values)));
        columns.extend(self.clusters.iter().map(|(name, values)| column(name, values)));
        // A data frame takes each name once.
        let mut kept: Vec<Column> = Vec::with_capacity(columns.len());
        for column in columns {
            if kept.iter().all(|other| other.name() != column.name()) {
                kept.push(column);
            }
        }
        kept
    }
}

fn column(name: &str, values: &ColumnValues) -> Column {
    let name = name.into();
    match values {
        ColumnValues::Category(labels) => {
            let names = labels.codes.iter().map(|&code| labels.names.get(code as usize).map(String::as_str));
            Column::new(name, names.collect::<Vec<Option<&str>>>())
        }
        ColumnValues::Number(values) | ColumnValues::Date(values) => Column::new(name, values.to_vec()),
        ColumnValues::Integer(values) => Column::new(name, values),
        ColumnValues::Bool(values) => Column::new(name, values),
        ColumnValues::Text(values) => Column::new(name, values),
        ColumnValues::Tags(values) => {
            let joined = values.iter().map(|tags| tags.as_ref().map(|tags| tags.join(", ")));
            Column::new(name, joined.collect::<Vec<Option<String>>>())
        }
    }
}

impl Shown {
    /// The rows that are selected in the page at this moment, ascending, counted from 0 as in the arrays that it was
    /// made of; none where nothing is selected.
    ///
    /// # Errors
    /// What the kernel says of the page cannot be read, or is of another page.
    pub fn selection(&self) -> Result<Vec<usize>> {
        let rows = self.widget.as_ref().map_or(Ok(Vec::new()), Widget::selection)?;
        self.check(&rows)?;
        Ok(rows)
    }

    /// The selected rows as a data frame: `row`, what the page calls each, `id` where there are any, the class and the
    /// page's columns; dates in seconds since 1970.
    ///
    /// # Errors
    /// As for [`Shown::selection`].
    pub fn frame(&self) -> Result<DataFrame> {
        let rows: Vec<u32> = self.selection()?.into_iter().map(|row| row as u32).collect();
        let rows = polars::prelude::IdxCa::from_vec("rows".into(), rows);
        let chosen = self.columns.iter().map(|column| column.take(&rows));
        let chosen = chosen.collect::<polars::prelude::PolarsResult<Vec<Column>>>();
        chosen
            .and_then(|columns| DataFrame::new(rows.len(), columns))
            .map_err(|e| Error::dependency("polars", e))
    }

    /// Selects rows in the page, counted from 0.
    ///
    /// # Errors
    /// A row that the page does not have.
    pub fn highlight(&self, rows: &[usize]) -> Result<()> {
        self.check(rows)?;
        if let Some(widget) = &self.widget {
            widget.highlight(rows);
        }
        Ok(())
    }

    fn check(&self, rows: &[usize]) -> Result<()> {
        match rows.iter().find(|&&row| row >= self.points) {
            None => Ok(()),
            Some(row) => {
                let remedy = format!("the page shows {} points, counted from 0", self.points);
                Err(Error::config("row", row, remedy))
            }
        }
    }
}
