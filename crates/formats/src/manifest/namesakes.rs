//! Packages of several workspaces under one name.

use std::collections::BTreeMap;

use releasekit_core::model::{Package, PackageName};

/// Two packages of one name, of which both are released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namesakes {
    /// The name as the second writes it.
    pub name: PackageName,
    /// Where they stood in the list.
    pub places: [usize; 2],
}

/// Leaves out of packages that have one name those that nobody releases. Where two are released, both cannot be meant: they are
/// given. Those of one workspace are passed over, for they are told where it is read.
pub fn leave_out_namesakes(packages: &mut Vec<Package>, normalize: impl Fn(&str) -> String) -> Vec<Namesakes> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let (mut left_out, mut both) = (Vec::new(), Vec::new());
    for (index, package) in packages.iter().enumerate() {
        let first = *seen.entry(normalize(package.name.as_str())).or_insert(index);
        let other = &packages[first];
        if first == index || other.home == package.home {
            continue;
        }
        if other.private.is_none() && package.private.is_none() {
            both.push(Namesakes { name: package.name.clone(), places: [first, index] });
        } else if package.private.is_some() {
            left_out.push(index);
        } else {
            left_out.push(first);
            seen.insert(normalize(package.name.as_str()), index);
        }
    }
    let mut index = 0..;
    packages.retain(|_| !left_out.contains(&index.next().unwrap_or_default()));
    both
}
