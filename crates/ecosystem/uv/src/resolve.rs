//! A dry resolution: uv is asked what it would choose from one index, and installs nothing.
//!
//! `uv pip compile` with every version fixed. Measured with uv 0.13: it ends with 1 where there is no solution, and with 2
//! where it could not find out. `--universal` looks at wheels of every platform. An override whose marker is never true
//! leaves a requirement out, so that the index need not have third parties' packages. Nothing is built: `--no-build` refuses
//! every sdist, also one that is only needed. What exists as sdist alone is therefore asked for by itself, with `--no-deps`,
//! by which uv reads no metadata and has no reason to build.

mod python;
mod words;

use std::collections::BTreeSet;
use std::fs;

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::package_manager::{Installable, ResolveRequest, Resolved};
use releasekit_core::secret::without_login;
use releasekit_core::{Environment, Redactor, Result};
use releasekit_formats::python::name::normalize;
use releasekit_process::{Command, Error as ProcessError, Output};

use crate::credentials;
use crate::environment;
use crate::error::Error;
use crate::tool::{command, help};
use crate::words::{Fault, lacks_python, said};
use words::Answer;

/// The versions that are asked for.
const ASKED: &str = "versions.in";

/// The requirements that are left out.
const LEFT_OUT: &str = "left-out.txt";

/// A marker that is true nowhere.
const NEVER: &str = "python_version < '0'";

/// Whether uv chooses exactly these.
pub(crate) async fn resolve(context: &BackendContext, request: &ResolveRequest) -> Result<Resolved> {
    let (installable, sources): (Vec<_>, Vec<_>) = request.packages.iter().partition(|one| installs(one));
    for (packages, with_requirements) in [(installable, true), (sources, false)] {
        if packages.is_empty() {
            continue;
        }
        let question = Question { context, request, packages, with_requirements };
        let resolved = question.ask().await?;
        if resolved != Resolved::Chosen {
            return Ok(resolved);
        }
    }
    Ok(Resolved::Chosen)
}

/// Whether there is a file that needs no build; taken for granted where no file is known.
fn installs(one: &Installable) -> bool {
    one.files.is_empty() || one.files.iter().any(|file| file.ends_with(".whl"))
}

/// What uv is asked at once.
struct Question<'a> {
    context: &'a BackendContext,
    request: &'a ResolveRequest,
    packages: Vec<&'a Installable>,
    /// Whether uv reads what they require.
    with_requirements: bool,
}

impl Question<'_> {
    async fn ask(&self) -> Result<Resolved> {
        self.write(ASKED, &self.asked())?;
        let all = &self.context.environment;
        let environment = indexed(environment::resolving(all), all, &self.request.target.read_url);
        // A Python of any version will do, so none is downloaded unless there is none at all.
        let frugal = environment.clone().with("UV_PYTHON_DOWNLOADS", "never");
        let mut output = self.run(frugal).await?;
        if lacks_python(&output.stderr_text()) {
            output = self.run(environment).await?;
        }
        self.judge(&output)
    }

    /// uv tries once: whoever asks shows every failure, and asks again.
    async fn run(&self, environment: Environment) -> Result<Output> {
        let mut command = command(&self.request.folder, environment.with("UV_HTTP_RETRIES", "0"))
            .args(["pip", "compile", "--no-config", "--universal", "--no-header", "--no-annotate", "--refresh"])
            .arg(if self.with_requirements { "--no-build" } else { "--no-deps" });
        if let Some(version) = python::least(self.packages.iter().filter_map(|one| one.runtime.as_deref())) {
            command = command.args(["--python-version".to_owned(), version]);
        }
        let left_out = self.left_out();
        if self.with_requirements && !left_out.is_empty() {
            self.write(LEFT_OUT, &left_out)?;
            command = command.args(["--overrides", LEFT_OUT]);
        }
        self.ended(command.args(["--", ASKED]).redact(&self.redactor()).timeout(self.request.timeout)).await
    }

    async fn ended(&self, command: Command) -> Result<Output> {
        command.run().await.map_err(|error| match error {
            ProcessError::TimedOut { stderr, .. } => {
                self.failed(Fault::network("uv did not finish in time"), stderr).into()
            }
            error => help(error),
        })
    }

    fn judge(&self, output: &Output) -> Result<Resolved> {
        let stderr = output.stderr_text();
        match words::answer(output.code, &stderr) {
            Answer::Chosen => Ok(self.compare(&output.stdout_text())),
            Answer::NotChosen => {
                let names = self.packages.iter().map(|one| one.name.clone());
                let mut packages: Vec<_> = names.clone().filter(|name| words::name(&stderr, name.as_str())).collect();
                if packages.is_empty() {
                    packages = names.collect();
                }
                Ok(Resolved::NotChosen { packages, why: said(&stderr) })
            }
            Answer::Failed(fault) => Err(self.failed(fault, stderr).into()),
        }
    }

    /// What uv printed has to be what was asked for.
    fn compare(&self, printed: &str) -> Resolved {
        let chosen = words::chosen(printed);
        let is_chosen = |one: &Installable| {
            let version = chosen.get(&normalize(one.name.as_str()));
            version.is_some_and(|version| words::same_version(version, &one.version))
        };
        let missing: Vec<_> = self.packages.iter().filter(|one| !is_chosen(one)).map(|one| one.name.clone()).collect();
        match missing.is_empty() {
            true => Resolved::Chosen,
            false => Resolved::NotChosen { packages: missing, why: format!("uv chose otherwise:\n{printed}") },
        }
    }

    fn asked(&self) -> String {
        self.packages.iter().map(|one| format!("{}=={}\n", one.name, one.version)).collect()
    }

    /// Requirements on whatever is not asked for.
    fn left_out(&self) -> String {
        let asked: BTreeSet<String> = self.packages.iter().map(|one| normalize(one.name.as_str())).collect();
        let required = self.packages.iter().flat_map(|one| &one.requirements).map(|one| normalize(&one.name));
        let others: BTreeSet<String> = required.filter(|name| !asked.contains(name)).collect();
        others.into_iter().map(|name| format!("{name} ; {NEVER}\n")).collect()
    }

    fn write(&self, file: &str, text: &str) -> Result<()> {
        let path = self.request.folder.join(file);
        Ok(fs::write(&path, text).map_err(|source| Error::Folder { path, source })?)
    }

    fn redactor(&self) -> Redactor {
        credentials::redactor(self.context, &self.request.target).with_url(&self.request.target.read_url)
    }

    fn failed(&self, fault: Fault, stderr: String) -> Error {
        let target = without_login(&self.request.target.read_url);
        Error::Resolve { target, why: fault.why, kind: fault.kind, output: stderr }
    }
}

