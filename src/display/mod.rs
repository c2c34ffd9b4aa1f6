//! What a notebook shows for each type: bundles of MIME parts, printed in evcxr's protocol.
//!
//! A cell whose last expression has `evcxr_display` calls it. Each type has a pure function to a [`Bundle`], which
//! always has a text/plain part, so that the output reads well in JupyterLab, on GitHub and in a terminal.

mod dataset;
mod image_grid;
mod model;
mod preview;
mod table;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::figures::{self, Figure};
use crate::latents::Latents;
use crate::model::ModelCard;
use crate::projection::Projection;
use crate::quality::Quality;
use crate::topology::{Bar, Topology};
use crate::train::{History, Trained};
pub use image_grid::ImageGrid;
pub use table::Table;

/// One output of a cell in several forms; the front end shows the richest that it knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    /// MIME type and content; binary content as base64.
    pub parts: Vec<(&'static str, String)>,
}

impl Bundle {
    fn text(text: String) -> Bundle {
        Bundle { parts: vec![("text/plain", text)] }
    }

    fn with(mut self, mime: &'static str, content: String) -> Bundle {
        self.parts.push((mime, content));
        self
    }

    /// The content of a MIME type.
    pub fn get(&self, mime: &str) -> Option<&str> {
        self.parts.iter().find(|(name, _)| *name == mime).map(|(_, content)| content.as_str())
    }

    /// Prints the bundle in evcxr's protocol, in one write so that no other thread's line falls into it.
    pub fn show(&self) {
        let blocks: String = self
            .parts
            .iter()
            .map(|(mime, content)| format!("EVCXR_BEGIN_CONTENT {mime}\n{content}\nEVCXR_END_CONTENT\n"))
            .collect();
        print!("{blocks}");
    }
}

/// Text made safe for HTML's content and attributes.
pub(crate) fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, c| {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
        escaped
    })
}

impl Figure {
    /// The plot as plotly's JSON, drawn by JupyterLab's own renderer; its picture too, where it has one.
    pub fn bundle(&self) -> Bundle {
        let bundle =
            Bundle::text(format!("{self:?}")).with("application/vnd.plotly.v1+json", self.plot.to_json());
        match &self.preview {
            Some(picture) => bundle.with("image/png", STANDARD.encode(picture)),
            None => bundle,
        }
    }

    /// Shows the figure below the cell.
    pub fn evcxr_display(&self) {
        self.bundle().show();
    }
}

impl History {
    /// One row an epoch.
    pub fn table(&self) -> Table {
        let rows = self.epochs.iter().map(|e| {
            vec![
                e.epoch.to_string(),
                format!("{:.4}", e.loss),
                format!("{:.4}", e.validation_loss),
                format!("{:.0}", e.images_per_s),
                format!("{:.1}", e.elapsed_secs),
            ]
        });
        let memory = self
            .peak_memory_bytes
            .map_or(String::new(), |bytes| format!(", peak memory {:.0} MB", bytes as f64 / 1e6));
        Table::of_numbers(
            &format!("{} epochs{memory}", self.epochs.len()),
            &["epoch", "loss", "validation loss", "images/s", "seconds"],
            rows.collect(),
        )
    }

    /// Shows the table of epochs.
    pub fn evcxr_display(&self) {
        self.table().evcxr_display();
    }
}

impl Trained {
    /// The loss curve, and the table of epochs for where no figure is drawn.
    pub fn bundle(&self) -> Bundle {
        let table = self.history.table().bundle();
        let plot = figures::loss_curve(&self.history).plot.to_json();
        Bundle { parts: table.parts }.with("application/vnd.plotly.v1+json", plot)
    }

    /// Shows the loss curve, then the table of epochs.
    pub fn evcxr_display(&self) {
        self.bundle().show();
    }
}

impl ModelCard {
    /// A row a fact.
    pub fn table(&self) -> Table {
        let loss = |value: Option<f64>| value.map_or("unknown".to_string(), |loss| format!("{loss:.4}"));
        let facts = [
            ("classes", self.class_names.join(", ")),
            ("training images", self.training_images.to_string()),
            ("SHA-256 of their pixels", self.training_images_sha256.clone()),
            ("epochs", self.n_epochs.to_string()),
            ("loss", loss(self.loss)),
            ("validation loss", loss(self.validation_loss)),
        ];
        let rows = facts.into_iter().map(|(name, value)| vec![name.to_string(), value]);
        Table::of_numbers(&format!("Network trained on {}", self.dataset), &["fact", "value"], rows.collect())
    }

