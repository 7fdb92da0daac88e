//! `yank`: a version that installers are to pass over, or may choose again.

use releasekit_core::registry::Offer;
use releasekit_engine::yank::{self, Outcome, Yanked};
use serde::Serialize;

use crate::answer::Answer;
use crate::error::{Error, Result};
use crate::invocation::Invocation;
use crate::options::{Format, Globals};
use crate::render::json;

/// Withdraw a version from resolution where its registries can, or offer it again
///
/// Its files, its tag and its release stay. Whoever has it in a lockfile still gets it; nobody else is given it who does not
/// ask for its number. Where a registry has no API for it, that is said, and where it is done by hand.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Name a package and its version
    #[arg(value_name = "NAME@VERSION")]
    subject: String,
    /// Offer a yanked version again
    #[arg(long)]
    undo: bool,
    /// Choose the format
    #[arg(long, default_value = "table")]
    format: Format,
}

/// Yanks a version at each registry of its package, or takes that back.
pub(crate) async fn run(options: &Options, invocation: &Invocation, globals: &Globals) -> Result<Answer> {
    let (name, version) = options.parts()?;
    let opened = invocation.open(globals, None).await?;
    let offer = if options.undo { Offer::Offered } else { Offer::Withdrawn };
    let yanked = yank::yank(&opened.session, name, version, offer).await?;
    Ok(Answer::new(match options.format {
        Format::Table => text(&yanked, options.undo, globals.dry_run),
        Format::Json => document(&yanked, options.undo, globals.dry_run),
    }))
}

impl Options {
    /// The name, which may hold an `@` of its own, and the version.
    fn parts(&self) -> Result<(&str, &str)> {
        let parts = self.subject.rsplit_once('@').filter(|(name, version)| !name.is_empty() && !version.is_empty());
        parts.ok_or_else(|| Error::Arguments {
            message: format!("`{}` is no `NAME@VERSION`", self.subject),
            help: Some("write the version after an `@`, as in `demo@1.0.0`".to_owned()),
        })
    }
}

fn text(yanked: &Yanked, undo: bool, dry_run: bool) -> String {
    let done = match (undo, dry_run) {
        (false, false) => "is yanked",
        (false, true) => "would be yanked",
        (true, false) => "is offered again",
        (true, true) => "would be offered again",
    };
    let already = if undo { "is not yanked" } else { "was yanked before" };
    let line = |(registry, outcome): &(String, Outcome)| {
        let words = match outcome {
            Outcome::Done => format!("{done} at {registry}"),
            Outcome::Already => format!("{already} at {registry}; nothing was sent"),
            Outcome::Unseen => format!("{done} at {registry}, whose index does not list it so yet"),
        };
        format!("{} {} {words}\n", yanked.id, yanked.version)
    };
    yanked.registries.iter().map(line).collect()
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    dry_run: bool,
    name: &'a str,
    label: &'a str,
    version: &'a str,
    yanked: bool,
    registries: Vec<Registry<'a>>,
}

#[derive(Serialize)]
struct Registry<'a> {
    url: &'a str,
    outcome: &'static str,
}

fn document(yanked: &Yanked, undo: bool, dry_run: bool) -> String {
    let registries = yanked.registries.iter().map(|(url, outcome)| Registry { url, outcome: word(*outcome) });
    json::pretty(&Document {
        schema: 1,
        dry_run,
        name: yanked.id.name.as_str(),
        label: yanked.id.label.as_str(),
        version: yanked.version.as_str(),
        yanked: !undo,
        registries: registries.collect(),
    })
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Already => "already",
        Outcome::Unseen => "unseen",
    }
}

#[cfg(test)]
mod tests {
    use releasekit_core::model::{EcosystemLabel, PackageId, PackageName, Version};

    use super::*;

    fn yanked(outcome: Outcome) -> Yanked {
        let id = PackageId::new(EcosystemLabel::new("mem"), PackageName::new("demo"));
        let registries = vec![("https://registry.test/".to_owned(), outcome)];
        Yanked { id, version: Version::from_canonical("1.0.0"), registries }
    }

    #[test]
    fn what_became_of_it_is_said_in_words_and_as_data() {
        let cases = [
            (Outcome::Done, false, false, "is yanked at https://registry.test/"),
            (Outcome::Done, true, true, "would be offered again at https://registry.test/"),
            (Outcome::Already, false, false, "was yanked before at https://registry.test/; nothing was sent"),
            (
                Outcome::Unseen,
                true,
                false,
                "is offered again at https://registry.test/, whose index does not list it so yet",
            ),
        ];
        for (outcome, undo, dry_run, expected) in cases {
            assert_eq!(text(&yanked(outcome), undo, dry_run), format!("mem:demo 1.0.0 {expected}\n"));
        }
        let document: serde_json::Value = serde_json::from_str(&document(&yanked(Outcome::Done), true, false)).unwrap();
        let expected = serde_json::json!({
            "schema": 1, "dry_run": false, "name": "demo", "label": "mem", "version": "1.0.0", "yanked": false,
            "registries": [{ "url": "https://registry.test/", "outcome": "done" }],
        });
        assert_eq!(document, expected);
    }

    #[test]
    fn a_name_may_hold_an_at_sign() {
        let parts = |subject: &str| {
            let options = Options { subject: subject.to_owned(), undo: false, format: Format::Table };
            options.parts().map(|(name, version)| (name.to_owned(), version.to_owned())).ok()
        };
        assert_eq!(parts("@scope/demo@1.0.0"), Some(("@scope/demo".to_owned(), "1.0.0".to_owned())));
        assert_eq!([parts("demo"), parts("demo@"), parts("@1.0.0")], [None, None, None]);
    }
}
