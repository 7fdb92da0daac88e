//! A uv workspace as data, written to a work tree and locked by the real uv.

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
    /// Its folder below `packages`.
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

    /// The folder from the repository root.
    pub fn path(&self) -> String {
        format!("packages/{}", self.folder)
    }

    /// Its module, from the repository root.
    pub fn module(&self) -> String {
        format!("{}/src/{}/__init__.py", self.path(), self.import())
    }

    /// The name under which python imports it.
    pub fn import(&self) -> String {
        self.name.to_lowercase().replace(['-', '.'], "_")
    }

    /// The tag of its first release.
    pub fn tag(&self) -> String {
        format!("{}-v{}", self.name, self.version)
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

/// The name in a requirement.
fn bare(requirement: &str) -> &str {
    requirement.split(['[', '<', '>', '=', '~', '!', ';', ' ']).next().unwrap_or(requirement)
}

fn list(items: &[&str]) -> String {
    let items: Vec<_> = items.iter().map(|item| format!("{item:?}")).collect();
    format!("[{}]", items.join(", "))
}

/// A workspace of members in `packages`.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// What tells it from other workspaces.
    pub name: &'static str,
    /// Its members, those that others need first.
    pub members: &'static [Member],
}

impl Workspace {
    /// The member of that name.
    #[track_caller]
    pub fn member(&self, name: &str) -> &'static Member {
        self.members.iter().find(|member| member.name == name).unwrap_or_else(|| panic!("no member is called {name}"))
    }

    /// The members that were released.
    pub fn published(&self) -> impl Iterator<Item = &'static Member> {
        self.members.iter().filter(|member| !member.private)
    }

    /// Writes all files and locks them with uv.
    pub fn write(&self, sandbox: &Sandbox) {
        sandbox.write("pyproject.toml", "[tool.uv.workspace]\nmembers = [\"packages/*\"]\n");
        sandbox.write(".gitignore", "dist/\n.venv/\n__pycache__/\n");
        for member in self.members {
            sandbox.write(format!("{}/pyproject.toml", member.path()), member.manifest());
            sandbox.write(member.module(), format!("\"\"\"The module of {}.\"\"\"\n", member.name));
            for (path, text) in member.files {
                sandbox.write(format!("{}/{path}", member.path()), text);
            }
        }
        sandbox.run("uv", ["lock", "--quiet", "--offline"]).ok();
    }
}
