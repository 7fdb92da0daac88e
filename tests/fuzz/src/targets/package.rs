//! Package files of Python workspaces: they are discovered, moved and pinned.

use releasekit_core::Code;
use releasekit_uv::{UvWorkspace, codes};

use super::{Target, fixtures, many, workspace};
use crate::answer::Answer;

pub(super) const TARGET: Target = Target {
    name: "package",
    answer,
    seeds,
    words: &[
        "[project]\n",
        "name = \"a\"\n",
        "version = \"1.0\"\n",
        "dynamic = [\"version\"]\n",
        "dependencies = [\"b>=1\"]\n",
        "[tool.uv.workspace]\n",
        "members = [\"packages/*\"]\n",
        "exclude = [\"**\"]\n",
        "[tool.uv.sources]\n",
        "b = { workspace = true }\n",
        "[project.optional-dependencies]\n",
        "[dependency-groups]\n",
        "[build-system]\n",
        "--- packages/b/pyproject.toml\n",
        "--- pyproject.toml\n",
        "--- src/a/__init__.py\n",
        "__version__ = \"1.0\"\n",
        "[tool.hatch.version]\npath = \"src/a/__init__.py\"\n",
        "[tool.setuptools.dynamic]\nversion = {attr = \"a.__version__\"}\n",
        "; python_version < '3'",
        "b @ https://x/",
        "~=1.2",
        "===",
        "[extra]",
        "private",
        "Private :: x",
        "include-group",
    ],
    codes: CODES,
};

const CODES: &[Code] = &[
    codes::MANIFEST_INVALID,
    codes::ROOT_MISSING,
    codes::MEMBER_MISSING,
    codes::NESTED_WORKSPACE,
    codes::NAME_DUPLICATE,
    codes::DYNAMIC_VERSION,
    releasekit_formats::codes::VERSION_INVALID,
    releasekit_formats::codes::REQUIREMENT_INVALID,
    releasekit_formats::codes::REQUIREMENT_URL,
];

fn answer(input: &[u8]) -> Answer {
    workspace::answer(&UvWorkspace::default(), input, "pyproject.toml")
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = fixtures(&["crates/ecosystem/uv/tests", "crates/ecosystem/uv/src", "tests/tests", "tests/src"]);
    let project = "[project]\nname = \"a\"\nversion = \"1.0\"\n";
    let workspace = "[tool.uv.workspace]\nmembers = [\"packages/*\"]\n";
    let sources = "dependencies = [\"a>=1\"]\n[tool.uv.sources]\na = { workspace = true }\n";
    let member =
        |name: &str| format!("--- packages/{name}/pyproject.toml\n[project]\nname = \"{name}\"\nversion = \"1.0\"\n");
    seeds.extend([
        format!("{project}{workspace}{}", member("b")).into_bytes(),
        format!("{workspace}{}{}{sources}", member("a"), member("b")).into_bytes(),
        format!("{workspace}{}{}", member("a"), member("b").replace("name = \"b\"", "name = \"A\"")).into_bytes(),
        format!("{workspace}{}[tool.uv.workspace]\nmembers = []\n", member("a")).into_bytes(),
        format!("{workspace}[tool.uv.sources]\na = {{ workspace = true }}\n{}{}dependencies = [\"a @ https://x.invalid/a.whl\"]\n", member("a"), member("b"))
            .into_bytes(),
        format!("[tool.uv.workspace]\nmembers = [\"packages/none\"]\n{project}").into_bytes(),
        many("a = ", |_| "{[b]\n = ".to_owned(), 60_000, ""),
        many("a = ", |_| "[".to_owned(), 200_000, ""),
        many(project, |n| format!("x{n} = 1\n"), 20_000, ""),
        many(&format!("{project}dependencies = ["), |n| format!("\"a{n}>=1\","), 20_000, "]\n"),
        many(&format!("{project}dependencies = [\"b; "), |_| "(".to_owned(), 50_000, "\"]\n"),
        many(&format!("{project}dependencies = [\"b>=1"), |n| format!(",!={n}"), 20_000, "\"]\n"),
        many("[tool.uv.workspace]\nmembers = [\"", |_| "*/".to_owned(), 3_000, "\"]\n"),
        many("[tool.uv.workspace]\nmembers = [", |n| format!("\"p{n}/*\","), 20_000, "]\n"),
        many(workspace, |n| member(&format!("p{n}")), 2_000, ""),
        many("[project]\nname = \"a\"\nversion = \"", |n| format!("{n}."), 50_000, "0\"\n"),
    ]);
    seeds
}
