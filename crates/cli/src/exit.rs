//! Exit codes: a small interface of their own, one table, and the rule where several would do.
//!
//! Nothing else decides how the process ends. It follows from the kind of a failure, so that backends of others can end it in
//! every way.

use releasekit_core::{Code, Diagnostic, ErrorKind};

use crate::codes;

/// How a run ends, as scripts see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Exit {
    /// Done, or nothing to do.
    Done,
    /// Failed, in conflict with what exists, or not what it should be.
    Failed,
    /// The command line cannot be understood.
    Usage,
    /// The configuration cannot be understood.
    Configuration,
    /// There is nothing to release, where that was the question.
    Nothing,
    /// The world is not in the state that the command needs.
    Precondition,
    /// A credential is missing or wrong.
    Credentials,
    /// A remote failed; safe to try again.
    Remote,
    /// Some of the release is live and some is not; run again to continue.
    Partly,
    /// The registry waits for somebody's approval.
    Approval,
    /// A bug of ours.
    Bug,
    /// Stopped by SIGINT.
    Interrupted,
    /// Stopped by SIGTERM.
    Terminated,
}

/// Every exit code with what it says: the table that the reference prints.
pub const EXITS: &[(Exit, u8, &str)] = &[
    (Exit::Done, 0, "done"),
    (Exit::Failed, 1, "failed, a conflict, or not what it should be"),
    (Exit::Usage, 2, "the command line cannot be understood"),
    (Exit::Configuration, 3, "the configuration cannot be understood"),
    (Exit::Nothing, 4, "nothing to release (`should-release`, and others with `--exit-code`)"),
    (Exit::Precondition, 5, "the repository, a tool or the remote is not in the state that is needed"),
    (Exit::Credentials, 6, "a credential is missing or wrong"),
    (Exit::Remote, 7, "a remote failed; it is safe to run again"),
    (Exit::Partly, 8, "some of the release is live and some is not; run again to continue"),
    (Exit::Approval, 9, "the registry waits for an approval"),
    (Exit::Bug, 70, "a bug in releasekit"),
    (Exit::Interrupted, 130, "stopped by SIGINT"),
    (Exit::Terminated, 143, "stopped by SIGTERM"),
];

/// Codes of our own whose exit does not follow from the kind.
const BY_CODE: &[(Code, Exit)] = &[(codes::TERMINATED, Exit::Terminated), (codes::DECLINED, Exit::Failed)];

const BY_KIND: &[(ErrorKind, Exit)] = &[
    (ErrorKind::Usage, Exit::Usage),
    (ErrorKind::Configuration, Exit::Configuration),
    (ErrorKind::Precondition, Exit::Precondition),
    (ErrorKind::ToolMissing, Exit::Precondition),
    (ErrorKind::Unauthenticated, Exit::Credentials),
    (ErrorKind::Forbidden, Exit::Credentials),
    (ErrorKind::RateLimited, Exit::Remote),
    (ErrorKind::Transient, Exit::Remote),
    (ErrorKind::Cancelled, Exit::Interrupted),
    (ErrorKind::Internal, Exit::Bug),
];

impl Exit {
    /// The number that the process ends with.
    pub fn code(self) -> u8 {
        EXITS.iter().find(|(exit, _, _)| *exit == self).map_or(70, |(_, code, _)| *code)
    }

    /// How a run ends that failed with this error. Of several parts the most serious counts.
    pub fn of(error: &dyn Diagnostic) -> Self {
        let parts = error.parts();
        if parts.is_empty() {
            single(error.code(), error.kind())
        } else {
            Self::several(parts.into_iter().map(Self::of), false)
        }
    }

    /// How a run ends that failed with this code, where nothing else says its kind.
    pub(crate) fn of_code(code: Code) -> Self {
        single(code, code.kind())
    }

