//! What is read from the object database and the refs, without running git.

pub(crate) mod ancestry;
pub(crate) mod commit;
pub(crate) mod path_runs;
pub(crate) mod refs;
