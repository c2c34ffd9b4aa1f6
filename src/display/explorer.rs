//! What is shown of labels and of an export.

use super::TableView;
use crate::export::ExplorerFiles;
use crate::labels::Labels;

impl Labels {
    /// One row per class: its code, its name and how many rows are of it; the rows without a class last.
    pub fn table(&self) -> TableView {
        let mut counts = vec![0usize; self.n_classes()];
        let mut missing = 0;
        for &code in &self.codes {
            match code {
                Labels::MISSING => missing += 1,
                code => counts[code as usize] += 1,
            }
        }
        let classes = self.names.iter().zip(counts).enumerate();
        let mut rows: Vec<Vec<String>> = classes
            .map(|(code, (name, count))| vec![code.to_string(), name.clone(), count.to_string()])
            .collect();
        if missing > 0 {
            rows.push(vec![String::new(), "missing".into(), missing.to_string()]);
        }
        let title = format!("{} rows in {} classes", self.len(), self.n_classes());
        TableView::from_rows(&title, &["label", "class", "rows"], &rows)
    }

    /// Shows the classes as a table.
    pub fn evcxr_display(&self) {
        self.table().evcxr_display();
    }
}

impl ExplorerFiles {
    /// What was written, how large it is and where.
    pub fn table(&self) -> TableView {
        let facts = [
            ("points", self.points.to_string()),
            ("megabytes", format!("{:.1}", self.bytes as f64 / 1e6)),
            ("page", self.page.display().to_string()),
        ];
        let rows: Vec<Vec<String>> =
            facts.into_iter().map(|(name, value)| vec![name.to_string(), value]).collect();
        TableView::from_rows("The explorer's data", &["export", "value"], &rows)
    }

    /// Shows what was written as a table.
    pub fn evcxr_display(&self) {
        self.table().evcxr_display();
    }
}
