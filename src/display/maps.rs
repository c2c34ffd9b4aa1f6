//! What is shown of vectors, their neighbors and their maps.

use super::TableView;
use crate::latents::Latents;
use crate::neighbors::KnnGraph;
use crate::projection::{Placement, Projection, axis_names};
use crate::quality::Quality;

impl Latents {
    /// Shows the vectors as a table.
    pub fn evcxr_display(&self) {
        let mut table = TableView::from_array(&self.vectors);
        let classes = self.labels.as_ref().map_or(String::new(), |l| format!(", {} classes", l.n_classes()));
        table.title =
            format!("{} vectors of \u{201c}{}\u{201d}{classes}, {}", self.len(), self.split, table.title);
        table.evcxr_display();
    }
}

impl KnnGraph {
    /// One row per measure of the graph: its size, and how far the nearest and the farthest neighbors are.
    pub fn table(&self) -> TableView {
        let mean = |rank: usize| self.distances.column(rank).mean().unwrap_or(0.0);
        let k = self.n_neighbors();
        let found = match self.recall {
            None => "all, exactly".to_string(),
            Some(recall) => format!("{:.1} %, measured on a sample", 100.0 * recall),
        };
        let facts = [
            ("neighbors per row", k.to_string()),
            ("of the true ones found", found),
            ("mean distance to the nearest", format!("{:.4}", mean(0))),
            ("mean distance to the last", format!("{:.4}", mean(k - 1))),
        ];
        let rows: Vec<Vec<String>> =
            facts.into_iter().map(|(name, value)| vec![name.to_string(), value]).collect();
        TableView::from_rows(
            &format!("{} rows, {} distance", self.n_rows(), self.metric),
            &["graph", "value"],
            &rows,
        )
    }

    /// Shows the measures as a table.
    pub fn evcxr_display(&self) {
        self.table().evcxr_display();
    }
}

impl Projection {
    /// Shows the coordinates as a table, under the map's name and its seconds.
    pub fn evcxr_display(&self) {
        let mut table = TableView::from_array(&self.coordinates);
        let stopped =
            if self.stopped { format!(", stopped after {} epochs", self.n_epochs) } else { String::new() };
        table.title = format!("{} in {:.1} s{stopped}, {}", self.name, self.elapsed_secs, table.title);
        table.evcxr_display();
    }
}

impl Placement {
    /// One row per new row: its place, its outlier score and the mapped row that is nearest to it.
    pub fn table(&self) -> TableView {
        let rows: Vec<Vec<String>> = (0..self.coordinates.nrows())
            .map(|row| {
                let mut cells = vec![row.to_string()];
                cells.extend(self.coordinates.row(row).iter().map(|along| format!("{along:.4}")));
                cells.push(format!("{:.3}", self.outlier_score[row]));
                cells.push(self.neighbors.indices[[row, 0]].to_string());
                cells
            })
            .collect();
        let axes = axis_names(self.coordinates.ncols());
        let mut names = vec!["row"];
        names.extend(axes.iter().map(String::as_str));
        names.extend(["outlier score", "nearest"]);
        TableView::from_rows(&format!("{} rows placed", rows.len()), &names, &rows)
    }

    /// Shows the new rows as a table.
    pub fn evcxr_display(&self) {
        self.table().evcxr_display();
    }
}

/// One row per map: its name, seconds and scores.
pub fn compare_maps(maps: &[(&Projection, &Quality)]) -> TableView {
    let rows: Vec<Vec<String>> = maps
        .iter()
        .map(|(projection, quality)| {
            let scores = [Some(quality.trustworthiness), Some(quality.continuity), Some(quality.recall)];
            let mut row = vec![projection.name.clone(), format!("{:.1}", projection.elapsed_secs)];
            row.extend(
                scores
                    .into_iter()
                    .chain([quality.knn_accuracy_low])
                    .map(|score| score.map_or("-".to_string(), |score| format!("{score:.3}"))),
            );
            row
        })
        .collect();
    let names = ["map", "seconds", "trustworthiness", "continuity", "recall", "k-NN accuracy"];
    TableView::from_rows("Maps side by side, scores from 0 to 1", &names, &rows)
}
