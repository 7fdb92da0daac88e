//! What texts a key takes. Each rule is one function from the text to what is wrong with it.

use releasekit_core::environment::is_credential;
use releasekit_core::model::RepoPath;
use releasekit_core::policy::ExtraFile;
use releasekit_core::vcs::Author;

use crate::template;

/// What is wrong with a value, without the key it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) reason: String,
    pub(crate) help: Option<String>,
}

impl Problem {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// What a text must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Any text but none.
    Text,
    /// A text, or nothing at all, which means none.
    TextOrNone,
    /// The name of a branch or a remote.
    RefName,
    /// A glob over names.
    Glob,
    /// A glob over paths from the repository root.
    PathGlob,
    /// A path from the repository root.
    Path,
    /// The path of a changelog from the package's folder, or nothing at all, which means none.
    ChangelogOrNone,
    /// The path of a file from the package's folder.
    PackagePath,
    /// What stands around a version.
    Search,
    /// A URL of a registry.
    Url,
    /// A URL of a forge.
    WebUrl,
    /// A repository on a forge, by its path.
    Repository,
    /// A commit by its hexadecimal name.
    Commit,
    /// The name of an environment variable that builds may see.
    Variable,
    /// The name of a package of the repository.
    Package,
    /// A format of tags.
    TagFormat,
    /// The format of the umbrella tag, or nothing at all, which means none.
    UmbrellaTag,
    /// A branch name with placeholders.
    Branch,
    /// The first line of a commit message, with placeholders.
    Subject,
    /// Somebody who makes commits.
    Author,
    /// The id of an ecosystem.
    Ecosystem,
    /// The label of an ecosystem.
    Label,
    /// The name of a group of packages.
    Group,
    /// The name of a registry.
    Registry,
    /// The type of a commit.
    CommitType,
    /// The code of a warning.
    Code,
}

impl Rule {
    /// Says what is wrong with `text`.
    pub(crate) fn check(self, text: &str) -> Result<(), Problem> {
        if text.is_empty() && !self.may_be_empty() {
            return Err(Problem::new("is empty").help("leave the key out, or give it a value"));
        }
        match self {
            Self::Text | Self::TextOrNone | Self::Package | Self::Ecosystem => one_line(text),
            Self::RefName => branch_name(text),
            Self::Glob => glob(text),
            Self::PathGlob => inside(text).and_then(|()| glob(text)),
            Self::Path => path(text),
            Self::ChangelogOrNone => changelog(text),
            Self::PackagePath => from_package(text),
            Self::Search => search(text),
            Self::Url => url(text.strip_prefix("sparse+").unwrap_or(text), "registry"),
            Self::WebUrl => url(text, "forge"),
            Self::Repository => repository(text),
            Self::Commit => commit(text),
            Self::Variable => variable(text),
            Self::TagFormat => template::tag_format(text),
            Self::UmbrellaTag if text.is_empty() => Ok(()),
            Self::UmbrellaTag => template::umbrella_tag(text),
            Self::Branch => template::branch(text),
            Self::Subject => one_line(text).and_then(|()| template::subject(text)),
            Self::Author => author(text),
            Self::Label | Self::Group | Self::Registry => label(text),
            Self::CommitType => commit_type(text),
            Self::Code => code(text),
        }
    }

    /// Whether no text at all is a value, that means none.
    pub(crate) const fn may_be_empty(self) -> bool {
        matches!(self, Self::TextOrNone | Self::ChangelogOrNone | Self::UmbrellaTag)
    }

    /// What the reference calls such a text.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::Text | Self::TextOrNone => "text",
            Self::RefName => "name",
            Self::Glob | Self::PathGlob => "glob",
            Self::Path | Self::ChangelogOrNone | Self::PackagePath => "path",
            Self::Url | Self::WebUrl => "URL",
            Self::Repository => "repository",
            Self::Commit => "commit",
            Self::Variable => "variable name",
            Self::Package => "package",
            Self::TagFormat | Self::UmbrellaTag => "tag format",
            Self::Branch | Self::Subject | Self::Search => "text with placeholders",
            Self::Author => "name and address",
            Self::Ecosystem => "ecosystem",
            Self::Label => "label",
            Self::Group => "group",
            Self::Registry => "registry",
            Self::CommitType => "commit type",
            Self::Code => "code",
        }
    }

    /// The regular expression that an editor may check, where one says it.
    pub(crate) const fn pattern(self) -> Option<&'static str> {
        match self {
            Self::Url => Some("^(sparse\\+)?https?://[^\\s/@?#]+(/[^\\s?#]*)?$"),
            Self::WebUrl => Some("^https?://[^\\s/@?#]+(/[^\\s?#]*)?$"),
            Self::Repository => Some("^[^\\s/]+(/[^\\s/]+)+$"),
            Self::UmbrellaTag => Some("^([^{}]*\\{version\\}[^{}]*)?$"),
            Self::Commit => Some("^[0-9a-fA-F]{7,64}$"),
            Self::Variable => Some("^[A-Za-z_][A-Za-z0-9_]*$"),
            Self::TagFormat => {
                Some("^[^{}]*(\\{(name|path|label)\\}[^{}]*)*\\{version\\}[^{}]*(\\{(name|path|label)\\}[^{}]*)*$")
            }
            Self::Label | Self::Group | Self::Registry => Some("^[A-Za-z0-9_.-]+$"),
            Self::CommitType => Some("^[a-z0-9_.-]+$"),
            Self::Code => Some("^RK-[A-Z0-9-]+$"),
            Self::Search => Some("\\{version\\}"),
            _ => None,
        }
    }
}