    /// Shows the facts as a table.
    pub fn evcxr_display(&self) {
        self.table().evcxr_display();
    }
}

impl Latents {
    /// Shows the vectors as a table.
    pub fn evcxr_display(&self) {
        Table::of_array(&self.vectors).evcxr_display();
    }
}

impl Projection {
    /// Shows the coordinates as a table, under the engine and its seconds.
    pub fn evcxr_display(&self) {
        let mut table = Table::of_array(&self.coordinates);
        table.title = format!("{} in {:.1} s, {}", self.engine.title(), self.elapsed_secs, table.title);
        table.evcxr_display();
    }
}

/// A row a map: its engine, seconds and scores.
pub fn compare_maps(maps: &[(&Projection, &Quality)]) -> Table {
    let rows = maps.iter().map(|(projection, quality)| {
        let scores = [quality.trustworthiness, quality.continuity, quality.recall, quality.knn_accuracy_low];
        let mut row = vec![projection.engine.title().to_string(), format!("{:.1}", projection.elapsed_secs)];
        row.extend(scores.iter().map(|score| format!("{score:.3}")));
        row
    });
    let names = ["map", "seconds", "trustworthiness", "continuity", "recall", "k-NN accuracy"];
    Table::of_numbers("Maps side by side, scores from 0 to 1", &names, rows.collect())
}

impl Quality {
    /// A row a score.
    pub fn table(&self) -> Table {
        let k = self.k;
        let mut scores = vec![
            (format!("trustworthiness, k {k}"), self.trustworthiness),
            (format!("continuity, k {k}"), self.continuity),
        ];
        scores.extend(self.recalls.iter().map(|(k, recall)| (format!("neighbour recall, k {k}"), *recall)));
        scores.extend([
            ("area under R_NX".to_string(), self.r_nx_auc),
            ("random triplets kept".to_string(), self.random_triplets),
            ("centroid triplets kept".to_string(), self.centroid_triplets),
            ("Spearman correlation of distances".to_string(), self.spearman),
            ("k-NN accuracy before".to_string(), self.knn_accuracy_high),
            ("k-NN accuracy on the map".to_string(), self.knn_accuracy_low),
            ("silhouette before".to_string(), self.silhouette_high),
            ("silhouette on the map".to_string(), self.silhouette_low),
        ]);
        let rows = scores.into_iter().map(|(name, score)| vec![name, format!("{score:.4}")]);
        let how = if self.sampled { ", on a seeded sample" } else { "" };
        Table::of_numbers(
            &format!("Quality of {} points{how}", self.n_points),
            &["score", "value"],
            rows.collect(),
        )
    }

    /// Shows the scores as a table.
    pub fn evcxr_display(&self) {
        self.table().evcxr_display();
    }
}

impl Topology {
    /// A row a measure of the shape.
    pub fn table(&self) -> Table {
        let persistence = &self.persistence;
        let longest = |bars: &[Bar], which: usize| bars.get(which).map_or(0.0, Bar::length);
        let measures = [
            ("intrinsic dimension, two nearest neighbours", self.two_nn_dimension),
            ("intrinsic dimension, maximum likelihood", self.mle_dimension),
            ("skewness of hubness", self.hubness_skewness),
            ("longest separation of a piece (H0)", longest(&persistence.h0, 1)),
            ("longest hole (H1)", longest(&persistence.h1, 0)),
            ("covering radius of the landmarks", persistence.covering_radius),
        ];
        let rows = measures.into_iter().map(|(name, value)| vec![name.to_string(), format!("{value:.3}")]);
        let title = format!("Shape of {} points, {} landmarks", self.n_points, persistence.landmarks.len());
        Table::of_numbers(&title, &["measure", "value"], rows.collect())
    }

    /// Shows the measures as a table.
    pub fn evcxr_display(&self) {
        self.table().evcxr_display();
    }
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn markup_in_text_is_inert() {
        assert_eq!(escape("<b a='1'>&\""), "&lt;b a=&#39;1&#39;&gt;&amp;&quot;");
    }
}
