//! How far long work has come, and the switch that ends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Prints `label  done/total  rate  time left` lines to standard output, one per second at most.
///
/// A notebook's output is line based (`\r` cannot rewrite a line there), so lines are rationed instead.
#[derive(Debug)]
pub struct Progress {
    label: String,
    unit: &'static str,
    total: usize,
    started: Instant,
    printed: Instant,
    progress: bool,
}

impl Progress {
    const INTERVAL: Duration = Duration::from_millis(1000);

    /// Starts the clock. `unit` is the plural of what is counted, such as "images"; nothing is printed unless
    /// `progress` is true.
    pub fn start(label: &str, total: usize, unit: &'static str, progress: bool) -> Self {
        let now = Instant::now();
        Progress { label: label.to_string(), unit, total, started: now, printed: now, progress }
    }

    /// Says how many of the total are done; prints only when the last line is a second old.
    pub fn advance(&mut self, done: usize) {
        if done == 0 || !self.is_due(Self::INTERVAL) {
            return;
        }
        let elapsed = self.started.elapsed().as_secs_f64();
        let left = elapsed / done as f64 * self.total.saturating_sub(done) as f64;
        println!(
            "{}  {done}/{} {}  {:.0} {}/s  {} left",
            self.label,
            self.total,
            self.unit,
            done as f64 / elapsed,
            self.unit,
            duration(left)
        );
    }

    /// Whether the last line is older than `interval`, for a line of the caller's own; starts the next interval.
    pub fn is_due(&mut self, interval: Duration) -> bool {
        let due = self.progress && self.printed.elapsed() >= interval;
        if due {
            self.printed = Instant::now();
        }
        due
    }

    /// Prints a line of the caller's own.
    pub fn line(&self, line: &str) {
        if self.progress {
            println!("{line}");
        }
    }

    /// Prints the closing line and returns the seconds that the work took.
    pub fn finish(self) -> f64 {
        let elapsed = self.started.elapsed().as_secs_f64();
        if self.progress {
            println!("{}  {} {} in {}", self.label, self.total, self.unit, duration(elapsed));
        }
        elapsed
    }
}

/// A switch that ends long work after its current epoch. Clones share the switch.
///
/// ```
/// use neural_manifold::progress::Stop;
///
/// let stop = Stop::new();
/// let config_copy = stop.clone();
/// stop.stop();
/// assert!(config_copy.is_set());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// A switch that is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the work to end.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the work is to end.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Seconds as people write them: `0.42 s`, `12 s`, `3 min 20 s`.
pub fn duration(secs: f64) -> String {
    match secs {
        s if s < 10.0 => format!("{s:.2} s"),
        s if s < 120.0 => format!("{s:.0} s"),
        s => format!("{} min {:.0} s", (s / 60.0) as u64, s % 60.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_write_them() {
        assert_eq!(duration(0.418), "0.42 s");
        assert_eq!(duration(42.4), "42 s");
        assert_eq!(duration(200.0), "3 min 20 s");
    }

    #[test]
    fn a_line_is_due_once_per_interval_and_never_without_progress() {
        let mut shown = Progress::start("work", 2, "steps", true);
        assert!(shown.is_due(Duration::ZERO) && !shown.is_due(Duration::from_secs(3_600)));
        assert!(!Progress::start("work", 2, "steps", false).is_due(Duration::ZERO));
    }
}
