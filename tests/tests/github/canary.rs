//! The token of the forge goes the whole way and is heard nowhere but where it belongs.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use releasekit_core::forge::MergeMethod;
use releasekit_e2e::worlds::uv::Uv;
use releasekit_e2e::{Hub, Journey, Scene};
use releasekit_testkit::run;

#[test]
fn the_token_is_in_no_argument_output_state_receipt_and_build() {
    let Some(tools) = super::tools() else { return };
    let scene = Scene::new(&Uv, &tools, crate::binary());
    let (journey, registry) = Journey::with_fix(&scene);
    journey.configure("build_commands = [[\"sh\", \"-c\", \"env > $TMPDIR/seen-by-a-command\"]]\n");
    journey.sandbox().commit("chore: configure");
    let hub = Hub::start();
    let journey = journey.on_forge(&hub);
    for program in ["git", "uv"] {
        listen(&journey, program);
    }
    let mut heard = String::new();
    for (number, args) in
        ["prepare -v", "release -v --log-format json", "publish -v --receipt ../receipt.json"].iter().enumerate()
    {
        if number == 1 {
            hub.merge(journey.sandbox(), 1, MergeMethod::Squash);
        }
        let ran = run(&mut journey.command(args.split(' ')));
        assert!(ran.success(), "{ran}");
        heard.push_str(&format!("{}{}", ran.stdout, ran.stderr));
    }
    // Half way the forge no longer knows it.
    hub.server().revoke(hub.token());
    journey.change(releasekit_e2e::Role::Base, "fix(base): once more");
    let refused = run(&mut journey.command(["prepare", "-v"]));
    assert_eq!(refused.code, Some(6), "{refused}");
    heard.push_str(&format!("{}{}", refused.stdout, refused.stderr));
    assert!(heard.contains("pull request 1 opened"), "{heard}");
    let seen = fs::read_to_string(journey.sandbox().path().join("tmp/seen-by-a-command")).expect("a command ran");
    assert!(seen.contains("PATH="), "{seen}");
    let spoken = fs::read_to_string(journey.sandbox().path().join("arguments")).expect("programs were started");
    assert!(spoken.contains("push"), "{spoken}");
    let forms = [
        hub.token().to_owned(),
        STANDARD.encode(hub.token()),
        STANDARD.encode(format!("x-access-token:{}", hub.token())),
    ];
    for form in &forms {
        assert!(!heard.contains(form) && !spoken.contains(form), "{form}");
    }
    fs::remove_file(journey.sandbox().path().join("home/.gitconfig")).expect("it holds the login of git");
    let mut grep = journey.sandbox().command("grep");
    grep.args(["--recursive", "--files-with-matches", "--fixed-strings"]);
    forms.iter().for_each(|form| {
        grep.args(["-e", form]);
    });
    let ran = run(grep.arg(".").current_dir(journey.sandbox().path()));
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran}");
    let files = hub.server().downloads_url();
    let host = files.trim_start_matches("http://");
    assert!(hub.server().requests().iter().all(|request| request.host != host || !request.authorized));
    assert_eq!(registry.stored().len(), 8);
}

/// Has a program write down what it is told before it does it.
fn listen(journey: &Journey, program: &str) {
    let folder = journey.sandbox().path();
    let real = run(journey.sandbox().command("sh").args(["-c", &format!("command -v {program}")])).ok();
    let script =
        format!("#!/bin/sh\necho \"{program} $*\" >> {}/arguments\nexec {} \"$@\"\n", folder.display(), real.trim());
    let place = folder.join("bin").join(program);
    fs::write(&place, script).expect("the sandbox is writable");
    fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).expect("the sandbox is writable");
}
