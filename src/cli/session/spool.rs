//! Bytes that wait: in memory while they are few, else in a file without a name, which is gone when the run is.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};

use crate::cli::exit::ExitStatus;
use crate::cli::failure::Failure;

/// What is kept in memory. Unit: bytes.
const IN_MEMORY: usize = 1 << 20;

/// Bytes that wait, in the order in which they came.
#[derive(Default)]
pub(crate) struct Spool {
    place: Place,
    end: u64,
}

enum Place {
    Memory {
        bytes: Cursor<Vec<u8>>,
        /// Where there is no folder for temporary files, as in a container that may not write, all stays here.
        must_stay: bool,
    },
    File(File),
}

impl Default for Place {
    fn default() -> Self {
        Self::Memory {
            bytes: Cursor::default(),
            must_stay: false,
        }
    }
}

/// Where something is in a spool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    start: u64,
    length: usize,
}

impl Spool {
    /// Appends.
    ///
    /// # Errors
    /// When the disk is full.
    pub(crate) fn put(&mut self, bytes: &[u8]) -> io::Result<Span> {
        let start = self.end;
        self.move_out(bytes.len())?;
        self.seek(SeekFrom::Start(start))?;
        match &mut self.place {
            Place::Memory { bytes: held, .. } => held.write_all(bytes)?,
            Place::File(file) => file.write_all(bytes)?,
        }
        self.end += bytes.len() as u64;
        Ok(Span {
            start,
            length: bytes.len(),
        })
    }

    /// Reads what was put.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn get(&mut self, span: Span) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; span.length];
        self.seek(SeekFrom::Start(span.start))?;
        self.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Forgets everything; its room is used again.
    fn clear(&mut self) {
        self.end = 0;
    }

    /// Goes to a file when `more` bytes are too many for memory.
    fn move_out(&mut self, more: usize) -> io::Result<()> {
        let Place::Memory { bytes, must_stay } = &mut self.place else {
            return Ok(());
        };
        let held = usize::try_from(self.end).unwrap_or(usize::MAX);
        if *must_stay || held.saturating_add(more) <= IN_MEMORY {
            return Ok(());
        }
        let Ok(mut file) = tempfile::tempfile() else {
            *must_stay = true;
            return Ok(());
        };
        file.write_all(bytes.get_ref().get(..held).unwrap_or_default())?;
        self.place = Place::File(file);
        Ok(())
    }
}

impl Read for Spool {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match &mut self.place {
            Place::Memory { bytes, .. } => bytes.read(into),
            Place::File(file) => file.read(into),
        }
    }
}

impl Seek for Spool {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.place {
            Place::Memory { bytes, .. } => bytes.seek(to),
            Place::File(file) => file.seek(to),
        }
    }
}

/// What is said when there is no room for what waits.
pub(crate) fn no_room(error: &io::Error) -> Failure {
    let folder = std::env::temp_dir();
    let message = format!(
        "temporary file in `{}`: {error}",
        folder.display().to_string().escape_debug()
    );
    Failure::new(ExitStatus::Failed, message)
        .hint("make room there, or name another folder with TMPDIR")
}

/// An account's part of a result, in the forms that were asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Part {
    /// For people.
    pub(crate) text: String,
    /// For programs.
    pub(crate) json: String,
}

/// Parts that come in any order and leave in that of their places.
#[derive(Default)]
pub(crate) struct Queue {
    spool: Spool,
    /// Text and JSON of those that came, by place.
    waiting: BTreeMap<usize, (Span, Span)>,
    next: usize,
}

impl Queue {
    /// Puts the part of a place, counted from 0.
    ///
    /// # Errors
    /// As [`Spool::put`].
    pub(crate) fn put(&mut self, place: usize, part: &Part) -> io::Result<()> {
        let text = self.spool.put(part.text.as_bytes())?;
        let json = self.spool.put(part.json.as_bytes())?;
        self.waiting.insert(place, (text, json));
        Ok(())
    }

    /// The part whose turn it is, if it came.
    ///
    /// # Errors
    /// As [`Spool::get`].
    pub(crate) fn next(&mut self) -> io::Result<Option<Part>> {
        let Some((text, json)) = self.waiting.remove(&self.next) else {
            return Ok(None);
        };
        self.next += 1;
        let mut read = |span| {
            let bytes = self.spool.get(span)?;
            String::from_utf8(bytes).map_err(|error| io::Error::other(error.utf8_error()))
        };
        let part = Part {
            text: read(text)?,
            json: read(json)?,
        };
        if self.waiting.is_empty() {
            self.spool.clear();
        }
        Ok(Some(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(place: usize) -> Part {
        Part {
            text: format!("text of {place}\n").repeat(place % 3),
            json: format!("{{\"place\": {place}}}"),
        }
    }

    #[test]
    fn parts_leave_in_the_order_of_their_places_however_they_come() {
        for count in [1, 2, 7, 100] {
            let mut queue = Queue::default();
            let mut left = 0;
            // A step that has no divisor in common with the count meets every place once.
            for n in 0..count {
                let place = (n * 7919 + count / 2) % count;
                queue.put(place, &part(place)).unwrap();
                while let Some(found) = queue.next().unwrap() {
                    assert_eq!(found, part(left));
                    left += 1;
                }
            }
            assert_eq!(left, count);
            assert_eq!(queue.spool.end, 0);
        }
    }

    #[test]
    fn more_than_memory_holds_goes_to_a_file_and_comes_back() {
        let mut spool = Spool::default();
        let piece = vec![7; IN_MEMORY / 2];
        let spans: Vec<Span> = (0..4)
            .map(|n| {
                spool.put(&[n]).unwrap();
                spool.put(&piece).unwrap()
            })
            .collect();
        assert!(matches!(spool.place, Place::File(_)));
        for span in spans.into_iter().rev() {
            assert_eq!(spool.get(span).unwrap(), piece);
        }
        spool.rewind().unwrap();
        let mut bytes = Vec::new();
        spool.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len(), 4 * (piece.len() + 1));
    }
}
