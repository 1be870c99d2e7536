//! What became of an export, for people.

use std::fmt::Write;

use super::style::{ADD, DIM, STRONG, Styled, safe};
use crate::export::{Ending, ExportReport};
use crate::model::BucketObject;

/// Appends what came of an export: its objects with their sizes, where they are there.
pub fn exported(report: &ExportReport, out: &mut String) {
    let ExportReport {
        task,
        bucket: _,
        ending,
        took,
    } = report;
    let task = safe(task.as_deref().unwrap_or_default());
    match ending {
        Ending::Exported { objects } => {
            let size = objects.iter().map(|object| object.size).sum();
            let head = format!(
                "Exported: {} object{}, {}, in {} s, task {task}",
                objects.len(),
                if objects.len() == 1 { "" } else { "s" },
                bytes(size),
                took.as_secs()
            );
            let _ = writeln!(out, "{}", Styled(STRONG, Styled(ADD, head)));
            list(objects, out);
        }
        Ending::Detached => {
            let _ = writeln!(out, "{}", Styled(STRONG, format!("Started: task {task}")));
        }
        Ending::Missing { objects, .. } if !objects.is_empty() => {
            let _ = writeln!(out, "{}", Styled(STRONG, "There all the same:"));
            list(objects, out);
        }
        _ => {}
    }
}

fn list(objects: &[BucketObject], out: &mut String) {
    let names: Vec<String> = objects.iter().map(|object| safe(&object.key)).collect();
    let width = names.iter().map(|name| name.chars().count()).max();
    let width = width.unwrap_or(0);
    for (name, object) in names.iter().zip(objects) {
        let _ = write!(out, "  {name:width$}  {}", bytes(object.size));
        let class = object.storage_class.as_deref().unwrap_or_default();
        if class.ends_with("Archive") {
            let note = format!("  {}: restore it before you download it", safe(class));
            let _ = write!(out, "{}", Styled(DIM, note));
        }
        out.push('\n');
    }
}

/// A size for people, in powers of 1024.
fn bytes(size: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    let mut scaled = size;
    let mut tenths = 0;
    let mut unit = "bytes";
    for next in UNITS {
        if scaled < 1024 {
            break;
        }
        tenths = scaled % 1024 * 10 / 1024;
        scaled /= 1024;
        unit = next;
    }
    match unit {
        "bytes" => format!("{size} bytes"),
        unit => format!("{scaled}.{tenths} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_of_the_unit_that_people_use() {
        for (size, text) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            (2_147_483_648, "2.0 GiB"),
            (u64::MAX, "16383.9 PiB"),
        ] {
            assert_eq!(bytes(size), text);
        }
    }
}
