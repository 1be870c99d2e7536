//! The events of a run on standard error: with `-v` all, else only those that explain a long silence.

use tracing::level_filters::LevelFilter;

use crate::cli::options::Global;

/// Shows events from now on; none with `--quiet`.
pub(crate) fn start(global: &Global) {
    if global.quiet {
        return;
    }
    let level = match global.verbose {
        0 => return plain(),
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .finish();
    // A second subscriber in one process is refused; the first one stays.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// Shows warnings as lines like any other.
fn plain() {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::WARN)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .with_level(false)
        .without_time()
        .finish();
    let _ = tracing::subscriber::set_global_default(subscriber);
}
