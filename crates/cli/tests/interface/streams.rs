//! Which stream carries what: data on stdout, everything else on stderr, as text or as one JSON object per line.

use std::process::Stdio;

use crate::project::Project;
use releasekit_testkit::Tools;
use serde_json::Value;

fn events(stderr: &str) -> Vec<Value> {
    stderr.lines().map(|line| serde_json::from_str(line).expect("one JSON object per line")).collect()
}

#[test]
fn errors_go_to_stderr_with_code_place_and_help() {
    let project = Project::released();
    project.sandbox.write("releasekit.toml", "synchronise = true\nsign = 3\n");
    let ran = project.run(&["discover"]).code(3);
    assert_eq!(ran.stdout, "");
    let expected = "\
error[RK-CONFIG-UNKNOWN-KEY]: unknown key `synchronise` in the root table
 --> releasekit.toml:1:1
";
    assert!(ran.stderr.starts_with(expected), "{ran}");
    assert!(ran.stderr.contains("\nhelp: did you mean `synchronize`?\n"), "{ran}");
    assert!(ran.stderr.contains("\nerror[RK-CONFIG-INVALID-VALUE]: `sign` "), "{ran}");
    assert!(ran.stderr.ends_with("\nerror: 2 errors in the configuration\n"), "{ran}");
}

#[test]
fn the_json_log_holds_one_object_per_line_and_stdout_is_untouched() {
    let project = Project::released();
    project.sandbox.git(["tag", "other-1.2.3"]);
    let ran = project.run(&["plan", "--format", "json", "--log-format", "json"]).code(0);
    serde_json::from_str::<Value>(&ran.stdout).expect("the plan alone");
    let events = events(&ran.stderr);
    assert!(events.iter().any(|event| event["event"] == "warning" && event["elapsed"].is_number()), "{ran}");

    project.sandbox.write("releasekit.toml", "synchronise = true\n");
    let error = &self::events(&project.run(&["plan", "--log-format=json"]).code(3).stderr)[0];
    assert_eq!((error["event"].as_str(), error["code"].as_str()), (Some("error"), Some("RK-CONFIG-UNKNOWN-KEY")));
    assert_eq!(
        (error["labels"][0]["path"].as_str(), error["labels"][0]["line"].as_u64()),
        (Some("releasekit.toml"), Some(1))
    );

    let usage = &self::events(&project.run(&["plam", "--log-format", "json"]).code(2).stderr)[0];
    assert_eq!(usage["code"], "RK-USAGE-ARGUMENTS");
}

#[test]
fn quiet_keeps_warnings_and_verbose_adds_programs() {
    let project = Project::released();
    project.sandbox.git(["tag", "other-1.2.3"]);
    let warning = "warning[RK-TAG-FOREIGN]: tags that look like versions belong to no package: 1 × `other-{version}`\n";
    assert!(project.run(&["plan", "--quiet"]).code(0).stderr.starts_with(warning));
    project.change("core", "fix: mend it");
    project.sandbox.push();
    assert!(project.run(&["status"]).code(0).stderr.is_empty());
    assert!(project.run(&["status", "--verbose"]).code(0).stderr.contains("ls-remote"));
    project.run(&["plan", "--quiet", "--verbose"]).code(2);
}

#[test]
fn colours_are_asked_for_and_never_written_unasked() {
    let project = Project::released();
    let plain = project.run(&["plan"]).code(0);
    assert!(!plain.stdout.contains('\u{1b}'), "{plain}");
    let mut command = project.command(&["plan"]);
    command.env_remove("NO_COLOR").env("CLICOLOR_FORCE", "1");
    let forced = releasekit_testkit::run(&mut command).code(0);
    assert!(forced.stdout.contains('\u{1b}'), "{forced}");
    let refused = releasekit_testkit::run(command.env("NO_COLOR", "1")).code(0);
    assert!(!refused.stdout.contains('\u{1b}'), "{refused}");
}

#[test]
fn text_of_the_repository_cannot_command_the_terminal() {
    let project = Project::released();
    let hidden = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\u{200b}\u{2028}\u{7f}";
    project.change("core", &format!("feat: add {hidden}it"));
    project.change("app", &format!("chore: add {hidden}it"));
    let commands: [&[&str]; 12] = [
        &[],
        &["--format", "json"],
        &["plan"],
        &["plan", "--format", "full"],
        &["plan", "--format", "json"],
        &["explain", "core"],
        &["explain", "core", "--format", "json"],
        &["explain", "app"],
        &["graph", "--format", "dot"],
        &["status"],
        &["prepare", "--dry-run"],
        &["--log-format", "json", "prepare", "--dry-run", "-v"],
    ];
    for args in commands {
        let ran = project.run(args);
        for text in [&ran.stdout, &ran.stderr] {
            let obeyed = text.chars().find(|c| hidden.contains(*c) && !c.is_ascii_graphic());
            assert_eq!(obeyed, None, "{args:?}\n{ran}");
        }
    }
    let told = project.run(&["explain", "core"]).code(0).stdout;
    assert!(told.contains("add ␛]0;owned␇<U+009B>31m<U+202E><U+200B><U+2028>␡it"), "{told}");
    let plan = project.json(&["plan", "--format", "json"]);
    assert!(plan.to_string().contains('\u{9b}'), "JSON means what the commit says");
}

#[test]
fn a_missing_folder_for_temporary_files_is_named_before_anything_begins() {
    let project = Project::released().with_env("TMPDIR", "/nowhere/at/all");
    let ran = project.run(&["prepare"]).code(5);
    assert!(ran.stderr.starts_with("error[RK-RUN-TMPDIR-MISSING]: `TMPDIR` names `/nowhere/at/all`"), "{ran}");
    project.run(&["plan"]).code(0);
}

#[test]
fn a_write_beyond_the_limit_of_the_user_is_an_error_with_a_code() {
    let Some(tools) = Tools::require() else { return };
    let project = Project::released().with_tools(&tools);
    project.change("core", "feat: add it");
    project.sandbox.push();
    for blocks in 0..4 {
        let mut limited = project.sandbox.command("sh");
        let binary = project.command(&[]).get_program().to_owned();
        limited.args(["-c", &format!("ulimit -f {blocks}; exec \"$0\" prepare")]).arg(binary);
        let ran = releasekit_testkit::run(&mut limited);
        assert!(ran.code.is_some(), "{blocks}: it is not ended by a signal\n{ran}");
        assert!(ran.success() || ran.stderr.contains("error[RK-"), "{blocks}\n{ran}");
        assert!(blocks > 0 || !ran.success(), "nothing can be written\n{ran}");
    }
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let project = Project::released();
    let mut command = project.command(&["config", "show"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary was built");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the binary ends");
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn help_and_version_are_data() {
    let project = Project::empty();
    let version = project.run(&["--version"]).code(0);
    assert_eq!((version.stdout.as_str(), version.stderr.as_str()), ("releasekit 0.1.0\n", ""));
    let help = project.run(&["prepare", "--help"]).code(0);
    assert!(help.stdout.contains("--supersede") && help.stderr.is_empty(), "{help}");
}
