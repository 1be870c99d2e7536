//! Lists of a spec whose entries are read one by one.

use super::super::fields::{self, Fields};
use super::super::node::Node;
use super::super::notes::Notes;
use super::super::shape::Items;

/// The entries of the list under `key`, each read by `read`; `None` when the key was not written.
pub(super) fn items<'n, T>(
    notes: &mut Notes,
    fields: &Fields<'n>,
    key: &str,
    read: fn(&mut Notes, &'n Node) -> Option<T>,
) -> Option<Items<T>> {
    let unread = Items {
        is_complete: false,
        ..Items::default()
    };
    let Some(node) = fields.get(key) else {
        return fields.has(key).then_some(unread);
    };
    let Some(nodes) = fields::list(notes, node) else {
        return Some(unread);
    };
    let items: Vec<T> = nodes.iter().filter_map(|item| read(notes, item)).collect();
    Some(Items {
        is_complete: items.len() == nodes.len(),
        items,
        spot: node.spot.clone(),
    })
}
