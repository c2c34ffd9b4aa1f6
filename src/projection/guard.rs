//! Panics of third-party engines as errors: the one place where this process's panic hook is set.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use crate::error::{Error, Result};

thread_local! {
    /// Set while this thread runs code whose panics become errors: what they would print is said by the error.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs an engine's code that reports trouble by panics, and makes them errors.
pub(super) fn catch_panic<T>(engine: &'static str, run: impl FnOnce() -> Result<T>) -> Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                usual(panic);
            }
        }));
    });
    GUARDED.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(run));
    GUARDED.set(false);
    outcome.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string()));
        Err(Error::Engine { engine, reason: text.unwrap_or_else(|| "it panicked".into()) })
    })
}
