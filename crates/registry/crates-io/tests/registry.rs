//! The registry against servers on loopback: what it asks, what it makes of the answers, and who sees a token.
#![expect(clippy::panic, reason = "an answer of another kind than expected is a failed test")]

use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use releasekit_core::command::{CommandRequest, QuestionRequest};
use releasekit_core::event::{Event, Reporter};
use releasekit_core::model::{Artifact, ArtifactKind, Digest, LiveFile, PackageName, Target, Version};
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::registry::{FetchRequest, Fetched, Keeper, Observed, Offer, Wanted, YankRequest};
use releasekit_core::{
    BackendContext, BackendError, Backends, Code, Commands, Diagnostic, Environment, ErrorKind, Registry, Secret,
    codes as common,
};
use releasekit_crates_io::codes;
use releasekit_rehearsal::cargo::{Fault, On, Options, Server};
use releasekit_testkit::scripted::{self, Act, reply};
use releasekit_testkit::{Sandbox, sha256};
use tempfile::TempDir;

const LONG: Duration = Duration::from_secs(60);
const TOKEN: &str = "hunter2";

/// Keeps what it is told.
#[derive(Debug, Default)]
struct Told(Mutex<Vec<String>>);

impl Reporter for Told {
    fn report(&self, event: Event) {
        if let Event::Warning { message, .. } = event {
            self.0.lock().expect("no test panics here").push(message);
        }
    }
}

fn context(environment: Environment) -> BackendContext {
    BackendContext::new(environment, "unused".into(), Arc::new(Told::default()))
}

/// Opens a registry as a front end does, with a token for registries that have no name.
fn open(index: &str) -> Arc<dyn Registry> {
    open_with(&context(Environment::new().with("CARGO_REGISTRY_TOKEN", TOKEN)), &target(index))
}

fn open_with(context: &BackendContext, target: &Target) -> Arc<dyn Registry> {
    let mut backends = Backends::default();
    releasekit_crates_io::register(&mut backends);
    let backend = backends.registries.get(releasekit_crates_io::ID).expect("it is registered under its name");
    (backend.open)(context, target).expect("the URL is one")
}

fn target(index: &str) -> Target {
    Target::new(releasekit_crates_io::ID, index, index)
}

fn start(options: Options) -> Server {
    Server::start(options).expect("loopback has a free port")
}

fn wanted(name: &str, version: &str) -> Wanted {
    Wanted::new(PackageName::new(name), Version::from_canonical(version))
}

async fn observe(index: &str, name: &str, version: &str) -> Observed {
    open(index).observe(&[wanted(name, version)]).await.remove(0)
}

