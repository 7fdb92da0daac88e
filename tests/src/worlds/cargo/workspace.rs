//! A workspace of cargo as data, written to a work tree and locked by the real cargo.

use releasekit_testkit::Sandbox;

/// A member of a workspace.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// Its folder from the repository root.
    pub folder: &'static str,
    /// The version it was released with.
    pub version: &'static str,
    /// What it requires, each with the rest of its inline table.
    pub needs: &'static [(&'static str, &'static str)],
    /// What its build requires, each with the rest of its inline table.
    pub build_needs: &'static [(&'static str, &'static str)],
    /// Its features.
    pub features: &'static [(&'static str, &'static str)],
    /// Whether it says `publish = false`.
    pub private: bool,
    /// What its library holds.
    pub library: &'static str,
    /// Further files, by their path in its folder.
    pub files: &'static [(&'static str, &'static str)],
}

impl Member {
    /// A published library that needs nobody.
    pub const fn new(name: &'static str, folder: &'static str, version: &'static str) -> Self {
        Self {
            name,
            folder,
            version,
            needs: &[],
            build_needs: &[],
            features: &[],
            private: false,
            library: "",
            files: &[],
        }
    }

    /// Its library, from the repository root.
    pub fn module(&self) -> String {
        format!("{}/src/lib.rs", self.folder)
    }

    fn manifest(&self) -> String {
        let Self { name, version, .. } = self;
        let private = if self.private { "publish = false\n" } else { "" };
        let features = self.features.iter().map(|(name, value)| format!("{name} = [{value:?}]\n")).collect();
        format!(
            "[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\n\
             description = \"The {name} of a test\"\nlicense = \"MIT\"\n{private}{}{}{}",
            table("features", features),
            table("dependencies", lines(self.needs)),
            table("build-dependencies", lines(self.build_needs)),
        )
    }
}

fn lines(needs: &[(&str, &str)]) -> String {
    needs.iter().map(|(name, rest)| format!("{name} = {{ {rest}, path = \"../{}\" }}\n", folder(name))).collect()
}

/// The last part of the folder of the member of that name.
fn folder(name: &str) -> &str {
    name.rsplit(['-', '_']).next().unwrap_or(name)
}

fn table(name: &str, lines: String) -> String {
    if lines.is_empty() { lines } else { format!("\n[{name}]\n{lines}") }
}

/// Writes a workspace of members in `crates`, and locks it with cargo.
pub fn write(members: &[Member], sandbox: &Sandbox) {
    sandbox.write("Cargo.toml", "[workspace]\nresolver = \"2\"\nmembers = [\"crates/*\"]\n");
    sandbox.write(".gitignore", "target/\n");
    for member in members {
        sandbox.write(format!("{}/Cargo.toml", member.folder), member.manifest());
        sandbox.write(member.module(), format!("//! The library of {}.\n{}", member.name, member.library));
        for (path, text) in member.files {
            sandbox.write(format!("{}/{path}", member.folder), text);
        }
    }
    sandbox.run("cargo", ["generate-lockfile", "--quiet", "--offline"]).ok();
}
