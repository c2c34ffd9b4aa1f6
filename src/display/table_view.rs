//! Tables of frames, arrays and scores: HTML for the notebook, aligned text for the rest.

use ndarray::Array2;
use polars::prelude::*;

use super::{Bundle, escape};
use crate::error::{Error, Result};

/// Rows shown from the head and from the tail before an ellipsis stands for the others.
const HEAD: usize = 6;
const TAIL: usize = 3;
/// Columns shown before the middle ones are left out.
const COLUMNS: usize = 12;

/// A table that is ready to be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct TableView {
    /// Stands above: what it is and its shape.
    pub title: String,
    /// Name of each column.
    pub names: Vec<String>,
    /// Type of each column, empty where it says nothing.
    pub dtypes: Vec<String>,
    /// Whether a column is aligned to the right.
    pub numeric: Vec<bool>,
    /// The cells of the rows shown; `None` is the row that stands for those left out.
    pub rows: Vec<Option<Vec<String>>>,
}

fn shown_rows(count: usize) -> Vec<Option<usize>> {
    if count <= HEAD + TAIL + 1 {
        return (0..count).map(Some).collect();
    }
    (0..HEAD).map(Some).chain([None]).chain((count - TAIL..count).map(Some)).collect()
}

impl TableView {
    /// A table of ready-made cells; a column whose cells all read as numbers is aligned to the right. Cells that a row
    /// lacks stay empty, and those beyond the last name are left out.
    pub fn from_rows(title: &str, names: &[&str], rows: &[Vec<String>]) -> TableView {
        let cell = |row: &Vec<String>, column: usize| row.get(column).cloned().unwrap_or_default();
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| (0..names.len()).map(|column| cell(row, column)).collect()).collect();
        let numeric =
            (0..names.len()).map(|c| rows.iter().all(|row| row[c].parse::<f64>().is_ok())).collect();
        TableView {
            title: title.to_string(),
            names: names.iter().map(|name| name.to_string()).collect(),
            dtypes: vec![String::new(); names.len()],
            numeric,
            rows: rows.into_iter().map(Some).collect(),
        }
    }

    /// Head and tail of a frame, with names and types.
    ///
    /// # Errors
    /// A value that polars cannot give.
    pub fn from_frame(frame: &DataFrame) -> Result<TableView> {
        let columns = frame.columns();
        let cell = |column: &Column, row: usize| -> Result<String> {
            let value = column.get(row).map_err(|e| Error::dependency("polars", e))?;
            Ok(match value {
                AnyValue::String(text) => text.to_string(),
                AnyValue::Float32(x) => format!("{x:.4}"),
                AnyValue::Float64(x) => format!("{x:.4}"),
                AnyValue::List(series) => list(&series),
                other => other.to_string(),
            })
        };
        let rows = shown_rows(frame.height())
            .into_iter()
            .map(|row| row.map(|row| columns.iter().map(|column| cell(column, row)).collect()).transpose())
            .collect::<Result<Vec<Option<Vec<String>>>>>()?;
        Ok(TableView {
            title: format!("{} rows x {} columns", frame.height(), frame.width()),
            names: columns.iter().map(|column| column.name().to_string()).collect(),
            dtypes: columns.iter().map(|column| column.dtype().to_string()).collect(),
            numeric: columns.iter().map(|column| column.dtype().is_primitive_numeric()).collect(),
            rows,
        })
    }

    /// Head and tail of an array, the middle columns left out when there are many.
    pub fn from_array(array: &Array2<f32>) -> TableView {
        let (height, width) = array.dim();
        let left = if width <= COLUMNS { width } else { COLUMNS / 2 };
        let right = if width <= COLUMNS { width } else { width - COLUMNS / 2 };
        let columns: Vec<Option<usize>> = if width <= COLUMNS {
            (0..width).map(Some).collect()
        } else {
            (0..left).map(Some).chain([None]).chain((right..width).map(Some)).collect()
        };
        let rows = shown_rows(height)
            .into_iter()
            .map(|row| {
                row.map(|row| {
                    std::iter::once(row.to_string())
                        .chain(
                            columns
                                .iter()
                                .map(|c| c.map_or("…".into(), |c| format!("{:.4}", array[[row, c]]))),
                        )
                        .collect()
                })
            })
            .collect();
        let names: Vec<String> = std::iter::once(String::new())
            .chain(columns.iter().map(|c| c.map_or("…".into(), |c| c.to_string())))
            .collect();
        TableView {
            title: format!("[{height}, {width}] f32"),
            dtypes: vec![String::new(); names.len()],
            numeric: vec![true; names.len()],
            names,
            rows,
        }
    }

    /// HTML and aligned text.
    pub fn bundle(&self) -> Bundle {
        Bundle::text(self.text()).with("text/html", self.html())
    }

    /// Shows the table below the cell.
    pub fn evcxr_display(&self) {
        self.bundle().show();
    }

    fn html(&self) -> String {
        let align = |column: usize| if self.numeric[column] { "right" } else { "left" };
        let heads: String = (0..self.names.len())
            .map(|c| {
                let dtype = match self.dtypes[c].as_str() {
                    "" => String::new(),
                    dtype => format!(
                        "<br><small style=\"opacity:.6;font-weight:normal\">{}</small>",
                        escape(dtype)
                    ),
                };
                format!("<th style=\"text-align:{}\">{}{dtype}</th>", align(c), escape(&self.names[c]))
            })
            .collect();
        let body: String = self
            .rows
            .iter()
            .map(|row| {
                let cells: String = (0..self.names.len())
                    .map(|c| {
                        let cell = row.as_ref().map_or("…", |row| row[c].as_str());
                        format!("<td style=\"text-align:{}\">{}</td>", align(c), escape(cell))
                    })
                    .collect();
                format!("<tr>{cells}</tr>")
            })
            .collect();
        format!(
            "<div><small style=\"opacity:.7\">{}</small>\
             <table style=\"font-variant-numeric:tabular-nums\"><thead><tr>{heads}</tr></thead>\
             <tbody>{body}</tbody></table></div>",
            escape(&self.title)
        )
    }

    fn text(&self) -> String {
        let ellipsis = vec!["…".to_string(); self.names.len()];
        let lines: Vec<&Vec<String>> = std::iter::once(&self.names)
            .chain(self.rows.iter().map(|row| row.as_ref().unwrap_or(&ellipsis)))
            .collect();
        let width = |c: usize| lines.iter().map(|line| line[c].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.names.len()).map(width).collect();
        let mut text = self.title.clone();
        for line in lines {
            text.push('\n');
            let cells: Vec<String> = (0..line.len())
                .map(|c| {
                    let (cell, width) = (&line[c], widths[c]);
                    if self.numeric[c] { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
                })
                .collect();
            text.push_str(cells.join("  ").trim_end());
        }
        text
    }
}

