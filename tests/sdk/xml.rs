//! The leaves of an XML document.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Each element that holds text: the names from below the root down to it, or the root's own, and its text.
pub(crate) fn leaves(text: &str) -> Vec<(String, String)> {
    let mut reader = Reader::from_str(text);
    let (mut path, mut held, mut leaves) = (Vec::new(), String::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                path.push(start.name().as_ref().to_owned());
                held.clear();
            }
            Event::Text(part) => held.push_str(&part),
            Event::GeneralRef(part) => {
                let name: &str = &part;
                let known = quick_xml::escape::unescape(&format!("&{name};"))
                    .unwrap()
                    .into_owned();
                held.push_str(&known);
            }
            Event::End(_) => {
                if !held.is_empty() {
                    let below = if path.len() > 1 { 1 } else { 0 };
                    leaves.push((path[below..].join("."), held.clone()));
                }
                held.clear();
                path.pop();
            }
            Event::Eof => return leaves,
            _ => {}
        }
    }
}
