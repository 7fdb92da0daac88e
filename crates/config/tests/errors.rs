//! Files that are wrong, and what is said of them: code, message, the bytes that are marked, and help.

use releasekit_config::{Error, parse};
use releasekit_core::{BackendError, Diagnostic, ErrorKind};

/// One line for each error of a file: `CODE message @ marked text ? help`.
fn said(text: &str) -> Vec<String> {
    let error = parse("releasekit.toml", text).expect_err(text);
    assert_eq!(error.kind(), ErrorKind::Configuration);
    error.into_parts().iter().map(line).collect()
}

fn line(error: &Error) -> String {
    let labels = error.labels();
    assert_eq!(labels.len(), 1, "{error}");
    let label = &labels[0];
    assert_eq!(label.path, "releasekit.toml");
    assert!(!label.message.is_empty());
    let text = label.text.as_deref().expect("has the text");
    let marked = text.get(label.span.clone().expect("has a span")).expect("lies on characters");
    let help = error.help().map(|help| format!(" ? {help}")).unwrap_or_default();
    format!("{} {error} @ {marked}{help}", error.code())
}

#[track_caller]
fn says(text: &str, expected: &[&str]) {
    assert_eq!(said(text), expected, "for\n{text}");
}

#[test]
fn every_error_of_a_file_is_reported_in_its_order() {
    let file = r#"propogate = "always"
sign = "allways"
tag_format = ["{name}", "{version}-{nmae}"]

[publish]
concurrency = 0
smoke_test = "yes"

[packages.core]
relaese = "tag"
"#;
    says(
        file,
        &[
            "RK-CONFIG-UNKNOWN-KEY unknown key `propogate` in the root table @ propogate ? did you mean `propagate`?",
            "RK-CONFIG-INVALID-VALUE `sign` cannot be `allways` @ \"allways\" ? it is one of `auto`, `require`, `never`",
            "RK-CONFIG-INVALID-VALUE `tag_format` is `{name}`, which has no `{version}` @ \"{name}\" ? every tag must say its version: `\"{name}-v{version}\"`",
            "RK-CONFIG-INVALID-VALUE `tag_format` has no placeholder `{nmae}` @ \"{version}-{nmae}\" ? did you mean `{name}`? it knows `{name}`, `{version}`, `{label}`, `{path}`, `{folder}`",
            "RK-CONFIG-INVALID-VALUE `publish.concurrency` must be at least 1, not 0 @ 0",
            "RK-CONFIG-INVALID-VALUE `publish.smoke_test` expects `true` or `false`, not text @ \"yes\"",
            "RK-CONFIG-UNKNOWN-KEY unknown key `relaese` in `[packages.core]` @ relaese ? did you mean `release`?",
        ],
    );
}

#[test]
fn several_errors_are_one_diagnostic_with_parts() {
    let error = parse("releasekit.toml", "a = 1\nremote = 2\n").expect_err("two errors");
    assert_eq!(error.to_string(), "2 errors in the configuration");
    assert_eq!(error.parts().len(), 2);
    assert_eq!(error.code().as_str(), "RK-CONFIG-UNKNOWN-KEY");
    let backend = BackendError::from(error);
    assert_eq!(backend.parts()[1].code().as_str(), "RK-CONFIG-INVALID-VALUE");
    assert_eq!(backend.parts()[1].labels().len(), 1);
}

#[test]
fn unknown_keys_and_tables_say_where_they_belong() {
    for (file, expected) in [
        ("concurrency = 3", "`concurrency` stands in `[publish]`"),
        ("[publish]\nsynchronize = true", "`synchronize` stands at the top of the file, before any `[table]`"),
        ("[publsh]\n", "did you mean `publish`?"),
        ("[commits]\ntype = {}", "did you mean `types`?"),
        ("[packages.a.b]\nrelease = \"tag\"", "a name with a dot is written in quotes: `[packages.\"a.b\"]`"),
        ("[changelog]\nzzz = 1", "its keys are `template`, `sections`, `exclude`"),
        ("tagFormat = \"x\"", "did you mean `tag_format`?"),
        ("zzz = \"v{version}\"", "its keys are `synchronize`"),
    ] {
        let lines = said(file);
        assert!(lines.len() == 1 && lines[0].starts_with("RK-CONFIG-UNKNOWN-KEY"), "{lines:?}");
        assert!(lines[0].contains(&format!(" ? {expected}")), "{lines:?}");
    }
}

