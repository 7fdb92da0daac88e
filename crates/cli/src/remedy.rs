//! What goes on after a publish, by what became of each package. What makes progress comes first; a version that is somebody
//! else's already comes last, for no run of `publish` mends that.

use releasekit_core::{Code, Diagnostic, ErrorKind};
use releasekit_engine::publish::{Outcome, PublishReport};
use releasekit_engine::{Error, codes};

use crate::next::CommandLine;

/// What helps a package that is not live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Remedy {
    /// The same command, which then also sends what was accepted and never listed.
    Resend,
    /// The same command.
    Again,
    /// The same command, with a credential.
    Credential,
    /// The same command, when what the error names is mended.
    Mend,
    /// The same command, when somebody has approved it.
    Approve,
    /// Another version.
    Version,
}

/// Failures whose kind does not say what helps.
const BY_CODE: &[(Code, Remedy)] = &[
    (codes::NOT_VISIBLE, Remedy::Resend),
    (codes::CONTENT_CONFLICT, Remedy::Version),
    (codes::CHECKSUM_MISMATCH, Remedy::Version),
];

const BY_KIND: &[(ErrorKind, Remedy)] = &[
    (ErrorKind::Transient, Remedy::Again),
    (ErrorKind::RateLimited, Remedy::Again),
    (ErrorKind::Cancelled, Remedy::Again),
    (ErrorKind::Unauthenticated, Remedy::Credential),
    (ErrorKind::Forbidden, Remedy::Credential),
];

impl Remedy {
    fn of(outcome: &Outcome) -> Option<Self> {
        match outcome {
            Outcome::Failed(error) => Some(Self::of_failure(error)),
            Outcome::AwaitingApproval => Some(Self::Approve),
            Outcome::NotStarted => Some(Self::Again),
            _ => None,
        }
    }

    fn of_failure(error: &dyn Diagnostic) -> Self {
        let by_code = BY_CODE.iter().find(|(code, _)| *code == error.code()).map(|(_, remedy)| *remedy);
        let by_kind = || BY_KIND.iter().find(|(kind, _)| *kind == error.kind()).map(|(_, remedy)| *remedy);
        by_code.or_else(by_kind).unwrap_or(Self::Mend)
    }

    fn step(self, Commands { again, check, prepare }: &Commands) -> String {
        match self {
            Self::Resend => again.clone().flag("--resend", true).as_str().to_owned(),
            Self::Approve => format!("approve it at its registry, then run `{}`", again.as_str()),
            Self::Version => format!(
                "raise the version in the package file, run `{}`, commit, then run `{}`",
                check.as_str(),
                prepare.as_str()
            ),
            _ => self.and_again(again),
        }
    }

    /// The same command, after what has to come before it.
    fn and_again(self, again: &CommandLine) -> String {
        let then = |what: &str| format!("{what}, then run `{}`", again.as_str());
        match self {
            Self::Credential => then("set the credential that is missing or wrong"),
            Self::Mend => then("mend what the errors name"),
            _ => again.as_str().to_owned(),
        }
    }
}

/// The commands that may come next.
#[derive(Debug)]
pub(crate) struct Commands {
    /// The one that made the report, without `--resend`.
    pub(crate) again: CommandLine,
    /// The one that mends lockfiles.
    pub(crate) check: CommandLine,
    /// The one that begins another release.
    pub(crate) prepare: CommandLine,
}

/// What to do next; `None` where everything is live, or where a dry run met what has to be mended first.
pub(crate) fn step(report: &PublishReport, dry_run: bool, commands: &Commands) -> Option<String> {
    let announced = report.announced.errors.iter().map(|error| Remedy::of_failure(error));
    let remedy = report.packages.iter().filter_map(|package| Remedy::of(&package.outcome)).chain(announced).min();
    match remedy {
        Some(remedy) => (!dry_run).then(|| remedy.step(commands)),
        None => dry_run.then(|| commands.again.as_str().to_owned()),
    }
}

