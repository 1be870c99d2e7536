//! Finds and reads files: the only disk access in `spec`.

use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::document::{File, FileProblem, Files};
use super::error::{Diagnostic, SpecErrors};
use super::excerpt::Lines;
use super::node::Node;
use super::notes::Notes;
use super::{Spec, check, preset, read, resolve};
use crate::policy::suggest;
use crate::policy::text::{decode, without_mark};
use crate::policy::{Place, quote};

/// Largest spec or document file. Unit: bytes. A fleet of 5,000 accounts fits.
pub const MAX_FILE: u64 = 1 << 20;

/// Where a spec comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpecSource {
    /// A file.
    Path(PathBuf),
    /// The text itself, as read from standard input.
    Stdin(Vec<u8>),
    /// A built-in spec, by name.
    Preset(String),
}

/// Loads and checks a spec and every document it refers to.
///
/// References to files are relative to the folder of the spec, for standard input to `current`, the folder
/// that the program runs in. They may go up one level, name regular files of at most 1 MiB, and no link may
/// lead further out than that.
///
/// # Errors
/// Every mistake of the spec, its documents and its references, sorted by file and place. A text that is
/// not YAML at all gives the one mistake at which reading stopped.
pub fn load(source: &SpecSource, current: &Path) -> Result<Spec, SpecErrors> {
    let (shown, text, folder) = match source {
        SpecSource::Path(path) => {
            let shown = path.display().to_string();
            let bytes =
                read_spec(&current.join(path), &shown).map_err(|problem| whole(&shown, problem))?;
            let folder = path.parent().unwrap_or(Path::new("")).to_owned();
            (
                shown,
                bytes,
                Folder::Disk {
                    shown: folder.clone(),
                    real: current.join(folder),
                },
            )
        }
        SpecSource::Stdin(bytes) => {
            let folder = Folder::Disk {
                shown: PathBuf::new(),
                real: current.to_owned(),
            };
            ("<stdin>".to_owned(), bytes.clone(), folder)
        }
        SpecSource::Preset(name) => {
            let shown = format!("preset:{name}");
            let preset = preset::find(name).ok_or_else(|| whole(&shown, unknown_preset(name)))?;
            (shown, preset.text.as_bytes().to_owned(), Folder::Preset)
        }
    };
    let text = utf8(text).map_err(|(place, problem)| at(&shown, Some(place), problem))?;
    let text = without_mark(&text).unwrap_or(&text);
    from_text(&shown, text, &folder)
}

/// Loads a text that stands in no folder.
///
/// # Errors
/// As [`load`].
pub(super) fn built_in(shown: &str, text: &str) -> Result<Spec, SpecErrors> {
    from_text(shown, text, &Folder::Preset)
}

fn from_text(shown: &str, text: &str, folder: &Folder) -> Result<Spec, SpecErrors> {
    let node = Node::read(text).map_err(|error| {
        let problem = FileProblem {
            message: error.message,
            hint: error.hint,
        };
        let excerpt = |place| Lines::new(text).excerpt(place, 1, "");
        SpecErrors::one(Diagnostic {
            excerpt: error.place.and_then(excerpt),
            ..diagnostic(shown, error.place, problem)
        })
    })?;
    let mut notes = Notes::new(shown, text);
    let shape = read::spec(&mut notes, &node);
    check::check(&mut notes, &shape);
    let mut files = Files::new();
    for reference in shape.files() {
        if !files.contains_key(reference) {
            files.insert(reference.to_owned(), folder.read(reference));
        }
    }
    resolve::resolve(notes, shape, &files)
}

fn whole(shown: &str, problem: FileProblem) -> SpecErrors {
    at(shown, None, problem)
}

fn at(shown: &str, place: Option<Place>, problem: FileProblem) -> SpecErrors {
    SpecErrors::one(diagnostic(shown, place, problem))
}

fn diagnostic(shown: &str, place: Option<Place>, problem: FileProblem) -> Diagnostic {
    Diagnostic {
        file: shown.to_owned(),
        place,
        path: String::new(),
        message: problem.message,
        hint: problem.hint,
        excerpt: None,
    }
}

fn problem(message: impl Into<String>) -> FileProblem {
    FileProblem {
        message: message.into(),
        hint: None,
    }
}

fn with_hint(message: impl Into<String>, hint: impl Into<String>) -> FileProblem {
    FileProblem {
        message: message.into(),
        hint: Some(hint.into()),
    }
}

fn unknown_preset(name: &str) -> FileProblem {
    let names: Vec<&str> = preset::presets().iter().map(|preset| preset.name).collect();
    let hint = suggest::did_you_mean(name, names.iter().copied())
        .unwrap_or_else(|| format!("the presets are `{}`", names.join("`, `")));
    with_hint(format!("unknown preset {}", quote(name)), hint)
}

/// Text, or the place of the first byte that is none.
fn utf8(bytes: Vec<u8>) -> Result<String, (Place, FileProblem)> {
    if bytes.len() as u64 > MAX_FILE {
        return Err((Place::START, too_large()));
    }
    decode(bytes).map_err(|error| (error.place, with_hint(error.message, error.hint)))
}

