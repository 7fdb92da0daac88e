//! A version that installers are to pass over, and may choose again.

use releasekit_e2e::{Journey, Login, Role, Scene};

/// Both versions of the lower package are live, and that of the fix can be installed.
fn begin(scene: &Scene) -> (Journey, std::sync::Arc<dyn releasekit_e2e::Rehearsal>) {
    let (journey, server) = Journey::with_fix(scene);
    journey.released().releasekit(["publish", "--yes"]).ok();
    (journey, server)
}

/// The version of the lower package that an installer chooses.
fn chosen(journey: &Journey) -> String {
    let installed = journey.world().install(journey.sandbox(), &journey.registry().read_url(), Role::Base);
    installed.versions[journey.package(Role::Base).published].clone()
}

pub(crate) fn a_version_is_passed_over_until_it_is_offered_again(scene: &Scene) {
    let (journey, server) = begin(scene);
    let version = format!("{}@0.1.1", journey.name(Role::Base));
    let before = server.writes().len();
    let yank = |more: &[&str], code: i32, said: &str, writes: usize| {
        let args = ["yank", version.as_str()];
        let ran = releasekit_testkit::run(&mut journey.command(args.iter().chain(more))).code(code);
        assert!(ran.to_string().contains(said), "{ran}");
        assert_eq!(server.writes().len() - before, writes, "{ran}");
    };
    yank(&["--dry-run"], 0, "would be yanked at", 0);
    let nobody = journey.releasekit_with(&scene.world().login(Login::None), ["yank", &version]).code(6);
    assert!(nobody.stderr.contains("RK-PUBLISH-CREDENTIALS-MISSING"), "{nobody}");
    assert_eq!(chosen(&journey), "0.1.1");
    yank(&[], 0, "is yanked at", 1);
    assert_eq!(chosen(&journey), "0.1.0");
    yank(&[], 0, "was yanked before at", 1);
    let ran = journey.releasekit(["publish", "--yes"]).code(0);
    assert!(ran.stderr.contains("as yanked"), "it is live and proven all the same\n{ran}");
    yank(&["--undo"], 0, "is offered again at", 2);
    assert_eq!(chosen(&journey), "0.1.1");
    journey.stores(&[journey.pair("0.1.0"), journey.pair("0.1.1")]);
}

pub(crate) fn where_no_program_can_it_is_said_how_it_is_done(scene: &Scene) {
    let (journey, server) = begin(scene);
    let before = server.writes().len();
    let ran = journey.releasekit(["yank", &format!("{}@0.1.1", journey.name(Role::Base))]).code(1);
    assert!(ran.stderr.contains("by hand"), "{ran}");
    assert_eq!((server.writes().len(), chosen(&journey).as_str()), (before, "0.1.1"), "{ran}");
}
