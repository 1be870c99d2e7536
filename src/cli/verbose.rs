//! `-v`: the events of a run on standard error.

use tracing::level_filters::LevelFilter;

/// Shows events from now on; none without `-v`.
pub(super) fn start(count: u8) {
    let level = match count {
        0 => return,
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
