//! How far the work is, on the standard error: a bar on a terminal, lines in a pipe.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use neural_manifold::progress::{Sink, Step, Work, duration, show_in};

/// Least seconds between two lines in a pipe.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// Shows the progress of all work that starts from now on; none of it when `quiet`.
pub fn show(quiet: bool) {
    let on_terminal = std::io::stderr().is_terminal();
    show_in(move |work| match (quiet, on_terminal) {
        (true, _) => Box::new(Silent),
        (false, true) => Box::new(Bar::new(work)),
        (false, false) => Box::new(Lines),
    });
}

struct Bar(ProgressBar);

impl Bar {
    fn new(work: &Work) -> Bar {
        let template = "{msg:12} {wide_bar:.cyan} {pos}/{len} {prefix}  {per_sec}  {eta} left";
        let style = ProgressStyle::with_template(template).expect("the template is well formed");
        let bar = ProgressBar::new(work.total as u64).with_style(style);
        bar.set_message(work.label.clone());
        bar.set_prefix(work.unit);
        Bar(bar)
    }
}

impl Sink for Bar {
    fn interval(&self) -> Duration {
        Duration::from_millis(100)
    }

    fn advance(&mut self, step: &Step<'_>) {
        self.0.set_position(step.done as u64);
    }

    fn line(&mut self, line: &str) {
        self.0.println(line);
    }

    /// The bar makes room for what is said next; what took long is told in a line.
    fn finish(&mut self, step: &Step<'_>) {
        self.0.finish_and_clear();
        if step.elapsed_secs > 1.0 {
            eprintln!("{}", finished(step));
        }
    }

    fn stopped(&mut self, _step: &Step<'_>) {
        self.0.abandon();
    }
}

struct Lines;

impl Sink for Lines {
    fn interval(&self) -> Duration {
        BETWEEN_LINES
    }

    fn advance(&mut self, step: &Step<'_>) {
        let Work { label, total, unit, .. } = step.work;
        let left = step.secs_left().map_or(String::new(), |left| format!(", {} left", duration(left)));
        eprintln!("{label}: {} of {total} {unit}, {:.0} per second{left}", step.done, step.rate);
    }

    fn line(&mut self, line: &str) {
        eprintln!("{line}");
    }

    fn finish(&mut self, step: &Step<'_>) {
        if step.elapsed_secs > BETWEEN_LINES.as_secs_f64() {
            eprintln!("{}", finished(step));
        }
    }
}

fn finished(step: &Step<'_>) -> String {
    let Work { label, total, unit, .. } = step.work;
    format!("{label}: {total} {unit} in {}", duration(step.elapsed_secs))
}

struct Silent;

impl Sink for Silent {
    fn interval(&self) -> Duration {
        Duration::MAX
    }

    fn advance(&mut self, _step: &Step<'_>) {}

    fn line(&mut self, _line: &str) {}

    fn finish(&mut self, _step: &Step<'_>) {}
}
