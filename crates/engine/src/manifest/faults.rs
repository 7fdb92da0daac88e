//! What is wrong with a manifest by itself.

use std::collections::BTreeMap;

use releasekit_core::model::PackageId;

use super::Manifest;
use crate::error::Fault;
use crate::plan::Row;

impl Manifest {
    /// What is wrong with it by itself, whatever the files of its commit say.
    pub fn faults(&self) -> Vec<Fault> {
        if self.packages.is_empty() {
            return vec![Fault::Empty];
        }
        let mut rows: BTreeMap<PackageId, Vec<&Row>> = BTreeMap::new();
        for row in &self.packages {
            rows.entry(row.id()).or_default().push(row);
        }
        let doubled = rows.into_iter().filter(|(_, rows)| rows.len() > 1).map(|(package, rows)| Fault::Doubled {
            package,
            rows: rows.len(),
            differ: rows.iter().any(|row| *row != rows[0]),
        });
        let set_aside = self.packages.iter().filter(|row| !row.is_included());
        let set_aside = set_aside.map(|row| Fault::SetAside { package: row.id() });
        doubled.chain(self.packages.iter().flat_map(incomplete)).chain(set_aside).collect()
    }
}

fn incomplete(row: &Row) -> impl Iterator<Item = Fault> {
    let fields = [("version", row.next.is_none()), ("tag", row.tag.is_none())];
    let package = row.id();
    let lacking = fields.into_iter().filter(|(_, lacks)| *lacks);
    lacking.map(move |(field, _)| Fault::Incomplete { package: package.clone(), field })
}
