//! What a notebook shows for each type.
//!
//! A cell whose last expression has `evcxr_display` calls it. Each type has a pure function to a [`Bundle`], which
//! always has a text/plain part, so that the output reads well in JupyterLab, on GitHub and in a terminal.

mod evcxr;
mod explorer;
mod image_grid;
mod maps;
mod preview;
mod quality;
mod table;
mod topology;
mod training;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::dataset::Dataset;
use crate::figures::Figure;
use crate::model::Autoencoder;
pub use evcxr::Bundle;
pub(crate) use evcxr::escape;
pub use image_grid::ImageGrid;
pub use maps::compare_maps;
pub use table::Table;

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

impl Autoencoder {
    /// A row a layer: output shape and learnable numbers.
    pub fn summary(&self) -> Table {
        let mut side = self.config.side;
        let mut rows = vec![vec!["input".to_string(), format!("[1, {side}, {side}]"), "0".to_string()]];
        let mut from = 1;
        for &to in &self.config.channels {
            side /= 2;
            let count = to * from * 9 + to;
            rows.push(vec![
                "Conv2d 3x3, ReLU, MaxPool 2".into(),
                format!("[{to}, {side}, {side}]"),
                count.to_string(),
            ]);
            from = to;
        }
        let (inner, latent) = (self.config.inner_size(), self.config.latent_size);
        rows.push(vec!["Linear".into(), format!("[{latent}]"), (inner * latent + latent).to_string()]);
        rows.push(vec![
            "Linear, ReLU".into(),
            format!("[{from}, {side}, {side}]"),
            (latent * inner + inner).to_string(),
        ]);
        let depths: Vec<usize> = self.config.channels.iter().rev().skip(1).copied().chain([1]).collect();
        for (idx, &to) in depths.iter().enumerate() {
            side *= 2;
            let name =
                if idx + 1 == depths.len() { "ConvTranspose2d 2x2" } else { "ConvTranspose2d 2x2, ReLU" };
            rows.push(vec![name.into(), format!("[{to}, {side}, {side}]"), (from * to * 4 + to).to_string()]);
            from = to;
        }
        Table::of_numbers(
            &format!("Autoencoder, {} parameters", self.parameters()),
            &["layer", "output", "parameters"],
            rows,
        )
    }

    /// Shows the table of layers.
    pub fn evcxr_display(&self) {
        self.summary().evcxr_display();
    }
}

impl Dataset {
    /// A row a class: how many images each split has.
    pub fn summary(&self) -> Table {
        let count = |labels: &ndarray::Array1<u8>, class: usize| {
            labels.iter().filter(|&&label| label as usize == class).count().to_string()
        };
        let rows = self.class_names.iter().enumerate().map(|(class, name)| {
            vec![
                class.to_string(),
                name.clone(),
                count(&self.train.labels, class),
                count(&self.test.labels, class),
            ]
        });
        let side = self.side();
        Table::of_numbers(
            &format!("{}: {} + {} images of {side} x {side}", self.name, self.train.len(), self.test.len()),
            &["label", "class", "train", "test"],
            rows.collect(),
        )
    }

    /// Shows the images by class.
    pub fn evcxr_display(&self) {
        self.summary().evcxr_display();
    }
}
