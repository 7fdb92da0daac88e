//! The workflow for GitHub Actions.

use super::template::fill;
use super::{Subject, set_up};

/// The workflow with gaps.
const TEMPLATE: &str = include_str!("github.yml");

/// The actions that it uses, each by the commit that a tag of its repository names: `git rev-parse TAG^{commit}` there.
const ACTIONS: &[(&str, &str, &str, &str)] = &[
    ("checkout", "actions/checkout", "3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    ("download-artifact", "actions/download-artifact", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"),
    ("setup-node", "actions/setup-node", "820762786026740c76f36085b0efc47a31fe5020", "v7.0.0"),
    ("setup-uv", "astral-sh/setup-uv", "20cfd1bf945f4377ade1205e4dbc17946fc9a30d", "v10.0.1"),
    ("upload-artifact", "actions/upload-artifact", "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0"),
];

/// The token of a step that talks to GitHub, and how git comes by it. It is written to no file: the steps before it and after
/// it do not have it, and code of the repository that a step runs does not either.
const LOGIN: &str = r#"GITHUB_TOKEN: ${{ secrets.RELEASEKIT_TOKEN || github.token }}
GIT_CONFIG_COUNT: "1"
GIT_CONFIG_KEY_0: credential.${{ github.server_url }}.helper
GIT_CONFIG_VALUE_0: '!f() { echo username=x-access-token; echo "password=$GITHUB_TOKEN"; }; f'
"#;

/// Whose commits and tags they are.
const IDENTITY: &str = "\
GIT_AUTHOR_NAME: github-actions[bot]
GIT_AUTHOR_EMAIL: 41898282+github-actions[bot]@users.noreply.github.com
GIT_COMMITTER_NAME: github-actions[bot]
GIT_COMMITTER_EMAIL: 41898282+github-actions[bot]@users.noreply.github.com
";

/// Takes what the first job installed.
const RELEASEKIT: &str = r#"- name: Take releasekit
  uses: <download-artifact>
  with:
    name: releasekit
    path: ${{ runner.temp }}/releasekit/bin
- name: Put it on the path
  run: |
    set -euo pipefail
    chmod +x "$RUNNER_TEMP/releasekit/bin/releasekit"
    echo "$RUNNER_TEMP/releasekit/bin" >> "$GITHUB_PATH"
"#;

/// Takes what was built, where anything was.
const BUILT: &str = "\
- name: Take what was built
  uses: <download-artifact>
  with:
    pattern: dist
    merge-multiple: true
    path: dist
";

/// Makes the workflow.
pub(super) fn make(subject: &Subject) -> String {
    let branches: Vec<String> = subject.branches.iter().map(|glob| quoted(&pattern(glob))).collect();
    let mut gaps = vec![
        ("tools", set_up::steps(&subject.tools)),
        ("releasekit", RELEASEKIT.to_owned()),
        ("built", BUILT.to_owned()),
        ("login", LOGIN.to_owned()),
        ("identity", IDENTITY.to_owned()),
        ("secrets", set_up::secrets(&subject.tools)),
        ("version", subject.version.clone()),
        ("branches", branches.join(", ")),
        ("made-for", subject.branches.join(" ")),
    ];
    let pinned =
        |(name, action, commit, version): &(_, &str, &str, &str)| (*name, format!("{action}@{commit} # {version}"));
    gaps.extend(ACTIONS.iter().map(pinned));
    fill(TEMPLATE, &gaps)
}

/// A glob of ours as GitHub reads it: its `*` stops at a slash, and its `?` and `+` repeat what stands before them. What it
/// cannot say becomes `**`, for a run too many finds nothing to do.
fn pattern(glob: &str) -> String {
    let mut pattern = String::new();
    for letter in glob.chars() {
        match letter {
            '*' if pattern.ends_with("**") => {}
            '*' => pattern.push_str("**"),
            '+' => pattern.push_str("\\+"),
            '?' | '[' | '{' | '\\' => return pattern.trim_end_matches('*').to_owned() + "**",
            other => pattern.push(other),
        }
    }
    pattern
}

/// A text as YAML reads it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(tools: &[&'static str]) -> Subject {
        let branches = vec!["main".to_owned()];
        Subject { version: "1.2.3".to_owned(), branches, tools: tools.iter().copied().collect() }
    }

    #[test]
    fn globs_are_written_as_github_reads_them() {
        let cases = [
            ("main", "main"),
            ("release/*", "release/**"),
            ("release/**", "release/**"),
            ("v[0-9]", "v**"),
            ("{main,next}", "**"),
            ("v*.?", "v**.**"),
            ("c++", "c\\+\\+"),
        ];
        for (glob, expected) in cases {
            assert_eq!(pattern(glob), expected, "{glob}");
        }
        assert_eq!(quoted("c\\+\\+"), r#""c\\+\\+""#);
    }

    #[test]
    fn every_gap_is_filled_and_every_action_is_pinned() {
        let text = make(&subject(&["cargo", "pnpm", "uv"]));
        assert!(!text.contains("<<"), "{text}");
        for line in text.lines().filter_map(|line| line.trim_start().strip_prefix("uses: ")) {
            let (_, pin) = line.split_once('@').expect("an action has a pin");
            let (commit, version) = pin.split_once(" # v").expect("a pin has a version beside it");
            assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{line}");
            assert!(version.starts_with(|first: char| first.is_ascii_digit()), "{line}");
        }
    }

    /// What a script is given comes through its environment: names of branches and inputs are text there, and never part
    /// of a script.
    #[test]
    fn no_expression_stands_in_a_script() {
        let text = make(&subject(&["cargo", "pnpm", "uv"]));
        let mut script: Option<usize> = None;
        for line in text.lines() {
            let depth = line.len() - line.trim_start().len();
            script = script.filter(|start| depth > *start || line.is_empty());
            assert!(script.is_none() || !line.contains("${{"), "{line}");
            if line.trim_start().starts_with("run: |") {
                script = Some(depth);
            }
        }
    }

    #[test]
    fn a_step_that_uploads_has_the_tokens_of_the_tools_that_are_there() {
        let text = make(&subject(&["uv"]));
        assert!(text.contains("UV_PUBLISH_TOKEN: ${{ secrets.UV_PUBLISH_TOKEN }}"), "{text}");
        assert!(!text.contains("CARGO_REGISTRY_TOKEN") && !text.contains("rustup"), "{text}");
    }
}
