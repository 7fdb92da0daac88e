//! Notes as Markdown, by a template.

use std::io::{self, Write};

use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use releasekit_core::Templates;

use super::apart;
use super::collect::Notes;
use crate::error::{Error, Result};

/// The template in force where the configuration names none.
const BUILT_IN: &str = include_str!("changelog.md.j2");

/// How many steps a template may take for one version: some hundred for each commit of a release that has more of them than
/// any.
const FUEL: u64 = 20_000_000;

/// How long the notes of one version may be, in bytes.
const LONGEST: usize = 16 << 20;

/// The notes of several versions as Markdown, in their order, by a template of the user's or else the built-in one.
///
/// A template of the user's is bounded in length, in steps, in what it gives, in memory and in time: one process apart renders
/// it for all of them. Fails with `ChangelogTemplate` where a bound is met, or where `templates` is `None`.
pub async fn to_markdown(
    notes: &[Notes],
    template: Option<&str>,
    templates: Option<&dyn Templates>,
) -> Result<Vec<String>> {
    match template {
        Some(template) => apart::render(notes, template, templates).await,
        None => notes.iter().map(|notes| render(BUILT_IN, notes).map_err(refused)).collect(),
    }
}

/// The template cannot be rendered, for this reason.
pub(super) fn refused(why: String) -> Error {
    Error::ChangelogTemplate { why }
}

/// Renders one version's notes. Says why where that fails.
pub(super) fn render(template: &str, notes: &Notes) -> Result<String, String> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("the default delimiters are legal"));
    environment.set_fuel(Some(FUEL));
    let template = environment.template_from_str(template).map_err(|error| error.to_string())?;
    let mut text = Bounded::default();
    match template.render_captured_to(Serde(notes), &mut text) {
        Err(_) if text.is_full => Err(format!("it gives more than {LONGEST} bytes")),
        Err(error) => Err(error.to_string()),
        Ok(_) => Ok(format!("{}\n", String::from_utf8_lossy(&text.bytes).trim_end())),
    }
}

/// What a template gives, as long as it is not too long.
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
    is_full: bool,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > LONGEST {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
