//! The network as a table of layers.

use super::TableView;
use crate::model::Autoencoder;

impl Autoencoder {
    /// One row per layer: output shape and learnable numbers.
    pub fn summary(&self) -> TableView {
        let size = self.config.image_size;
        let row = |title: &str, output: &[usize], n_parameters: usize| {
            vec![title.to_string(), format!("{output:?}"), n_parameters.to_string()]
        };
        let layers = self.config.layers();
        let layers = layers.iter().map(|layer| row(layer.title(), &layer.output, layer.n_parameters()));
        TableView::from_rows(
            &format!("Autoencoder, {} parameters", self.n_parameters()),
            &["layer", "output", "parameters"],
            &std::iter::once(row("input", &[self.config.image_channels, size, size], 0))
                .chain(layers)
                .collect::<Vec<_>>(),
        )
    }

    /// Shows the table of layers.
    pub fn evcxr_display(&self) {
        self.summary().evcxr_display();
    }
}
