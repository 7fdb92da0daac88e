//! Objects read straight from packs, for walks that read thousands of them. An object of a history is mostly stored as a
//! difference to one that was read a moment ago, so all that a reading passes through is kept.
//!
//! What is not found here, or is not as it should be, is asked of the object database, which looks everywhere and says what is
//! wrong.

mod delta;
mod names;

use std::fs;
use std::hash::BuildHasherDefault;
use std::mem;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use gix::objs::{Find, Kind};
use gix::odb::pack::data::entry::Header;
use gix::odb::pack::{data, index};
use gix::zlib::Inflate;
use gix::{ObjectId, oid};

use crate::error::Error;
use crate::recent::{Recent, Scatter};
use names::Fan;

/// A clone with more packs than this is one that nobody has tidied up; the object database knows how to go about it.
const MOST_PACKS: usize = 16;

/// Objects larger than this are left to the object database, which knows what a repository may hold.
const LARGEST: u64 = 64 * 1024 * 1024;

/// What is kept of objects that others are differences to, by one reader.
const KEPT: usize = 1024 * 1024;

/// The packs of a repository, those with most objects first.
pub(crate) struct Packs(Vec<Pack>);

struct Pack {
    index: index::File,
    fan: Fan,
    data: data::File,
}

/// Where an object begins: a pack, and a place in it.
type Place = (usize, u64);

/// Objects by their places.
type Kept = Recent<Place, Object, BuildHasherDefault<Scatter>>;

impl Packs {
    /// Those of a repository and of the ones that it borrows objects from.
    pub(crate) fn of(repo: &gix::Repository) -> Self {
        let own = repo.objects.store_ref().path().to_owned();
        let borrowed = repo.objects.store_ref().alternate_db_paths().unwrap_or_default();
        let folders = std::iter::once(own).chain(borrowed);
        let mut packs: Vec<Pack> = folders.flat_map(|folder| packs(&folder.join("pack"), repo.object_hash())).collect();
        if packs.len() > MOST_PACKS {
            packs.clear();
        }
        packs.sort_by_key(|pack| std::cmp::Reverse(pack.index.num_objects()));
        Self(packs)
    }

    fn find(&self, id: &ObjectId) -> Option<Place> {
        self.0.iter().enumerate().find_map(|(at, pack)| Some((at, pack.offset(id)?)))
    }
}

impl Pack {
    /// Where in the pack an object begins.
    fn offset(&self, id: &oid) -> Option<u64> {
        let name = |at| self.index.oid_at_index(at);
        Some(self.index.pack_offset_at_index(names::find(id, &self.fan, self.index.num_objects(), name)?))
    }
}

fn packs(folder: &Path, hash: gix::hash::Kind) -> Vec<Pack> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let indices = entries.filter(|path| path.extension().is_some_and(|end| end == "idx"));
    let open = |path: PathBuf| {
        let data = data::File::at(path.with_extension("pack"), hash).ok()?;
        Some(Pack { fan: Fan::of(&path), index: index::File::at(path, hash).ok()?, data })
    };
    indices.filter_map(open).collect()
}

/// An object's bytes, and what they are.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    /// What it is.
    pub(crate) kind: Kind,
    /// Its bytes.
    pub(crate) data: Rc<[u8]>,
}

/// Reads objects. For one thread.
pub(crate) struct Reader<'a> {
    repo: &'a gix::Repository,
    packs: &'a Packs,
    kept: Kept,
    inflate: Inflate,
    /// The differences on the way to an object, the nearest to it first.
    chain: Vec<data::Entry>,
    delta: Vec<u8>,
    buffer: Vec<u8>,
}

impl<'a> Reader<'a> {
    /// Reads from a repository and these packs of it.
    pub(crate) fn new(repo: &'a gix::Repository, packs: &'a Packs) -> Self {
        Self {
            repo,
            packs,
            kept: Recent::new(KEPT),
            inflate: Inflate::default(),
            chain: Vec::new(),
            delta: Vec::new(),
            buffer: Vec::new(),
        }
    }