#[test]
fn what_says_how_far_packages_move_is_one_of_what_is_read() {
    for (value, expected) in [
        ("[]", "is a list of nothing @ [] ? it holds one of `commits`, `trailers`, `change-files`, or several"),
        ("\"commits\"", "expects a list of `commits`, `trailers`, `change-files`, not text @ \"commits\""),
        (
            "[\"comits\"]",
            "cannot hold `comits` @ \"comits\" ? did you mean `commits`? It is one of `commits`, `trailers`, `change-files`",
        ),
    ] {
        let expected = format!("RK-CONFIG-INVALID-VALUE `bump_sources` {expected}");
        says(&format!("bump_sources = {value}"), &[&expected]);
    }
}

#[test]
fn each_kind_of_value_says_what_it_expects() {
    for (file, expected) in [
        ("synchronize = 1", "`synchronize` expects `true` or `false`, not a number"),
        ("[synchronize]", "`synchronize` expects `true` or `false`, not a table"),
        ("remote = [\"origin\"]", "`remote` expects text in quotes, not a list"),
        ("exclude = \"x\"", "`exclude` expects a list of texts in quotes, not text"),
        ("exclude = [1]", "`exclude` expects text in quotes, not a number"),
        ("tag_format = 1.5", "`tag_format` expects text in quotes, or a list of them, not a number with a fraction"),
        ("sign = true", "`sign` expects one of `auto`, `require`, `never`, not `true` or `false`"),
        ("publish = 1", "`publish` is a table, not a value"),
        ("packages = [1]", "`packages` is a table, not a value"),
        ("[[packages]]", "`packages` is a table, not a value"),
        ("packages.a = 1", "`packages.a` is a table, not a value"),
        ("publish.concurrency = 1001", "`publish.concurrency` must be at most 1000, not 1001"),
        ("publish.concurrency = -1", "`publish.concurrency` must be at least 1, not -1"),
        ("publish.max_retries = -1", "`publish.max_retries` must be at least 0, not -1"),
        ("publish.poll_interval = 0", "`publish.poll_interval` must be at least 1, not 0"),
        ("publish.task_timeout = 9223372036854775807", "must be at most 86400, not 9223372036854775807"),
        ("publish.poll_timeout = \"5m\"", "`publish.poll_timeout` expects a whole number of seconds, not text"),
        ("publish.poll_timeout = 1.5", "expects a whole number of seconds, not a number with a fraction"),
        ("ecosystems.py.build_commands = [\"make\"]", "expects a list of arguments for each command, not text"),
        ("ecosystems.py.build_commands = \"make\"", "expects a list of commands, not text"),
        ("ecosystems.py.build_commands = [[]]", "has a command without a program"),
        ("ecosystems.py.build_commands = [[\"\"]]", "has an argument that no program can be given"),
        ("ecosystems.py.build_commands = [[\"a\", 1]]", "expects arguments that are texts in quotes, not a number"),
    ] {
        let lines = said(file);
        assert!(lines.len() == 1 && lines[0].starts_with("RK-CONFIG-INVALID-VALUE"), "{file}: {lines:?}");
        assert!(lines[0].contains(expected), "{file}: {lines:?}");
    }
}

