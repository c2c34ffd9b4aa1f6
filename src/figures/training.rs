//! The course of a training.

use plotly::common::{DashType, Line, Mode, Title};
use plotly::{Layout, Scatter};

use super::{Figure, PALETTE, quiet_axis};
use crate::train::History;

/// Training and validation loss by epoch.
pub fn loss_curve(history: &History) -> Figure {
    let loss = history.loss;
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
            .y_axis(quiet_axis().title(Title::with_text(format!("{}, {}", loss.title(), loss.unit())))),
    )
}
