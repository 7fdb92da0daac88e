//! How packages are called before people: with their label where there are several, and without where nobody would confuse them.

use std::collections::BTreeSet;

use releasekit_core::model::{EcosystemLabel, PackageId};

/// What is shown together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Names {
    has_labels: bool,
}

impl Names {
    /// Packages of these labels.
    pub(crate) fn of<'a>(labels: impl IntoIterator<Item = &'a EcosystemLabel>) -> Self {
        Self::of_count(labels.into_iter().collect::<BTreeSet<_>>().len())
    }

    /// Packages of so many labels.
    pub(crate) fn of_count(labels: usize) -> Self {
        Self { has_labels: labels > 1 }
    }

    /// A package's name.
    pub(crate) fn name(self, id: &PackageId) -> String {
        if self.has_labels { id.to_string() } else { id.name.to_string() }
    }

    /// Words in which a package of this label is called like by itself, after some others.
    pub(crate) fn without_label(self, label: &EcosystemLabel, before: &str, words: &str) -> String {
        let bare = words.strip_prefix(before).and_then(|rest| rest.strip_prefix(&format!("{label}:")));
        match bare.filter(|_| !self.has_labels) {
            Some(rest) => format!("{before}{rest}"),
            None => words.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use releasekit_core::model::PackageName;

    use super::*;

    #[test]
    fn a_label_is_said_where_there_are_several() {
        let (py, js) = (EcosystemLabel::new("py"), EcosystemLabel::new("js"));
        let id = PackageId::new(py.clone(), PackageName::new("core"));
        let (one, two) = (Names::of([&py, &py]), Names::of([&py, &js]));
        assert_eq!((one.name(&id).as_str(), two.name(&id).as_str()), ("core", "py:core"));
        assert_eq!(one.without_label(&py, "needs ", "needs py:core"), "needs core");
        assert_eq!(two.without_label(&py, "needs ", "needs py:core"), "needs py:core");
        assert_eq!(one.without_label(&py, "needs ", "py:core-1.0.0.whl"), "py:core-1.0.0.whl");
    }
}