fn code(text: &str) -> Result<(), Problem> {
    let legal = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    if text.strip_prefix("RK-").is_some_and(|rest| !rest.is_empty() && rest.chars().all(legal)) {
        return Ok(());
    }
    Err(Problem::new(format!("is `{text}`, which is no code")).help("write it as it is printed, `RK-TAG-FOREIGN`"))
}

fn one_line(text: &str) -> Result<(), Problem> {
    if text.chars().any(char::is_control) {
        return Err(Problem::new("holds a line break or another control character"));
    }
    Ok(())
}

/// What git and Mercurial both take as a name, and no program takes for an option.
pub(crate) fn ref_name(text: &str) -> Result<(), Problem> {
    let refused = |c: char| c.is_control() || c.is_whitespace() || "~^:?*[\\".contains(c);
    let shown = text.escape_debug();
    if let Some(c) = text.chars().find(|c| refused(*c)) {
        return Err(Problem::new(format!("is `{shown}`, and no branch or tag may hold `{}`", c.escape_debug())));
    }
    let part = |part: &str| part.is_empty() || part.starts_with('.') || part.ends_with(".lock") || part.ends_with('.');
    if text.starts_with('-') || text.contains("..") || text.contains("@{") || text.split('/').any(part) {
        return Err(Problem::new(format!("is `{shown}`, which no branch or tag may be called"))
            .help("a name has no empty part between `/`, no leading `-` or `.`, no `..` and no `.lock` at its end"));
    }
    Ok(())
}

/// A name that git, asked for a branch, takes for one: not HEAD, and not the full name of some ref.
pub(crate) fn branch_name(text: &str) -> Result<(), Problem> {
    ref_name(text)?;
    let is_full = ["refs", "heads", "tags", "remotes"].iter().any(|folder| text.split('/').next() == Some(folder));
    let is_head = text == "@" || text.eq_ignore_ascii_case("HEAD") || text.ends_with("_HEAD");
    if is_head || is_full && text.contains('/') {
        return Err(Problem::new(format!("is `{text}`, which git takes for something else than a branch")).help(
            "give the branch's plain name, as `main`: no `HEAD`, no `@`, and no `refs/`, `heads/` or `tags/` before it",
        ));
    }
    Ok(())
}

fn glob(text: &str) -> Result<(), Problem> {
    if text.len() > RepoPath::LONGEST {
        return Err(Problem::new(format!("is a glob of {} bytes, which is longer than any path", text.len())));
    }
    let parsed = globset::GlobBuilder::new(text).literal_separator(true).build();
    let matcher = parsed.and_then(|glob| globset::GlobSet::new([glob]));
    let wrong = |error: globset::Error| Problem::new(format!("is `{text}`, which is no glob: {}", error.kind()));
    matcher.map(drop).map_err(wrong)
}

/// A glob that leaves the repository, or is spelled around a corner, would match nothing.
fn inside(text: &str) -> Result<(), Problem> {
    let pattern = text.strip_prefix('!').unwrap_or(text);
    if text.starts_with('!') {
        return Err(Problem::new(format!("is `{text}`, and `!` negates nothing here"))
            .help(format!("a glob that starts with `!` itself is written `[!]{pattern}`")));
    }
    if let Some(folder) = text.strip_suffix('/') {
        return Err(Problem::new(format!("is `{text}`, and no path ends in `/`"))
            .help(format!("write `{folder}` for the folder, or `{folder}/**` for all that is in it")));
    }
    let plain = RepoPath::new(text).is_ok() && !text.split('/').any(|part| part == "." || part == "..");
    if !plain && !text.contains('\\') {
        return Err(Problem::new(format!("is `{text}`, which matches nothing inside the repository"))
            .help("globs are matched against paths from the repository root, without `/`, `.` or `..` in front"));
    }
    Ok(())
}

