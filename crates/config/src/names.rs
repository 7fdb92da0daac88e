//! Names that can only be checked once packages and workspaces are known.

use std::collections::BTreeMap;

use releasekit_core::model::{EcosystemLabel, PackageId};

use crate::configuration::Configuration;
use crate::crosscheck;
use crate::error::{Error, MOST, listed};
use crate::read::Mention;
use crate::rule::Rule;
use releasekit_core::nearest;

/// How names of an ecosystem, told by its label, are compared.
type Normalize<'a> = &'a dyn Fn(&EcosystemLabel, &str) -> String;

/// Checks every package that the configuration names against those that were discovered.
///
/// A name is `label:name`, or bare. An unknown one is `RK-CONFIG-UNKNOWN-PACKAGE`, a bare one that several ecosystems
/// have `RK-PACKAGE-AMBIGUOUS`, and two tables for one package `RK-CONFIG-DUPLICATE`. `normalize` is the ecosystem's own
/// rule, by which names are compared.
pub fn check_names(configuration: &Configuration, known: &[PackageId], normalize: Normalize<'_>) -> Vec<Error> {
    let mut errors = Vec::new();
    let mut tables: BTreeMap<&PackageId, &Mention> = BTreeMap::new();
    let packages = Packages::new(known, normalize);
    for mention in configuration.mentions.iter().filter(|mention| mention.rule == Rule::Package) {
        let found = packages.candidates(&mention.text);
        match found.as_slice() {
            // To look for a near name takes as long as there are names, and more errors than these are not shown.
            [] => errors.push(unknown(configuration, mention, if errors.len() < MOST { known } else { &[] })),
            [package] if mention.is_table => {
                if tables.insert(package, mention).is_some() {
                    errors.push(twice(configuration, mention, package));
                }
            }
            [_] => {}
            several => errors.push(ambiguous(configuration, mention, several)),
        }
    }
    errors
}

/// The packages that there are, by label and by name as their ecosystem compares it.
struct Packages<'k> {
    by_label: BTreeMap<&'k EcosystemLabel, BTreeMap<String, Vec<&'k PackageId>>>,
    normalize: Normalize<'k>,
}

impl<'k> Packages<'k> {
    fn new(known: &'k [PackageId], normalize: Normalize<'k>) -> Self {
        let mut by_label: BTreeMap<_, BTreeMap<_, Vec<_>>> = BTreeMap::new();
        for id in known {
            let name = normalize(&id.label, id.name.as_str());
            by_label.entry(&id.label).or_default().entry(name).or_default().push(id);
        }
        Self { by_label, normalize }
    }

    /// The packages that a name can mean.
    fn candidates(&self, text: &str) -> Vec<&'k PackageId> {
        let all: Vec<_> = self.by_label.iter().collect();
        let qualified = text.split_once(':').and_then(|(label, name)| {
            let found = all.iter().find(|(known, _)| known.as_str() == label)?;
            Some((vec![*found], name))
        });
        let (labels, name) = qualified.unwrap_or((all, text));
        let named = |(label, names): (&&EcosystemLabel, &BTreeMap<String, Vec<&'k PackageId>>)| {
            names.get(&(self.normalize)(label, name)).cloned().unwrap_or_default()
        };
        labels.into_iter().flat_map(named).collect()
    }
}

fn unknown(configuration: &Configuration, mention: &Mention, known: &[PackageId]) -> Error {
    let bare = known.iter().map(|id| id.name.as_str().to_owned());
    let qualified = known.iter().map(ToString::to_string);
    let names: Vec<String> = if mention.text.contains(':') { qualified.collect() } else { bare.collect() };
    let nearest = nearest(&mention.text, names.iter().map(String::as_str)).map(str::to_owned);
    let place = configuration.source.place(mention.span.clone(), "was not discovered");
    Error::UnknownPackage { name: mention.text.clone(), nearest, place }
}

fn ambiguous(configuration: &Configuration, mention: &Mention, several: &[&PackageId]) -> Error {
    let place = configuration.source.place(mention.span.clone(), "fits several packages");
    let candidates = several.iter().map(ToString::to_string).collect();
    Error::AmbiguousPackage { name: mention.text.clone(), candidates, place }
}

fn twice(configuration: &Configuration, mention: &Mention, package: &PackageId) -> Error {
    let place = configuration.source.place(mention.span.clone(), "is the same package as an earlier table's");
    Error::Duplicate { what: format!("a table for `{package}`"), place }
}

/// Checks every ecosystem that the configuration names.
///
/// `known` are the ecosystems that are registered, each with the label it usually has; `detected` are the labels
/// of the workspaces that were found. An unknown ecosystem is `RK-CONFIG-UNKNOWN-ECOSYSTEM`.
pub fn check_ecosystems(
    configuration: &Configuration,
    known: &[(&str, &str)],
    detected: &[EcosystemLabel],
) -> Vec<Error> {
    let mut errors = Vec::new();
    for mention in &configuration.mentions {
        if mention.rule == Rule::Label {
            let policy = configuration.policy.ecosystems.get(&EcosystemLabel::new(mention.text.as_str()));
            let said = policy.is_some_and(|policy| policy.ecosystem.is_some());
            let implied = known.iter().any(|(id, label)| *id == mention.text || *label == mention.text);
            if !said && !implied && !detected.iter().any(|label| label.as_str() == mention.text) {
                errors.push(no_ecosystem(configuration, mention, known));
            }
        } else if mention.rule == Rule::Ecosystem && !known.iter().any(|(id, _)| *id == mention.text) {
            errors.push(no_ecosystem(configuration, mention, known));
        }
    }
    errors
}

/// Checks `propagate` against how requirements on siblings are published, which an ecosystem decides where the file says
/// nothing of it: `pinned` are the labels whose packages publish such requirements and pin them exactly. With one of them,
/// `never` is `RK-CONFIG-CONTRADICTION`.
pub fn check_propagation(configuration: &Configuration, pinned: &[EcosystemLabel]) -> Option<Error> {
    let propagate = configuration.set.get("propagate").cloned().unwrap_or_default();
    let pinned: Vec<&EcosystemLabel> = pinned.iter().collect();
    crosscheck::left_behind(&configuration.policy, &pinned, propagate, &configuration.source)
}

fn no_ecosystem(configuration: &Configuration, mention: &Mention, known: &[(&str, &str)]) -> Error {
    let ids: Vec<&str> = known.iter().map(|(id, _)| *id).collect();
    let by_label = known.iter().find(|(_, label)| *label == mention.text).map(|(id, _)| *id);
    let near = by_label.or_else(|| nearest(&mention.text, ids.iter().copied()));
    let help = match (mention.rule, near) {
        (Rule::Ecosystem, Some(id)) => format!("did you mean `{id}`? There are {}", listed(&ids)),
        (Rule::Ecosystem, None) => format!("there are {}", listed(&ids)),
        _ => format!("no workspace was found for this label; say what it is with `ecosystem`, one of {}", listed(&ids)),
    };
    let place = configuration.source.place(mention.span.clone(), "is not built in, and no workspace has this label");
    Error::UnknownEcosystem { name: mention.text.clone(), help, place }
}