#[test]
fn each_kind_of_text_is_checked() {
    for (file, expected) in [
        ("remote = \"\"", "`remote` is empty"),
        ("remote = \"--upload-pack=x\"", "which no branch or tag may be called"),
        ("default_branch = \"a b\"", "no branch or tag may hold ` `"),
        ("default_branch = \"refs/heads/main\"", "which git takes for something else than a branch"),
        ("release_branches = [\"release/[\"]", "`release/[`, which is no glob: "),
        ("exclude = [\"../other\"]", "matches nothing inside the repository"),
        ("exclude = [\"/abs\"]", "matches nothing inside the repository"),
        ("exclude = [\"./a\"]", "matches nothing inside the repository"),
        ("exclude = [\"a/\"]", "no path ends in `/` @ \"a/\" ? write `a` for the folder, or `a/**`"),
        ("exclude = [\"!a\"]", "`!` negates nothing here"),
        ("exclude = [\"a{b\"]", "which is no glob"),
        ("bootstrap_sha = \"HEAD\"", "`bootstrap_sha` is `HEAD`, which is no commit"),
        ("bootstrap_sha = \"abc12\"", "which is no commit"),
        ("build_env = [\"A=b\"]", "which is not the name of a variable"),
        ("build_env = [\"UV_PUBLISH_TOKEN\"]", "can carry the right to publish"),
        ("build_env = [\"CARGO_REGISTRIES_X_TOKEN\"]", "can carry the right to publish"),
        ("build_env = [\"PYPI_ID_TOKEN\"]", "can carry the right to publish"),
        ("build_env = [\"ci_job_jwt_v2\"]", "can carry the right to publish"),
        ("build_env = [\"ACTIONS_RUNTIME_TOKEN\"]", "can carry the right to publish"),
        ("changelog.template = \"../x\"", "not a path inside the repository"),
        ("packages.a.changelog = \"/x\"", "not a path inside the repository"),
        ("packages.a.changelog = \".git/x\"", "not a path inside the repository"),
        ("packages.a.changelog = \"x/.GIT./config\"", "not a path inside the repository"),
        ("packages.a.changelog = \"../git~1/config\"", "not a path inside the repository"),
        ("changelog.template = \".g\u{200c}it/x\"", "not a path inside the repository"),
        ("ecosystems.py.workspace_root = \".git\"", "not a path inside the repository"),
        ("ecosystems.py.include_untracked = [\".git/**\"]", "matches nothing inside the repository"),
        ("packages.a.changelog = \"../\"", "not a path inside the repository"),
        ("packages.a.changelog = \"..//x.md\"", "not a path inside the repository"),
        ("packages.a.changelog = \"pyproject.toml\"", "`pyproject.toml`, a file that programs read"),
        ("packages.a.changelog = \"../../uv.lock\"", "a file that programs read"),
        ("packages.a.changelog = \"../../.releasekit/manifest.json\"", "a file that programs read"),
        ("packages.a.changelog = \"src/a/__init__.PY\"", "a file that programs read"),
        ("packages.a.extra_files = \"x.py\"", "expects a list of paths, or of tables with a `path`, not text"),
        ("packages.a.extra_files = [\"/x.py\"]", "not a path inside the repository"),
        ("packages.a.extra_files = [\"../.git/config\"]", "not a path inside the repository"),
        ("packages.a.extra_files = [{ search = \"{version}\" }]", "has a file without a `path`"),
        ("packages.a.extra_files = [{ path = \"x\", glob = true }]", "holds `glob`"),
        ("packages.a.extra_files = [{ path = \"x\", search = \"a==\" }]", "which has `{version}` 0 times"),
        ("packages.a.extra_files = [{ path = \"x\", search = \"{version}-{version}\" }]", "has `{version}` 2 times"),
        ("packages.a.extra_files = [{ path = \"x\", search = \"a\\n{version}\" }]", "holds a line break"),
        ("ecosystems.py.workspace_root = \"a\\\\b\"", "not a path inside the repository"),
        ("ecosystems.py.registry_url = \"index.example\"", "is not the URL of a registry"),
        ("ecosystems.py.registry_url = \"https:///x\"", "is not the URL of a registry"),
        ("ecosystems.\"p y\".pin = \"exact\"", "`ecosystems.\"p y\"` is not a label"),
        ("commits.types.Feat.bump = \"none\"", "`commits.types.Feat` is not in lower case"),
        ("commits.types.\"feat(x)\".bump = \"none\"", "is not the type of a commit"),
        ("packages.\"\".release = \"tag\"", "`packages.\"\"` is empty"),
        ("pull_request.branch = \"release-{count}\"", "has no placeholder `{count}`"),
        ("pull_request.branch = \"{base}\"", "the branch that releases are made from"),
        ("pull_request.branch = \"HEAD\"", "which git takes for something else than a branch"),
        ("pull_request.branch = \"refs/tags/v1\"", "which git takes for something else than a branch"),
        ("pull_request.commit_message = \"a\\nb\"", "holds a line break"),
        ("pull_request.commit_message = \"a {\"", "a brace has no partner"),
    ] {
        let lines = said(file);
        assert!(lines.len() == 1 && lines[0].starts_with("RK-CONFIG-INVALID-VALUE"), "{file}: {lines:?}");
        assert!(lines[0].contains(expected), "{file}: {lines:?}");
    }
}

