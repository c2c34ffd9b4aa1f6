//! Lines that say how far long work has come, about one a second at most.

use std::time::{Duration, Instant};

/// Prints `label  done/total  rate  time left` lines to standard output.
///
/// A notebook's output is line based (`\r` cannot rewrite a line there), so lines are rationed instead.
#[derive(Debug)]
pub struct Progress {
    label: String,
    unit: &'static str,
    total: usize,
    started: Instant,
    printed: Instant,
    quiet: bool,
}

impl Progress {
    const INTERVAL: Duration = Duration::from_millis(1000);

    /// Starts the clock. `unit` is the plural of what is counted, such as "images".
    pub fn start(label: &str, total: usize, unit: &'static str, quiet: bool) -> Self {
        let now = Instant::now();
        Progress { label: label.to_string(), unit, total, started: now, printed: now, quiet }
    }

    /// Says how many of the total are done; prints only when the last line is a second old.
    pub fn advance(&mut self, done: usize) {
        if self.quiet || self.printed.elapsed() < Self::INTERVAL || done == 0 {
            return;
        }
        self.printed = Instant::now();
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

    /// Prints a line of the caller's own, however old the last one is.
    pub fn line(&self, text: &str) {
        if !self.quiet {
            println!("{text}");
        }
    }

    /// Prints the closing line and returns the seconds that the work took.
    pub fn finish(self) -> f64 {
        let elapsed = self.started.elapsed().as_secs_f64();
        if !self.quiet {
            println!("{}  {} {} in {}", self.label, self.total, self.unit, duration(elapsed));
        }
        elapsed
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
    use super::duration;

    #[test]
    fn durations_read_as_people_write_them() {
        assert_eq!(duration(0.418), "0.42 s");
        assert_eq!(duration(42.4), "42 s");
        assert_eq!(duration(200.0), "3 min 20 s");
    }
}
