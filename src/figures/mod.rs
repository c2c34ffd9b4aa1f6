//! Figures as plotly.rs plots: pure builders, shown by the notebook or saved as a page that needs no network.

mod images;
mod latents;
mod maps;
mod persistence;
mod training;

use std::path::Path;

use plotly::common::{Font, Title};
use plotly::layout::{Axis, Margin};
use plotly::{Layout, Plot};

use crate::error::Result;
use crate::files;
pub use crate::math::palette::PALETTE;
pub use images::reconstructions;
pub use latents::latent_heatmap;
pub use persistence::{barcode, betti_curves, persistence_diagram};
pub use training::loss_curve;

/// A plot and its title; what a notebook cell shows as its last expression.
#[derive(Clone)]
pub struct Figure {
    /// In words, for the text form and the page's title.
    pub title: String,
    /// The plot, to be changed or extended at will.
    pub plot: Plot,
    /// A PNG file's bytes, see [`Figure::with_preview`].
    pub preview: Option<Vec<u8>>,
}

impl std::fmt::Debug for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Figure {:?} ({} traces)", self.title, self.plot.data().len())
    }
}

impl Figure {
    fn new(title: &str, traces: Vec<Box<dyn plotly::Trace>>, layout: Layout) -> Figure {
        let mut plot = Plot::new();
        plot.add_traces(traces);
        plot.set_layout(
            layout
                .title(Title::with_text(title))
                .font(Font::new().family("system-ui, sans-serif").color("#6b7280"))
                .paper_background_color("rgba(0,0,0,0)")
                .plot_background_color("rgba(0,0,0,0)")
                .margin(Margin::new().left(56).right(24).top(56).bottom(44)),
        );
        Figure { title: title.to_string(), plot, preview: None }
    }

    /// Saves a page with plotly.js inside: it opens by a double click, with no network.
    ///
    /// # Errors
    /// A place that cannot be written.
    pub fn save_html(&self, path: impl AsRef<Path>) -> Result<()> {
        files::write(path.as_ref(), self.plot.to_html().as_bytes())
    }
}

fn quiet_axis() -> Axis {
    Axis::new().grid_color("rgba(128,128,128,0.2)").zero_line(false)
}