#[test]
fn a_near_word_is_offered_and_the_others_listed() {
    says(
        "propagate = \"out_of_range\"",
        &[
            "RK-CONFIG-INVALID-VALUE `propagate` cannot be `out_of_range` @ \"out_of_range\" ? did you mean `out-of-range`? It is one of `always`, `out-of-range`, `never`",
        ],
    );
}

#[test]
fn whatever_may_be_secret_in_a_url_is_refused_and_not_repeated() {
    for (url, reason) in [
        ("https://me:s3cret@index.example/simple/", "holds a password"),
        ("https://s3cret@index.example/simple/", "holds a user name, which may be a token"),
        ("sparse+https://s3cret@index.example:8443/", "holds a user name"),
        ("https://index.example/simple/?token=s3cret", "holds a query"),
        ("https://index.example/simple/#s3cret", "holds a query or a fragment"),
        ("https://index.example?s3cret@x", "holds a query"),
    ] {
        for key in ["registry_url", "publish_url", "observe_url"] {
            let error = parse("releasekit.toml", &format!("[ecosystems.py]\n{key} = \"{url}\"\n")).expect_err(url);
            assert_eq!(error.code().as_str(), "RK-CONFIG-INVALID-VALUE");
            assert!(error.to_string().contains(reason), "{url}: {error}");
            assert!(error.help().is_some_and(|help| help.contains(".netrc")), "{url}");
            assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        }
    }
    parse("releasekit.toml", "[ecosystems.py]\nregistry_url = \"https://index.example/@scope/simple/\"\n")
        .expect("legal");
}

#[test]
fn of_very_many_errors_the_first_are_shown() {
    let file: String = (0..20_000).map(|number| format!("key{number} = 1\n")).collect();
    let error = parse("releasekit.toml", &file).expect_err("unknown keys");
    assert_eq!(error.to_string(), "20000 errors in the configuration, of which the first 100 are shown");
    assert_eq!(error.parts().len(), 100);
    assert!(error.parts()[0].to_string().contains("`key0`"));
}

#[test]
fn no_configuration_is_longer_than_a_configuration_can_be() {
    let file = format!("# {}", "x".repeat(releasekit_config::LONGEST));
    let error = parse("releasekit.toml", &file).expect_err("too long");
    assert_eq!((error.code().as_str(), error.kind()), ("RK-CONFIG-TOO-LONG", ErrorKind::Configuration));
    let globs = format!("exclude = [{}]", "\"a\",".repeat(20_000));
    let error = parse("releasekit.toml", &globs).expect_err("too many");
    assert_eq!(error.to_string(), "`exclude` has 20000 values, and 10000 are the most");
}

