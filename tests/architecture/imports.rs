//! Which file of `src` names which other one, read from the parsed source.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// One file of `src`, without its tests.
pub(crate) struct SourceFile {
    /// Relative to `src`, with `/`.
    pub(crate) name: String,
    /// The modules from the root to this file; empty for `lib.rs`.
    pub(crate) module: Vec<String>,
    /// Every path that the code names, as it is written.
    paths: Vec<NamedPath>,
    /// What a name stands for that this file imports or exports again.
    aliases: BTreeMap<String, Vec<String>>,
    /// The text without comments and tests.
    pub(crate) code: String,
}

/// A path in the code: `crate::model::Step` as its segments.
struct NamedPath {
    segments: Vec<String>,
    /// Named only to export it again, under this or another name.
    is_export: bool,
}

/// All files and the arrows between them.
pub(crate) struct Sources {
    pub(crate) files: Vec<SourceFile>,
    by_module: BTreeMap<Vec<String>, usize>,
}

/// `from` names something that is defined in `to`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arrow {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) name: String,
}

impl Sources {
    pub(crate) fn read(root: &Path) -> Self {
        let mut folders = vec![root.to_owned()];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "rs") {
                    files.push(SourceFile::read(root, &path));
                }
            }
        }
        Self::new(files)
    }

    /// Files given as name and text, to try the rules on.
    pub(crate) fn of(texts: &[(&str, &str)]) -> Self {
        let files = texts
            .iter()
            .map(|(name, text)| SourceFile::parse(name, text));
        Self::new(files.collect())
    }

    fn new(mut files: Vec<SourceFile>) -> Self {
        files.sort_by(|one, other| one.name.cmp(&other.name));
        let by_module = files
            .iter()
            .enumerate()
            .filter(|(_, file)| file.name != "main.rs")
            .map(|(at, file)| (file.module.clone(), at))
            .collect();
        Self { files, by_module }
    }

    /// Every arrow between two files. A file that only exports a name again does not use it.
    pub(crate) fn arrows(&self) -> BTreeSet<Arrow> {
        let mut arrows = BTreeSet::new();
        for (from, file) in self.files.iter().enumerate() {
            for path in file.paths.iter().filter(|path| !path.is_export) {
                let target = self.resolve(&file.module, &path.segments, 0);
                if let Some(to) = target.filter(|to| *to != from) {
                    arrows.insert(Arrow {
                        from,
                        to,
                        name: path.segments.last().cloned().unwrap_or_default(),
                    });
                }
            }
        }
        arrows
    }

    /// The modules of ours that a file names directly, as they are written after `crate::`.
    pub(crate) fn named_modules(&self, file: &SourceFile) -> BTreeSet<Vec<String>> {
        let paths = file.paths.iter().filter_map(|path| {
            let (base, rest) = self.base(&file.module, &path.segments)?;
            let mut module = base;
            for segment in rest {
                module.push(segment.clone());
                if !self.by_module.contains_key(&module) {
                    module.pop();
                    break;
                }
            }
            Some(module)
        });
        paths.collect()
    }

    /// The outside crates among `known` that a file names.
    pub(crate) fn named_crates(&self, file: &SourceFile, known: &[String]) -> BTreeSet<String> {
        let firsts = file.paths.iter().filter_map(|path| {
            let first = path.segments.first()?;
            let is_ours =
                self.is_child(&file.module, first) || path.segments.len() < 2 && !path.is_export;
            (!is_ours && known.contains(first)).then(|| first.clone())
        });
        firsts.collect()
    }

    fn is_child(&self, module: &[String], name: &str) -> bool {
        let mut child = module.to_vec();
        child.push(name.to_owned());
        self.by_module.contains_key(&child)
    }

    /// Where a path starts among our modules, and the segments behind that.
    fn base<'p>(
        &self,
        module: &[String],
        segments: &'p [String],
    ) -> Option<(Vec<String>, &'p [String])> {
        let mut module = module.to_vec();
        let mut rest = segments;
        match segments.first()?.as_str() {
            "crate" => {
                module.clear();
                rest = &rest[1..];
            }
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|segment| segment == "super") {
                    module.pop();
                    rest = &rest[1..];
                }
            }
            child if self.is_child(&module, child) => {}
            _ => return None,
        }
        Some((module, rest))
    }

    /// The file that defines what a path names; `None` for names that are not ours.
    fn resolve(&self, module: &[String], segments: &[String], depth: usize) -> Option<usize> {
        let (mut module, mut rest) = self.base(module, segments)?;
        while let Some((segment, behind)) = rest.split_first() {
            let mut deeper = module.clone();
            deeper.push(segment.clone());
            if !self.by_module.contains_key(&deeper) {
                break;
            }
            module = deeper;
            rest = behind;
        }
        let file = *self.by_module.get(&module)?;
        let alias = rest
            .first()
            .and_then(|name| self.files[file].aliases.get(name));
        match alias {
            Some(path) if depth < 8 => self.resolve(&module, path, depth + 1).or(Some(file)),
            _ => Some(file),
        }
    }

    /// Groups of files that use each other, straight or round a corner.
    pub(crate) fn circles(&self) -> Vec<Vec<usize>> {
        let mut next = vec![BTreeSet::new(); self.files.len()];
        for arrow in self.arrows() {
            next[arrow.from].insert(arrow.to);
        }
        let reach: Vec<BTreeSet<usize>> = (0..next.len())
            .map(|start| {
                let mut seen = BTreeSet::new();
                let mut open: Vec<usize> = next[start].iter().copied().collect();
                while let Some(at) = open.pop() {
                    if seen.insert(at) {
                        open.extend(&next[at]);
                    }
                }
                seen
            })
            .collect();
        let mut circles = Vec::new();
        let mut placed: BTreeSet<usize> = BTreeSet::new();
        for start in 0..next.len() {
            if reach[start].contains(&start) && !placed.contains(&start) {
                let circle = reach[start]
                    .iter()
                    .copied()
                    .filter(|other| reach[*other].contains(&start));
                let circle: Vec<usize> = circle.collect();
                placed.extend(&circle);
                circles.push(circle);
            }
        }
        circles
    }
}

