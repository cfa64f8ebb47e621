//! The program: a runtime, and the command that was asked for.

use std::process::ExitCode;

use clap::Parser;
use strongroom::cli::Cli;

/// The database's own advice: its queries recurse deeply.
const STACK_BYTES: usize = 10 << 20;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK_BYTES).build();
    let done = match runtime {
        // On a thread of the runtime: the main thread's stack is too small.
        Ok(runtime) => {
            runtime.block_on(async { tokio::spawn(cli.run()).await.unwrap_or_else(|failure| Err(failure.into())) })
        }
        Err(failure) => Err(failure.into()),
    };
    match done {
        Ok(code) => code,
        Err(failure) => {
            strongroom::cli::complain(&failure);
            ExitCode::FAILURE
        }
    }
}
