//! How far long work has come, where that is shown, and the switch that ends it.
//!
//! Work tells a [`Progress`] how far it is; a [`Sink`] shows it: a display that changes in place where there are such
//! ([`live`](crate::live)), else [lines](Lines) on the standard output, or whatever a program has named with [`show_in`].

mod lines;
mod live;
mod stop;
mod tally;

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use ndarray::Array2;

use crate::live::{MapView, Stoppable, is_live};
pub use lines::Lines;
use live::InPlace;
pub(crate) use live::in_colors;
pub use stop::Stop;
pub(crate) use tally::{Tally, unless_stopped};

/// What is being done, as a sink is told at its start.
#[derive(Debug, Clone)]
pub struct Work {
    /// What it is called, such as "umap".
    pub label: String,
    /// How much there is to do, counted in `unit`.
    pub total: usize,
    /// The plural of what is counted, such as "images".
    pub unit: &'static str,
    /// The least time between two lines that say how far it is, where it is told in lines.
    pub line_every: Duration,
}

/// How far work has come at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// What is being done.
    pub work: &'a Work,
    /// How much of the total is done.
    pub done: usize,
    /// What the work says of this moment, such as its loss; empty where it says nothing.
    pub note: &'a str,
    /// Seconds since its start.
    pub elapsed_secs: f64,
    /// What is done per second; what was done before the start, by a run that this one resumes, does not count.
    pub rate: f64,
}

impl Step<'_> {
    /// Seconds that the rest will take at the rate so far; `None` before anything is done.
    pub fn secs_left(&self) -> Option<f64> {
        let left = self.work.total.saturating_sub(self.done) as f64;
        (self.rate > 0.0).then(|| left / self.rate)
    }

    /// The share of the total that is done, 0–1.
    pub fn share(&self) -> f64 {
        (self.done as f64 / self.work.total.max(1) as f64).min(1.0)
    }
}

/// Where the progress of one work is shown.
pub trait Sink: Send {
    /// The least time between two calls of [`Sink::advance`].
    fn interval(&self) -> Duration;