    /// How a run with several failures ends, `live` saying whether something of the release is live: a conflict first,
    /// then partly published, then waiting for approval, then the first failure.
    pub fn several(exits: impl IntoIterator<Item = Self>, live: bool) -> Self {
        let exits: Vec<Self> = exits.into_iter().filter(|exit| *exit != Self::Done).collect();
        let failed = exits.iter().any(|exit| *exit != Self::Approval);
        let partly = [Self::Partly].into_iter().filter(|_| live && failed);
        let ranked = [Self::Failed, Self::Partly, Self::Approval];
        let all: Vec<Self> = exits.iter().copied().chain(partly).collect();
        let found = ranked.into_iter().find(|exit| all.contains(exit));
        found.or_else(|| exits.first().copied()).unwrap_or(Self::Done)
    }
}

fn single(code: Code, kind: ErrorKind) -> Exit {
    let by_code = BY_CODE.iter().find(|(known, _)| *known == code).map(|(_, exit)| *exit);
    let by_kind = || BY_KIND.iter().find(|(known, _)| *known == kind).map(|(_, exit)| *exit);
    by_code.or_else(by_kind).unwrap_or(Exit::Failed)
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use releasekit_core::BackendError;

    use super::*;

    fn error(code: &'static str, kind: ErrorKind) -> BackendError {
        BackendError::new(Code::new(code, kind), "x")
    }

    #[test]
    fn codes_come_before_kinds_and_kinds_before_failed() {
        let cases = [
            ("RK-TEST-OTHER", ErrorKind::Configuration, 3),
            ("RK-TEST-OTHER", ErrorKind::Usage, 2),
            ("RK-TEST-OTHER", ErrorKind::NotFound, 1),
            ("RK-TEST-OTHER", ErrorKind::Invalid, 1),
            ("RK-TEST-OTHER", ErrorKind::Conflict, 1),
            ("RK-TEST-OTHER", ErrorKind::Precondition, 5),
            ("RK-TEST-OTHER", ErrorKind::ToolMissing, 5),
            ("RK-TEST-OTHER", ErrorKind::Forbidden, 6),
            ("RK-TEST-OTHER", ErrorKind::Transient, 7),
            ("RK-TEST-OTHER", ErrorKind::Internal, 70),
            ("RK-TEST-OTHER", ErrorKind::Cancelled, 130),
            ("RK-RUN-DECLINED", ErrorKind::Cancelled, 1),
            ("RK-RUN-TERMINATED", ErrorKind::Cancelled, 143),
        ];
        for (code, kind, expected) in cases {
            assert_eq!(Exit::of(&error(code, kind)).code(), expected, "{code} {kind:?}");
        }
    }

    #[test]
    fn of_several_a_conflict_wins_then_partly_then_approval_then_the_first() {
        use Exit::{Approval, Credentials, Done, Failed, Partly, Remote};
        let cases: &[(&[Exit], bool, Exit)] = &[
            (&[], false, Done),
            (&[], true, Done),
            (&[Remote, Credentials], false, Remote),
            (&[Remote, Failed], true, Failed),
            (&[Remote], true, Partly),
            (&[Approval], true, Approval),
            (&[Approval, Remote], true, Partly),
            (&[Remote, Approval], false, Approval),
            (&[Done, Credentials], false, Credentials),
        ];
        for (exits, live, expected) in cases {
            assert_eq!(Exit::several(exits.iter().copied(), *live), *expected, "{exits:?} {live}");
        }
    }

    #[test]
    fn errors_with_parts_follow_the_same_rule() {
        let parts = vec![error("RK-TEST-A", ErrorKind::Transient), error("RK-TEST-B", ErrorKind::Conflict)];
        let all = BackendError::together(parts).expect("two errors");
        assert_eq!(Exit::of(&all), Exit::Failed);
    }

    #[test]
    fn every_exit_has_one_number() {
        let mut codes: Vec<u8> = EXITS.iter().map(|(_, code, _)| *code).collect();
        codes.dedup();
        assert_eq!(codes.len(), EXITS.len());
    }
}
