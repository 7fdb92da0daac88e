//! Package files of JavaScript workspaces.

use releasekit_core::Code;
use releasekit_pnpm::{PnpmWorkspace, codes};

use super::{Target, fixtures, many, workspace};
use crate::answer::Answer;

pub(super) const TARGET: Target = Target {
    name: "node-package",
    answer,
    seeds,
    words: &[
        "\"name\": \"a\",",
        "\"version\": \"1.0.0\",",
        "\"private\": true,",
        "\"dependencies\": {\"a\": \"workspace:^\"},",
        "\"devDependencies\": {",
        "\"optionalDependencies\": {",
        "\"peerDependencies\": {\"a\": \"^1 || ^2\"},",
        "\"peerDependenciesMeta\": {\"a\": {\"optional\": true}},",
        "\"publishConfig\": {\"registry\": \"https://h.test\"},",
        "\"workspaces\": [\"p/*\"],",
        "workspace:*",
        "workspace:a@~",
        "workspace:../a",
        "link:../a",
        "npm:a@>=1 <2",
        "catalog:",
        "catalog:x",
        "1.0 - 1.4",
        "1.x",
        "^1.0.0-rc.1",
        "packages: ['p/*', '!p/b']\n",
        "catalog: {a: ^1.0.0}\n",
        "catalogs:\n  x: {a: &a '1'}\n",
        "linkWorkspacePackages: true\n",
        "*a",
        "<<: ",
        "{a,b}",
        "**",
        "--- pnpm-workspace.yaml\n",
        "--- p/a/package.json\n",
        "--- p/b/package.json\n",
        "--- .npmrc\n@s:registry=${X}\n",
        "--- yarn.lock\n",
        "\u{feff}",
    ],
    codes: CODES,
};

const CODES: &[Code] = &[
    codes::MANIFEST_INVALID,
    codes::ROOT_MISSING,
    codes::NAME_DUPLICATE,
    codes::REQUIREMENT_SHARED,
    releasekit_formats::codes::VERSION_INVALID,
    releasekit_formats::codes::REQUIREMENT_INVALID,
];

fn answer(input: &[u8]) -> Answer {
    workspace::answer(&PnpmWorkspace::default(), input, "package.json")
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = fixtures(&["crates/ecosystem/pnpm/tests", "crates/ecosystem/pnpm/src"]);
    let root = "{\"private\": true}\n--- pnpm-workspace.yaml\npackages: ['p/*']\ncatalog: {a: 'workspace:^1.0.0'}\n";
    let member = |name: &str, more: &str| {
        format!("--- p/{name}/package.json\n{{\"name\": \"{name}\", \"version\": \"1.0.0\"{more}}}\n")
    };
    let needs = |text: &str| format!(", \"dependencies\": {{\"a\": \"{text}\"}}");
    let ranges = ["workspace:*", "workspace:1.x", "workspace:>=1 <2", "workspace:1.0 - 1.4", "workspace:^0 || ^1"];
    let others = ["catalog:", "link:../a", "npm:a@^1.0.0", "^1.0.0", "latest", "workspace:../a", "workspace:a@~1.0.0"];
    seeds.extend(ranges.iter().chain(&others).map(|text| {
        format!("{root}linkWorkspacePackages: true\n{}{}", member("a", ""), member("b", &needs(text))).into_bytes()
    }));
    seeds.extend([
        format!("{root}catalogs: {{x: {{a: &a 'workspace:1', b: *a}}}}\n{}{}", member("a", ""), member("b", ""))
            .into_bytes(),
        format!("{root}{}{}", member("a", ""), member("b", "").replace("\"b\"", "\"a\"")).into_bytes(),
        b"{\"name\": \"a\", \"version\": \"1.0.0\", \"workspaces\": [\"p/*\"]}\n--- yarn.lock\n".to_vec(),
        many(root, |n| member(&format!("p{n}"), ""), 2_000, ""),
        many("{\"name\": \"a\", \"x\": ", |_| "[".to_owned(), 200_000, ""),
        many(
            "{\"name\": \"a\", \"version\": \"1.0.0\", \"dependencies\": {",
            |n| format!("\"a{n}\": {n}, "),
            20_000,
            "}}",
        ),
        many("{}\n--- pnpm-workspace.yaml\npackages: ", |_| "[".to_owned(), 200_000, ""),
        many("{}\n--- pnpm-workspace.yaml\npackages: [", |n| format!("'p{n}/*', "), 20_000, "]\n"),
        many("{}\n--- pnpm-workspace.yaml\npackages: ['", |_| "{a,".to_owned(), 3_000, "']\n"),
        many(
            "{}\n--- pnpm-workspace.yaml\na0: &a0 x\n",
            |n| format!("a{}: &a{} [*a{n}, *a{n}]\n", n + 1, n + 1),
            60,
            "",
        ),
        many(
            &format!("{root}{}--- p/b/package.json\n{{\"dependencies\": {{\"a\": \"workspace:", member("a", "")),
            |n| format!("^{n} || "),
            20_000,
            "1\"}}",
        ),
    ]);
    seeds
}
