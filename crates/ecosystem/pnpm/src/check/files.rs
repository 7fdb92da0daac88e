//! Files that a package promises and that are not there, where no build makes any.

use releasekit_core::Result;
use releasekit_core::package_manager::Finding;
use serde_json::Value;

use super::Subject;
use crate::codes;
use crate::entries::{Contents, Missing};

/// Keys of `publishConfig` that stand in the place of the package's own once it is packed.
const OVERRIDES: &[&str] =
    &["main", "module", "browser", "exports", "bin", "types", "typings", "type", "imports", "typesVersions"];

/// What a package promises and the repository has not. Of what builds make, the tarball will tell.
pub(super) fn findings(subject: &Subject<'_>) -> Result<Vec<Finding>> {
    let folder = &subject.checked.package.path;
    if !subject.request.complete || subject.publishing("directory").is_some() {
        return Ok(Vec::new());
    }
    let files = subject.request.tree.files()?;
    let contents = Contents::new(files.iter().filter_map(|file| file.strip_prefix(folder)));
    let published = published(subject);
    if contents.lacks_everything(&published) {
        let message = format!("`{}` has nothing but `package.json` and papers", subject.name());
        return Ok(vec![subject.finding(codes::NOTHING_INSIDE, message)]);
    }
    let (missing, doubtful): (Vec<_>, Vec<_>) = contents.missing(&published).into_iter().partition(|one| one.stops);
    let finding = |code, what: &str, all: &[Missing]| {
        let message = || format!("`{}` has not {what}: {}", subject.name(), listed(all));
        (!all.is_empty()).then(|| subject.finding(code, message()))
    };
    let missing = finding(codes::ENTRY_MISSING, "what it promises", &missing);
    let doubtful = finding(codes::ENTRY_DOUBTFUL, "all that it names", &doubtful);
    Ok(missing.into_iter().chain(doubtful).collect())
}

/// The first few of what is not there.
fn listed(missing: &[Missing]) -> String {
    const SHOWN: usize = 5;
    let more = missing.len().saturating_sub(SHOWN);
    let rest = (more > 0).then(|| format!("and {more} more"));
    let shown = missing.iter().take(SHOWN).map(|one| one.text.clone());
    shown.chain(rest).collect::<Vec<_>>().join(", ")
}

/// The package file with what `publishConfig` changes of it.
fn published(subject: &Subject<'_>) -> Value {
    let mut said = subject.said.clone();
    for key in OVERRIDES {
        if let (Some(value), Some(said)) = (subject.publishing(key), said.as_object_mut()) {
            said.insert((*key).to_owned(), value.clone());
        }
    }
    said
}