/// The environment with one index in it: under the name that the user gives its URL, with the login that goes by that name.
fn indexed(environment: Environment, all: &Environment, url: &str) -> Environment {
    let Some(name) = index_name(all, url) else { return environment.with("UV_DEFAULT_INDEX", url) };
    let prefix = format!("UV_INDEX_{}_", variable(&name));
    let mut environment = environment.with("UV_DEFAULT_INDEX", format!("{name}={url}"));
    let login = ["USERNAME", "PASSWORD"].map(|part| format!("{prefix}{part}"));
    let login = login.iter().filter_map(|variable| Some((variable, all.get(variable)?)));
    login.for_each(|(variable, value)| environment.set(variable, value));
    environment
}

/// The name by which the user's variables speak of the index at this URL.
fn index_name(all: &Environment, url: &str) -> Option<String> {
    let plain = |url: &str| without_login(url).trim_end_matches('/').to_owned();
    let entries = ["UV_INDEX", "UV_DEFAULT_INDEX"].iter().filter_map(|variable| all.text(variable));
    let named = entries.flat_map(str::split_whitespace).filter_map(|entry| entry.split_once('='));
    // A URL may hold such a sign too, behind its scheme.
    let mut named = named.filter(|(name, _)| !name.contains(':'));
    named.find(|(_, entry)| plain(entry) == plain(url)).map(|(name, _)| name.to_owned())
}

/// How uv writes the name of an index in the names of variables.
fn variable(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    fn shown(environment: &Environment) -> Vec<String> {
        let text = |value: &std::ffi::OsStr| value.to_string_lossy().into_owned();
        environment.iter().map(|(name, value)| format!("{}={}", text(name), text(value))).collect()
    }

    #[test]
    fn the_login_of_an_index_goes_with_its_url_and_nowhere_else() {
        let all = environment(&[
            ("UV_DEFAULT_INDEX", "https://pypi.example/simple?a=b"),
            ("UV_INDEX", "other=https://other.example/simple my.house=https://me@house.example/simple"),
            ("UV_INDEX_MY_HOUSE_USERNAME", "me"),
            ("UV_INDEX_MY_HOUSE_PASSWORD", "pw"),
            ("UV_INDEX_OTHER_PASSWORD", "secret"),
            ("UV_PUBLISH_TOKEN", "secret"),
        ]);
        let of = |url| shown(&indexed(Environment::new(), &all, url));
        assert_eq!(
            of("https://house.example/simple/"),
            [
                "UV_DEFAULT_INDEX=my.house=https://house.example/simple/",
                "UV_INDEX_MY_HOUSE_PASSWORD=pw",
                "UV_INDEX_MY_HOUSE_USERNAME=me",
            ]
        );
        assert_eq!(of("https://third.example/simple/"), ["UV_DEFAULT_INDEX=https://third.example/simple/"]);
        assert_eq!(of("https://pypi.example/simple?a=b"), ["UV_DEFAULT_INDEX=https://pypi.example/simple?a=b"]);
    }
}
