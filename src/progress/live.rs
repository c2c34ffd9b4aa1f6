//! Progress in a notebook: one display that changes in place.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use ndarray::Array2;

use super::{Sink, Step, Work, duration};
use crate::live::{self, Bar, Content, Curve, Live, MapView, PLOTLY, PointGroup};

/// How often the display changes: often enough to be seen moving, seldom enough to cost training nothing.
const INTERVAL: Duration = Duration::from_millis(250);
/// Maps are soon done, and worth more frames.
const MAP_INTERVAL: Duration = Duration::from_millis(150);
/// Work that nobody asked to be told of is shown when it takes longer than this.
const LONG: Duration = Duration::from_millis(500);
/// Points within the epochs that a curve holds; of more, every second is dropped.
const MAX_RUNNING: usize = 240;

thread_local! {
    /// The colors of the points of which this thread makes a map.
    static COLORS: RefCell<Option<Vec<PointGroup>>> = const { RefCell::new(None) };
}

/// Runs an engine, whose progress is shown as a map in these colors: it knows rows, not classes.
pub(crate) fn in_colors<T>(groups: impl FnOnce() -> Vec<PointGroup>, run: impl FnOnce() -> T) -> T {
    if !live::is_live() {
        return run();
    }
    COLORS.set(Some(groups()));
    let made = run();
    COLORS.set(None);
    made
}

/// The colors that [`in_colors`] has named, for the one engine that it runs.
pub(super) fn take_colors() -> Option<Vec<PointGroup>> {
    COLORS.take()
}

/// A bar, with the curve of losses or the forming map below it, which ends as a figure.
pub(super) struct InPlace {
    /// `None` until it is shown: work that is soon done shows nothing where nobody asked for it.
    shown: Option<Live>,
    show_at: Instant,
    /// Whether it ends as a figure, where there is one to show.
    keeps_figure: bool,
    lines: Vec<String>,
    curve: Curve,
    map: Option<MapView>,
}

impl InPlace {
    /// Shows work that somebody `asked` to be told of at once, and ends as its figure; other work when it takes long, and
    /// ends as a line.
    pub(super) fn new(asked: bool, map: Option<MapView>) -> Self {
        let after = match (asked, &map) {
            (true, _) => Duration::ZERO,
            (false, Some(_)) => MAP_INTERVAL,
            (false, None) => LONG,
        };
        let show_at = Instant::now() + after;
        InPlace { shown: None, show_at, keeps_figure: asked, lines: Vec::new(), curve: Curve::default(), map }
    }

    fn show(&mut self, content: Content) {
        match &mut self.shown {
            Some(shown) => shown.update(content),
            None if Instant::now() >= self.show_at => self.shown = Some(live::display(content)),
            None => {}
        }
    }

    /// The bar with what belongs below it; `state` says how far it is.
    fn content(&self, step: &Step<'_>, state: String) -> Content {
        let text = format!("{}  {state}", step.work.label);
        let lines: Vec<String> = std::iter::once(state).chain(self.lines.last().cloned()).collect();
        let share = step.share();
        let below = match &self.map {
            Some(map) => map.html(),
            // As far as the axis goes when all is done: it grows with the work.
            None => {
                let reached = self.curve.running.last().map_or(0.0, |&(at, _)| at);
                self.curve.svg(reached / share.max(1e-9))
            }
        };
        Content::text(text).with_html(Bar { label: &step.work.label, share, lines: &lines }.html(&below))
    }

    /// What is left when the work has ended: the figure, where there is one.
    fn end(&mut self, step: &Step<'_>, state: &str) {
        let Work { label, .. } = step.work;
        let told = std::iter::once(format!("{label}  {state}")).chain(self.lines.iter().cloned());
        let text = Content::text(told.collect::<Vec<String>>().join("\n"));
        let lines: Vec<String> =
            std::iter::once(state.to_string()).chain(self.lines.last().cloned()).collect();
        let brief = text.clone().with_html(Bar { label, share: step.share(), lines: &lines }.html(""));
        let title = format!("{label}: {state}");
        let figure = match &self.map {
            _ if !self.keeps_figure => None,
            Some(map) => map.finished(text, &title),
            None if self.curve.epochs.is_empty() => None,
            None => Some(text.with(PLOTLY, self.curve.figure(&title))),
        };
        match figure {
            None => self.show(brief),
            Some(figure) => {
                let shown = self.shown.take().unwrap_or_else(|| live::display(brief.clone()));
                shown.end(&figure, &brief);
            }
        }
    }
}

impl Sink for InPlace {
    fn interval(&self) -> Duration {
        if self.map.is_some() { MAP_INTERVAL } else { INTERVAL }
    }

    fn advance(&mut self, step: &Step<'_>) {
        let Work { total, unit, .. } = step.work;
        let left = step.secs_left().map_or(String::new(), |left| format!(" · {} left", duration(left)));
        let note = if step.note.is_empty() { String::new() } else { format!(" · {}", step.note) };
        let state = format!("{}/{total} {unit} · {:.0} {unit}/s{left}{note}", step.done, step.rate);
        let content = self.content(step, state);
        self.show(content);
    }

    fn line(&mut self, line: &str) {
        self.lines.push(line.to_string());
    }

    fn finish(&mut self, step: &Step<'_>) {
        let Work { total, unit, .. } = step.work;
        self.end(step, &format!("{total} {unit} in {}", duration(step.elapsed_secs)));
    }

    fn stopped(&mut self, step: &Step<'_>) {
        let Work { total, unit, .. } = step.work;
        self.end(step, &format!("ended after {} of {total} {unit}", step.done));
    }

    fn trace(&mut self, at: f64, value: f64) {
        self.curve.running.push((at, value));
        if self.curve.running.len() > MAX_RUNNING {
            let mut index = 0;
            self.curve.running.retain(|_| {
                index += 1;
                index % 2 == 1
            });
        }
    }

    fn losses(&mut self, epoch: usize, training: f64, validation: f64) {
        self.curve.epochs.push((epoch as f64, training, validation));
    }

    fn draws_map(&self) -> bool {
        self.map.is_some()
    }

    fn map(&mut self, coordinates: Array2<f32>) {
        if let Some(map) = &mut self.map {
            map.coordinates = Some(coordinates);
        }
    }
}
