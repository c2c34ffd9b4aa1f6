//! The program's commands, thin over the library.
//!
//! Exit codes: 0 all is well; 1 an audit found a map below its limit; 2 the input or a flag is wrong, one sentence on
//! the standard error says why, and nothing was written.

mod apply;
mod audit;
mod bar;
mod encode;
mod engines;
mod explore;
mod info;
mod input;
mod map;
mod output;
mod place;
mod train;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use output::Output;

/// Maps of vectors, pictures and tables, with numbers that say how far to trust them.
///
/// What no flag says is guessed from the data, and told in one line.
#[derive(Parser)]
#[command(name = "neural-manifold", version)]
struct Program {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Explore(explore::Explore),
    Train(train::Train),
    Encode(encode::Encode),
    Map(map::Map),
    Place(place::Place),
    Apply(apply::Apply),
    Audit(audit::Audit),
    Info(info::Info),
    /// Print the completion script of a shell
    Completion {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let Program { output, command } = Program::parse();
    // What `apply` says is read by a program.
    bar::show(output.quiet || matches!(command, Command::Apply(_)));
    let done = match command {
        Command::Explore(explore) => explore.run(&output),
        Command::Train(train) => train.run(&output),
        Command::Encode(encode) => encode.run(&output),
        Command::Map(map) => map.run(&output),
        Command::Place(place) => place.run(&output),
        Command::Apply(apply) => apply.run(),
        Command::Audit(audit) => audit.run(&output),
        Command::Info(info) => info.run(&output),
        Command::Completion { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Program::command(), "neural-manifold", &mut script);
            output::print(&String::from_utf8_lossy(&script));
            Ok(ExitCode::SUCCESS)
        }
    };
    done.unwrap_or_else(|error| {
        eprintln!("neural-manifold: {error}");
        ExitCode::from(2)
    })
}
