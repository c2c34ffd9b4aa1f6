//! Persistent homology as barcode, diagram and Betti curves.

use ndarray::Array1;
use plotly::common::{DashType, Line, Marker, Mode, Title};
use plotly::layout::AxisType;
use plotly::{Layout, Scatter};

use super::{Figure, PALETTE, quiet_axis};
use crate::topology::{Bar, Persistence, betti_curve};

/// Bars drawn of each kind, the longest: the rest are the noise of sampling.
const BARS: usize = 40;
/// Scales at which the bars alive are counted.
const SCALES: usize = 300;

/// The bars of each kind and its color.
fn kinds(persistence: &Persistence) -> [(&'static str, &[Bar], &'static str); 2] {
    [("pieces (H0)", &persistence.h0, PALETTE[0]), ("holes (H1)", &persistence.h1, PALETTE[1])]
}

/// Where bars that never end are cut: a little beyond the last that does.
fn end(persistence: &Persistence) -> f64 {
    let finite =
        persistence.h0.iter().chain(&persistence.h1).map(|bar| bar.death).filter(|death| death.is_finite());
    let last = finite.fold(0.0, f64::max);
    if last > 0.0 { last * 1.1 } else { 1.0 }
}

/// A line a feature, from the scale at which it appears to that at which it vanishes; the 40 longest of each kind.
///
/// Bars that are long beside the others are shape, the many short ones are sampling.
pub fn barcode(persistence: &Persistence) -> Figure {
    let end = end(persistence);
    let mut height = 0.0;
    let mut traces: Vec<Box<dyn plotly::Trace>> = Vec::new();
    for (name, bars, color) in kinds(persistence) {
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for bar in bars.iter().take(BARS) {
            // An absent value breaks the line between two bars.
            x.extend([Some(bar.birth), Some(bar.death.min(end)), None]);
            y.extend([Some(height), Some(height), None]);
            height -= 1.0;
        }
        height -= 3.0;
        traces
            .push(Scatter::new(x, y).name(name).mode(Mode::Lines).line(Line::new().color(color).width(3.0)));
    }
    Figure::new(
        "Barcode",
        traces,
        Layout::new()
            .height(460)
            .x_axis(quiet_axis().title(Title::with_text("scale, a distance")))
            .y_axis(quiet_axis().show_tick_labels(false).show_grid(false)),
    )
}

/// Each feature as a point, birth against death: the farther above the diagonal, the longer it lasts.
pub fn persistence_diagram(persistence: &Persistence) -> Figure {
    let end = end(persistence);
    let diagonal = Scatter::new(vec![0.0, end], vec![0.0, end])
        .mode(Mode::Lines)
        .line(Line::new().color("rgba(128,128,128,0.6)").dash(DashType::Dot).width(1.0))
        .show_legend(false);
    let mut traces: Vec<Box<dyn plotly::Trace>> = vec![diagonal];
    for (name, bars, color) in kinds(persistence) {
        let births = bars.iter().map(|bar| bar.birth).collect();
        let deaths = bars.iter().map(|bar| bar.death.min(end)).collect();
        let marker = Marker::new().size(6).opacity(0.7).color(color);
        traces.push(Scatter::new(births, deaths).name(name).mode(Mode::Markers).marker(marker));
    }
    Figure::new(
        "Persistence diagram",
        traces,
        Layout::new()
            .height(460)
            .x_axis(quiet_axis().title(Title::with_text("birth, a distance")))
            .y_axis(quiet_axis().title(Title::with_text("death, a distance")).scale_anchor("x")),
    )
}

/// How many pieces and how many holes there are at each scale, of several shapes by name: pieces as full lines, holes
/// dotted, where there are any.
///
/// Shapes of different sizes compare by [`Persistence::scaled`].
pub fn betti_curves(shapes: &[(&str, &Persistence)]) -> Figure {
    let end = shapes.iter().map(|(_, persistence)| end(persistence)).fold(0.0, f64::max);
    let scales = Array1::linspace(0.0, end, SCALES);
    let mut traces: Vec<Box<dyn plotly::Trace>> = Vec::new();
    for ((name, persistence), color) in shapes.iter().zip(PALETTE.iter().cycle()) {
        for ((kind, bars, _), dash) in kinds(persistence).into_iter().zip([DashType::Solid, DashType::Dot]) {
            // A logarithm has no place for none.
            let alive = betti_curve(bars, &scales).mapv(|count| (count > 0).then_some(count));
            let line = Line::new().color(*color).dash(dash).width(2.0);
            let trace = Scatter::new(scales.to_vec(), alive.to_vec());
            traces.push(trace.name(format!("{name}, {kind}")).mode(Mode::Lines).line(line));
        }
    }
    Figure::new(
        "Betti curves",
        traces,
        Layout::new()
            .height(420)
            .x_axis(quiet_axis().title(Title::with_text("scale")))
            .y_axis(quiet_axis().type_(AxisType::Log).dtick(1.0).title(Title::with_text("how many"))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endless_bars_are_cut_beyond_the_last_death() {
        let bar = |birth, death| Bar { birth, death };
        let persistence = Persistence {
            h0: vec![bar(0.0, f64::INFINITY), bar(0.0, 2.0)],
            h1: vec![bar(1.0, 3.0)],
            landmarks: vec![0, 1],
            covering_radius: 0.1,
        };
        let json: serde_json::Value = serde_json::from_str(&barcode(&persistence).plot.to_json()).unwrap();
        let x = &json["data"][0]["x"];
        assert!((x[1].as_f64().unwrap() - 3.3).abs() < 1e-9);
        assert!(x[2].is_null());
        let json: serde_json::Value =
            serde_json::from_str(&persistence_diagram(&persistence).plot.to_json()).unwrap();
        assert_eq!(json["data"][2]["y"][0], 3.0);
    }
}
