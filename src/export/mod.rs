//! An export from ExportImage to its objects.
//!
//! In: an [`ExportRequest`](crate::model::ExportRequest), and the account's services through
//! [`ExportImages`](crate::services::ExportImages). Out: an [`ExportReport`].
//!
//! ```text
//! tasks before → ExportImage, once → the task, until it ends → its objects
//! ```
//!
//! ExportImage is sent once, whatever becomes of its answer: whether it started is read from the tasks. What answers
//! mean is decided in `decide`, which calls nothing; `run` and `objects` make the calls and wait.

mod cancel;
mod decide;
mod objects;
mod pauses;
mod report;
mod run;

pub use cancel::{Cancelled, cancel};
pub use report::{Ending, Event, ExportReport};
pub use run::{Limits, Place, export, follow};
