//! What a supervisor is to run, as arguments.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

use releasekit_core::Environment;
use releasekit_core::confinement::{Confinement, Isolation, Workplace};

use super::probe::is_cache;

/// The first argument of the supervisor.
pub(super) const SUPERVISE: &str = "--supervise";

const NAMESPACES: &str = "namespaces";
const DESCENDANTS: &str = "descendants";

/// A program, and how it is to run. Without a program only the surroundings are tried.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) namespaces: bool,
    pub(super) lock: Option<OsString>,
    pub(super) umask: Option<u16>,
    /// Folders that cannot be written to in namespaces.
    pub(super) protected: Vec<OsString>,
    /// Folders in those that can.
    pub(super) open: Vec<OsString>,
    pub(super) program: OsString,
    pub(super) args: Vec<OsString>,
}

/// Everything that a supervisor is told, before the program's own arguments.
#[derive(Debug)]
pub(crate) struct Order<'a> {
    pub(crate) confinement: &'a Confinement,
    pub(crate) workplace: Option<&'a Workplace>,
    pub(crate) environment: &'a Environment,
    pub(crate) umask: Option<u16>,
    pub(crate) program: &'a OsStr,
}

impl Order<'_> {
    /// The arguments that the supervisor is started with.
    pub(crate) fn arguments(&self) -> Vec<OsString> {
        let job = Job {
            namespaces: self.confinement.isolation == Isolation::Namespaces,
            lock: self.workplace.map(|workplace| workplace.lock.clone().into_os_string()),
            umask: self.umask,
            protected: self.confinement.protected.iter().map(|folder| folder.clone().into_os_string()).collect(),
            open: self.open(),
            program: self.program.to_owned(),
            args: Vec::new(),
        };
        [vec![OsString::from(SUPERVISE)], job.arguments()].concat()
    }

    /// The workplace, and the folders of the tools' own that are there and lie in a protected one.
    fn open(&self) -> Vec<OsString> {
        let workplace = self.workplace.map(|workplace| workplace.folder.as_path());
        let wanted = |name: &OsStr| is_cache(name) || name == "XDG_CACHE_HOME" || name == "TMPDIR";
        let named = self.environment.iter().filter(|(name, _)| wanted(name)).map(|(_, folder)| Path::new(folder));
        // A cache of ours holds more than what tools may write to.
        let around = |folder: &Path| self.confinement.protected.iter().any(|protected| protected.starts_with(folder));
        let inside = |folder: &Path| self.confinement.protected.iter().any(|protected| folder.starts_with(protected));
        let tools = named.filter(|folder| inside(folder) && !around(folder));
        workplace.into_iter().chain(tools).filter(|folder| folder.is_dir()).map(|folder| folder.into()).collect()
    }
}

impl Job {
    pub(super) fn parse(words: &[OsString]) -> io::Result<Self> {
        let mut words = words.iter().cloned();
        let parsed = (|| {
            let namespaces = words.next()? == NAMESPACES;
            let lock = Some(words.next()?).filter(|lock| !lock.is_empty());
            let umask = words.next()?.into_string().ok()?;
            let umask = if umask.is_empty() { None } else { Some(umask.parse().ok()?) };
            let mut list = || {
                let count = words.next()?.to_str()?.parse().ok()?;
                (0..count).map(|_| words.next()).collect::<Option<Vec<_>>>()
            };
            let (protected, open) = (list()?, list()?);
            let program = words.next()?;
            Some(Self { namespaces, lock, umask, protected, open, program, args: words.collect() })
        })();
        parsed.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "these are no arguments of a supervisor"))
    }

    pub(super) fn arguments(&self) -> Vec<OsString> {
        let mut words = vec![OsString::from(if self.namespaces { NAMESPACES } else { DESCENDANTS })];
        words.push(self.lock.clone().unwrap_or_default());
        words.push(self.umask.map_or_else(String::new, |mask| mask.to_string()).into());
        for list in [&self.protected, &self.open] {
            words.push(list.len().to_string().into());
            words.extend(list.iter().cloned());
        }
        words.push(self.program.clone());
        words.extend(self.args.iter().cloned());
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_survives_being_told() {
        let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        let told = words(&["namespaces", "/l", "18", "2", "/a", "/b", "1", "/a/c", "sh", "-c", "2"]);
        let job = Job::parse(&told).expect("it is complete");
        assert_eq!((job.namespaces, job.umask, job.lock.clone()), (true, Some(0o22), Some("/l".into())));
        assert_eq!((job.protected.clone(), job.open.clone()), (words(&["/a", "/b"]), words(&["/a/c"])));
        assert_eq!((job.program.clone(), job.args.clone()), ("sh".into(), words(&["-c", "2"])));
        assert_eq!(job.arguments(), told);
        assert!(Job::parse(&told[..4]).is_err());
    }

    #[test]
    fn what_tools_write_to_is_open_and_nothing_that_is_around_ours() {
        let root = tempfile::tempdir().expect("the temporary folder is writable");
        let folder = |name: &str| {
            let path = root.path().join(name);
            std::fs::create_dir_all(&path).expect("the temporary folder is writable");
            path
        };
        let (repository, cache) = (folder("work"), folder("cache/releasekit"));
        let workplace = Workplace { folder: folder("cache/releasekit/x"), lock: root.path().join("lock") };
        let confinement = Confinement { protected: vec![repository, cache], ..Confinement::default() };
        let environment = Environment::new()
            .with("XDG_CACHE_HOME", folder("cache"))
            .with("UV_CACHE_DIR", folder("work/.uv-cache"))
            .with("TMPDIR", folder("tmp"))
            .with("HOME", folder("work/home"));
        let order = Order {
            confinement: &confinement,
            workplace: Some(&workplace),
            environment: &environment,
            umask: None,
            program: OsStr::new("sh"),
        };
        let expected = [workplace.folder.clone(), root.path().join("work/.uv-cache")];
        assert_eq!(order.open(), expected.map(std::path::PathBuf::into_os_string));
    }
}
