//! Paths as bytes, from the root, the way trees are walked.

/// Goes on to an entry of a folder; gives the length of the path before.
pub(super) fn enter(path: &mut Vec<u8>, name: &[u8]) -> usize {
    let length = path.len();
    if length > 0 {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    length
}

/// A path and the name of an entry there.
pub(super) fn joined(path: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = path.to_vec();
    enter(&mut path, name);
    path
}

/// The names that a path is made of.
pub(super) fn parts(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/').filter(|part| !part.is_empty())
}
