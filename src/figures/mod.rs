//! Figures as plotly.rs plots: pure builders, shown by the notebook or saved as a page that needs no network.

mod persistence;

use ndarray::{Array1, Array2, Array3};
use plotly::common::{
    ColorScale, ColorScaleElement, ColorScalePalette, DashType, Font, HoverInfo, Line, Marker, Mode, Title,
};
use plotly::layout::{Axis, ItemSizing, Legend, Margin};
use plotly::{HeatMap, Layout, Plot, Scatter};

use crate::error::{Error, Result};
use crate::files;
use crate::latents::Latents;
use crate::projection::Projection;
use crate::train::History;
pub use persistence::{barcode, betti_curves, persistence_diagram};

/// Ten colours that stay apart for colour-blind readers on light and dark ground (after Tol's bright and muted sets).
pub const PALETTE: [&str; 10] = [
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#ee7733", "#009988", "#882255",
    "#8a8a8a",
];

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
    pub fn save_html(&self, path: &str) -> Result<()> {
        files::write(std::path::Path::new(path), self.plot.to_html().as_bytes())
    }
}

/// Training and validation loss by epoch.
pub fn loss_curve(history: &History) -> Figure {
    let epochs: Vec<usize> = history.epochs.iter().map(|e| e.epoch).collect();
    let curve = |name: &str, losses: Vec<f64>, color: &'static str, dash| {
        Scatter::new(epochs.clone(), losses)
            .name(name)
            .mode(Mode::LinesMarkers)
            .line(Line::new().color(color).dash(dash).width(2.0))
    };
    let training = history.epochs.iter().map(|e| e.loss).collect();
    let validation = history.epochs.iter().map(|e| e.validation_loss).collect();
    Figure::new(
        "Loss by epoch",
        vec![
            curve("training", training, PALETTE[0], DashType::Dot),
            curve("validation", validation, PALETTE[1], DashType::Solid),
        ],
        Layout::new()
            .height(360)
            .x_axis(quiet_axis().title(Title::with_text("epoch")).dtick(1.0))
            .y_axis(quiet_axis().title(Title::with_text("binary cross-entropy, nats a pixel"))),
    )
}

/// The map, a trace a class, drawn by WebGL.
///
/// # Errors
/// Labels of another count than the map's points, or a label without a name.
pub fn map(projection: &Projection, labels: &Array1<u8>, class_names: &[String]) -> Result<Figure> {
    let points = projection.coordinates.nrows();
    if labels.len() != points {
        return Err(Error::mismatch(
            "points",
            (points, "the map"),
            (labels.len(), "the labels"),
            "give the labels of the rows that were mapped",
        ));
    }
    let highest = labels.iter().copied().max().map_or(0, |label| label as usize + 1);
    if highest > class_names.len() {
        return Err(Error::mismatch(
            "classes",
            (highest, "the labels"),
            (class_names.len(), "the class names"),
            "name every class",
        ));
    }
    let traces = class_names.iter().enumerate().map(|(class, name)| {
        let rows: Vec<usize> = (0..points).filter(|&row| labels[row] as usize == class).collect();
        let along =
            |axis: usize| rows.iter().map(|&row| projection.coordinates[[row, axis]]).collect::<Vec<f32>>();
        let trace = Scatter::new(along(0), along(1))
            .name(name)
            .mode(Mode::Markers)
            .web_gl_mode(true)
            .hover_info(HoverInfo::Text)
            .text_array(rows.iter().map(|row| format!("{name}, item {row}")).collect::<Vec<String>>())
            .marker(Marker::new().size(4).opacity(0.75).color(PALETTE[class % PALETTE.len()]));
        trace as Box<dyn plotly::Trace>
    });
    Ok(Figure::new(
        &format!("{}: {points} points", projection.engine.title()),
        traces.collect(),
        map_layout().legend(Legend::new().item_sizing(ItemSizing::Constant)),
    ))
}

