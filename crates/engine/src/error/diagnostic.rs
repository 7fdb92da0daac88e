//! The codes of the pipeline's failures, and the helps that depend on values; what never does stands with the code.

use releasekit_core::model::InvalidPath;
use releasekit_core::{Code, Diagnostic, Label};

use super::text::{groups_help, list, not_adopted, pending_help, plan_anew, unknown_help};
use super::{Error, Unclear};
use crate::codes;

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::Backend(error) => error.code(),
            Self::Failure(error) => error.code(),
            Self::Several(errors) => errors[0].code(),
            Self::GroupVersion { source, .. } | Self::ForgeFailed { source, .. } | Self::Unannounced { source, .. } => {
                source.code()
            }
            Self::Cycle { .. } => codes::GRAPH_CYCLE,
            Self::PrivateDependency { .. } => codes::GRAPH_PRIVATE,
            Self::Namesakes { .. } => codes::PACKAGE_NAMESAKES,
            Self::FileChanged { .. } => codes::FILE_CHANGED,
            Self::GroupUnknown { .. } => codes::GROUP_UNKNOWN,
            Self::PackageUnknown { .. } => codes::PACKAGE_UNKNOWN,
            Self::PackageAmbiguous { .. } => codes::PACKAGE_AMBIGUOUS,
            Self::NotLive { .. } => codes::YANK_NOT_LIVE,
            Self::WorkspaceRootUnclear { .. } => codes::WORKSPACE_ROOT_UNCLEAR,
            Self::ToolUnclear { .. } => codes::WORKSPACE_TOOL_UNCLEAR,
            Self::BehindTag { .. } => codes::VERSION_BEHIND_TAG,
            Self::TagExists { .. } | Self::UmbrellaTaken { .. } => codes::VERSION_TAG_EXISTS,
            Self::Trailers { .. } => codes::COMMIT_TRAILER,
            Self::ChangeFile(fault) => fault.code(),
            Self::ExtraFile(fault) => fault.code(),
            Self::PreMode { .. } => codes::CHANGE_PRE_MODE,
            Self::AskedBehind { .. } => codes::VERSION_ASKED_BEHIND,
            Self::Uncountable { .. } => codes::VERSION_UNCOUNTABLE,
            Self::Unlabelled { .. } => codes::VERSION_UNLABELLED,
            Self::VersionNotShared { .. } => codes::VERSION_NOT_SHARED,
            Self::VersionMissing { .. } => codes::VERSION_MISSING,
            Self::VersionUnread { packages } => packages[0].1.code,
            Self::TagAmbiguous { .. } => codes::TAG_AMBIGUOUS,
            Self::RegistryUnknown { .. } => codes::REGISTRY_UNKNOWN,
            Self::RegistryUnnamed { .. } => codes::REGISTRY_UNNAMED,
            Self::ForgeKindUnknown { .. } => codes::FORGE_KIND_UNKNOWN,
            Self::ManifestUnreadable { .. } => codes::MANIFEST_UNREADABLE,
            Self::ChangelogTemplate { .. } => codes::CHANGELOG_TEMPLATE,
            Self::InvalidGlob { .. } => codes::GLOB_INVALID,
            Self::NoManifest => codes::RELEASE_NO_MANIFEST,
            Self::NotTagged { .. } => codes::PUBLISH_NOT_TAGGED,
            Self::NotOnBranch { .. } => codes::PREPARE_NOT_ON_BRANCH,
            Self::RefMoved { .. } => codes::PUSH_REF_MOVED,
            Self::PushedPartly { .. } => codes::PUSH_PARTIAL,
            Self::ReleasePending { .. } => codes::PREPARE_RELEASE_PENDING,
            Self::BranchReserved { .. } => codes::PREPARE_BRANCH_RESERVED,
            Self::BranchForeign { .. } => codes::PREPARE_BRANCH_FOREIGN,
            Self::CommitsUnkept { .. } => codes::PREPARE_COMMIT_UNKEPT,
            Self::SignedOtherwise { .. } => codes::PREPARE_SIGNED_OTHERWISE,
            Self::ReplayConflict { .. } => codes::PREPARE_REPLAY_CONFLICT,
            Self::LastTagMoved { .. } | Self::LastTagUnshared { .. } => codes::PREPARE_TAG_DIFFERS,
            Self::Stale { .. } | Self::Unlisted { .. } => codes::RELEASE_STALE,
            Self::ManifestDrift { .. } | Self::ManifestFault(_) | Self::TagDrift { .. } => {
                codes::RELEASE_MANIFEST_DRIFT
            }
            Self::TagConflict { .. }
            | Self::TagConflictHere { .. }
            | Self::TagMoved { .. }
            | Self::TagsApart { .. }
            | Self::TagsAstray { .. } => codes::RELEASE_TAG_CONFLICT,
            Self::ReleaseNotOnBranch { .. } => codes::RELEASE_NOT_ON_BRANCH,
            Self::AlreadyLive { .. } => codes::RELEASE_ALREADY_LIVE,
            Self::NotAdopted { source, .. } => source.code(),
            Self::InvalidPath { .. } => codes::PATH_INVALID,
            Self::EditsClash { .. } => codes::PATH_CLASH,
            Self::NotText { .. } => codes::FILE_NOT_TEXT,
        }
    }

    fn inner(&self) -> Option<&dyn Diagnostic> {
        match self {
            Self::Backend(error)
            | Self::GroupVersion { source: error, .. }
            | Self::ForgeFailed { source: error, .. }
            | Self::Unannounced { source: error, .. } => Some(error),
            Self::Failure(error) | Self::NotAdopted { source: error, .. } => Some(&**error),
            Self::Several(errors) => Some(&errors[0]),
            _ => None,
        }
    }

    /// What depends on values, or differs among failures of one code.
    fn specific_help(&self) -> Option<String> {
        Some(match self {
            Self::PrivateDependency { needs, .. } => {
                format!("publish `{needs}` too, or make it a development dependency")
            }
            Self::GroupUnknown { known, .. } => groups_help(known),
            Self::PackageUnknown { nearest, .. } => unknown_help(nearest.as_deref()),
            Self::ChangeFile(fault) => return change_file_help(&fault.why),
            Self::RegistryUnnamed { name, nearest, .. } => {
                let meant = nearest.as_ref().map(|near| format!("did you mean `{near}`? Else ")).unwrap_or_default();
                format!("{meant}give `[registries.{name}]` in `releasekit.toml` a `registry_url`")
            }
            Self::ForgeKindUnknown { known, .. } if known.is_empty() => {
                "leave `kind` out: this binary was built without any forge".to_owned()
            }
            Self::ForgeKindUnknown { known, .. } => format!("say one of: {}", list(known)),
            Self::PackageAmbiguous { candidates, .. } => format!("write one of: {}", list(candidates)),
            Self::WorkspaceRootUnclear { found, .. } if found.is_empty() => {
                "remove the table, or say `workspace_root`".to_owned()
            }
            Self::WorkspaceRootUnclear { found, .. } => format!("say `workspace_root`, one of: {}", list(found)),
            Self::ToolUnclear { tools, .. } => format!("say `tool`, one of: {}", list(tools)),
            Self::InvalidPath { .. } => InvalidPath::HELP.to_owned(),
            Self::UmbrellaTaken { .. } => {
                "raise the version of the package that it takes its version from, or write another `umbrella_tag`"
                    .to_owned()
            }
            Self::TagExists { is_behind: true, .. } => {
                "HEAD lies behind these tags: check the newest commit of its branch out, and plan again".to_owned()
            }
            Self::TagAmbiguous { lines, .. } if !lines.is_empty() => format!(
                "they seem to have been released together; if so, write at the top of `releasekit.toml`:\n  {}",
                lines.join("\n  ")
            ),
            Self::TagAmbiguous { packages, .. } => {
                let [first, second] = packages.as_ref();
                let by = if first.name == second.name { "`{label}` or `{path}`" } else { "`{name}` or `{path}`" };
                format!(
                    "put {by} into `tag_format` in `releasekit.toml`, release them together, with `synchronize = true` or \
                     in a fixed group, or keep one of them out, with `release = \"none\"`"
                )
            }
            Self::ReleasePending { refusals, .. } => return pending_help(refusals),
            Self::AlreadyLive { is_first: true, .. } => format!(
                "if it was released under tags that do not count, {}; `releasekit release --adopt` compares it with a build, \
                 and tags it where it is the same",
                plan_anew(true)
            ),
            Self::NotAdopted { is_first, source } => not_adopted(source, *is_first),
            Self::NotOnBranch { allowed, .. } => allowed.help("push it to"),
            Self::ReleaseNotOnBranch { allowed, .. } => allowed.help("merge it into"),
            Self::BranchForeign { branch, .. } => {
                format!("`{branch}` was left as it is: rename it, or set `branch` in `[pull_request]`")
            }
            Self::CommitsUnkept { branch, .. } => format!(
                "`{branch}` was left as it is: merge it so, or save these changes, delete it, prepare again, and commit \
                 them on top"
            ),
            Self::ReplayConflict { branch, .. } => {
                format!("`{branch}` was left as it is; rebase or drop that commit, then prepare again")
            }
            Self::ForgeFailed { source, .. } if source.help().is_none() => {
                "run the same command again: it does what is left".to_owned()
            }
            Self::ManifestFault(fault) => fault.help().to_owned(),
            Self::TagDrift { expected, .. } => format!(
                "it would be `{expected}` now: revert the edit of the manifest or of `tag_format`, or run `releasekit \
                 prepare --supersede`"
            ),
            Self::TagConflictHere { delete, .. } => {
                format!("the remote does not have it: run {delete}, and release again")
            }
            Self::TagMoved { tag, take, .. } => {
                format!("find out who moved `{tag}`: if the remote is right, run {take}, else put the tag of the remote back")
            }
            Self::LastTagMoved { tag, take, .. } => {
                format!("if the remote is right, run {take}, else put `{tag}` of the remote back")
            }
            Self::LastTagUnshared { tag, delete } => {
                format!("push `{tag}` if that was released, else run {delete}")
            }
            Self::TagsApart { .. } | Self::TagsAstray { .. } => {
                "delete the tags that `releasekit release` did not make if nothing was published under them, and release \
                 again; else prepare a higher version"
                    .to_owned()
            }
            _ => return None,
        })
    }

    fn labels(&self) -> Vec<Label> {
        match self {
            Self::Backend(error) => error.labels(),
            Self::ChangeFile(fault) => vec![fault.label()],
            Self::ExtraFile(fault) => vec![fault.label()],
            Self::PreMode { file } => vec![Label::file(file.to_string(), "")],
            Self::BehindTag { packages } => {
                packages.iter().map(|one| Label::file(one.file.to_string(), "")).take(1).collect()
            }
            Self::RegistryUnnamed { file, .. }
            | Self::VersionMissing { file, .. }
            | Self::ManifestDrift { file: Some(file), .. } => {
                vec![Label::file(file.to_string(), "")]
            }
            // One place shows what is meant; the message lists the rest.
            Self::VersionUnread { packages } => vec![packages[0].1.place.clone()],
            _ => Vec::new(),
        }
    }

    fn output(&self) -> Option<String> {
        match self {
            Self::PushedPartly { source, .. } => source.output(),
            _ => self.inner().and_then(Diagnostic::output),
        }
    }

    fn parts(&self) -> Vec<&dyn Diagnostic> {
        match self {
            Self::Backend(error) => error.parts(),
            Self::Several(errors) => errors.iter().map(|error| error as &dyn Diagnostic).collect(),
            _ => Vec::new(),
        }
    }
}

fn change_file_help(why: &Unclear) -> Option<String> {
    match why {
        Unclear::Unknown { nearest, .. } => Some(unknown_help(nearest.as_deref())),
        Unclear::Ambiguous { candidates, .. } => Some(format!("write one of: {}", list(candidates))),
        Unclear::File(_) | Unclear::Settings(_) => None,
    }
}
