//! A repository for tests of the binary: uv workspaces as files, commits, and the command itself.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use releasekit_testkit::{Ran, Sandbox, Tools, run};

/// The binary under test.
const BINARY: &str = env!("CARGO_BIN_EXE_releasekit");

/// A repository and the command that works on it.
pub(crate) struct Project {
    /// The repository and its surroundings.
    pub(crate) sandbox: Sandbox,
}

/// A package file: its name, version, requirements on anything, and what stands below.
pub(crate) fn manifest(name: &str, version: &str, requires: &[&str], rest: &str) -> String {
    let requires: Vec<String> = requires.iter().map(|requirement| format!("{requirement:?}")).collect();
    format!(
        "[project]\nname = \"{name}\"\nversion = \"{version}\"\nrequires-python = \">=3.10\"\n\
         dependencies = [{}]\n\n[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n{rest}",
        requires.join(", ")
    )
}

impl Project {
    /// An empty repository.
    pub(crate) fn empty() -> Self {
        Self { sandbox: Sandbox::new() }
    }

    /// Three packages in a row, `core` ← `lib` ← `top`, and a private `app` on top; committed, tagged and pushed as
    /// released at 1.0.0.
    pub(crate) fn released() -> Self {
        let project = Self::unreleased();
        for name in ["core", "lib", "top"] {
            project.sandbox.git(["tag", &format!("{name}-v1.0.0")]);
        }
        project.sandbox.push();
        project
    }

    /// The same without any tag.
    pub(crate) fn unreleased() -> Self {
        let project = Self::empty();
        let sources = "[tool.uv.workspace]\nmembers = [\"packages/*\"]\n\n[tool.uv.sources]\ncore = { workspace = true }\n\
                       lib = { workspace = true }\ntop = { workspace = true }\n";
        project.sandbox.write("pyproject.toml", sources);
        project.package("core", "1.0.0", &[], "");
        project.package("lib", "1.0.0", &["core>=1", "httpx"], "");
        project.package("top", "1.0.0", &["lib[x]>=1 ; python_version > '3'"], "");
        project.package("app", "0.1.0", &["top"], "\n[tool.uv]\npackage = false\n");
        project.sandbox.commit("feat: begin");
        project.sandbox.push();
        project
    }

    /// Puts the pinned tools on the path.
    pub(crate) fn with_tools(self, tools: &Tools) -> Self {
        Self { sandbox: self.sandbox.with_tools(tools) }
    }

    /// Sets a variable for the command.
    pub(crate) fn with_env(self, name: &str, value: &str) -> Self {
        Self { sandbox: self.sandbox.with_env(name, value) }
    }

    /// Writes a package file below `packages`.
    pub(crate) fn package(&self, name: &str, version: &str, requires: &[&str], rest: &str) -> &Self {
        self.sandbox.write(format!("packages/{name}/pyproject.toml"), manifest(name, version, requires, rest));
        self
    }

    /// Commits a change of a package's folder.
    pub(crate) fn change(&self, package: &str, message: &str) -> String {
        let file = format!("packages/{package}/src/{package}.py");
        self.sandbox.write(file, format!("# {message}\n"));
        self.sandbox.commit(message)
    }

    /// The command with arguments, not yet run.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.sandbox.command(BINARY);
        command.args(args);
        command
    }

    /// Runs the command in the work tree.
    #[track_caller]
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        run(&mut self.command(args))
    }

    /// Runs the command in another folder.
    #[track_caller]
    pub(crate) fn run_in(&self, folder: &Path, args: &[&str]) -> Ran {
        run(self.command(args).current_dir(folder))
    }

    /// Runs the command, which must succeed, and reads what it prints as JSON.
    #[track_caller]
    pub(crate) fn json(&self, args: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.run(args).ok()).expect("one JSON document on stdout")
    }

    /// Runs the command with text on stdin.
    #[track_caller]
    pub(crate) fn run_with(&self, args: &[&str], input: &str) -> Ran {
        let mut command = self.command(args);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary was built");
        child.stdin.take().expect("stdin is a pipe").write_all(input.as_bytes()).expect("the binary reads stdin");
        let output = child.wait_with_output().expect("the binary ends");
        Ran {
            command: args.join(" "),
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}
