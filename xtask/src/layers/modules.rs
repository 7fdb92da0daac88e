//! The modules of a crate that have a file, and which of them needs which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::imports::{Import, Source};
use crate::failure::{Failure, Result};
use crate::repository;

/// What each module imports, by names such as `publish::courier`. The root of the crate is none of them: it holds all.
pub(super) type Arrows = BTreeMap<String, BTreeSet<String>>;

/// How many times a name is followed to where it is handed on from.
const HOPS: usize = 8;

/// The modules of a crate, without those of tests.
#[derive(Debug)]
pub(super) struct Modules(BTreeMap<Vec<String>, Source>);

impl Modules {
    /// Reads the sources below a folder.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let mut files = Vec::new();
        collect(folder, folder, &mut files)?;
        files.sort();
        Self::of(&files)
    }

    /// Takes files, each with its path below the folder of sources.
    fn of(files: &[(String, String)]) -> Result<Self> {
        let mut modules = BTreeMap::new();
        for (path, text) in files {
            let module = module(path);
            let source = Source::read(&module, text)?;
            // Beside a library, `main.rs` is a crate of its own.
            modules.entry(module).or_insert(source);
        }
        let tests: Vec<Vec<String>> = modules.values().flat_map(|source: &Source| source.tests.clone()).collect();
        modules.retain(|module, _| !tests.iter().any(|test| module.starts_with(test)));
        Ok(Self(modules))
    }

    /// Which module needs which.
    pub(super) fn arrows(&self) -> Arrows {
        let modules = self.0.iter().filter(|(module, _)| !module.is_empty());
        let needs = |(module, source): (&Vec<String>, &Source)| {
            let targets = source.imports.iter().filter_map(|import| self.target(import));
            let others = targets.filter(|target| !target.is_empty() && target != module);
            (module.join("::"), others.map(|target| target.join("::")).collect())
        };
        modules.map(needs).collect()
    }

    /// The module that an import leads to; `None` where that is no module of this crate.
    fn target(&self, import: &Import) -> Option<Vec<String>> {
        Some(self.owner(self.absolute(import)?, HOPS))
    }

    /// The path of an import from the root of the crate.
    fn absolute(&self, import: &Import) -> Option<Vec<String>> {
        let mut base = import.base.clone();
        let mut rest = import.path.as_slice();
        match rest.first()?.as_str() {
            "crate" => {
                base.clear();
                rest = &rest[1..];
            }
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|word| word == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
            }
            child if !self.0.contains_key(&[base.as_slice(), &[child.to_owned()]].concat()) => return None,
            _ => {}
        }
        Some([base.as_slice(), rest].concat())
    }

    /// The module that a path ends in. A name that a module only hands on belongs to where that has it from; one that comes
    /// by a glob is taken for the module's own.
    fn owner(&self, path: Vec<String>, hops: usize) -> Vec<String> {
        let depth = (0..=path.len()).rev().find(|depth| self.0.contains_key(&path[..*depth])).unwrap_or_default();
        let (module, rest) = path.split_at(depth);
        match rest.split_first().and_then(|(name, rest)| Some((self.offered(module, name)?, rest))) {
            Some((from, rest)) if hops > 0 => self.owner([from.as_slice(), rest].concat(), hops - 1),
            _ => module.to_vec(),
        }
    }

    fn offered(&self, module: &[String], name: &str) -> Option<Vec<String>> {
        let mut imports = self.0.get(module)?.imports.iter().filter(|import| import.base == module);
        self.absolute(imports.find(|import| import.offered_as.as_deref() == Some(name))?)
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> Result<()> {
    let failed = |error| Failure::io(folder, &error);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            files.push((name, repository::read(&path)?));
        }
    }
    Ok(())
}

/// The module that a file is.
fn module(path: &str) -> Vec<String> {
    let mut words: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    let is_folder = words.last().is_some_and(|last| last == "mod");
    if is_folder || matches!(path, "lib.rs" | "main.rs") {
        words.pop();
    }
    words
}

/// The arrows between files that are given by their text.
#[cfg(test)]
pub(super) fn arrows_of(files: &[(&str, &str)]) -> Arrows {
    let files: Vec<_> = files.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect();
    Modules::of(&files).expect("it is Rust").arrows()
}

#[cfg(test)]
mod tests {
    use super::arrows_of;

    fn of(files: &[(&str, &str)], module: &str) -> Vec<String> {
        arrows_of(files)[module].iter().cloned().collect()
    }

    #[test]
    fn a_path_leads_to_the_module_that_it_ends_in() {
        let files = [
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a/mod.rs", "mod inner; use inner::X; use crate::b; fn f() { crate::c::g(); std::mem::take(x); }"),
            ("a/inner.rs", "use super::Own; use super::super::c::Thing;"),
            ("b.rs", ""),
            ("c.rs", "mod deep { use super::super::b; }"),
        ];
        assert_eq!(of(&files, "a"), ["a::inner", "b", "c"]);
        assert_eq!(of(&files, "a::inner"), ["a", "c"]);
        assert_eq!(of(&files, "c"), ["b"]);
    }

    #[test]
    fn a_name_belongs_to_the_module_that_has_it() {
        let files = [
            ("lib.rs", "pub use error::Error;"),
            ("error.rs", "mod text; pub use text::Error;"),
            ("error/text.rs", ""),
            ("user.rs", "use crate::Error; use crate::error::Error as Other;"),
        ];
        assert_eq!(of(&files, "user"), ["error::text"]);
    }

    #[test]
    fn files_of_tests_are_none() {
        let files = [
            ("lib.rs", ""),
            ("a.rs", "#[cfg(test)]\nmod tests;"),
            ("a/tests.rs", "use crate::b;"),
            ("a/tests/more.rs", ""),
            ("b.rs", ""),
        ];
        assert_eq!(arrows_of(&files).into_keys().collect::<Vec<_>>(), ["a", "b"]);
    }
}
