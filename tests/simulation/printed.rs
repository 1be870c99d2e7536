//! Everything that the program tells of itself with `-v`, by thread.
//!
//! One subscriber for the whole process: those of single threads fight over what is worth telling.

use std::cell::RefCell;
use std::fmt::{Debug, Write};
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};

thread_local! {
    static TEXT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Does `work`, and gives what was told meanwhile.
pub(crate) fn listen<T>(work: impl FnOnce() -> T) -> (T, String) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Listener).unwrap());
    TEXT.set(Some(String::new()));
    let result = work();
    (result, TEXT.take().unwrap_or_default())
}

struct Listener;

impl Subscriber for Listener {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        TEXT.with_borrow(Option::is_some)
    }

    fn event(&self, event: &Event<'_>) {
        TEXT.with_borrow_mut(|text| {
            let Some(text) = text else { return };
            write!(
                text,
                "{} {}:",
                event.metadata().level(),
                event.metadata().target()
            )
            .unwrap();
            event.record(&mut Line(text));
            text.push('\n');
        });
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        TEXT.with_borrow_mut(|text| attributes.record(&mut Line(text.get_or_insert_default())));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, record: &Record<'_>) {
        TEXT.with_borrow_mut(|text| record.record(&mut Line(text.get_or_insert_default())));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}
