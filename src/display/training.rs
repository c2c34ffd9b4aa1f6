//! What is shown of a training: its history and the card of its network.

use super::{Bundle, TableView};
use crate::figures;
use crate::model::ModelCard;
use crate::train::{History, Trained};

impl History {
    /// One row per epoch.
    pub fn table(&self) -> TableView {
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
        TableView::from_rows(
            &format!("{} epochs{memory}", self.epochs.len()),
            &["epoch", "loss", "validation loss", "images/s", "seconds"],
            &rows.collect::<Vec<_>>(),
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
    /// One row per fact.
    pub fn table(&self) -> TableView {
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
        let title = format!("Network trained on {}", self.dataset);
        TableView::from_rows(&title, &["fact", "value"], &rows.collect::<Vec<_>>())
    }

    /// Shows the facts as a table.
    pub fn evcxr_display(&self) {
        self.table().evcxr_display();
    }
}