#[test]
fn a_password_in_a_url_is_refused_and_not_repeated() {
    let file = "[ecosystems.py]\npin = \"exct\"\npublish_url = \"https://me:hunter2@index.example/\"\n";
    let error = parse("releasekit.toml", file).expect_err("holds a password");
    assert_eq!(error.parts().len(), 2);
    assert!(error.parts()[1].to_string().contains("holds a password"));
    let everything = format!("{error:?} {:?}", error.parts().iter().map(|part| part.labels()).collect::<Vec<_>>());
    assert!(!everything.contains("hunter2"), "{everything}");
}

#[test]
fn contradictions_are_found_in_a_file_that_is_otherwise_legal() {
    for versioning in ["linked", "independent"] {
        let lines = said(&format!("synchronize = true\n[groups.web]\nversioning = \"{versioning}\""));
        let expected = "RK-CONFIG-CONTRADICTION `groups.web.versioning` lets packages have versions of their own";
        assert!(lines.len() == 1 && lines[0].starts_with(expected), "{lines:?}");
    }
    for (file, whose) in [
        ("propagate = \"never\"\n[ecosystems.py]\npin = \"exact\"", "`py`"),
        (
            "propagate = \"never\"\n[ecosystems.a]\npin = \"keep\"\n[ecosystems.b]\npin = \"exact\"\n[ecosystems.c]",
            "`b`",
        ),
    ] {
        let lines = said(file);
        let expected = format!(
            "RK-CONFIG-CONTRADICTION `propagate` cannot be `never`, for requirements on siblings are pinned exactly in {whose} @ propagate"
        );
        assert!(lines.len() == 1 && lines[0].starts_with(&expected), "{lines:?}");
    }
    let lines = said("[packages.a]\nregistries = [\"house\"]\nregistry_url = \"https://index.example/\"");
    let expected = "RK-CONFIG-CONTRADICTION `packages.a.registry_url` names one registry by its URL";
    assert!(lines.len() == 1 && lines[0].starts_with(expected), "{lines:?}");
    for legal in [
        "synchronize = true\ntag_format = \"v{version}\"",
        "tag_format = [\"{name}-{version}\", \"v{version}\"]",
        "synchronize = true\n[groups.web]\nversioning = \"fixed\"",
        "[groups.web]\nversioning = \"linked\"\ntag_format = \"web-v{version}\"",
        "[packages.a]\ntag_format = \"v{version}\"",
        "[groups.web]\nversioning = \"fixed\"\ntag_format = \"web-v{version}\"",
        "tag_format = \"{path}/v{version}\"",
        "propagate = \"out-of-range\"\n[ecosystems.py]\npin = \"exact\"",
    ] {
        assert!(parse("x", legal).is_ok(), "{legal}");
    }
}

#[test]
fn a_package_joins_a_group_that_there_is() {
    says(
        "[groups.web]\n[packages.a]\ngroup = \"wep\"\n[packages.b]\ngroup = \"web\"",
        &[
            "RK-CONFIG-INVALID-VALUE `packages.a.group` is `wep`, and there is no `[groups.wep]` @ \"wep\" ? did you mean `web`?",
        ],
    );
    says(
        "[packages.a]\ngroup = \"web\"",
        &[
            "RK-CONFIG-INVALID-VALUE `packages.a.group` is `web`, and there is no `[groups.web]` @ \"web\" ? describe the group in a table of its own, with its `versioning`",
        ],
    );
}

