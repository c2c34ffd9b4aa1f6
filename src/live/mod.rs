//! Displays that change in place, below the cell of a notebook that shows them.
//!
//! The kernel that `make lab` installs takes orders from lines on the standard output and names its folder in
//! `NEURAL_MANIFOLD_LIVE`; `notebooks/kernel/orders.py` says how an order is written. Elsewhere, in a terminal, a pipe
//! or another kernel, a display is a line of text.

mod content;
mod html;
mod map;
mod plots;
mod widget;

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::math::palette::class_color;

pub use self::content::Content;
pub(crate) use self::html::{Bar, Curve, escape};
pub(crate) use self::map::MapView;
pub(crate) use self::plots::PLOTLY;
pub(crate) use self::widget::Widget;

/// Where nothing changes in place, updates are lines at least this far apart.
const BETWEEN_LINES: Duration = Duration::from_secs(1);

/// Points of a map that share a color.
#[derive(Debug, Clone)]
pub(crate) struct PointGroup {
    pub name: String,
    /// As `#rrggbb`.
    pub color: String,
    pub rows: Vec<usize>,
}

impl PointGroup {
    /// All of so many points, of which no classes are known.
    pub fn all(points: usize) -> PointGroup {
        PointGroup { name: "items".into(), color: class_color(0), rows: (0..points).collect() }
    }
}

/// The kernel's folder; `None` where displays cannot change.
fn folder() -> Option<&'static PathBuf> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOLDER.get_or_init(|| std::env::var_os("NEURAL_MANIFOLD_LIVE").map(PathBuf::from)).as_ref()
}

/// Whether displays change in place here.
pub fn is_live() -> bool {
    folder().is_some()
}

/// Whether the person who runs the notebook has asked this cell to stop: then loops of your own can end early, with
/// their variables kept. Always `false` where displays do not change.
pub fn is_stopped() -> bool {
    folder().is_some_and(|folder| folder.join("stop").exists())
}

/// A display that was shown.
#[derive(Debug)]
pub struct Live {
    id: String,
    told: Instant,
}

/// Shows something below the cell that runs, to be [updated](Live::update) while the work goes on.
///
/// ```
/// use neural_manifold::prelude::*;
///
/// let mut shown: Live = live::display("0 of 3");
/// for step in 1..=3 {
///     shown.update(format!("{step} of 3"));
/// }
/// ```
pub fn display(content: impl Into<Content>) -> Live {
    static SHOWN: AtomicUsize = AtomicUsize::new(0);
    let number = SHOWN.fetch_add(1, Ordering::Relaxed);
    let live = Live { id: format!("nm-{}-{number}", std::process::id()), told: Instant::now() };
    let content = content.into();
    match is_live() {
        true => live.order("display", &content),
        false => println!("{}", content.plain()),
    }
    live
}

impl Live {
    /// Shows something else in its place. The kernel passes on the newest of many updates, ten per second.
    pub fn update(&mut self, content: impl Into<Content>) {
        let content = content.into();
        if is_live() {
            self.order("update", &content);
        } else if self.told.elapsed() >= BETWEEN_LINES {
            self.told = Instant::now();
            println!("{}", content.plain());
        }
    }

    /// Shows a figure as what it ends in; `brief` takes its place when the cell's value is a figure itself.
    pub(crate) fn end(self, content: &Content, brief: &Content) {
        send(json!({ "op": "update", "id": self.id, "data": content.data(), "brief": brief.data() }));
    }

    fn order(&self, op: &str, content: &Content) {
        send(json!({ "op": op, "id": self.id, "data": content.data() }));
    }
}

/// Says that what runs ends early when it is [asked to](is_stopped), for as long as the value lives.
pub(crate) struct Stoppable(String);

impl Stoppable {
    pub(crate) fn new(what: &str) -> Self {
        send(json!({ "op": "stoppable", "on": true, "what": what }));
        Stoppable(what.to_string())
    }
}

impl Drop for Stoppable {
    fn drop(&mut self) {
        send(json!({ "op": "stoppable", "on": false, "what": self.0 }));
    }
}

/// Gives the kernel an order, where there is one that takes it.
fn send(mut order: Value) {
    let Some(folder) = folder() else { return };
    order["v"] = json!(1);
    order["key"] = json!(folder.file_name().map(|name| name.to_string_lossy()));
    // evcxr looks for its own mark anywhere in a line.
    let order = order.to_string().replace("EVCXR_BEGIN_CONTENT", "EVCXR_BEGIN\\u005fCONTENT");
    println!("\x1b]neural-manifold;{order}\x1b\\");
}