impl SourceFile {
    fn read(root: &Path, path: &PathBuf) -> Self {
        let parts = path.strip_prefix(root).unwrap().components();
        let parts: Vec<&str> = parts
            .map(|part| part.as_os_str().to_str().unwrap())
            .collect();
        Self::parse(&parts.join("/"), &fs::read_to_string(path).unwrap())
    }

    fn parse(name: &str, text: &str) -> Self {
        let mut module: Vec<String> = name
            .trim_end_matches(".rs")
            .split('/')
            .map(str::to_owned)
            .collect();
        if matches!(
            module.last().map(String::as_str),
            Some("mod" | "lib" | "main")
        ) {
            module.pop();
        }
        let parsed =
            syn::parse_file(text).unwrap_or_else(|error| panic!("{name} does not parse: {error}"));
        let mut reader = Reader::default();
        reader.visit_file(&parsed);
        let before_tests = text.split("\n#[cfg(test)]").next().unwrap();
        let code = before_tests
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        Self {
            name: name.to_owned(),
            module,
            paths: reader.paths,
            aliases: reader.aliases,
            code: code.map(|line| format!("{line}\n")).collect(),
        }
    }
}

/// Collects every path of a file. Tests are left out.
#[derive(Default)]
struct Reader {
    paths: Vec<NamedPath>,
    aliases: BTreeMap<String, Vec<String>>,
}

impl Reader {
    fn import(&mut self, tree: &syn::UseTree, before: &[String], is_export: bool) {
        let mut path = before.to_vec();
        match tree {
            syn::UseTree::Path(part) => {
                path.push(part.ident.to_string());
                self.import(&part.tree, &path, is_export);
            }
            syn::UseTree::Group(group) => {
                for member in &group.items {
                    self.import(member, before, is_export);
                }
            }
            syn::UseTree::Name(name) if name.ident == "self" => {
                let alias = path.last().cloned().unwrap_or_default();
                self.end_of_import(path, alias, is_export);
            }
            syn::UseTree::Name(name) => {
                path.push(name.ident.to_string());
                self.end_of_import(path, name.ident.to_string(), is_export);
            }
            syn::UseTree::Rename(renamed) => {
                if renamed.ident != "self" {
                    path.push(renamed.ident.to_string());
                }
                self.end_of_import(path, renamed.rename.to_string(), is_export);
            }
            syn::UseTree::Glob(_) => self.paths.push(NamedPath {
                segments: path,
                is_export: false,
            }),
        }
    }

    fn end_of_import(&mut self, path: Vec<String>, alias: String, is_export: bool) {
        if path.len() > 1 {
            self.aliases.insert(alias, path.clone());
        }
        self.paths.push(NamedPath {
            segments: path,
            is_export,
        });
    }

    /// Paths in the body of a macro call, which stays unparsed.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut segments: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.flush(&mut segments);
                    }
                    segments.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                other => {
                    self.flush(&mut segments);
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.flush(&mut segments);
    }

    fn flush(&mut self, segments: &mut Vec<String>) {
        if segments.len() > 1 {
            self.paths.push(NamedPath {
                segments: segments.clone(),
                is_export: false,
            });
        }
        segments.clear();
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|ident| ident == "test")
    })
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let is_export = !matches!(item.vis, syn::Visibility::Inherited);
        if !is_test(&item.attrs) {
            self.import(&item.tree, &[], is_export);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        if segments.len() > 1 {
            self.paths.push(NamedPath {
                segments,
                is_export: false,
            });
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.visit_path(&called.path);
        self.tokens(called.tokens.clone());
    }
}
