//! The sample: a workspace of uv with three levels and one private member, workspaces of cargo and pnpm with two packages each, and a
//! short history.

use super::index::{Forge, Registries};
use super::terminal::Terminal;
use crate::failure::Result;
use crate::repository::write;

/// A member of the workspace of uv.
struct Member {
    name: &'static str,
    about: &'static str,
    needs: &'static [&'static str],
    /// Further tables of its `pyproject.toml`.
    more: &'static str,
    code: &'static str,
}

const MEMBERS: &[Member] = &[
    Member {
        name: "acme-core",
        about: "What everything at Acme shares",
        needs: &[],
        more: "",
        code: "\"\"\"Greetings.\"\"\"\n\n\ndef greet(name: str) -> str:\n    return f\"hello, {name}\"\n",
    },
    Member {
        name: "acme-store",
        about: "Remembers who was greeted",
        needs: &["acme-core"],
        more: "",
        code: "\"\"\"Guests.\"\"\"\n\nfrom acme_core import greet\n\nGUESTS = [\"world\"]\n\n\n\
               def greetings() -> list[str]:\n    return [greet(name) for name in GUESTS]\n",
    },
    Member {
        name: "acme-cli",
        about: "Greets from the command line",
        needs: &["acme-core", "acme-store"],
        more: "\n[project.scripts]\nacme = \"acme_cli:main\"\n",
        code: "\"\"\"The command line.\"\"\"\n\nfrom acme_store import greetings\n\n\n\
               def main() -> None:\n    print(\"\\n\".join(greetings()))\n",
    },
    Member {
        name: "acme-bench",
        about: "Measures, and never leaves the house",
        needs: &["acme-cli"],
        more: "",
        code: "\"\"\"Measurements.\"\"\"\n",
    },
];

/// A member of the workspace of cargo.
struct Crate {
    name: &'static str,
    about: &'static str,
    /// The tables below `[package]`.
    more: &'static str,
    file: &'static str,
    code: &'static str,
}

const WIRE: Crate = Crate {
    name: "acme-wire",
    about: "What Acme says over the wire",
    more: "",
    file: "src/lib.rs",
    code: "//! Messages.\n\n/// What is said first.\npub const HELLO: &str = \"hello, wire\";\n",
};

const AGENT: Crate = Crate {
    name: "acme-agent",
    about: "Says it",
    more: "\n[dependencies]\nacme-wire = { version = \"0.1\", path = \"../wire\" }\n",
    file: "src/main.rs",
    code: "//! The agent.\n\nfn main() {\n    println!(\"{}\", acme_wire::HELLO);\n}\n",
};

/// A member of the workspace of pnpm.
struct Module {
    name: &'static str,
    about: &'static str,
    /// The rest of its `package.json`.
    more: &'static str,
    code: &'static str,
}

const FORMAT: Module = Module {
    name: "@acme/format",
    about: "How Acme says things",
    more: "",
    code: "exports.loud = (text) => text.toUpperCase()\n",
};

const WEB: Module = Module {
    name: "@acme/web",
    about: "Greets in a browser",
    more: ",\n  \"dependencies\": {\n    \"@acme/format\": \"workspace:^\"\n  }",
    code: "const { loud } = require('@acme/format')\n\nexports.greeting = loud('hello, web')\n",
};

/// Makes the repository, its history and its remote; nothing of it is shown.
pub(super) fn make(terminal: &Terminal, registries: &Registries, forge: &Forge) -> Result<()> {
    terminal.quietly("git init --quiet")?;
    terminal.quietly(&format!("git remote add origin {}", forge.clone_url()))?;
    file(terminal, "pyproject.toml", "[tool.uv.workspace]\nmembers = [\"packages/*\"]\n")?;
    file(terminal, "Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n")?;
    file(terminal, "pnpm-workspace.yaml", "packages:\n  - js/*\n")?;
    file(terminal, "package.json", "{\n  \"private\": true\n}\n")?;
    file(terminal, ".gitignore", "dist/\n.venv/\n__pycache__/\nnode_modules/\ntarget/\n")?;
    file(terminal, "releasekit.toml", &configuration(registries))?;
    commit(terminal, "chore: begin a workspace")?;
    for member in MEMBERS {
        file(terminal, &format!("{}/pyproject.toml", member.folder()), &member.manifest())?;
        file(
            terminal,
            &format!("{}/README.md", member.folder()),
            &format!("# {}\n\n{}.\n", member.name, member.about),
        )?;
        file(terminal, &member.module(), member.code)?;
        terminal.quietly("uv lock --quiet --offline")?;
        commit(terminal, &format!("feat({}): {}", member.short(), member.about.to_lowercase()))?;
    }
    for member in [WIRE, AGENT] {
        file(terminal, &member.path("Cargo.toml"), &member.manifest())?;
        file(terminal, &member.path(member.file), member.code)?;
        terminal.quietly("cargo generate-lockfile --quiet --offline")?;
        commit(terminal, &format!("feat({}): {}", member.short(), member.about.to_lowercase()))?;
    }
    for member in [FORMAT, WEB] {
        file(terminal, &member.path("package.json"), &member.manifest())?;
        file(terminal, &member.path("index.js"), member.code)?;
        terminal.quietly("pnpm install --silent --lockfile-only --offline")?;
        commit(terminal, &format!("feat({}): {}", member.short(), member.about.to_lowercase()))?;
    }
    // A new repository of the forge has a commit already.
    terminal.quietly("git push --quiet --force --set-upstream origin main")
}

