//! A workspace of uv as data, written to a work tree and locked by the real uv.

use releasekit_testkit::Sandbox;

/// Who builds a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuildBackend {
    /// The one that comes with uv.
    Uv,
    /// hatchling.
    Hatchling,
    /// setuptools, whose sdists differ with every build.
    Setuptools,
}

/// A member of a workspace.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name, as its package file writes it.
    pub name: &'static str,
    /// Its name, as indexes and installers write it.
    pub published: &'static str,
    /// Its folder from the repository root.
    pub folder: &'static str,
    /// The version it was released with.
    pub version: &'static str,
    /// Who builds it.
    pub backend: BuildBackend,
    /// What it requires.
    pub needs: &'static [&'static str],
    /// What its extras require.
    pub extras: &'static [(&'static str, &'static str)],
    /// Siblings that its build requires.
    pub build_needs: &'static [&'static str],
    /// Whether it says `Private :: Do Not Upload`.
    pub private: bool,
    /// Further files, by their path in its folder.
    pub files: &'static [(&'static str, &'static str)],
}

impl Member {
    /// A published member built by uv that needs nobody.
    pub const fn new(name: &'static str, folder: &'static str, version: &'static str) -> Self {
        Self {
            name,
            published: name,
            folder,
            version,
            backend: BuildBackend::Uv,
            needs: &[],
            extras: &[],
            build_needs: &[],
            private: false,
            files: &[],
        }
    }

    /// Its module, from the repository root.
    pub fn module(&self) -> String {
        format!("{}/src/{}/__init__.py", self.folder, self.import())
    }

    /// The name under which python imports it.
    pub fn import(&self) -> String {
        import(self.name)
    }

    fn manifest(&self) -> String {
        let Self { name, version, .. } = self;
        let private = if self.private { "classifiers = [\"Private :: Do Not Upload\"]\n" } else { "" };
        let needs = list(self.needs);
        let extras: String = self.extras.iter().map(|(extra, needs)| format!("{extra} = [{needs:?}]\n")).collect();
        let extras = if extras.is_empty() { extras } else { format!("\n[project.optional-dependencies]\n{extras}") };
        let (requires, backend) = self.build_system();
        format!(
            "[project]\nname = \"{name}\"\nversion = \"{version}\"\ndescription = \"The {name} of a test\"\n\
             requires-python = \">=3.9\"\n{private}dependencies = {needs}\n{extras}\n\
             [tool.uv.sources]\n{}\n[build-system]\nrequires = {requires}\nbuild-backend = \"{backend}\"\n",
            self.sources()
        )
    }

    fn sources(&self) -> String {
        let extras = self.extras.iter().map(|(_, needs)| needs);
        let all = self.needs.iter().chain(extras).chain(self.build_needs);
        all.map(|need| format!("{} = {{ workspace = true }}\n", bare(need))).collect()
    }

    fn build_system(&self) -> (String, &'static str) {
        let (tool, backend) = match self.backend {
            BuildBackend::Uv => ("uv_build>=0.13,<0.14", "uv_build"),
            BuildBackend::Hatchling => ("hatchling>=1.20", "hatchling.build"),
            BuildBackend::Setuptools => ("setuptools>=61", "setuptools.build_meta"),
        };
        let requires: Vec<_> = std::iter::once(tool).chain(self.build_needs.iter().copied()).collect();
        (list(&requires), backend)
    }
}

/// The name under which python imports a package.
pub(super) fn import(name: &str) -> String {
    name.to_lowercase().replace(['-', '.'], "_")
}

/// The name in a requirement.
fn bare(requirement: &str) -> &str {
    requirement.split(['[', '<', '>', '=', '~', '!', ';', ' ']).next().unwrap_or(requirement)
}

fn list(items: &[&str]) -> String {
    let items: Vec<_> = items.iter().map(|item| format!("{item:?}")).collect();
    format!("[{}]", items.join(", "))
}

/// Writes a workspace of members in `packages`, those that others need first, and locks it with uv.
pub fn write(members: &[Member], sandbox: &Sandbox) {
    sandbox.write("pyproject.toml", "[tool.uv.workspace]\nmembers = [\"packages/*\"]\n");
    sandbox.write(".gitignore", "dist/\n.venv/\n__pycache__/\n");
    for member in members {
        sandbox.write(format!("{}/pyproject.toml", member.folder), member.manifest());
        sandbox.write(member.module(), format!("\"\"\"The module of {}.\"\"\"\n", member.name));
        for (path, text) in member.files {
            sandbox.write(format!("{}/{path}", member.folder), text);
        }
    }
    sandbox.run("uv", ["lock", "--quiet", "--offline"]).ok();
}