/// What to do next about failures that the same command mends; `None` where there is none.
pub(crate) fn mend(errors: &[Error], again: &CommandLine) -> Option<String> {
    errors.iter().map(|error| Remedy::of_failure(error)).min().map(|remedy| remedy.and_again(again))
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use releasekit_core::BackendError;
    use releasekit_core::model::{CommitId, Digest, EcosystemLabel, PackageId, PackageName, Version};
    use releasekit_engine::Failure;
    use releasekit_engine::announce::Announced;
    use releasekit_engine::publish::{Live, Proof, Published};
    use releasekit_engine::receipt::Proven;

    use super::*;
    use crate::args::Cli;
    use crate::command::publish::exit;
    use crate::exit::Exit;

    fn id(name: &str) -> PackageId {
        PackageId::new(EcosystemLabel::new("py"), PackageName::new(name))
    }

    fn published() -> (Outcome, Live) {
        (Outcome::Published(Proof::Compared(Proven::Bytes)), Live::All)
    }

    fn failed(failure: Failure) -> (Outcome, Live) {
        (Outcome::Failed(Error::from(failure)), Live::Nothing)
    }

    fn refused(kind: ErrorKind) -> (Outcome, Live) {
        let source = BackendError::new(Code::new("RK-TEST-REFUSED", kind), "no");
        match kind.is_credential() {
            true => (Outcome::Failed(source.into()), Live::Nothing),
            false => failed(Failure::UploadFailed { package: id("a"), file: "a.whl".to_owned(), source }),
        }
    }

    fn invisible() -> (Outcome, Live) {
        let (registry, waited) = ("index".to_owned(), std::time::Duration::from_secs(300));
        failed(Failure::NotVisible { package: id("a"), file: "a.whl".to_owned(), registry, waited })
    }

    fn conflict() -> (Outcome, Live) {
        let (registry, what) = ("index".to_owned(), "other bytes".to_owned());
        let version = Version::from_canonical("1.0.0");
        failed(Failure::ContentConflict { package: id("a"), version, registry, what })
    }

    fn other_bytes() -> (Outcome, Live) {
        let (registry, theirs) = ("index".to_owned(), "others".to_owned());
        let ours = Digest::sha256("ours");
        failed(Failure::ChecksumMismatch { package: id("a"), file: "a.whl".to_owned(), registry, ours, theirs })
    }

    fn partial() -> (Outcome, Live) {
        let registry = "index".to_owned();
        let file = "a.whl".to_owned();
        failed(Failure::PartialFile { package: id("a"), file, registry, ours: 2, theirs: 1 })
    }

    fn blocked() -> (Outcome, Live) {
        (Outcome::Blocked { by: id("a") }, Live::Nothing)
    }

    fn report(outcomes: Vec<(Outcome, Live)>) -> PublishReport {
        let package = |(index, (outcome, live)): (usize, (Outcome, Live))| Published {
            id: id(&format!("p{index}")),
            version: Version::from_canonical("1.0.0"),
            registries: vec!["index".to_owned()],
            outcome,
            live,
        };
        let packages = outcomes.into_iter().enumerate().map(package).collect();
        PublishReport {
            commit: CommitId::new("c0ffee"),
            packages,
            receipts: Vec::new(),
            cancelled: false,
            announced: Announced::default(),
        }
    }

    fn command(name: &str) -> CommandLine {
        let globals = Cli::try_parse_from(["releasekit", "plan"]).expect("a legal line").globals;
        CommandLine::new(name, &globals)
    }

    fn commands() -> Commands {
        let again = command("publish").option("--release", Some("abc1234"));
        Commands { again, check: command("check").flag("--fix", true), prepare: command("prepare") }
    }

    fn next(report: &PublishReport, dry_run: bool) -> Option<String> {
        step(report, dry_run, &commands())
    }

    /// Which outcomes end in which exit code, and what is said to do next.
    #[test]
    fn every_outcome_has_an_exit_code_and_a_step_that_works() {
        let again = "releasekit publish --release abc1234";
        let resend = "releasekit publish --release abc1234 --resend";
        let credential = "set the credential that is missing or wrong, then run `releasekit publish --release abc1234`";
        let mend = "mend what the errors name, then run `releasekit publish --release abc1234`";
        let approve = "approve it at its registry, then run `releasekit publish --release abc1234`";
        let version = "raise the version in the package file, run `releasekit check --fix`, commit, then run `releasekit prepare`";
        let waits = || (Outcome::AwaitingApproval, Live::Nothing);
        let cases = [
            (vec![published()], Exit::Done, None),
            (vec![(Outcome::AlreadyLive(Proof::Receipt), Live::All)], Exit::Done, None),
            (vec![refused(ErrorKind::Transient)], Exit::Remote, Some(again)),
            (vec![refused(ErrorKind::RateLimited)], Exit::Remote, Some(again)),
            (vec![invisible()], Exit::Remote, Some(resend)),
            (vec![refused(ErrorKind::Unauthenticated)], Exit::Credentials, Some(credential)),
            (vec![refused(ErrorKind::Forbidden), blocked()], Exit::Credentials, Some(credential)),
            (vec![refused(ErrorKind::ToolMissing)], Exit::Precondition, Some(mend)),
            (vec![refused(ErrorKind::Invalid)], Exit::Failed, Some(mend)),
            (vec![partial()], Exit::Failed, Some(mend)),
            (vec![conflict(), blocked()], Exit::Failed, Some(version)),
            (vec![published(), conflict()], Exit::Failed, Some(version)),
            (vec![other_bytes()], Exit::Failed, Some(version)),
            (vec![waits()], Exit::Approval, Some(approve)),
            (vec![published(), waits()], Exit::Approval, Some(approve)),
            (vec![published(), refused(ErrorKind::Transient), blocked()], Exit::Partly, Some(again)),
            (vec![published(), invisible()], Exit::Partly, Some(resend)),
            (vec![published(), refused(ErrorKind::Unauthenticated)], Exit::Partly, Some(credential)),
            (vec![(Outcome::NotStarted, Live::Nothing)], Exit::Interrupted, Some(again)),
            // Of several, what makes progress.
            (vec![conflict(), refused(ErrorKind::Transient)], Exit::Failed, Some(again)),
            (vec![refused(ErrorKind::Transient), invisible()], Exit::Remote, Some(resend)),
            (vec![waits(), refused(ErrorKind::Transient)], Exit::Approval, Some(again)),
            (vec![conflict(), waits()], Exit::Failed, Some(approve)),
        ];
        for (outcomes, expected, step) in cases {
            let report = report(outcomes);
            assert_eq!((exit(&report), next(&report, false).as_deref()), (expected, step), "{report:?}");
        }
    }

    /// The same of a publish whose releases on the forge are not complete.
    #[test]
    fn what_the_forge_lacks_has_an_exit_code_and_a_step_that_works() {
        let again = "releasekit publish --release abc1234";
        let credential = "set the credential that is missing or wrong, then run `releasekit publish --release abc1234`";
        let mend = "mend what the errors name, then run `releasekit publish --release abc1234`";
        let cases = [
            (vec![published()], ErrorKind::Transient, Exit::Remote, again),
            (vec![published()], ErrorKind::Forbidden, Exit::Credentials, credential),
            (vec![published()], ErrorKind::Conflict, Exit::Failed, mend),
            (vec![published(), refused(ErrorKind::Transient)], ErrorKind::Forbidden, Exit::Partly, again),
            (vec![refused(ErrorKind::Unauthenticated)], ErrorKind::Transient, Exit::Credentials, again),
        ];
        for (outcomes, kind, expected, step) in cases {
            let mut report = report(outcomes);
            report.announced.errors.push(BackendError::new(Code::new("RK-TEST-FORGE", kind), "no").into());
            assert_eq!((exit(&report), next(&report, false).as_deref()), (expected, Some(step)), "{report:?}");
        }
    }

    #[test]
    fn a_dry_run_leads_to_the_real_one_unless_something_is_to_be_mended_first() {
        assert_eq!(next(&report(vec![published()]), true).as_deref(), Some("releasekit publish --release abc1234"));
        assert_eq!(next(&report(vec![published(), conflict()]), true), None);
    }

    #[test]
    fn every_command_that_is_named_is_one() {
        let all = [Remedy::Resend, Remedy::Again, Remedy::Credential, Remedy::Mend, Remedy::Approve, Remedy::Version];
        for remedy in all {
            let said = remedy.step(&commands());
            let lines: Vec<&str> = said.split('`').filter(|part| part.starts_with("releasekit ")).collect();
            assert!(!lines.is_empty(), "{said}");
            for line in lines {
                Cli::try_parse_from(line.split(' ')).unwrap_or_else(|error| panic!("{line}: {error}"));
            }
        }
    }
}
