//! Checks of exports: repeats, and regions that do not fit.

use std::collections::BTreeMap;

use super::super::fields::At;
use super::super::node::Spot;
use super::super::notes::Notes;
use super::super::shape::Items;
use crate::model::{BucketName, Export, RegionId};
use crate::policy::catalogue::regions::REGIONS;
use crate::policy::suggest;

/// Reports exports that are there twice, and buckets that would be in two regions or in an unknown one.
pub(super) fn check(notes: &mut Notes, exports: &Items<At<Export>>) {
    let mut region_of: BTreeMap<&BucketName, &RegionId> = BTreeMap::new();
    let mut seen: BTreeMap<&Export, &Spot> = BTreeMap::new();
    for At { value, spot } in &exports.items {
        let Export {
            region,
            bucket,
            prefix: _,
        } = value;
        if let Some(first) = seen.insert(value, spot) {
            notes.error_maybe_hint(
                spot,
                format!("export to bucket `{bucket}` is there already"),
                first.hint_of_first(),
            );
        }
        let other = *region_of.entry(bucket).or_insert(region);
        if other != region {
            let message = format!("bucket `{bucket}` is in `{other}` above and in `{region}` here");
            notes.error_hint(
                spot,
                message,
                "a bucket is in one region; `GetBucketLocation` tells which",
            );
        }
        check_region(notes, region, spot);
    }
}

/// New regions open every year, so an unknown one is a warning, unless it is plainly a known one misspelt.
fn check_region(notes: &mut Notes, region: &RegionId, spot: &Spot) {
    let region = region.as_str();
    if REGIONS.contains(&region) {
        return;
    }
    let message = format!("no region `{region}` is known");
    let known = REGIONS.iter().copied();
    match suggest::nearest(region, known).filter(|near| letters(near) != letters(region)) {
        Some(near) if is_slip(region, near) => {
            notes.error_hint(spot, message, format!("did you mean `{near}`?"));
        }
        Some(near) => notes.warn(spot, message, Some(format!("did you mean `{near}`?"))),
        None => {
            let hint = "check its spelling; this program may be older than the region";
            notes.warn(spot, message, Some(hint.to_owned()));
        }
    }
}

/// The text without digits: regions of one area are told apart by their numbers.
fn letters(region: &str) -> String {
    region.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// Whether letters were left out, put in or swapped. Another letter may make another city.
fn is_slip(region: &str, near: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    region.len() != near.len() || sorted(region) == sorted(near)
}
