//! Starts the runtime, hands the command line to the library, returns its exit status.

use std::process::ExitCode;

use export_iam::cli::{Environment, ExitStatus, run};

fn main() -> ExitCode {
    // One thread is enough: the work is waiting for answers.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let status = match runtime {
        Ok(runtime) => {
            let status = runtime.block_on(run(std::env::args_os(), &Environment::of_process()));
            // A prompt or a pipe may still hold a thread of the runtime; it must not hold up the exit.
            runtime.shutdown_background();
            status
        }
        Err(_) => ExitStatus::Failed,
    };
    ExitCode::from(status.code())
}
