//! A table as its report and its first rows.

use super::{Bundle, TableView, escape};
use crate::error::Result;
use crate::table::Table;

impl Table {
    /// Head and tail of the columns.
    ///
    /// # Errors
    /// A value that polars cannot give.
    pub fn view(&self) -> Result<TableView> {
        TableView::from_frame(self.frame())
    }

    /// The report, with the first rows below it.
    pub fn bundle(&self) -> Bundle {
        let report = self.report();
        let lines = report.lines().map(escape).collect::<Vec<_>>().join("<br>");
        let html = format!("<div style=\"line-height:1.5\">{lines}</div>");
        // A table without columns, of vectors or pictures alone, is its report.
        match self.view() {
            Ok(view) if !self.columns().is_empty() => {
                let rows = view.bundle();
                let text = format!("{report}\n\n{}", rows.get("text/plain").unwrap_or(""));
                Bundle::text(text).with("text/html", html + rows.get("text/html").unwrap_or(""))
            }
            _ => Bundle::text(report).with("text/html", html),
        }
    }

    /// Shows the report and the first rows below the cell.
    pub fn evcxr_display(&self) {
        self.bundle().show();
    }
}
