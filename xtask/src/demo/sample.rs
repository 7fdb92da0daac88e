//! The sample: a uv workspace with three levels, one private member and a short history.

use super::index::Index;
use super::terminal::Terminal;
use crate::failure::Result;
use crate::repository::write;

/// A member of the workspace.
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

/// Makes the repository, its history and its remote; nothing of it is shown.
pub(super) fn make(terminal: &Terminal, index: &Index) -> Result<()> {
    terminal.quietly("git init --quiet --bare ../acme.git")?;
    terminal.quietly("git init --quiet")?;
    terminal.quietly("git remote add origin ../acme.git")?;
    file(terminal, "pyproject.toml", "[tool.uv.workspace]\nmembers = [\"packages/*\"]\n")?;
    file(terminal, ".gitignore", "dist/\n.venv/\n__pycache__/\n")?;
    file(terminal, "releasekit.toml", &configuration(index))?;
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
    terminal.quietly("git push --quiet --set-upstream origin main")
}

/// Changes one package in the middle, as a developer would.
pub(super) fn change(terminal: &Terminal) -> Result<()> {
    let store = &MEMBERS[1];
    let code = store.code.replace("[\"world\"]", "[\"world\", \"moon\"]");
    file(terminal, &store.module(), &code)?;
    terminal.run("git diff --stat")?;
    terminal.run("git commit --quiet --all -m 'feat(store): greet the moon as well'")
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

fn configuration(index: &Index) -> String {
    let (simple, upload) = (index.simple_url(), index.upload_url());
    format!("[ecosystems.py]\nregistry_url = \"{simple}\"\npublish_url = \"{upload}\"\n")
}

fn file(terminal: &Terminal, path: &str, text: &str) -> Result<()> {
    write(&terminal.work().join(path), text)
}

fn commit(terminal: &Terminal, subject: &str) -> Result<()> {
    terminal.quietly("git add --all")?;
    terminal.quietly(&format!("git commit --quiet -m '{subject}'"))
}