fn too_large() -> FileProblem {
    problem("is larger than 1 MiB")
}

fn read_spec(path: &Path, shown: &str) -> Result<Vec<u8>, FileProblem> {
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => with_hint("there is no such file", instead_of(shown)),
        _ => unreadable(&error),
    })?;
    if metadata.is_dir() {
        return Err(with_hint("is a folder", "name the spec file in it"));
    }
    if !metadata.is_file() {
        // Opening a pipe without a writer would wait for ever.
        return Err(with_hint(
            "is not a regular file",
            "pass it on standard input, as `export-iam plan - < FILE`",
        ));
    }
    read_capped(path)
}

/// What to give in the place of a path that leads nowhere.
fn instead_of(path: &str) -> String {
    let names = preset::presets().iter().map(|preset| preset.name);
    match suggest::nearest(path, names) {
        Some(name) => format!("did you mean the built-in spec, `preset:{name}`?"),
        None => "give a path, `-` for standard input, or `preset:NAME`".to_owned(),
    }
}

fn read_capped(path: &Path) -> Result<Vec<u8>, FileProblem> {
    let mut bytes = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(too_large());
    }
    Ok(bytes)
}

fn unreadable(error: &io::Error) -> FileProblem {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::NotADirectory => "a part of the path is not a folder".to_owned(),
        _ => error.to_string().to_lowercase(),
    };
    problem(format!("cannot be read: {reason}"))
}

/// What references to files are relative to.
enum Folder {
    /// A folder on disk.
    Disk {
        /// As the user would name it.
        shown: PathBuf,
        /// From where the program can reach it.
        real: PathBuf,
    },
    /// The folder of the built-in specs.
    Preset,
}

impl Folder {
    fn read(&self, reference: &str) -> Result<File, FileProblem> {
        let about = |mut problem: FileProblem| {
            problem.message = format!("document {} {}", quote(reference), problem.message);
            problem
        };
        let path = inside(reference).map_err(about)?;
        match self {
            Self::Preset => {
                let shown = shown(&Path::new(preset::FOLDER).join(&path));
                let text =
                    preset::document(&shown).ok_or_else(|| about(problem("is not built in")))?;
                Ok(File {
                    shown: format!("preset:{shown}"),
                    text: text.to_owned(),
                })
            }
            Self::Disk {
                shown: folder,
                real,
            } => {
                let shown = shown(&folder.join(&path));
                let bytes = read_inside(real, &path).map_err(about)?;
                let text = utf8(bytes).map_err(|(_, problem)| about(problem))?;
                Ok(File { shown, text })
            }
        }
    }
}

const OUT: &str = "leads out of the folder above the spec's";
const OUT_HINT: &str = "keep documents beside the spec, below it, or in a folder next to its own";

/// `reference` as a path that stays, by its text, within the parent of the folder.
fn inside(reference: &str) -> Result<PathBuf, FileProblem> {
    if reference.is_empty() {
        return Err(problem("has no name"));
    }
    if reference.contains('\0') {
        return Err(problem("has a name with a zero byte"));
    }
    if reference.contains("://") {
        return Err(with_hint(
            "is not a file",
            "only files are read; save the document beside the spec",
        ));
    }
    let mut depth: usize = 1;
    let path = PathBuf::from(reference);
    for component in path.components() {
        match component {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir => {
                depth = depth
                    .checked_sub(1)
                    .ok_or_else(|| with_hint(OUT, OUT_HINT))?
            }
            Component::RootDir | Component::Prefix(_) => {
                return Err(with_hint(
                    "is an absolute path",
                    "write it relative to the spec",
                ));
            }
        }
    }
    Ok(path)
}

/// Reads `path` below `folder`, when it really is a regular file within the parent of `folder`.
fn read_inside(folder: &Path, path: &Path) -> Result<Vec<u8>, FileProblem> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let folder = folder.canonicalize().map_err(|error| unreadable(&error))?;
    let written = tidy(&folder.join(path));
    let real = written.canonicalize().map_err(|error| unreadable(&error))?;
    let is_inside = match folder.parent() {
        // The root of the disk fences nothing: there a path may go up, but no link may.
        Some(parent) if parent.parent().is_none() => real.starts_with(&folder) || real == written,
        Some(parent) => real.starts_with(parent),
        None => real == written,
    };
    if !is_inside {
        return Err(with_hint(OUT, OUT_HINT));
    }
    let metadata = fs::metadata(&real).map_err(|error| unreadable(&error))?;
    if metadata.is_dir() {
        return Err(problem("is a folder"));
    }
    if !metadata.is_file() {
        return Err(problem("is not a regular file"));
    }
    read_capped(&real)
}

/// `path` without `.` and, where possible, without `..`.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(tidy.components().next_back(), Some(Component::Normal(_))) =>
            {
                tidy.pop();
            }
            other => tidy.push(other),
        }
    }
    tidy
}

fn shown(path: &Path) -> String {
    tidy(path).display().to_string()
}
