//! Namespaces of Linux, in which a program sees nobody but itself, and may do nothing that others may not.
//!
//! `user_namespaces(7)` and `pid_namespaces(7)` say what follows: a process in another user namespace cannot be traced,
//! not even by root, for root there has no capability here; the first process of a process namespace takes all others
//! with it; a `/proc` mounted inside shows the inside alone, and cannot be taken away again by a further namespace, for
//! what a more privileged one has mounted is locked.

#[cfg(target_os = "linux")]
pub(super) use linux::{complete, enter};

#[cfg(not(target_os = "linux"))]
pub(super) use elsewhere::{complete, enter};

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeSet;
    use std::ffi::OsStr;
    use std::fs;
    use std::io;
    use std::path::Path;

    use nix::errno::Errno;
    use nix::sched::{CloneFlags, unshare};
    use rustix::fs::{StatVfsMountFlags, statvfs};
    use rustix::mount::{
        MountFlags, MountPropagationFlags, mount, mount_bind, mount_bind_recursive, mount_change, mount_remount,
    };
    use rustix::process::{chdir, getcwd, getegid, geteuid};
    use rustix::thread::{
        CapabilitySet, CapabilitySets, clear_ambient_capability_set, configure_capability_in_ambient_set,
        remove_capability_from_bounding_set, set_capabilities, set_no_new_privs,
    };

    use crate::supervisor::job::Job;

    /// What the first process needs to finish its surroundings, though it is no root.
    const NEEDED: [CapabilitySet; 2] = [CapabilitySet::SYS_ADMIN, CapabilitySet::SETPCAP];

    /// Enters new namespaces; processes started from now on are inside. This one stays where it can hold a lock.
    pub(in super::super) fn enter() -> io::Result<()> {
        let (user, group) = (geteuid().as_raw(), getegid().as_raw());
        let kinds =
            CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWIPC;
        unshare(kinds).map_err(refused)?;
        // Without it a group cannot be mapped by whoever may not set groups outside.
        fs::write("/proc/self/setgroups", "deny")?;
        fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
        fs::write("/proc/self/gid_map", format!("{group} {group} 1"))?;
        hand_on_capabilities()
    }

    fn refused(error: Errno) -> io::Error {
        let why = match error {
            // What user_namespaces(7) says where the limit on them is met, which may be none at all.
            Errno::ENOSPC | Errno::EUSERS => "no more of them are allowed".to_owned(),
            error => error.to_string(),
        };
        io::Error::other(format!("the system refuses namespaces: {why}"))
    }

    /// Lets the next program have what it needs, also where it is not run as root.
    fn hand_on_capabilities() -> io::Result<()> {
        let all = NEEDED.into_iter().fold(CapabilitySet::empty(), CapabilitySet::union);
        let mut sets = rustix::thread::capabilities(None)?;
        sets.inheritable |= all;
        set_capabilities(None, sets)?;
        for capability in NEEDED {
            configure_capability_in_ambient_set(capability, true)?;
        }
        Ok(())
    }

    /// Where root may change the kernel though it has no capability, for it owns the files.
    const OF_THE_KERNEL: &[&str] = &["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", "/sys"];

    /// Where the terminals of a machine are.
    const TERMINALS: &str = "/dev/pts";

    /// Finishes the surroundings from inside, and gives up every capability.
    pub(in super::super) fn complete(job: &Job) -> io::Result<()> {
        mount_change("/", MountPropagationFlags::REC | MountPropagationFlags::PRIVATE)?;
        protect(job)?;
        if Path::new(TERMINALS).is_dir() {
            let flags = MountFlags::NOSUID | MountFlags::NOEXEC;
            mount("devpts", TERMINALS, "devpts", flags, Some(c"newinstance,ptmxmode=0666"))?;
        }
        mount_proc("/proc").map_err(|error| io::Error::other(format!("the system refuses a new `/proc`: {error}")))?;
        for place in other_mounts()? {
            mount_proc(&place)?;
        }
        for place in OF_THE_KERNEL.iter().filter(|place| Path::new(place).exists()) {
            read_only_with_all_in_it(place)?;
        }
        for bit in 0..u64::BITS {
            // Those that the system does not know cannot be removed, and need not be.
            let _ = remove_capability_from_bounding_set(CapabilitySet::from_bits_retain(1 << bit));
        }
        clear_ambient_capability_set()?;
        let none = CapabilitySet::empty();
        set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })?;
        Ok(set_no_new_privs(true)?)
    }

    /// Makes folders unwritable, but for those in them that are to stay open.
    fn protect(job: &Job) -> io::Result<()> {
        let failed = |what: &str, folder: &OsStr, error: rustix::io::Errno| {
            io::Error::new(error.kind(), format!("the system refuses to {what} `{}`: {error}", folder.display()))
        };
        // A mount of its own keeps what it allows when the folder around it changes.
        for folder in &job.open {
            mount_bind(folder, folder).map_err(|error| failed("mount", folder, error))?;
        }
        for folder in job.protected.iter().filter(|folder| Path::new(folder).exists()) {
            mount_bind_recursive(folder, folder).map_err(|error| failed("mount", folder, error))?;
            let flags = flags_of(folder)? | MountFlags::BIND | MountFlags::RDONLY;
            mount_remount(folder, flags, "").map_err(|error| failed("protect", folder, error))?;
        }
        // The folder we are in, and all above it, are those of before: from there the way up leads past what was mounted.
        Ok(chdir(getcwd(Vec::new())?)?)
    }

    /// Makes a place of the kernel's own unwritable, and what is mounted in it.
    fn read_only_with_all_in_it(place: &str) -> io::Result<()> {
        mount_bind_recursive(place, place)?;
        let table = fs::read_to_string("/proc/self/mountinfo")?;
        let places: BTreeSet<String> = table.lines().filter_map(mount_point).collect();
        for inside in places.iter().filter(|inside| Path::new(inside).starts_with(place)) {
            // What is hidden below another mount cannot be reached.
            if let Ok(flags) = flags_of(OsStr::new(inside)) {
                mount_remount(inside.as_str(), flags | MountFlags::BIND | MountFlags::RDONLY, "")?;
            }
        }
        Ok(())
    }

    /// What a mount allows already; none of it can be given up by whoever did not mount it.
    fn flags_of(folder: &OsStr) -> io::Result<MountFlags> {
        let known = [
            (StatVfsMountFlags::NOSUID, MountFlags::NOSUID),
            (StatVfsMountFlags::NODEV, MountFlags::NODEV),
            (StatVfsMountFlags::NOEXEC, MountFlags::NOEXEC),
            (StatVfsMountFlags::NOATIME, MountFlags::NOATIME),
            (StatVfsMountFlags::NODIRATIME, MountFlags::NODIRATIME),
            (StatVfsMountFlags::RELATIME, MountFlags::RELATIME),
        ];
        let has = statvfs(folder)?.f_flag;
        Ok(known.into_iter().filter(|(flag, _)| has.contains(*flag)).map(|(_, flag)| flag).collect())
    }

    fn mount_proc(place: &str) -> io::Result<()> {
        let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
        Ok(mount("proc", place, "proc", flags, None)?)
    }

    /// Where else the processes outside would be shown.
    fn other_mounts() -> io::Result<Vec<String>> {
        let table = fs::read_to_string("/proc/self/mountinfo")?;
        Ok(table.lines().filter_map(proc_mount).filter(|place| place != "/proc").collect())
    }

    /// The place of a line of `mountinfo` (see `proc_pid_mountinfo(5)`) that shows processes.
    fn proc_mount(line: &str) -> Option<String> {
        let (before, after) = line.split_once(" - ")?;
        let root = before.split(' ').nth(3)?;
        mount_point(line).filter(|_| after.starts_with("proc ") && root == "/")
    }

    /// Where the mount of a line is.
    fn mount_point(line: &str) -> Option<String> {
        let place = line.split(' ').nth(4)?;
        Some(place.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\"))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn every_place_that_shows_processes_is_found() {
            let line = "41 36 0:5 / /other\\040place rw,nosuid shared:9 - proc proc rw";
            assert_eq!(proc_mount(line).as_deref(), Some("/other place"));
            assert_eq!(proc_mount("41 36 0:5 /sys /proc/sys ro - proc proc rw"), None);
            assert_eq!(proc_mount("41 36 0:5 / /dev/shm rw - tmpfs proc rw"), None);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::io;

    use crate::supervisor::job::Job;

    pub(in super::super) fn enter() -> io::Result<()> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "this system has no namespaces"))
    }

    pub(in super::super) fn complete(_: &Job) -> io::Result<()> {
        enter()
    }
}