    /// The work has come so far.
    fn advance(&mut self, step: &Step<'_>);

    /// A line of the work's own, such as an epoch's losses.
    fn line(&mut self, line: &str);

    /// All is done.
    fn finish(&mut self, step: &Step<'_>);

    /// The work ended before all was done: it was stopped, or it failed.
    fn stopped(&mut self, _step: &Step<'_>) {}

    /// The loss within an epoch, at a fraction of epochs.
    fn trace(&mut self, _at: f64, _loss: f64) {}

    /// The losses after an epoch.
    fn losses(&mut self, _epoch: usize, _training: f64, _validation: f64) {}

    /// Whether [`Sink::map`] is worth the call.
    fn draws_map(&self) -> bool {
        false
    }

    /// A layout on the way to a map, `[n, 2]`.
    fn map(&mut self, _coordinates: Array2<f32>) {}
}

type MakeSink = Box<dyn Fn(&Work) -> Box<dyn Sink> + Send + Sync>;

/// What a program has named.
static NAMED: OnceLock<MakeSink> = OnceLock::new();

/// Shows the progress of all work that starts from now on in sinks of the program's own, one per work, whatever the
/// work's settings say of progress: the sink decides. The first call counts; a later one changes nothing.
pub fn show_in(make: impl Fn(&Work) -> Box<dyn Sink> + Send + Sync + 'static) {
    // A program names its sinks once; a second set has nowhere to go.
    let _ = NAMED.set(Box::new(make));
}

/// Work whose progress is told.
pub struct Progress {
    work: Work,
    /// None when nothing is to be told.
    sink: Option<Box<dyn Sink>>,
    started: Instant,
    told: Instant,
    /// Done before the start, by a run that this one resumes.
    before: usize,
    done: usize,
    finished: bool,
    /// All work that tells its progress ends early when it is asked to.
    _stoppable: Stoppable,
}

impl Progress {
    /// Starts the clock. `unit` is the plural of what is counted, such as "images"; where no program has named its sinks,
    /// nothing is told unless `progress` is true.
    pub fn start(label: &str, total: usize, unit: &'static str, progress: bool) -> Self {
        Self::of(work(label, total, unit), progress)
    }

    /// Starts the clock of work that is described in full.
    pub fn of(work: Work, progress: bool) -> Self {
        let sink = match NAMED.get() {
            Some(make) => Some(make(&work)),
            None => progress.then(|| match is_live() {
                true => Box::new(InPlace::new(true, None)) as Box<dyn Sink>,
                false => Box::new(Lines::new(&work)),
            }),
        };
        Self::shown_in(sink, work)
    }

    /// Starts the clock of an engine, which passes layouts on the way to its map to [`Progress::advance_map`].
    pub(crate) fn of_map(name: &str, n_epochs: usize, progress: bool) -> Self {
        let groups = live::take_colors();
        if !is_live() || NAMED.get().is_some() {
            return Self::start(name, n_epochs, "epochs", progress);
        }
        let map = groups.map(|groups| MapView { groups, coordinates: None });
        Self::shown_in(Some(Box::new(InPlace::new(progress, map))), work(name, n_epochs, "epochs"))
    }

    /// Starts the clock of work that is shown in a notebook when it takes long, and in a program's own sinks.
    pub(crate) fn if_long(label: &str, total: usize, unit: &'static str) -> Self {
        let work = work(label, total, unit);
        let sink = match NAMED.get() {
            Some(make) => Some(make(&work)),
            None => is_live().then(|| Box::new(InPlace::new(false, None)) as Box<dyn Sink>),
        };
        Self::shown_in(sink, work)
    }

    fn shown_in(sink: Option<Box<dyn Sink>>, work: Work) -> Self {
        let now = Instant::now();
        let _stoppable = Stoppable::new(&work.label);
        Progress { work, sink, started: now, told: now, before: 0, done: 0, finished: false, _stoppable }
    }

    /// Says how many of the total an earlier run has done, which this one resumes: the rate is that of this run.
    pub fn resume_at(&mut self, done: usize) {
        (self.before, self.done) = (done, done);
    }

    /// Says how many of the total are done; told only when the last time is long enough ago.
    pub fn advance(&mut self, done: usize) {
        self.advance_with(done, String::new);
    }

    /// As [`Progress::advance`], with what the work says of this moment, which is asked for only when it is told.
    pub fn advance_with(&mut self, done: usize, note: impl FnOnce() -> String) {
        self.done = done;
        if done == 0 || !self.is_due() {
            return;
        }
        self.told = Instant::now();
        let note = note();
        self.tell(&note, |sink, step| sink.advance(step));
    }

    /// As [`Progress::advance`], with the layout reached, which is asked for only when it is shown.
    pub(crate) fn advance_map(&mut self, done: usize, coordinates: impl FnOnce() -> Array2<f32>) {
        let is_seen = done == self.work.total || self.is_due();
        if let Some(sink) = self.sink.as_mut().filter(|sink| is_seen && sink.draws_map()) {
            sink.map(coordinates());
        }
        self.advance(done);
    }

    /// Whether the last time that something was told is long enough ago.
    fn is_due(&self) -> bool {
        self.sink.as_ref().is_some_and(|sink| self.told.elapsed() >= sink.interval())
    }

    /// Adds the loss at a fraction of epochs to a curve that grows; asked for only when it is told next.
    pub(crate) fn trace(&mut self, at: f64, loss: impl FnOnce() -> f64) {
        if self.is_due()
            && let Some(sink) = &mut self.sink
        {
            sink.trace(at, loss());
        }
    }

    /// Adds the losses after an epoch to the curve.
    pub(crate) fn losses(&mut self, epoch: usize, training: f64, validation: f64) {
        if let Some(sink) = &mut self.sink {
            sink.losses(epoch, training, validation);
        }
    }

    /// Tells a line of the work's own.
    pub fn line(&mut self, line: &str) {
        if let Some(sink) = &mut self.sink {
            sink.line(line);
        }
    }

    /// Says that all is done, and returns the seconds that it took.
    pub fn finish(mut self) -> f64 {
        (self.done, self.finished) = (self.work.total, true);
        self.tell("", |sink, step| sink.finish(step));
        self.started.elapsed().as_secs_f64()
    }

    fn tell(&mut self, note: &str, how: impl FnOnce(&mut dyn Sink, &Step<'_>)) {
        let elapsed_secs = self.started.elapsed().as_secs_f64();
        let rate = self.done.saturating_sub(self.before) as f64 / elapsed_secs.max(1e-9);
        if let Some(sink) = &mut self.sink {
            how(sink.as_mut(), &Step { work: &self.work, done: self.done, note, elapsed_secs, rate });
        }
    }
}

/// Work told once per second in lines.
fn work(label: &str, total: usize, unit: &'static str) -> Work {
    Work { label: label.to_string(), total, unit, line_every: Duration::from_secs(1) }
}

/// Work that returns early, stopped or with an error, has not finished: that is told too.
impl Drop for Progress {
    fn drop(&mut self) {
        if !self.finished {
            self.tell("", |sink, step| sink.stopped(step));
        }
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
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Writes down what it is told.
    struct Record(Arc<Mutex<Vec<String>>>, Duration);

    impl Record {
        fn add(&self, entry: String) {
            self.0.lock().unwrap().push(entry);
        }
    }

    impl Sink for Record {
        fn interval(&self) -> Duration {
            self.1
        }
        fn advance(&mut self, step: &Step<'_>) {
            self.add(format!("{} of {} {}", step.done, step.work.total, step.note));
        }
        fn line(&mut self, line: &str) {
            self.add(line.to_string());
        }
        fn finish(&mut self, step: &Step<'_>) {
            self.add(format!("{} done", step.done));
        }
        fn stopped(&mut self, step: &Step<'_>) {
            self.add(format!("stopped after {}", step.done));
        }
    }

    fn recorded(interval: Duration) -> (Progress, Arc<Mutex<Vec<String>>>) {
        let told = Arc::new(Mutex::new(Vec::new()));
        let mut progress = Progress::start("work", 4, "steps", false);
        progress.sink = Some(Box::new(Record(told.clone(), interval)));
        (progress, told)
    }

    #[test]
    fn durations_read_as_people_write_them() {
        assert_eq!(duration(0.418), "0.42 s");
        assert_eq!(duration(42.4), "42 s");
        assert_eq!(duration(200.0), "3 min 20 s");
    }

    #[test]
    fn a_sink_is_told_once_per_interval_and_of_the_end() {
        let (mut progress, told) = recorded(Duration::ZERO);
        progress.advance_with(2, || "well".to_string());
        progress.line("a line");
        progress.finish();
        assert_eq!(*told.lock().unwrap(), ["2 of 4 well", "a line", "4 done"]);
        let (mut progress, told) = recorded(Duration::from_secs(3_600));
        progress.advance_with(3, || unreachable!("nothing is due"));
        drop(progress);
        assert_eq!(*told.lock().unwrap(), ["stopped after 3"]);
    }

    #[test]
    fn what_an_earlier_run_did_does_not_count_in_the_rate() {
        let work = Work { label: "w".into(), total: 10, unit: "steps", line_every: Duration::ZERO };
        let step = Step { work: &work, done: 6, note: "", elapsed_secs: 1.0, rate: 2.0 };
        assert_eq!((step.secs_left(), step.share()), (Some(2.0), 0.6));
        let (mut progress, _) = recorded(Duration::ZERO);
        progress.resume_at(4);
        progress.started = Instant::now() - Duration::from_secs(10);
        progress.tell("", |_, step| assert_eq!((step.done, step.rate, step.secs_left()), (4, 0.0, None)));
    }
}
