//! What a notebook shows for each type.
//!
//! A cell whose last expression has `evcxr_display` calls it. Each type has a pure function to a [`Bundle`], which
//! always has a text/plain part, so that the output reads well in JupyterLab, on GitHub and in a terminal.

mod dataset;
mod evcxr;
mod explorer;
mod image_grid;
mod maps;
mod model;
mod preview;
mod quality;
mod table;
mod table_view;
mod topology;
mod training;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::figures::Figure;
use crate::live::Content;
pub(crate) use crate::live::escape;
pub use evcxr::Bundle;
pub use image_grid::ImageGrid;
pub use maps::compare_maps;
pub use table_view::TableView;

impl From<Bundle> for Content {
    fn from(bundle: Bundle) -> Content {
        bundle.parts.into_iter().fold(Content::text(""), |content, (mime, part)| {
            let json = mime.ends_with("json").then(|| serde_json::from_str(&part).ok()).flatten();
            content.with(mime, json.unwrap_or(serde_json::Value::String(part)))
        })
    }
}

impl From<&Figure> for Content {
    fn from(figure: &Figure) -> Content {
        figure.bundle().into()
    }
}

impl From<&TableView> for Content {
    fn from(table: &TableView) -> Content {
        table.bundle().into()
    }
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