/// The first numbers of a list cell and its length.
fn list(series: &Series) -> String {
    let first: Vec<String> = series
        .iter()
        .take(4)
        .map(|value| match value {
            AnyValue::Float32(x) => format!("{x:.3}"),
            other => other.to_string(),
        })
        .collect();
    let more = if series.len() > 4 { format!(", … {} numbers", series.len()) } else { String::new() };
    format!("[{}{more}]", first.join(", "))
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use polars::prelude::df;

    use super::TableView;

    #[test]
    fn long_frames_show_head_ellipsis_and_tail() {
        let frame = df!("n" => (0..100).collect::<Vec<i32>>(), "<b>" => vec!["a&b"; 100]).unwrap();
        let bundle = TableView::from_frame(&frame).unwrap().bundle();
        let html = bundle.get("text/html").unwrap();
        assert_eq!(html.matches("<tr>").count(), 1 + 6 + 1 + 3);
        assert!(html.contains("&lt;b&gt;") && html.contains("a&amp;b") && !html.contains("<b>"));
        let text = bundle.get("text/plain").unwrap();
        assert!(text.starts_with("100 rows x 2 columns\n") && text.contains("\n99"));
    }

    #[test]
    fn wide_arrays_leave_out_the_middle() {
        let table = TableView::from_array(&Array2::zeros((3, 32)));
        assert_eq!(table.names.len(), 1 + 6 + 1 + 6);
        assert_eq!((table.names[6].as_str(), table.names[8].as_str()), ("5", "26"));
    }
}
