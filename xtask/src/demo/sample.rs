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
    let members = MEMBERS.iter().map(Member::addition);
    let crates = [WIRE, AGENT].map(|member| member.addition());
    let modules = [FORMAT, WEB].map(|member| member.addition());
    for Addition { name, about, files, lock } in members.chain(crates).chain(modules) {
        for (path, text) in files {
            file(terminal, &path, &text)?;
        }
        terminal.quietly(lock)?;
        commit(terminal, &format!("feat({}): {}", short(name), about.to_lowercase()))?;
    }
    // A new repository of the forge has a commit already.
    terminal.quietly("git push --quiet --force --set-upstream origin main")
}

/// Changes a package of each language, as developers would.
pub(super) fn change(terminal: &Terminal) -> Result<()> {
    let store = &MEMBERS[1];
    let store = (store.module(), store.code.replace("[\"world\"]", "[\"world\", \"moon\"]"));
    let wire = (WIRE.path(WIRE.file), WIRE.code.replace("hello, wire", "hello again, wire"));
    let format = (FORMAT.path("index.js"), FORMAT.code.replace("toUpperCase()", "toUpperCase() + '!'"));
    for ((path, code), subject) in [
        (store, "feat(store): greet the moon as well"),
        (wire, "feat(wire)!: say it otherwise"),
        (format, "fix(format): be loud"),
    ] {
        file(terminal, &path, &code)?;
        terminal.run("git diff --stat")?;
        terminal.run(&format!("git commit --quiet --all -m '{subject}'"))?;
    }
    Ok(())
}

/// What a package adds to the repository, in a commit of its own.
struct Addition {
    name: &'static str,
    about: &'static str,
    /// Paths and texts.
    files: Vec<(String, String)>,
    /// Brings the lockfile in line.
    lock: &'static str,
}

/// A name without what all at Acme have in common.
fn short(name: &str) -> &str {
    name.trim_start_matches("@acme/").trim_start_matches("acme-")
}

impl Module {
    fn addition(&self) -> Addition {
        let files = [("package.json", self.manifest()), ("index.js", self.code.to_owned())];
        let files = files.map(|(path, text)| (self.path(path), text)).to_vec();
        let lock = "pnpm install --silent --lockfile-only --offline";
        Addition { name: self.name, about: self.about, files, lock }
    }

    fn path(&self, path: &str) -> String {
        format!("js/{}/{path}", short(self.name))
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
    fn addition(&self) -> Addition {
        let files = [("Cargo.toml", self.manifest()), (self.file, self.code.to_owned())];
        let files = files.map(|(path, text)| (self.path(path), text)).to_vec();
        Addition { name: self.name, about: self.about, files, lock: "cargo generate-lockfile --quiet --offline" }
    }

    fn path(&self, path: &str) -> String {
        format!("crates/{}/{path}", short(self.name))
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
    fn addition(&self) -> Addition {
        let readme = format!("# {}\n\n{}.\n", self.name, self.about);
        let files = vec![
            (self.path("pyproject.toml"), self.manifest()),
            (self.path("README.md"), readme),
            (self.module(), self.code.to_owned()),
        ];
        Addition { name: self.name, about: self.about, files, lock: "uv lock --quiet --offline" }
    }

    fn path(&self, path: &str) -> String {
        format!("packages/{}/{path}", short(self.name))
    }

    fn module(&self) -> String {
        self.path(&format!("src/{}/__init__.py", self.name.replace('-', "_")))
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
