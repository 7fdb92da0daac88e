//! Sets refs of this repository, all or none, each only from what is expected.

use std::collections::BTreeSet;

use gix::ObjectId;
use releasekit_core::vcs::{Expected, RefName, RefUpdate};

use crate::error::Error;
use crate::object::object_id;
use crate::ref_name;
use crate::repository::Git;
use crate::tag::check_name;

/// Fails for what no repository can set: a name that git does not allow or that stands there twice, or an object that the
/// clone lacks.
pub(crate) async fn check(git: &Git, updates: &[RefUpdate]) -> Result<(), Error> {
    let (mut names, mut objects) = (BTreeSet::new(), Vec::new());
    for update in updates {
        check_name(ref_name::short(&update.name))?;
        if !names.insert(&update.name) {
            return Err(Error::RefTwice { name: ref_name::full(&update.name) });
        }
        objects.extend(update.new.as_ref().map(|new| object_id(new.as_str())).transpose()?);
    }
    let find = move |repo: &gix::Repository| Ok(objects.into_iter().find(|object| !repo.has_object(object)));
    match git.read(find).await? {
        Some(id) => Err(Error::Missing { what: "object", id: id.to_string() }),
        None => Ok(()),
    }
}

/// Sets the refs. One that is already as wanted is left alone.
pub(crate) async fn update(git: &Git, updates: &[RefUpdate]) -> Result<(), Error> {
    check(git, updates).await?;
    let mut script = String::from("start\n");
    let mut moved = Vec::new();
    for update in updates {
        let found = find(git, &update.name).await?;
        let new = update.new.as_ref().map(|new| object_id(new.as_str())).transpose()?;
        if found == new {
            continue;
        }
        check_expected(update, found)?;
        let old = found.unwrap_or_else(|| ObjectId::null(gix::hash::Kind::Sha1));
        let name = ref_name::full(&update.name);
        script += &match new {
            Some(new) => format!("update {name} {new} {old}\n"),
            None => format!("delete {name} {old}\n"),
        };
        moved.push(update);
    }
    if moved.is_empty() {
        return Ok(());
    }
    refuse_checked_out(git, &moved).await?;
    script += "prepare\ncommit\n";
    let output = git.command(["update-ref", "-m", "releasekit", "--stdin"]).input(script).output().await?;
    if output.success() {
        return Ok(());
    }
    for update in moved {
        check_expected(update, find(git, &update.name).await?)?;
    }
    Err(crate::program::failure("set the refs", &output))
}

async fn find(git: &Git, name: &RefName) -> Result<Option<ObjectId>, Error> {
    let full = ref_name::full(name);
    let find = move |repo: &gix::Repository| {
        let found = repo.try_find_reference(full.as_str()).map_err(Error::read("a ref"))?;
        Ok(found.and_then(|found| found.try_id().map(gix::Id::detach)))
    };
    git.read(find).await
}

fn check_expected(update: &RefUpdate, found: Option<ObjectId>) -> Result<(), Error> {
    let (is_expected, expected) = match &update.expected {
        Expected::Absent => (found.is_none(), "nothing".to_owned()),
        Expected::At(object) => (found == Some(object_id(object.as_str())?), object.to_string()),
    };
    if is_expected {
        return Ok(());
    }
    let found = found.map_or_else(|| "nothing".to_owned(), |found| found.to_string());
    Err(Error::RefConflict { name: ref_name::full(&update.name), found, expected })
}

async fn refuse_checked_out(git: &Git, updates: &[&RefUpdate]) -> Result<(), Error> {
    if !updates.iter().any(|update| matches!(update.name, RefName::Branch(_))) {
        return Ok(());
    }
    let listed = git.command(["worktree", "list", "--porcelain", "-z"]).ok("list the work trees").await?;
    let text = listed.stdout_text();
    let mut folder = "";
    for line in text.split('\0') {
        if let Some(path) = line.strip_prefix("worktree ") {
            folder = path;
        } else if let Some(branch) = line.strip_prefix("branch ")
            && let Some(update) = updates.iter().find(|update| ref_name::full(&update.name) == branch)
        {
            let branch = ref_name::short(&update.name).to_owned();
            return Err(Error::BranchCheckedOut { branch, folder: folder.to_owned() });
        }
    }
    Ok(())
}