/// The map with each point in the colour of its value, such as [`point_trustworthiness`] or [`displacements`]: `name`
/// says of what. The colours end at the 2nd and the 98th percentile, so that a few extremes do not take them all.
///
/// [`point_trustworthiness`]: crate::quality::Quality::point_trustworthiness
/// [`displacements`]: crate::quality::Procrustes::displacements
///
/// # Errors
/// Values of another count than the map's points, or one that is not finite.
pub fn map_of_values(projection: &Projection, values: &Array1<f32>, name: &str) -> Result<Figure> {
    let points = projection.coordinates.nrows();
    if values.len() != points {
        let remedy = "give a value for each point that was mapped";
        return Err(Error::mismatch("points", (points, "the map"), (values.len(), name), remedy));
    }
    if let Some((row, &value)) = values.indexed_iter().find(|(_, value)| !value.is_finite()) {
        return Err(Error::NonFinite { what: name.into(), value, row, column: 0 });
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let percentile = |percent: usize| f64::from(sorted[(points - 1) * percent / 100]);
    let marker = Marker::new()
        .size(4)
        .color_array(values.to_vec())
        .color_scale(ColorScale::Palette(ColorScalePalette::Viridis))
        .cmin(percentile(2))
        .cmax(percentile(98))
        .show_scale(true);
    let along = |axis: usize| projection.coordinates.column(axis).to_vec();
    let text = values.iter().enumerate().map(|(row, value)| format!("item {row}: {value:.3}"));
    let trace = Scatter::new(along(0), along(1))
        .mode(Mode::Markers)
        .web_gl_mode(true)
        .hover_info(HoverInfo::Text)
        .text_array(text.collect::<Vec<String>>())
        .marker(marker);
    Ok(Figure::new(&format!("{}: {name}", projection.engine.title()), vec![trace], map_layout()))
}

/// A plane whose coordinates mean nothing but near and far.
fn map_layout() -> Layout {
    let bare = || Axis::new().show_tick_labels(false).show_grid(false).zero_line(false);
    Layout::new().height(620).x_axis(bare()).y_axis(bare().scale_anchor("x"))
}

/// The first `count` images in a row, their reconstructions below, what was lost below that.
///
/// # Errors
/// Arrays of different shapes, or no image.
pub fn reconstructions(images: &Array3<u8>, reconstructed: &Array3<f32>, count: usize) -> Result<Figure> {
    if images.dim() != reconstructed.dim() {
        return Err(Error::mismatch(
            "pixels",
            (images.len(), "the images"),
            (reconstructed.len(), "the reconstructions"),
            "reconstruct the same images that you show",
        ));
    }
    let count = count.min(images.dim().0);
    if count == 0 {
        return Err(Error::empty("the row of images", "show at least one"));
    }
    let (side, gap) = (images.dim().1, 2);
    let mut tiles = Array2::from_elem((3 * side + 2 * gap, count * (side + gap) - gap), f32::NAN);
    for item in 0..count {
        for row in 0..side {
            for column in 0..side {
                let original = images[[item, row, column]] as f32 / 255.0;
                let decoded = reconstructed[[item, row, column]];
                let x = item * (side + gap) + column;
                tiles[[row, x]] = original;
                tiles[[side + gap + row, x]] = decoded;
                tiles[[2 * (side + gap) + row, x]] = (original - decoded).abs();
            }
        }
    }
    // The y axis points up: the last row of pixels is the lowest.
    let height = tiles.nrows();
    let middle = |band: usize| (height - band * (side + gap) - side / 2) as f64;
    let grey = ColorScale::Vector(vec![
        ColorScaleElement(0.0, "#000000".to_string()),
        ColorScaleElement(1.0, "#ffffff".to_string()),
    ]);
    let rows: Vec<Vec<f32>> = tiles.rows().into_iter().rev().map(|row| row.to_vec()).collect();
    Ok(Figure::new(
        "Originals, reconstructions, differences",
        vec![HeatMap::new_z(rows).color_scale(grey).zmin(0.0).zmax(1.0).show_scale(false)],
        Layout::new().height(320).x_axis(Axis::new().visible(false)).y_axis(
            quiet_axis()
                .auto_margin(true)
                .scale_anchor("x")
                .tick_values((0..3).map(middle).collect())
                .tick_text(vec!["original", "decoded", "lost"]),
        ),
    ))
}

/// Latent vectors of chosen items, a row an item, a column a dimension; blue below zero, red above.
///
/// # Errors
/// No item, an item beyond the last, or a label without a name.
pub fn latent_heatmap(latents: &Latents, items: &[usize], class_names: &[String]) -> Result<Figure> {
    let mut names = Vec::with_capacity(items.len());
    // The y axis points up: the first item is drawn last, so that it stands on top.
    for &item in items.iter().rev() {
        let label = *latents.labels.get(item).ok_or_else(|| {
            Error::config("item", item, format!("there are {} items, counted from 0", latents.len()))
        })?;
        let class = class_names.get(label as usize).map_or("?", String::as_str);
        names.push(format!("{class} ({item})"));
    }
    if items.is_empty() {
        return Err(Error::empty("the list of items", "name at least one"));
    }
    let rows: Vec<Vec<f32>> = items.iter().rev().map(|&item| latents.vectors.row(item).to_vec()).collect();
    let dims: Vec<String> = (0..latents.vectors.ncols()).map(|dim| dim.to_string()).collect();
    let bound = rows.iter().flatten().fold(0.0f32, |bound, value| bound.max(value.abs())) as f64;
    Ok(Figure::new(
        "Latent vectors",
        vec![
            HeatMap::new(dims, names, rows)
                .color_scale(ColorScale::Palette(ColorScalePalette::RdBu))
                .reverse_scale(false)
                .zmin(-bound)
                .zmax(bound),
        ],
        Layout::new()
            .height(140 + 28 * items.len())
            .x_axis(quiet_axis().title(Title::with_text("latent dimension")))
            .y_axis(quiet_axis().auto_margin(true)),
    ))
}

fn quiet_axis() -> Axis {
    Axis::new().grid_color("rgba(128,128,128,0.2)").zero_line(false)
}
