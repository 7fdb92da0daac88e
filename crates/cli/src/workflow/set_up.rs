//! How the tools of a repository are set up on a machine of GitHub's, and which tokens they upload with.

/// A tool that can be set up.
#[derive(Debug)]
pub(super) struct SetUp {
    /// Its name, as backends are registered under.
    tool: &'static str,
    /// The steps.
    steps: &'static str,
    /// The variables that hold a token for uploads, and the secrets of the same names.
    tokens: &'static [&'static str],
}

/// Every tool that can be set up.
const TOOLS: &[SetUp] = &[
    SetUp {
        tool: "cargo",
        steps: "\
- name: Set up Rust
  run: |
    set -euo pipefail
    rustup toolchain install # the one that the repository names, else the machine's own
",
        tokens: &["CARGO_REGISTRY_TOKEN"],
    },
    SetUp {
        tool: "pnpm",
        steps: "\
- name: Set up node
  uses: <setup-node>
  with:
    node-version: 24
    package-manager-cache: false # what other workflows left in a cache has no place in a release
- name: Set up npm and pnpm
  working-directory: ${{ runner.temp }} # no setting of the repository says where they come from
  run: | # zizmor: ignore[adhoc-packages] nothing but exactly these, and none of their scripts
    set -euo pipefail
    npm install --global --ignore-scripts npm@11.19.1 pnpm@10.34.9 # the pnpm that the repository works with
",
        tokens: &["NODE_AUTH_TOKEN"],
    },
    SetUp {
        tool: "uv",
        steps: "\
- name: Set up uv
  uses: <setup-uv>
  with:
    version: \"0.13.8\"
    enable-cache: false # what other workflows left in a cache has no place in a release
",
        tokens: &["UV_PUBLISH_TOKEN", "UV_PUBLISH_USERNAME", "UV_PUBLISH_PASSWORD"],
    },
];

/// The steps that set tools up. One that nobody knows how to set up gets a line that says so.
pub(super) fn steps<'a>(tools: impl IntoIterator<Item = &'a &'static str>) -> String {
    let unknown = |tool: &str| format!("# Set up {tool} here; releasekit does not know how that is done.\n");
    tools.into_iter().map(|tool| find(tool).map_or_else(|| unknown(tool), |it| it.steps.to_owned())).collect()
}

/// The variables of a step that uploads.
pub(super) fn secrets<'a>(tools: impl IntoIterator<Item = &'a &'static str>) -> String {
    let tokens = tools.into_iter().filter_map(|tool| find(tool)).flat_map(|it| it.tokens);
    tokens.map(|name| format!("{name}: ${{{{ secrets.{name} }}}}\n")).collect()
}

fn find(tool: &str) -> Option<&'static SetUp> {
    TOOLS.iter().find(|it| it.tool == tool)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_set_up_is_said() {
        assert!(steps(&["conda"]).starts_with("# Set up conda here"));
        assert_eq!(secrets(&["conda"]), "");
    }

    #[test]
    fn every_tool_that_is_built_in_can_be_set_up() {
        let mut backends = releasekit_core::Backends::default();
        crate::backends::register(&mut backends);
        for backend in backends.ecosystems.values() {
            let known = find(backend.id).unwrap_or_else(|| panic!("nobody sets {} up", backend.id));
            assert!(known.tokens.iter().all(|token| backends.is_credential(token)), "{known:?}");
        }
    }
}
