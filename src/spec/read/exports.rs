//! YAML values to exports: the regions and buckets that images go to.

use super::super::fields::{self, At, Fields};
use super::super::node::Node;
use super::super::notes::Notes;
use super::super::shape::Items;
use super::items::items;
use crate::model::{BucketName, Export, ObjectPrefix, PlaceError, RegionId};

/// Reads `exports`.
pub(super) fn exports(notes: &mut Notes, fields: &Fields<'_>) -> Option<Items<At<Export>>> {
    items(notes, fields, "exports", export)
}

fn export(notes: &mut Notes, node: &Node) -> Option<At<Export>> {
    let fields = Fields::read(notes, node, &["region", "bucket", "prefix"])?;
    let region = fields.needed(
        notes,
        "region",
        "name the region of image and bucket, as `cn-hangzhou`",
        |notes, node| part(notes, node, RegionId::new),
    );
    let bucket = fields.needed(
        notes,
        "bucket",
        "name the OSS bucket that images go to",
        |notes, node| part(notes, node, BucketName::new),
    );
    let prefix = match fields.get("prefix") {
        Some(node) => Some(part(notes, node, ObjectPrefix::new)?),
        None => None,
    };
    Some(At {
        value: Export {
            region: region?,
            bucket: bucket?,
            prefix,
        },
        spot: node.spot.clone(),
    })
}

fn part<T>(notes: &mut Notes, node: &Node, make: fn(&str) -> Result<T, PlaceError>) -> Option<T> {
    match make(fields::text(notes, node)?) {
        Ok(part) => Some(part),
        Err(error) => {
            notes.error_maybe_hint(
                &node.spot,
                error.to_string(),
                error.hint().map(str::to_owned),
            );
            None
        }
    }
}