#[test]
fn a_release_branch_is_none_that_releases_are_made_from() {
    for (file, branch, by) in [
        ("default_branch = \"main\"\npull_request.branch = \"main\"", "main", "main"),
        ("default_branch = \"main\"\npull_request.branch = \"Main\"", "main", "main"),
        (
            "release_branches = [\"a\", \"release/*\"]\npull_request.branch = \"release/{base}\"",
            "release/a",
            "release/*",
        ),
        ("release_branches = [\"release/*\"]\npull_request.branch = \"{base}-next\"", "release/x-next", "release/*"),
        ("release_branches = [\"*\"]", "releasekit--release--x", "*"),
    ] {
        let lines = said(file);
        let expected = format!("makes `{branch}` the release branch, which is pushed over, and `{by}` makes releases");
        assert!(lines.len() == 1 && lines[0].starts_with("RK-CONFIG-INVALID-VALUE"), "{file}: {lines:?}");
        assert!(lines[0].contains(&expected), "{file}: {lines:?}");
    }
    for legal in [
        "release_branches = [\"main\", \"release/*\"]\npull_request.branch = \"next/{base}\"",
        "default_branch = \"main\"\npull_request.branch = \"main-next\"",
        "release_branches = [\"main\"]",
    ] {
        assert!(parse("x", legal).is_ok(), "{legal}");
    }
}

#[test]
fn what_is_no_toml_is_marked_and_the_rest_is_still_checked() {
    let file = "remtoe = \"origin\"\nsign = \nstale = \"wran\"\n\n[publish]\nconcurrency = 0\n";
    let lines = said(file);
    let codes: Vec<&str> = lines.iter().filter_map(|line| line.split(' ').next()).collect();
    let expected = ["RK-CONFIG-UNKNOWN-KEY", "RK-CONFIG-SYNTAX", "RK-CONFIG-INVALID-VALUE", "RK-CONFIG-INVALID-VALUE"];
    assert_eq!(codes, expected, "{lines:?}");
    assert!(lines[1].contains("not valid TOML: "), "{lines:?}");
}

#[test]
fn nothing_is_concluded_from_what_an_error_leaves_open() {
    for file in [
        "exclude = [\n  \"a\"\n  \"b\",\n]\nsign = \"auto\"\n",
        "[publish\nconcurrency = 1\n",
        "exclude = [ ?\n  \"a\",\n]\n",
        "remote = \"\"\"\nabc",
        "remote = \"origin\nsign = \"auto\"",
        "tag_format = \"v{version}\"\nsynchronize = tru",
    ] {
        let lines = said(file);
        assert!(lines.len() == 1 && lines[0].starts_with("RK-CONFIG-SYNTAX"), "{file}: {lines:#?}");
    }
}

#[test]
fn marks_are_right_after_a_byte_order_mark_and_wide_characters() {
    for before in ["\u{feff}", "# größe 日本\r\n", "remote = \"ö\"; sgn"] {
        let lines = said(&format!("{before}\nsgin = \"auto\"\n"));
        let last = lines.last().expect("an error");
        assert!(last.ends_with("unknown key `sgin` in the root table @ sgin ? did you mean `sign`?"), "{lines:?}");
    }
}

#[test]
fn what_stands_twice_is_an_error_each_time() {
    says(
        "sign = \"auto\"\nsign = \"never\"\nsign = \"require\"\nstale = \"wran\"",
        &[
            "RK-CONFIG-DUPLICATE `sign` stands twice @ sign ? keep one of them",
            "RK-CONFIG-DUPLICATE `sign` stands twice @ sign ? keep one of them",
            "RK-CONFIG-INVALID-VALUE `stale` cannot be `wran` @ \"wran\" ? did you mean `warn`? It is one of `error`, `warn`",
        ],
    );
    let lines = said("[publish]\nconcurrency = 1\n[publish]\nconcurrency = 2\n");
    assert!(lines.len() == 1 && lines[0].starts_with("RK-CONFIG-DUPLICATE"), "{lines:?}");
}