fn path(text: &str) -> Result<(), Problem> {
    one_line(text)?;
    let wrong = |_| {
        Problem::new(format!("is `{text}`, which is not a path inside the repository"))
            .help("use `/` between the parts, nothing absolute, no `..` that leads out, and no part such as `.git`")
    };
    RepoPath::new(text).map(drop).map_err(wrong)
}

/// Files that programs read, by the ends of their names: package files, lockfiles, manifests, configuration and code.
const FOR_PROGRAMS: &[&str] =
    &["toml", "lock", "json", "yaml", "yml", "mod", "sum", "cfg", "ini", "py", "js", "ts", "rs"];

/// A path from a package's folder. It may climb out of that one, to what packages share; whether it stays inside the
/// repository is seen once the folder is known.
fn from_package(text: &str) -> Result<(), Problem> {
    let below = text.trim_start_matches("../");
    path(if below.is_empty() { text } else { below })
}

/// What stands around a version in one line.
fn search(text: &str) -> Result<(), Problem> {
    one_line(text)?;
    match text.matches(ExtraFile::VERSION).count() {
        1 => Ok(()),
        times => Err(Problem::new(format!("is `{text}`, which has `{{version}}` {times} times"))
            .help("write what stands before and behind the version, and `{version}` once: `acme=={version}`")),
    }
}

/// The changelog of a package.
fn changelog(text: &str) -> Result<(), Problem> {
    from_package(text)?;
    let name = text.rsplit('/').next().unwrap_or(text).to_ascii_lowercase();
    let end = name.rsplit_once('.').map(|(_, end)| end);
    if end.is_some_and(|end| FOR_PROGRAMS.contains(&end)) {
        return Err(Problem::new(format!("is `{text}`, a file that programs read"))
            .help("a changelog is a Markdown file of its own, such as `CHANGELOG.md`; `\"\"` is for none"));
    }
    Ok(())
}

fn url(text: &str, what: &str) -> Result<(), Problem> {
    let after = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let no_url = || Problem::new(format!("is not the URL of a {what}"));
    let Some(after) = after else {
        return Err(no_url().help("it starts with `https://` or `http://`"));
    };
    let authority = after.split(['/', '?', '#']).next().unwrap_or(after);
    let secret = match authority.rsplit_once('@') {
        Some((user, _)) if user.contains(':') => Some("holds a password".to_owned()),
        // Nothing tells whether it is.
        Some(_) => Some("holds a user name, which may be a token".to_owned()),
        None => {
            after.contains(['?', '#']).then(|| format!("holds a query or a fragment, which no {what} is reached by"))
        }
    };
    if let Some(secret) = secret {
        return Err(Problem::new(secret).help(
            "take it out, and revoke what was secret: credentials come from the tools' own variables, keyrings and `.netrc`",
        ));
    }
    if authority.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(no_url().help("it names a host and holds no space"));
    }
    Ok(())
}

fn author(text: &str) -> Result<(), Problem> {
    let wrong = || Problem::new(format!("is `{}`, which names nobody", text.escape_debug()));
    Author::of(text).map(drop).ok_or_else(|| wrong().help("write a name and an address, `Ana <ana@example.com>`"))
}

fn repository(text: &str) -> Result<(), Problem> {
    let is_part = |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control());
    if text.contains('/') && text.split('/').all(is_part) {
        return Ok(());
    }
    Err(Problem::new(format!("is `{}`, which is no repository of a forge", text.escape_debug()))
        .help("write its owner and its name, `acme/widgets`"))
}

fn commit(text: &str) -> Result<(), Problem> {
    if (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(Problem::new(format!("is `{text}`, which is no commit"))
        .help("give the commit's hexadecimal name, at least 7 and at most 64 digits"))
}

fn variable(text: &str) -> Result<(), Problem> {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts || !text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(Problem::new(format!("is `{text}`, which is not the name of a variable"))
            .help("give the name alone, of letters, digits and `_`"));
    }
    if is_credential(text) {
        return Err(Problem::new(format!("is `{text}`, which can carry the right to publish"))
            .help("builds run the repository's code, so they never see credentials for uploads or the forge"));
    }
    Ok(())
}

fn label(text: &str) -> Result<(), Problem> {
    if text.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c)) && !text.starts_with(['-', '.']) {
        return Ok(());
    }
    Err(Problem::new("is not a label")
        .help("labels are of letters, digits, `_`, `.` and `-`, for they stand in tags and before a `:`"))
}

fn commit_type(text: &str) -> Result<(), Problem> {
    if text.chars().any(|c| c.is_ascii_uppercase()) {
        return Err(
            Problem::new("is not in lower case").help("types are compared without regard to case; write it small")
        );
    }
    if text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.-".contains(c)) {
        return Ok(());
    }
    Err(Problem::new("is not the type of a commit").help("a type is the one word before the scope or the `:`"))
}