    /// The repository.
    pub(crate) fn repo(&self) -> &'a gix::Repository {
        self.repo
    }

    /// An object's bytes, and what they are; `None` where the clone has no such object. `what` it is to be says the error.
    pub(crate) fn read(&mut self, id: &ObjectId, what: &'static str) -> Result<Option<Object>, Error> {
        let packed = self.packs.find(id).and_then(|place| self.unpack(place));
        if packed.is_some() {
            return Ok(packed);
        }
        let found = self.repo.objects.try_find(id, &mut self.buffer).map_err(Error::read(what))?;
        Ok(found.map(|found| Object { kind: found.kind, data: Rc::from(found.data) }))
    }

    /// The object at a place; `None` where it cannot be made out.
    fn unpack(&mut self, (pack, offset): Place) -> Option<Object> {
        let mut chain = mem::take(&mut self.chain);
        chain.clear();
        let base = self.base((pack, offset), &mut chain);
        let object = base.and_then(|base| self.apply_all(pack, base, &chain));
        self.chain = chain;
        object
    }

    /// The nearest object on the way that is kept, or stored as a whole, and the differences to it.
    fn base(&mut self, (pack, mut offset): Place, chain: &mut Vec<data::Entry>) -> Option<Object> {
        let packs = self.packs;
        let found = &packs.0[pack];
        loop {
            if let Some(object) = self.kept.get(&(pack, offset)) {
                return Some(object);
            }
            let entry = found.data.entry(offset).ok().filter(|entry| entry.decompressed_size <= LARGEST)?;
            let next = match entry.header {
                Header::OfsDelta { base_distance } => entry.checked_base_pack_offset(base_distance)?,
                Header::RefDelta { base_id } => found.offset(&base_id)?,
                whole => return self.whole(pack, &entry, whole.as_kind()?, !chain.is_empty()),
            };
            // An object is a difference to one before it, or damage would lead around a circle.
            if next >= offset && matches!(entry.header, Header::OfsDelta { .. }) || chain.len() > LONGEST_CHAIN {
                return None;
            }
            chain.push(entry);
            offset = next;
        }
    }

    fn whole(&mut self, pack: usize, entry: &data::Entry, kind: Kind, is_base: bool) -> Option<Object> {
        inflate(&mut self.inflate, &self.packs.0[pack], entry, &mut self.delta)?;
        let object = Object { kind, data: Rc::from(self.delta.as_slice()) };
        if is_base || kind == Kind::Tree {
            self.keep(pack, entry, &object);
        }
        Some(object)
    }

    fn apply_all(&mut self, pack: usize, mut object: Object, chain: &[data::Entry]) -> Option<Object> {
        for entry in chain.iter().rev() {
            inflate(&mut self.inflate, &self.packs.0[pack], entry, &mut self.delta)?;
            delta::apply(&object.data, &self.delta, &mut self.buffer)?;
            object.data = Rc::from(self.buffer.as_slice());
            self.keep(pack, entry, &object);
        }
        Some(object)
    }

    fn keep(&mut self, pack: usize, entry: &data::Entry, object: &Object) {
        self.kept.add((pack, entry.pack_offset()), object.clone(), object.data.len());
    }
}

/// Longer than any chain that git makes, which ends at 4095.
const LONGEST_CHAIN: usize = 10_000;

fn inflate(inflate: &mut Inflate, pack: &Pack, entry: &data::Entry, into: &mut Vec<u8>) -> Option<()> {
    into.resize(entry.decompressed_size as usize, 0);
    pack.data.decompress_entry(entry, inflate, into).ok().map(drop)
}

#[cfg(test)]
mod tests {
    use releasekit_testkit::Sandbox;

    use super::*;
    use crate::object::{object_id, read};

    /// A repository in one pack, with long chains of differences: a file and its folder, which change again and again.
    fn packed() -> (Sandbox, gix::Repository) {
        let sandbox = Sandbox::new();
        let line = |number: u32| format!("line {number} of a file that is long enough to be worth a difference\n");
        for number in 0..30 {
            sandbox
                .write("folder/file", (0..40).map(|at| line(if at == number { 100 } else { at })).collect::<String>());
            sandbox.write(format!("folder/more/{number}"), "x");
            sandbox.commit(&format!("fix: change {number}"));
        }
        sandbox.git(["repack", "-a", "-d", "-f", "-q", "--depth=20"]);
        let repo = gix::open(sandbox.work()).expect("it is a repository");
        (sandbox, repo)
    }

    fn names(sandbox: &Sandbox) -> Vec<ObjectId> {
        let listed = sandbox.git(["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]);
        listed.lines().map(|line| object_id(line).expect("a name")).collect()
    }

    #[test]
    fn every_object_of_a_pack_is_read_as_the_database_reads_it() {
        let (sandbox, repo) = packed();
        let packs = Packs::of(&repo);
        let mut reader = Reader::new(&repo, &packs);
        let mut longest = 0;
        for id in names(&sandbox) {
            let place = packs.find(&id).expect("it is packed");
            let mut fresh = Reader::new(&repo, &packs);
            let alone = fresh.unpack(place).expect("it can be made out");
            longest = longest.max(fresh.chain.len());
            let Object { kind, data } = reader.read(&id, "an object").expect("it can be read").expect("it is there");
            let expected = read(&repo, id, kind).expect("the database has it");
            assert_eq!((&*data, &*alone.data), (&expected[..], &expected[..]), "{id}");
        }
        assert!(longest > 0, "nothing was stored as a difference");
    }

    #[test]
    fn what_is_in_no_pack_is_asked_of_the_database() {
        let (sandbox, repo) = packed();
        let packs = Packs::of(&repo);
        sandbox.write("loose", "loose");
        let commit = object_id(&sandbox.commit("fix: loose")).expect("a name");
        let mut reader = Reader::new(&repo, &packs);
        assert_eq!(
            reader.read(&commit, "a commit").expect("it can be read").map(|found| found.kind),
            Some(Kind::Commit)
        );
        let absent = ObjectId::null(repo.object_hash());
        assert!(reader.read(&absent, "a commit").expect("nothing is wrong").is_none());
    }

    #[test]
    fn a_pack_that_is_damaged_is_left_to_the_database() {
        let (sandbox, repo) = packed();
        let names = names(&sandbox);
        let pack = Packs::of(&repo).0.first().expect("there is one").data.path().to_owned();
        let bytes = fs::read(&pack).expect("it is there");
        fs::remove_file(&pack).expect("it is ours");
        let header = bytes.iter().take(12).copied();
        fs::write(&pack, header.chain(bytes.iter().skip(12).map(|_| 0xff)).collect::<Vec<u8>>()).expect("it is ours");
        let damaged = Packs::of(&repo);
        let mut reader = Reader::new(&repo, &damaged);
        for id in names {
            let place = damaged.find(&id).expect("the index is whole");
            assert!(reader.unpack(place).is_none(), "{id}");
        }
    }
}
