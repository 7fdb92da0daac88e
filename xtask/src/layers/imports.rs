//! What a source file imports, read from its tokens: `use`, and paths that are written out where they are used.
//!
//! Code under `#[cfg(test)]` is not read, for tests may look wherever they like; nor are visibilities, which name modules
//! and import nothing.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::failure::{Failure, Result};

/// A path in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    /// The module that it stands in.
    pub(super) base: Vec<String>,
    /// As it is written, a glob without its star.
    pub(super) path: Vec<String>,
    /// The name under which it is handed on, for a `pub use`.
    pub(super) offered_as: Option<String>,
}

/// A file, as far as imports go.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) imports: Vec<Import>,
    /// The modules that only tests have.
    pub(super) tests: Vec<Vec<String>>,
}

impl Source {
    /// Reads a file that is the module of that name.
    pub(super) fn read(module: &[String], text: &str) -> Result<Self> {
        let tokens: TokenStream =
            text.parse().map_err(|error| Failure::new(format!("`{}` is no Rust: {error}", module.join("::"))))?;
        let mut source = Self::default();
        source.tokens(module, tokens);
        Ok(source)
    }

    fn tokens(&mut self, module: &[String], tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = tokens.as_slice();
        while !rest.is_empty() {
            rest = &rest[self.step(module, rest)..];
        }
    }

    /// Reads what stands first, and gives how many tokens that is.
    fn step(&mut self, module: &[String], rest: &[TokenTree]) -> usize {
        if is_test(rest) {
            return self.test_item(module, rest);
        }
        match word(rest, 0).as_deref() {
            Some("pub") => {
                let visibility = if group(rest, 1, Delimiter::Parenthesis).is_some() { 2 } else { 1 };
                match word(rest, visibility).as_deref() {
                    Some("use") => visibility + self.use_item(module, &rest[visibility..], true),
                    _ => visibility,
                }
            }
            Some("use") => self.use_item(module, rest, false),
            Some("mod") => match (word(rest, 1), group(rest, 2, Delimiter::Brace)) {
                (Some(name), Some(body)) => {
                    self.tokens(&[module, &[name]].concat(), body.stream());
                    3
                }
                _ => 1,
            },
            Some(_) => self.path(module, rest),
            None => {
                if let TokenTree::Group(group) = &rest[0] {
                    self.tokens(module, group.stream());
                }
                1
            }
        }
    }

    /// Passes over an item of tests, up to its end or its body.
    fn test_item(&mut self, module: &[String], rest: &[TokenTree]) -> usize {
        let ends = |at: &usize| is_mark(rest, *at, ';') || group(rest, *at, Delimiter::Brace).is_some();
        let end = (0..rest.len()).find(ends).unwrap_or(rest.len() - 1);
        if let (Some("mod"), Some(name)) = (word(rest, end.saturating_sub(2)).as_deref(), word(rest, end - 1)) {
            self.tests.push([module, &[name]].concat());
        }
        end + 1
    }

    fn use_item(&mut self, module: &[String], rest: &[TokenTree], public: bool) -> usize {
        // `use<'a>` in a type says which lifetimes it holds.
        let is_item = word(rest, 1).is_some() || group(rest, 1, Delimiter::Brace).is_some() || is_mark(rest, 1, ':');
        if !is_item {
            return 1;
        }
        let end = (0..rest.len()).find(|at| is_mark(rest, *at, ';')).unwrap_or(rest.len());
        self.use_tree(module, &[], &rest[1..end], public);
        end
    }

    fn use_tree(&mut self, base: &[String], prefix: &[String], tokens: &[TokenTree], public: bool) {
        for branch in tokens.split(|token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',')) {
            let renamed = (0..branch.len()).find(|at| word(branch, *at).as_deref() == Some("as"));
            let (branch, name) = match renamed {
                Some(at) => (&branch[..at], word(branch, at + 1)),
                None => (branch, None),
            };
            let words = (0..branch.len()).filter_map(|at| word(branch, at));
            let mut path: Vec<String> = prefix.iter().cloned().chain(words).collect();
            if let Some(TokenTree::Group(group)) = branch.last() {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                self.use_tree(base, &path, &inner, public);
                continue;
            }
            path.truncate(path.iter().skip(1).position(|word| word == "self").map_or(path.len(), |at| at + 1));
            let is_glob = matches!(branch.last(), Some(TokenTree::Punct(_)));
            let offered_as = name.or_else(|| path.last().cloned()).filter(|_| public && !is_glob);
            self.imports.push(Import { base: base.to_vec(), path, offered_as });
        }
    }

    /// A path of several words in an expression, a type or a macro.
    fn path(&mut self, module: &[String], rest: &[TokenTree]) -> usize {
        let goes_on = |at: usize| is_mark(rest, at, ':') && is_mark(rest, at + 1, ':') && word(rest, at + 2).is_some();
        let mut end = 1;
        while goes_on(end) {
            end += 3;
        }
        if end > 1 {
            let path = (0..end).filter_map(|at| word(rest, at)).collect();
            self.imports.push(Import { base: module.to_vec(), path, offered_as: None });
        }
        end
    }
}

/// Whether an attribute that leaves the next item to tests stands first.
fn is_test(rest: &[TokenTree]) -> bool {
    let Some(attribute) = group(rest, 1, Delimiter::Bracket).filter(|_| is_mark(rest, 0, '#')) else { return false };
    let text = attribute.stream().to_string().replace(' ', "");
    text == "cfg(test)" || text.starts_with("cfg(all(test,")
}

fn word(tokens: &[TokenTree], at: usize) -> Option<String> {
    match tokens.get(at) {
        Some(TokenTree::Ident(word)) => Some(word.to_string()),
        _ => None,
    }
}

fn is_mark(tokens: &[TokenTree], at: usize, mark: char) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(found)) if found.as_char() == mark)
}

fn group(tokens: &[TokenTree], at: usize, delimiter: Delimiter) -> Option<&Group> {
    match tokens.get(at) {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Source;

    fn paths(text: &str) -> Vec<String> {
        let source = Source::read(&[], text).expect("it is Rust");
        source.imports.iter().map(|import| import.path.join("::")).collect()
    }

    #[test]
    fn a_tree_is_taken_apart() {
        let found = paths("pub(crate) use crate::{a::{self, B as C}, d::*, e::F};");
        assert_eq!(found, ["crate::a", "crate::a::B", "crate::d", "crate::e::F"]);
    }

    #[test]
    fn paths_in_code_and_macros_count() {
        let found = paths("fn f(x: &super::A) -> B { call!(\"{}\", crate::c::d(x.e())); g::<H>() }");
        assert_eq!(found, ["super::A", "crate::c::d"]);
    }

    #[test]
    fn tests_and_visibilities_do_not_count() {
        let text = "#[cfg(test)] mod tests { use super::a; }\n#[cfg(test)]\n#[path = \"x\"]\nmod more;\n\
                    pub(in super::super) struct S; #[cfg(all(test, unix))] use crate::b; use crate::c;";
        assert_eq!(paths(text), ["crate::c"]);
        assert_eq!(Source::read(&[], text).expect("it is Rust").tests, [["tests"], ["more"]]);
    }

    #[test]
    fn a_module_inside_a_file_is_the_base_of_its_paths() {
        let source = Source::read(&["a".to_owned()], "mod b { use super::c; }").expect("it is Rust");
        assert_eq!(
            (source.imports[0].base.join("::"), source.imports[0].path.join("::")),
            ("a::b".into(), "super::c".into())
        );
    }
}
