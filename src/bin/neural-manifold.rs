//! From a file to a map that a browser opens: `neural-manifold explore DATA`.

use std::process::ExitCode;

#[path = "../commands/mod.rs"]
mod commands;

fn main() -> ExitCode {
    commands::main()
}