#[test]
fn a_file_for_the_python_tool_is_one_error_that_says_what_its_keys_are_here() {
    let file = r#"# the original
forge = "github"
pr_title_template = "chore(release): v{version}"
default_branch = "main"

[license.overrides]
"a" = "MIT"

[workspace.py]
root = "py"
tag_format = "{label}/{name}-v{version}"
library_dirs = ["packages"]

[workspace.py.groups]
core = ["a"]
"#;
    let error = parse("releasekit.toml", file).expect_err("it is the original's");
    assert_eq!(error.code().as_str(), "RK-CONFIG-ORIGINAL");
    assert!(error.parts().is_empty(), "one error for all keys");
    let help = error.help().expect("there is help");
    let lines: Vec<&str> = help.lines().skip(1).map(str::trim).collect();
    assert_eq!(
        lines,
        [
            "`forge`: `kind` in `[forge]`, found by the remote without it",
            "`pr_title_template`: `title` in `[pull_request]`, with `{version}` where all have one",
            "`default_branch`: `default_branch`, as it is",
            "`root` of `[workspace.py]`: `workspace_root`",
            "`tag_format` of `[workspace.py]`: `tag_format`, as it is; found by the tags without it",
            "`groups` of `[workspace.py]`: `[groups.NAME]`, and `group` in `[packages.NAME]`",
            "nothing here: `[license]`, `library_dirs`",
        ]
    );
    for own in ["workspace = 1", "synchronize = true\n[workspace]\n", "[forge]\nrepo = \"github\"\n"] {
        let error = parse("releasekit.toml", own).expect_err("unknown keys");
        assert_eq!(error.code().as_str(), "RK-CONFIG-UNKNOWN-KEY", "{own}");
    }
}

#[test]
fn a_key_that_needs_another_one_is_refused_without_it() {
    for (file, expected) in [
        ("umbrella_tag = \"v{version}\"", "`umbrella_tag` needs a version, and packages have versions of their own"),
        ("umbrella_version = \"a\"", "`umbrella_version` is the version of a tag that there is not"),
        ("[forge]\nreleases = \"umbrella\"", "`forge.releases` is for the release of a tag that there is not"),
        (
            "[pull_request]\ndraft = true\nauto_merge = \"squash\"",
            "`pull_request.auto_merge` has the forge merge what `draft = true` opens as a draft",
        ),
    ] {
        let lines = said(file);
        let expected = format!("RK-CONFIG-CONTRADICTION {expected}");
        assert!(lines.len() == 1 && lines[0].starts_with(&expected), "{lines:?}");
    }
    let whole = "umbrella_tag = \"v{version}\"\numbrella_version = \"a\"\n[forge]\nreleases = \"umbrella\"\n";
    assert!(releasekit_config::parse("x", whole).is_ok());
    let shared = "umbrella_tag = \"v{version}\"\nsynchronize = true\n";
    assert!(releasekit_config::parse("x", shared).is_ok());
    assert!(releasekit_config::parse("x", "umbrella_tag = \"\"\n").is_ok(), "none is wanted");
}

#[test]
fn what_names_a_place_on_a_forge_is_held_to_its_form() {
    for (file, expected) in [
        ("forge.url = \"git.example\"", "`forge.url` is not the URL of a forge"),
        ("forge.api_url = \"https://me:secret@git.example\"", "`forge.api_url` holds a password"),
        (
            "forge.url = \"https://git.example/?q\"",
            "`forge.url` holds a query or a fragment, which no forge is reached by",
        ),
        (
            "dispatch.repositories = [\"widgets\"]",
            "`dispatch.repositories` is `widgets`, which is no repository of a forge",
        ),
        ("umbrella_tag = \"{name}-{version}\"", "`umbrella_tag` has no placeholder `{name}`"),
        ("pull_request.author = \"me\"", "`pull_request.author` is `me`, which names nobody"),
        ("umbrella_tag = \"all\"", "`umbrella_tag` is `all`, which has no `{version}`"),
    ] {
        let lines = said(file);
        let expected = format!("RK-CONFIG-INVALID-VALUE {expected}");
        assert!(lines.len() == 1 && lines[0].starts_with(&expected), "{lines:?}");
    }
}