#[track_caller]
fn unknown(observed: Observed) -> BackendError {
    match observed {
        Observed::Unknown(error) => error,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn live(observed: Observed) -> LiveFile {
    match observed {
        Observed::Live(mut files) => files.remove(0),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn refused(reply: Reply) -> BackendError {
    match reply {
        Reply::Refused(error) => error,
        other => panic!("{other:?}"),
    }
}

/// A crate `demo-lib` of this version, packed by the real cargo.
struct Packed {
    folder: TempDir,
    artifact: Artifact,
    version: &'static str,
}

impl Packed {
    fn new(version: &'static str) -> Self {
        let sandbox = Sandbox::new().with_cargo();
        let manifest = format!(
            "[package]\nname = \"demo-lib\"\nversion = \"{version}\"\nedition = \"2021\"\nlicense = \"MIT\"\ndescription = \"A demo.\"\n"
        );
        sandbox.write("Cargo.toml", manifest).write("src/lib.rs", "");
        sandbox.run("cargo", ["package", "--quiet", "--offline", "--no-verify", "--allow-dirty"]).ok();
        let name = format!("demo-lib-{version}.crate");
        let bytes = fs::read(sandbox.work().join("target/package").join(&name)).expect("cargo packed it");
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let path = folder.path().join(&name);
        fs::write(&path, &bytes).expect("the folder is ours");
        let digests = vec![Digest::sha256(sha256(&bytes))];
        let artifact = Artifact::new(path, name, ArtifactKind::Source, bytes.len() as u64, digests);
        Self { folder, artifact, version }
    }

    fn request(&self, target: &Target) -> UploadRequest {
        let (name, version) = (PackageName::new("demo-lib"), Version::from_canonical(self.version));
        UploadRequest::new(name, version, self.artifact.clone(), target.clone(), LONG)
    }

    async fn upload(&self, registry: &dyn Registry) -> Reply {
        registry.upload(&self.request(registry.target())).await
    }

    /// Puts it into a registry behind its back.
    fn put(&self, server: &Server) {
        let bytes = fs::read(&self.artifact.path).expect("it lies there");
        server.put(&self.artifact.file_name, bytes).expect("memory takes everything");
    }
}

/// A server that answers by path.
fn listener(answers: Vec<(&'static str, Vec<u8>)>) -> scripted::Server {
    scripted::Server::start(move |request, _| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        let answer = answers.iter().find(|(known, _)| *known == path).map(|(_, answer)| answer.clone());
        Act::Send(answer.unwrap_or_else(|| reply(404, "", "")))
    })
}

fn ok(body: &str) -> Vec<u8> {
    reply(200, "", body)
}

fn line(version: &str) -> String {
    format!("{{\"name\": \"demo-lib\", \"vers\": \"{version}\", \"cksum\": \"{}\"}}\n", "1".repeat(64))
}

#[tokio::test]
async fn each_crate_is_asked_for_once_and_answers_come_in_order() {
    let server = start(Options::default());
    for version in ["1.0.0", "1.1.0-rc.1"] {
        Packed::new(version).put(&server);
    }
    let registry = open(&server.index_url());
    let questions = [("demo-lib", "1.1.0-rc.1"), ("none", "1.0.0"), ("Demo-Lib", "1.0.0"), ("demo-lib", "1.1.0")];
    let answers = registry.observe(&questions.map(|(name, version)| wanted(name, version))).await;
    let found: Vec<_> = answers.into_iter().map(|answer| matches!(answer, Observed::Live(_))).collect();
    assert_eq!(found, [true, false, true, false]);
    let mut paths: Vec<_> = server.requests().into_iter().map(|request| request.path).collect();
    paths.sort();
    assert_eq!(paths, ["/index/config.json", "/index/de/mo/demo-lib", "/index/no/ne/none"]);
}

#[tokio::test]
async fn what_the_index_does_not_say_is_unknown() {
    let server = start(Options::default());
    Packed::new("1.0.0").put(&server);
    let page = || On::Page("demo-lib".to_owned());
    let cases: [(Fault, Code, ErrorKind); 4] = [
        (Fault::Status(403), releasekit_http::codes::FORBIDDEN, ErrorKind::Forbidden),
        (Fault::Status(500), releasekit_http::codes::SERVER, ErrorKind::Transient),
        (Fault::RateLimit(3600), releasekit_http::codes::RATE_LIMITED, ErrorKind::RateLimited),
        (Fault::Reset, releasekit_http::codes::INTERRUPTED, ErrorKind::Transient),
    ];
    for (fault, code, kind) in cases {
        server.faults().always(page(), fault);
        let error = unknown(observe(&server.index_url(), "demo-lib", "1.0.0").await);
        assert_eq!((error.code(), error.kind()), (code, kind));
        assert_eq!(error.retry_after().is_some(), kind == ErrorKind::RateLimited);
        server.faults().clear();
    }
    for status in [404, 410, 451] {
        server.faults().always(page(), Fault::Status(status));
        assert!(matches!(observe(&server.index_url(), "demo-lib", "1.0.0").await, Observed::Absent), "{status}");
        server.faults().clear();
    }
    for (name, version) in [("../admin", "1.0.0"), ("3d", "1.0.0"), ("", "1.0.0"), ("demo-lib", "1.0")] {
        let error = unknown(observe(&server.index_url(), name, version).await);
        assert_eq!((error.code(), error.kind()), (codes::INVALID_PACKAGE, ErrorKind::Invalid), "{name}");
    }
}

#[tokio::test]
async fn what_is_no_index_is_unknown_and_what_cannot_be_one_is_not_opened() {
    for answers in
        [vec![], vec![("/config.json", ok("<html>"))], vec![("/config.json", ok("{}")), ("/de/mo/demo-lib", ok(""))]]
    {
        let index = listener(answers);
        let error = unknown(observe(&format!("sparse+{}", index.url), "demo-lib", "1.0.0").await);
        assert!([codes::INVALID_INDEX, releasekit_http::codes::NOT_FOUND].contains(&error.code()), "{error}");
    }
    let context = context(Environment::new());
    let git = target("https://rk:hunter2@git.test/index");
    let error = releasekit_crates_io::CratesIo::open(&context, &git).expect_err("it is no sparse one");
    assert_eq!(
        error.to_string(),
        "`https://git.test/index` is no part of a sparse index: its URL does not begin with `sparse+`"
    );
    // However its index is named.
    let public = target(releasekit_formats::cargo::CRATES_IO_GIT);
    releasekit_crates_io::CratesIo::open(&context, &public).expect("crates.io has a sparse one");
}

#[tokio::test]
async fn files_are_fetched_from_where_the_template_says_past_caches() {
    let config = |dl: &str| format!("{{\"dl\": \"{dl}\"}}");
    let files = listener(vec![("/de/mo/demo-lib-1.0.0", ok("the file"))]);
    let config = ok(&config(&format!("{}/{{lowerprefix}}/{{crate}}-{{version}}", files.url)));
    let index = listener(vec![("/config.json", config), ("/de/mo/demo-lib", ok(&line("1.0.0")))]);
    let registry = open(&format!("sparse+{}", index.url));
    let file = live(registry.observe(&[wanted("demo-lib", "1.0.0")]).await.remove(0));
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let request = FetchRequest::new(file, folder.path().join("fetched"), 100, LONG);
    assert_eq!(registry.fetch(&request).await.expect("it can be fetched"), Fetched::Whole);
    assert_eq!(fs::read_to_string(&request.into).expect("it was fetched"), "the file");
    let asked = index.asked().join("\n");
    assert!(asked.contains("GET /de/mo/demo-lib HTTP/1.1") && asked.contains("cache-control: no-cache"), "{asked}");
    let all = format!("{asked}{}", files.asked().join("\n"));
    assert!(!all.contains(TOKEN), "nobody asked for a token: {all}");
}

#[tokio::test]
async fn a_token_for_reading_goes_where_it_is_asked_for_and_not_on_from_there() {
    let options = Options::default().with_owner("ann", Secret::new(TOKEN)).with_auth_required();
    let server = start(options);
    Packed::new("1.0.0").put(&server);
    let registry = open(&server.index_url());
    let file = live(registry.observe(&[wanted("demo-lib", "1.0.0")]).await.remove(0));
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let request = FetchRequest::new(file, folder.path().join("fetched"), 1 << 20, LONG);
    assert_eq!(registry.fetch(&request).await.expect("it can be fetched"), Fetched::Whole);
    let nobody = open_with(&context(Environment::new()), &target(&server.index_url()));
    let error = unknown(nobody.observe(&[wanted("demo-lib", "1.0.0")]).await.remove(0));
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);

    let elsewhere = listener(vec![("/file", ok("the file"))]);
    let moved = reply(302, &format!("Location: {}/file\r\n", elsewhere.url), "");
    let index = listener(vec![
        ("/config.json", ok("{\"dl\": \"unused\", \"auth-required\": true}")),
        ("/de/mo/demo-lib", moved.clone()),
        ("/moved", moved),
    ]);
    let registry = open(&format!("sparse+{}", index.url));
    unknown(registry.observe(&[wanted("demo-lib", "1.0.0")]).await.remove(0));
    let file = LiveFile::new("file", format!("{}/moved", index.url));
    let request = FetchRequest::new(file, folder.path().join("other"), 100, LONG);
    assert_eq!(registry.fetch(&request).await.expect("it can be fetched"), Fetched::Whole);
    let with_token =
        |server: &scripted::Server| server.asked().iter().filter(|request| request.contains(TOKEN)).count();
    assert_eq!((with_token(&index), with_token(&elsewhere)), (2, 0));
}

#[tokio::test]
async fn a_place_to_look_at_instead_of_the_registry_sees_no_token() {
    let index = listener(vec![
        ("/config.json", ok("{\"dl\": \"unused\", \"auth-required\": true}")),
        ("/de/mo/demo-lib", ok(&line("1.0.0"))),
    ]);
    let context = context(Environment::new().with("CARGO_REGISTRY_TOKEN", TOKEN));
    for publish in [releasekit_formats::cargo::CRATES_IO, "sparse+http://127.0.0.1:1/"] {
        let other = target(publish).with_observe_url(format!("sparse+{}/", index.url));
        let registry = open_with(&context, &other);
        live(registry.observe(&[wanted("demo-lib", "1.0.0")]).await.remove(0));
    }
    let asked = index.asked().join("\n");
    assert!(asked.contains("GET /de/mo/demo-lib") && !asked.contains(TOKEN), "{asked}");
}

/// A program of the user's, which has one answer and remembers what it was asked.
#[derive(Debug)]
struct Program(&'static str, Mutex<Vec<QuestionRequest>>);

impl Program {
    fn new(answer: &'static str) -> Arc<Self> {
        Arc::new(Self(answer, Mutex::default()))
    }

    fn asked(&self) -> Vec<QuestionRequest> {
        self.1.lock().expect("no test panics here").clone()
    }
}

#[async_trait::async_trait]
impl Commands for Program {
    async fn run(&self, _request: &CommandRequest) -> releasekit_core::Result<()> {
        panic!("no command of a repository is run")
    }

    async fn ask(&self, request: &QuestionRequest) -> releasekit_core::Result<Vec<u8>> {
        self.1.lock().expect("no test panics here").push(request.clone());
        Ok(self.0.as_bytes().to_vec())
    }
}

const GIVES: &str = "{\"v\":[1]}\n{\"Ok\":{\"kind\":\"get\",\"token\":\"hunter2\",\"cache\":\"never\",\"operation_independent\":false}}\n";

#[tokio::test]
async fn who_alone_has_the_token_is_asked_for_one_to_read_with_and_sends_by_itself() {
    let server = start(Options::default().with_owner("ann", Secret::new(TOKEN)).with_auth_required());
    Packed::new("1.0.0").put(&server);
    let index = server.index_url();
    let user = Environment::new().with("CARGO_REGISTRIES_IN_HOUSE_CREDENTIAL_PROVIDER", "tokens --of mine");
    let known = user.clone().with("CARGO_REGISTRIES_IN_HOUSE_INDEX", &index);
    let house = target(&index).with_name("in-house");
    let asked = [wanted("demo-lib", "1.0.0"), wanted("demo-lib", "2.0.0")];

    let program = Program::new(GIVES);
    let registry = open_with(&context(known.clone()).with_commands(program.clone()), &house);
    assert_eq!((registry.keeper(), registry.check_credential().is_ok()), (Keeper::Tool, true));
    let mut seen = registry.observe(&asked).await;
    live(seen.remove(0));
    assert!(matches!(seen[..], [Observed::Absent]), "{seen:?}");
    let questions = program.asked();
    let [question] = &questions[..] else { panic!("it is asked once: {questions:?}") };
    assert_eq!(question.args, ["tokens", "--cargo-plugin"]);
    let text = String::from_utf8_lossy(&question.input).into_owned();
    assert!(text.contains(&index) && text.contains("\"read\"") && text.contains("[\"--of\",\"mine\"]"), "{text}");

    // One that is built into cargo runs a program too, and gives its first line.
    let plain = known.with("CARGO_REGISTRIES_IN_HOUSE_CREDENTIAL_PROVIDER", "cargo:token-from-stdout show me");
    let program = Program::new("hunter2\n");
    live(open_with(&context(plain).with_commands(program.clone()), &house).observe(&asked[..1]).await.remove(0));
    assert_eq!(program.asked()[0].args, ["show", "me"]);

    // A registry that only the repository knows may be anybody's.
    let program = Program::new(GIVES);
    let stranger = open_with(&context(user).with_commands(program.clone()), &house);
    assert!(matches!(stranger.observe(&asked[..1]).await[..], [Observed::Unknown(_)]));
    let lacking = stranger.check_credential().expect_err("nobody gives a token for it");
    assert!(lacking.help().is_some_and(|help| help.contains("that only the repository knows")), "{lacking:?}");
    assert!((stranger.keeper(), program.asked().is_empty()) == (Keeper::Backend, true));
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    let server = start(Options::default());
    let packed = Packed::new("1.0.0");
    let nobody = open_with(&context(Environment::new()), &target(&server.index_url()));
    let known = nobody.check_credential().expect_err("nobody has one");
    for error in [known, refused(packed.upload(&*nobody).await)] {
        assert_eq!((error.code(), error.kind()), (common::CREDENTIALS_MISSING, ErrorKind::Unauthenticated));
        let help = error.help().unwrap_or_default();
        assert!(help.starts_with("set `CARGO_REGISTRY_TOKEN`, or give the registry a name"), "{help}");
    }
    // That of another registry is none.
    let environment =
        Environment::new().with("CARGO_REGISTRY_TOKEN", TOKEN).with("CARGO_REGISTRIES_OTHER_TOKEN", TOKEN);
    let house = target(&server.index_url()).with_name("in-house");
    let error = refused(packed.upload(&*open_with(&context(environment.clone()), &house)).await);
    assert_eq!(
        error.help().as_deref(),
        Some("set `CARGO_REGISTRIES_IN_HOUSE_TOKEN`, or run `cargo login --registry in-house`")
    );
    assert!(server.requests().is_empty(), "{:?}", server.requests());
    let environment = environment.with("CARGO_REGISTRIES_IN_HOUSE_TOKEN", TOKEN);
    let reply = packed.upload(&*open_with(&context(environment), &house)).await;
    assert!(matches!(reply, Reply::Accepted), "{reply:?}");
}

#[test]
fn a_token_that_crates_io_cannot_know_is_known_before() {
    let check = |token: &str, index: &str| {
        open_with(&context(Environment::new().with("CARGO_REGISTRY_TOKEN", token)), &target(index)).check_credential()
    };
    let error = check(TOKEN, releasekit_formats::cargo::CRATES_IO).expect_err("it is none of theirs");
    assert_eq!((error.code(), error.kind()), (common::CREDENTIALS_REFUSED, ErrorKind::Unauthenticated));
    assert!(!format!("{error} {error:?}").contains(TOKEN), "{error:?}");
    for (token, index) in [
        ("cioTheirOwn", releasekit_formats::cargo::CRATES_IO),
        ("Bearer cioTheirOwn", releasekit_formats::cargo::CRATES_IO),
        (TOKEN, "sparse+http://127.0.0.1:1/"),
    ] {
        assert!(check(token, index).is_ok(), "{token} {index}");
    }
}

#[tokio::test]
async fn what_it_says_of_itself_is_asked_for_once() {
    let (server, packed) = (start(Options::default()), Packed::new("1.0.0"));
    let registry = open(&server.index_url());
    let asked = wanted("demo-lib", "1.0.0");
    registry.observe(std::slice::from_ref(&asked)).await;
    assert!(matches!(packed.upload(registry.as_ref()).await, Reply::Accepted));
    live(registry.observe(&[asked]).await.remove(0));
    let requests: Vec<String> = server.requests().into_iter().map(|request| request.path).collect();
    let file = "/index/de/mo/demo-lib";
    // A name that is not there may be written otherwise.
    assert_eq!(requests, ["/index/config.json", file, "/index/de/mo/demo_lib", "/api/v1/crates/new", file],);
}

#[tokio::test]
async fn a_registry_says_no_in_its_own_words_and_warns_with_a_yes() {
    let options = Options::default().with_owner("ann", Secret::new("tokenA")).with_owner("bob", Secret::new(TOKEN));
    let server = start(options.with_warning("the name is long"));
    let packed = Packed::new("1.0.0");
    let as_ = |token: &str| {
        let told = Arc::new(Told::default());
        let environment = Environment::new().with("CARGO_REGISTRY_TOKEN", token);
        let context = BackendContext::new(environment, "unused".into(), Arc::<Told>::clone(&told));
        (open_with(&context, &target(&server.index_url())), told)
    };
    let error = refused(packed.upload(&*as_("tokenC").0).await);
    assert_eq!((error.code(), error.kind()), (common::CREDENTIALS_REFUSED, ErrorKind::Unauthenticated));
    assert!(error.to_string().ends_with("refuses `demo-lib-1.0.0.crate`: authentication failed"), "{error}");

    server.faults().once(On::AnyUpload, Fault::RateLimit(600));
    let error = refused(packed.upload(&*as_("tokenA").0).await);
    assert_eq!((error.code(), error.kind()), (common::UPLOAD_REFUSED, ErrorKind::RateLimited));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));

    let (registry, told) = as_("tokenA");
    assert!(matches!(packed.upload(&*registry).await, Reply::Accepted));
    assert_eq!(*told.0.lock().expect("no test panics here"), ["the name is long"]);

    let error = refused(packed.upload(&*as_("tokenA").0).await);
    assert_eq!((error.code(), error.kind()), (common::UPLOAD_REFUSED, ErrorKind::Conflict));
    let error = refused(Packed::new("1.1.0").upload(&*as_(TOKEN).0).await);
    assert_eq!((error.code(), error.kind()), (common::CREDENTIALS_REFUSED, ErrorKind::Forbidden));
    assert!(error.help().is_some_and(|help| help.contains("owner")), "{error}");
}

#[tokio::test]
async fn an_upload_is_sent_once_whatever_comes_back() {
    let packed = Packed::new("1.0.0");
    for (fault, stored) in
        [(Fault::Status(503), 0), (Fault::Reset, 0), (Fault::LoseReply, 1), (Fault::LongReply(200, 9), 1)]
    {
        let server = start(Options::default());
        server.faults().always(On::AnyUpload, fault.clone());
        let reply = packed.upload(&*open(&server.index_url())).await;
        let error = match (&fault, reply) {
            (Fault::Status(status), Reply::ServerError { status: said, error }) if said == *status => error,
            (fault, Reply::Unknown(error)) if !matches!(fault, Fault::Status(_)) => error,
            (fault, reply) => unreachable!("{fault:?}: {reply:?}"),
        };
        assert_eq!((error.code(), error.kind()), (common::UPLOAD_FAILED, ErrorKind::Transient), "{fault:?}");
        assert!(error.help().is_some_and(|help| help.contains("not sent twice")), "{error}");
        assert_eq!((server.writes().len(), server.files().len()), (1, stored), "{fault:?}");
    }
    let registry = open("sparse+http://127.0.0.1:1/");
    assert_eq!(refused(packed.upload(&*registry).await).code(), releasekit_http::codes::CONNECT);
}

#[tokio::test]
async fn a_redirected_upload_is_not_sent_on() {
    let elsewhere = listener(vec![("/api/v1/crates/new", ok("{}"))]);
    let moved = reply(307, &format!("Location: {}/api/v1/crates/new\r\n", elsewhere.url), "");
    let api = listener(vec![("/api/v1/crates/new", moved)]);
    let index = listener(vec![("/config.json", ok(&format!("{{\"dl\": \"unused\", \"api\": \"{}\"}}", api.url)))]);
    let answer = Packed::new("1.0.0").upload(&*open(&format!("sparse+{}", index.url))).await;
    assert!(matches!(&answer, Reply::Unknown(error) if error.code() == common::UPLOAD_REDIRECTED), "{answer:?}");
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn a_registry_without_an_api_and_a_file_that_is_no_crate_are_refused() {
    let index = listener(vec![("/config.json", ok("{\"dl\": \"unused\"}"))]);
    let packed = Packed::new("1.0.0");
    let error = refused(packed.upload(&*open(&format!("sparse+{}", index.url))).await);
    assert_eq!((error.code(), error.kind()), (codes::NO_API, ErrorKind::Unsupported));
    fs::write(&packed.artifact.path, "no archive").expect("the folder is ours");
    let server = start(Options::default());
    let error = refused(packed.upload(&*open(&server.index_url())).await);
    assert_eq!((error.code(), error.kind()), (codes::INVALID_CRATE, ErrorKind::Invalid));
    assert!(server.writes().is_empty() && packed.folder.path().is_dir());
}

#[tokio::test]
async fn a_yank_is_refused_or_unclear_by_codes_of_its_own() {
    let yank = YankRequest::new(PackageName::new("demo-lib"), Version::from_canonical("1.0.0"), Offer::Withdrawn);
    let server = start(Options::default());
    let error = open(&server.index_url()).yank(&yank).await.expect_err("it is not there");
    assert_eq!((error.code(), error.kind()), (codes::YANK_REFUSED, ErrorKind::NotFound));
    assert!(server.writes().is_empty(), "some say yes to what they do not have");
    let api = listener(vec![("/api/v1/crates/demo-lib/1.0.0/yank", ok("<html>"))]);
    let config = ok(&format!("{{\"dl\": \"unused\", \"api\": \"{}\"}}", api.url));
    let index = listener(vec![("/config.json", config), ("/de/mo/demo-lib", ok(&line("1.0.0")))]);
    let error = open(&format!("sparse+{}", index.url)).yank(&yank).await.expect_err("it says neither yes nor no");
    assert_eq!((error.code(), error.kind()), (codes::YANK_UNCLEAR, ErrorKind::Transient));
    let nobody = open_with(&context(Environment::new()), &target(&format!("sparse+{}", index.url)));
    let error = nobody.yank(&yank).await.expect_err("nobody asks");
    assert_eq!(error.code(), common::CREDENTIALS_MISSING);
}

#[tokio::test]
async fn offline_nothing_is_known_or_sent() {
    let server = start(Options::default());
    let context = context(Environment::new().with("CARGO_REGISTRY_TOKEN", TOKEN)).with_offline(true);
    let registry = open_with(&context, &target(&server.index_url()));
    let error = unknown(registry.observe(&[wanted("demo-lib", "1.0.0")]).await.remove(0));
    assert_eq!((error.code(), error.kind()), (releasekit_http::codes::OFFLINE, ErrorKind::Precondition));
    assert_eq!(refused(Packed::new("1.0.0").upload(&*registry).await).code(), releasekit_http::codes::OFFLINE);
    assert!(server.requests().is_empty());
}

#[test]
fn no_token_is_in_what_a_registry_prints() {
    let registry = open("sparse+http://rk:hunter2@127.0.0.1:1/");
    assert!(!format!("{registry:?}").contains(TOKEN), "{registry:?}");
}

#[test]
fn the_pace_of_crates_io_is_known_and_that_of_others_is_not() {
    let pacing = |index: &str| open(index).capabilities().pacing;
    let new_names = pacing(releasekit_formats::cargo::CRATES_IO).map(|pacing| pacing.new_names);
    assert_eq!(new_names.map(|pace| (pace.burst, pace.interval.as_secs())), Some((5, 600)));
    assert_eq!(pacing("sparse+http://127.0.0.1:1/"), None);
}