/// Changes a package of each language, as developers would.
pub(super) fn change(terminal: &Terminal) -> Result<()> {
    let store = &MEMBERS[1];
    let code = store.code.replace("[\"world\"]", "[\"world\", \"moon\"]");
    file(terminal, &store.module(), &code)?;
    terminal.run("git diff --stat")?;
    terminal.run("git commit --quiet --all -m 'feat(store): greet the moon as well'")?;
    file(terminal, &WIRE.path(WIRE.file), &WIRE.code.replace("hello, wire", "hello again, wire"))?;
    terminal.run("git diff --stat")?;
    terminal.run("git commit --quiet --all -m 'feat(wire)!: say it otherwise'")?;
    file(terminal, &FORMAT.path("index.js"), &FORMAT.code.replace("toUpperCase()", "toUpperCase() + '!'"))?;
    terminal.run("git diff --stat")?;
    terminal.run("git commit --quiet --all -m 'fix(format): be loud'")
}

impl Module {
    fn short(&self) -> &str {
        self.name.trim_start_matches("@acme/")
    }

    fn path(&self, path: &str) -> String {
        format!("js/{}/{path}", self.short())
    }

    fn manifest(&self) -> String {
        let Self { name, about, more, .. } = self;
        format!(
            "{{\n  \"name\": \"{name}\",\n  \"version\": \"0.1.0\",\n  \"description\": \"{about}\",\n  \
             \"license\": \"MIT\",\n  \"publishConfig\": {{ \"access\": \"public\" }},\n  \"main\": \"index.js\"{more}\n}}\n"
        )
    }
}

impl Crate {
    fn short(&self) -> &str {
        self.name.trim_start_matches("acme-")
    }

    fn path(&self, path: &str) -> String {
        format!("crates/{}/{path}", self.short())
    }

    fn manifest(&self) -> String {
        let Self { name, about, more, .. } = self;
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\ndescription = \"{about}\"\n\
             license = \"MIT\"\n{more}"
        )
    }
}

impl Member {
    fn folder(&self) -> String {
        format!("packages/{}", self.short())
    }

    fn short(&self) -> &str {
        self.name.trim_start_matches("acme-")
    }

    fn module(&self) -> String {
        format!("{}/src/{}/__init__.py", self.folder(), self.name.replace('-', "_"))
    }

    fn manifest(&self) -> String {
        let Self { name, about, more, .. } = self;
        let needs: Vec<_> = self.needs.iter().map(|name| format!("\"{name}\"")).collect();
        let sources: String = self.needs.iter().map(|name| format!("{name} = {{ workspace = true }}\n")).collect();
        let private = if *name == "acme-bench" { "classifiers = [\"Private :: Do Not Upload\"]\n" } else { "" };
        format!(
            "[project]\nname = \"{name}\"\nversion = \"0.1.0\"\ndescription = \"{about}\"\nreadme = \"README.md\"\n\
             requires-python = \">=3.11\"\n{private}dependencies = [{}]\n{more}\n[tool.uv.sources]\n{sources}\n\
             [build-system]\nrequires = [\"uv_build>=0.13,<0.14\"]\nbuild-backend = \"uv_build\"\n",
            needs.join(", ")
        )
    }
}

fn configuration(registries: &Registries) -> String {
    let (simple, upload) = (registries.simple_url(), registries.upload_url());
    let (sparse, npm) = (registries.sparse_url(), registries.npm_url());
    format!(
        "[ecosystems.py]\nregistry_url = \"{simple}\"\npublish_url = \"{upload}\"\n\n\
         [ecosystems.rust]\nregistry_url = \"{sparse}\"\n\n\
         [ecosystems.js]\nregistry_url = \"{npm}\"\npublish_url = \"{npm}\"\n"
    )
}

fn file(terminal: &Terminal, path: &str, text: &str) -> Result<()> {
    write(&terminal.work().join(path), text)
}

fn commit(terminal: &Terminal, subject: &str) -> Result<()> {
    terminal.quietly("git add --all")?;
    terminal.quietly(&format!("git commit --quiet -m '{subject}'"))
}
