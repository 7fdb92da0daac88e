//! Makes annotated tags as objects that no ref of the user's repository points to yet.

use gix::objs::Kind;
use releasekit_core::model::{ObjectId, TagName};
use releasekit_core::vcs::{Expected, RefName, RefUpdate, TagRequest};

use crate::commit::write_numbered;
use crate::error::Error;
use crate::object::{object_id, read};
use crate::repository::Git;
use crate::scratch;
use crate::sign::{self, Signed, is_signed_tag, signing_failed};

/// Makes the tags. Unsigned ones come out the same for the same request.
pub(crate) async fn tag(git: &Git, request: &TagRequest) -> Result<Vec<RefUpdate>, Error> {
    for (name, _) in &request.tags {
        check_name(name.as_str())?;
    }
    let commit = object_id(request.commit.as_str())?;
    git.read(move |repo| read(repo, commit, Kind::Commit)).await?;
    let objects = if sign::wanted(git, request.sign, Signed::Tag).await? {
        signed(git, request).await?
    } else {
        unsigned(git, request).await?
    };
    let update = |((name, _), object): (&(TagName, String), String)| {
        RefUpdate::new(RefName::Tag(name.clone()), Some(ObjectId::new(object)), Expected::Absent)
    };
    Ok(request.tags.iter().zip(objects).map(update).collect())
}

/// Fails for a name that git does not allow for a tag or branch.
pub(crate) fn check_name(name: &str) -> Result<(), Error> {
    let full = format!("refs/tags/{name}");
    let is_legal = !name.starts_with('-') && gix::validate::reference::name(full.as_str().into()).is_ok();
    if is_legal { Ok(()) } else { Err(Error::RefName { name: name.to_owned() }) }
}

async fn unsigned(git: &Git, request: &TagRequest) -> Result<Vec<String>, Error> {
    let ident = git.command(["var", "GIT_COMMITTER_IDENT"]).var("GIT_COMMITTER_DATE", date(request));
    let tagger = ident.text("name the tagger").await?;
    let folder = scratch::folder(&git.places.scratch)?;
    let text = |(name, message): &(TagName, String)| {
        let message = message.trim_end_matches('\n');
        format!("object {}\ntype commit\ntag {name}\ntagger {tagger}\n\n{message}\n", request.commit)
    };
    let paths = write_numbered(folder.path(), request.tags.iter().map(text))?;
    let command = git.command(["hash-object", "-t", "tag", "-w", "--no-filters", "--stdin-paths"]);
    let names = command.folder(folder.path()).input(paths).text("write the tags").await?;
    Ok(names.lines().map(str::to_owned).collect())
}

/// Lets git sign in a bare repository of our own, which stores its objects in the user's.
async fn signed(git: &Git, request: &TagRequest) -> Result<Vec<String>, Error> {
    let folder = scratch::folder(&git.places.scratch)?;
    let init = git.program.in_folder(folder.path(), ["init", "--quiet", "--bare", "--template=", "."]);
    init.done("make a scratch repository").await?;
    let settings = signing_settings(git).await?;
    let mut objects = Vec::new();
    for (name, message) in &request.tags {
        objects.push(sign_one(git, folder.path(), &settings, request, (name, message)).await?);
    }
    Ok(objects)
}

async fn sign_one(
    git: &Git,
    folder: &std::path::Path,
    settings: &[String],
    request: &TagRequest,
    (name, message): (&TagName, &str),
) -> Result<String, Error> {
    let what = format!("tag `{name}`");
    let scratch = |args: &[&str]| {
        let command = git.program.in_folder(folder, args.iter().copied()).var("GIT_DIR", folder);
        settings.iter().fold(command, |command, setting| command.setting(setting.as_str()))
    };
    let args = ["tag", "--sign", "--cleanup=verbatim", "-F", "-", "--", name.as_str(), request.commit.as_str()];
    let command = scratch(&args).var("GIT_OBJECT_DIRECTORY", git.places.common_dir.join("objects"));
    let message = format!("{}\n", message.trim_end_matches('\n'));
    let output = command.var("GIT_COMMITTER_DATE", date(request)).input(message).ok("sign a tag").await;
    let output = output.map_err(|error| signing_failed(error, &what))?;
    let full = format!("refs/tags/{name}");
    let id = scratch(&["rev-parse", "--verify", &full]).text("find the tag").await?;
    let object = object_id(&id)?;
    let bytes = git.read(move |repo| read(repo, object, Kind::Tag)).await?;
    if is_signed_tag(&bytes) { Ok(id) } else { Err(Error::Unsigned { what, output: crate::program::printed(&output) }) }
}

/// What the user's repository says about names and signatures, conditional includes and all.
async fn signing_settings(git: &Git) -> Result<Vec<String>, Error> {
    let listed = git.command(["config", "--list", "-z"]).ok("read its settings").await?;
    let text = listed.stdout_text();
    let entries = text.split('\0').filter_map(|entry| entry.split_once('\n'));
    let matters = |key: &str| ["user.", "gpg.", "committer.", "tag."].iter().any(|section| key.starts_with(section));
    Ok(entries.filter(|(key, _)| matters(key)).map(|(key, value)| format!("{key}={value}")).collect())
}

fn date(request: &TagRequest) -> String {
    format!("@{} +0000", request.time)
}
