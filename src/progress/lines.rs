//! Progress as lines on the standard output.

use std::time::Duration;

use super::{Sink, Step, Work, duration};

/// Prints `label  done/total  rate  time left` lines, rationed: where output is a file, a pipe or a plain notebook
/// kernel, no line can be rewritten.
#[derive(Debug)]
pub struct Lines {
    interval: Duration,
}

impl Lines {
    /// Lines of this work.
    pub fn new(work: &Work) -> Self {
        Lines { interval: work.line_every }
    }
}

impl Sink for Lines {
    fn interval(&self) -> Duration {
        self.interval
    }

    fn advance(&mut self, step: &Step<'_>) {
        let Work { label, total, unit, .. } = step.work;
        let note = if step.note.is_empty() { String::new() } else { format!("  {}", step.note) };
        let left = step.secs_left().map_or(String::new(), |left| format!("  {} left", duration(left)));
        println!("{label}  {}/{total} {unit}{note}  {:.0} {unit}/s{left}", step.done, step.rate);
    }

    fn line(&mut self, line: &str) {
        println!("{line}");
    }

    fn finish(&mut self, step: &Step<'_>) {
        let Work { label, total, unit, .. } = step.work;
        println!("{label}  {total} {unit} in {}", duration(step.elapsed_secs));
    }
}
