//! Why a plan differs from what shipped. Pure.

use releasekit_core::model::{Bump, Version};

use super::evidence::Evidence;
use super::report::Difference;

/// The reason of a difference; `None` where there is none. The first that holds is given.
pub(super) fn judge(evidence: &Evidence<'_>) -> Option<Difference> {
    if evidence.agrees() {
        return None;
    }
    if !evidence.takes_part {
        return Some(Difference::NotThere);
    }
    if let Some(tag) = evidence.unreached {
        return Some(Difference::OffBranch { tag: tag.clone() });
    }
    if let Some(asked) = &evidence.asked {
        return Some(Difference::Asked { by: asked.by.clone(), text: asked.text.clone() });
    }
    let chosen = || {
        let (by, said, shipped) = (&evidence.brought_by, evidence.said, evidence.step);
        let (commit, summary, file) = (by.commit.clone(), by.summary.clone(), evidence.file.cloned());
        Some(Difference::Chosen { commit, summary, said, shipped, file })
    };
    if evidence.file.is_some() || evidence.by_trailers || is_about_label(evidence) {
        return chosen();
    }
    // What counts gives what shipped, read plainly, so that nobody chose anything else.
    if evidence.plainly.as_ref().is_some_and(|it| evidence.scheme.compare(it, evidence.shipped).is_eq()) {
        return Some(Difference::Unexplained);
    }
    let says_nothing = !evidence.by_commits && evidence.plainly.is_none() && !evidence.carries_work;
    if says_nothing && evidence.last.is_some() {
        return Some(if evidence.by_files { Difference::NoChangeFile } else { Difference::NoKnownType });
    }
    chosen()
}

/// Whether people entered a line of prereleases, went on in one or left it: no commit's type says that.
fn is_about_label(evidence: &Evidence<'_>) -> bool {
    let (scheme, shipped) = (evidence.scheme, evidence.shipped);
    let leads_to_shipped =
        |it: &Version| scheme.is_prerelease(it) && scheme.compare(&scheme.finalize(it), shipped).is_eq();
    evidence.step == Bump::Prerelease || [evidence.last, evidence.next].into_iter().flatten().any(leads_to_shipped)
}

#[cfg(test)]
mod tests {
    use releasekit_core::VersionScheme;
    use releasekit_core::model::{CommitId, TagName};
    use releasekit_formats::python::Pep440;
    use releasekit_formats::semver::SemVer;

    use super::super::asked::Asked;
    use super::super::evidence::Named;
    use super::*;

    /// A package that went from 1.0.0 to 1.1.0 where the plan says otherwise.
    fn kind(change: impl FnOnce(&mut Evidence<'_>)) -> &'static str {
        kind_past(None, change)
    }

    /// The same past a tag that lies on another branch.
    fn kind_past(unreached: Option<&TagName>, change: impl FnOnce(&mut Evidence<'_>)) -> &'static str {
        let [last, shipped, next] = ["1.0.0", "1.1.0", "1.0.1"].map(Version::from_canonical);
        let mut evidence = Evidence { unreached, ..between(&Pep440, &last, Some(&next), &shipped) };
        change(&mut evidence);
        kind_of(&evidence)
    }

    fn kind_of(evidence: &Evidence<'_>) -> &'static str {
        judge(evidence).map_or("exact", |difference| difference.kind())
    }

    /// A package that moved from `last` to `shipped` where the commits move the plan to `next`.
    fn between<'a>(
        scheme: &'a dyn VersionScheme,
        last: &'a Version,
        next: Option<&'a Version>,
        shipped: &'a Version,
    ) -> Evidence<'a> {
        Evidence {
            scheme,
            takes_part: true,
            shipped,
            last: Some(last),
            next,
            said: Bump::Patch,
            by_commits: true,
            by_trailers: false,
            file: None,
            step: Bump::Minor,
            unreached: None,
            asked: None,
            plainly: None,
            by_files: false,
            brought_by: Named { commit: CommitId::new("abc"), summary: "release".to_owned() },
            carries_work: false,
        }
    }

    #[test]
    fn what_the_titles_give_and_the_plan_does_not_is_nobodys_choice() {
        let minor = Version::from_canonical("1.1.0");
        assert_eq!(kind(|it| it.plainly = Some(minor.clone())), "unexplained");
        assert_eq!(
            kind(|it| {
                it.plainly = Some(minor.clone());
                (it.next, it.by_commits) = (None, false);
            }),
            "unexplained"
        );
        assert_eq!(kind(|it| it.plainly = Some(Version::from_canonical("1.0.1"))), "chosen");
        assert_eq!(
            kind(|it| {
                it.plainly = Some(minor.clone());
                it.by_trailers = true;
            }),
            "chosen",
            "a trailer says otherwise"
        );
    }

    #[test]
    fn leaving_a_line_of_prereleases_is_a_choice() {
        let schemes: [(&dyn VersionScheme, [&str; 3]); 2] =
            [(&Pep440, ["1.0.1b1", "1.1.0b1", "1.2.0b1"]), (&SemVer, ["1.0.1-beta.1", "1.1.0-beta.1", "1.2.0-beta.1"])];
        for (scheme, versions) in schemes {
            let [last, next, further] = versions.map(Version::from_canonical);
            let [first, of_last, shipped] = ["1.0.0", "1.0.1", "1.1.0"].map(Version::from_canonical);
            // The titles give what shipped, a final version.
            for (last, next, shipped, expected) in [
                (&last, Some(&next), &shipped, "chosen"),
                (&first, Some(&next), &shipped, "chosen"),
                (&last, Some(&last), &of_last, "chosen"),
                (&last, None, &of_last, "chosen"),
                (&last, Some(&further), &shipped, "unexplained"),
                (&last, Some(&of_last), &shipped, "unexplained"),
                (&last, None, &shipped, "unexplained"),
            ] {
                let plainly = Some(shipped.clone());
                let evidence = Evidence { plainly, ..between(scheme, last, next, shipped) };
                assert_eq!(kind_of(&evidence), expected, "{last} {next:?} {shipped}");
            }
        }
    }

    #[test]
    fn the_first_reason_that_holds_is_given() {
        let tag = TagName::new("a-v1.0.5");
        let asked = || Some(Asked { by: "abc".to_owned(), text: "Release-As: 1.1.0".to_owned() });
        assert_eq!(kind(|_| {}), "chosen");
        assert_eq!(kind(|it| it.by_commits = false), "no-known-type");
        assert_eq!(kind(|it| (it.by_commits, it.by_files) = (false, true)), "no-change-file");
        assert_eq!(kind(|it| (it.by_commits, it.step) = (false, Bump::Prerelease)), "chosen");
        assert_eq!(
            kind(|it| {
                it.by_commits = false;
                it.carries_work = true;
            }),
            "chosen"
        );
        assert_eq!(kind(|it| it.asked = asked()), "asked");
        assert_eq!(kind_past(Some(&tag), |it| it.asked = asked()), "off-branch");
        assert_eq!(kind_past(Some(&tag), |it| it.takes_part = false), "not-there");
    }
}
