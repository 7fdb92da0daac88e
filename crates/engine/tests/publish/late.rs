//! Commits that come after a release was prepared: which ship with it, and which make it stale.

use releasekit_core::Diagnostic;
use releasekit_core::policy::Stale;
use releasekit_engine::release::Released;

use crate::shop::Shop;

/// A package that has moved by a feature, prepared and not yet merged.
async fn prepared(version: &str, first: &str) -> Shop {
    let shop = Shop::new(&[("a", version, &[])]).await.change("a", first).await;
    shop.prepare().await.unwrap();
    shop
}

#[tokio::test(start_paused = true)]
async fn a_break_that_comes_too_late_for_the_changelog_makes_the_release_stale() {
    for (version, first, late, next) in [
        ("0.1.0", "feat: read tabs", "feat!: read no tabs", "0.2.0"),
        ("0.1.0", "feat: read tabs", "fix!: read no tabs", "0.2.0"),
        ("0.1.0", "feat: read tabs", "feat: read no tabs\n\nBREAKING CHANGE: none at all", "0.2.0"),
        ("1.0.0", "feat!: read tabs", "feat!: read no tabs", "2.0.0"),
    ] {
        let shop = prepared(version, first).await.change("a", late).await.merge().await;
        let error = shop.release().await.unwrap_err();
        assert_eq!(error.code().as_str(), "RK-RELEASE-STALE", "{late}");
        let said = error.to_string();
        assert!(said.contains(next) && said.contains("`a/CHANGELOG.md`") && said.contains("read no tabs"), "{said}");
        assert!(error.help().unwrap().contains("releasekit prepare --supersede"), "{late}");
        assert_eq!(shop.tags().await.len(), 1, "nothing is tagged");
        assert!(!shop.warnings().iter().any(|it| it.contains("ships with it")), "what is refused does not ship");

        assert!(shop.pending().await.unwrap().is_mended_by_superseding(), "{late}");
        shop.supersede().await.unwrap().proposed.unwrap();
        let shop = shop.merge().await;
        let log = shop.read("a/CHANGELOG.md").await;
        assert!(log.contains("read no tabs") && log.contains("read tabs") && log.contains(next), "{log}");
        assert_eq!(log.matches("\n## ").count(), 1, "{log}");
        assert!(matches!(shop.release().await.unwrap(), Released::Tagged(_)), "{late}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_changes_no_version_and_breaks_nothing_ships_and_is_said() {
    for late in ["fix: close files", "feat: read commas"] {
        let shop = prepared("0.1.0", "feat: read tabs").await.change("a", late).await.merge().await;
        assert!(shop.pending().await.unwrap().refusals.is_empty(), "{late}");
        assert!(matches!(shop.release().await.unwrap(), Released::Tagged(_)), "{late}");
        let warnings = shop.warnings();
        assert!(warnings.iter().any(|warning| warning.contains("ships with it") && warning.contains(late)), "{late}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_break_that_readers_find_or_that_nobody_could_read_of_ships() {
    // Somebody wrote it into the changelog, on the release branch. After the merge it is too late.
    let prepared_late = async || prepared("0.1.0", "feat: read tabs").await.change("a", "feat!: read no tabs").await;
    let told = "# Changelog\n\n## 0.2.0\n\n- read tabs\n- read no tabs\n";
    let shop = prepared_late().await.merge().await.commit(&[("a/CHANGELOG.md", told)], "docs: what breaks").await;
    assert_eq!(shop.pending().await.unwrap().refusals.len(), 1);
    let shop = prepared_late().await;
    shop.commit_to_branch(&[("a/CHANGELOG.md", told)], "docs: what breaks").await;
    assert!(matches!(shop.merge().await.release().await.unwrap(), Released::Tagged(_)));

    // There is no changelog, or one that is not ours to write.
    for changelog in ["", "NEWS.rst"] {
        let mut shop = Shop::new(&[("a", "0.1.0", &[])]).await.change("a", "feat: read tabs").await;
        shop.world.policy.packages.entry("a".to_owned()).or_default().changelog = Some(changelog.to_owned());
        shop.prepare().await.unwrap();
        let shop = shop.change("a", "feat!: read no tabs").await.merge().await;
        assert!(matches!(shop.release().await.unwrap(), Released::Tagged(_)), "{changelog}");
    }

    // Nobody has used what was never released.
    let shop = Shop::untagged(&[("a", "0.1.0", &[])]);
    shop.prepare().await.unwrap();
    let shop = shop.change("a", "feat!: read no tabs").await.merge().await;
    assert!(matches!(shop.release().await.unwrap(), Released::Tagged(_)));

    // What the configuration leaves out of changelogs is not missed in them.
    let mut shop = Shop::new(&[("a", "0.1.0", &[])]).await.change("a", "feat: read tabs").await;
    shop.world.policy.changelog.exclude = vec!["internal".to_owned()];
    shop.prepare().await.unwrap();
    let shop = shop.change("a", "feat(internal)!: read no tabs").await.merge().await;
    assert!(matches!(shop.release().await.unwrap(), Released::Tagged(_)));
}

#[tokio::test(start_paused = true)]
async fn the_configuration_may_let_a_late_break_pass() {
    let mut shop = prepared("0.1.0", "feat: read tabs").await.change("a", "feat!: read no tabs").await.merge().await;
    shop.world.policy.stale = Stale::Warn;
    assert!(shop.pending().await.unwrap().refusals.is_empty());
    assert!(matches!(shop.release().await.unwrap(), Released::Tagged(_)));
    assert!(shop.warnings().iter().any(|warning| warning.contains("`a/CHANGELOG.md` does not list")));
}

#[tokio::test(start_paused = true)]
async fn who_prepares_over_a_pending_release_learns_which_command_goes_on() {
    let shop = prepared("0.1.0", "feat: read tabs").await.merge().await;
    let fits = shop.prepare().await.unwrap_err();
    assert_eq!(fits.code().as_str(), "RK-PREPARE-RELEASE-PENDING");
    assert!(fits.help().unwrap().starts_with("run `releasekit release`"), "{:?}", fits.help());
    assert_eq!(shop.pending().await.unwrap().release.manifest.packages[0].next.as_ref().unwrap().as_str(), "0.2.0");

    let shop = prepared("0.1.0", "fix: read tabs").await.change("a", "feat: read commas").await.merge().await;
    let stale = shop.prepare().await.unwrap_err();
    assert_eq!(stale.code().as_str(), "RK-PREPARE-RELEASE-PENDING");
    let help = stale.help().unwrap();
    assert!(help.starts_with("run `releasekit prepare --supersede`") && help.contains("RK-RELEASE-STALE"), "{help}");
    shop.supersede().await.unwrap().proposed.unwrap();
    let shop = shop.merge().await;
    assert!(matches!(shop.release().await.unwrap(), Released::Tagged(_)));
    assert!(shop.pending().await.is_none(), "what is tagged waits for nothing here");
    assert_eq!(shop.planned().await, []);
}
