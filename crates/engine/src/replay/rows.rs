//! A past release beside the plans of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use releasekit_core::model::{CommitId, TagName};

use super::again::Again;
use super::evidence::Evidence;
use super::judge::judge;
use super::releases::{PastRelease, Shipped};
use super::report::{Difference, Release, Row, Waiting};
use super::then::{Then, find};
use super::titles::Titles;
use crate::bump::Refusal;
use crate::error::Result;
use crate::plan;

/// Plans a release again, and says of each package why plan and release differ.
pub(super) async fn of(then: &Then<'_>, release: &PastRelease) -> Result<Release> {
    let bases: BTreeSet<&CommitId> = release.0.iter().map(|shipped| release.base(shipped)).collect();
    let mut plans = BTreeMap::new();
    for base in bases {
        plans.insert(base.clone(), Again::plan(then, base, release).await?);
    }
    let mut titles = Titles::new(then.session.vcs.as_ref());
    let mut packages = Vec::new();
    for shipped in &release.0 {
        packages.push(row(shipped, &plans[release.base(shipped)], &mut titles).await?);
    }
    packages.sort_by(|a, b| (&a.label, &a.name).cmp(&(&b.label, &b.name)));
    let newest = release.newest();
    let seconds = newest.time.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    let tags: BTreeSet<TagName> = release.0.iter().map(|shipped| shipped.tag.clone()).collect();
    let planned = |again: &&Again| release.0.iter().filter(|shipped| *release.base(shipped) == again.base).count();
    Ok(Release {
        commit: newest.id.clone(),
        time: Timestamp::from_second(seconds).unwrap_or_default(),
        tags: tags.into_iter().collect(),
        waiting: plans.values().max_by_key(planned).map(|again| waiting(release, again)).unwrap_or_default(),
        packages,
    })
}

async fn row(shipped: &Shipped, again: &Again, titles: &mut Titles<'_>) -> Result<Row> {
    let mut row = Row {
        name: shipped.id.name.clone(),
        ecosystem: shipped.ecosystem.clone(),
        label: shipped.id.label.clone(),
        path: shipped.path.clone(),
        tag: shipped.tag.clone(),
        planned_at: again.base.clone(),
        last: None,
        planned: None,
        shipped: shipped.version.clone(),
        difference: None,
    };
    row.difference = match &again.planned {
        Err(error) => Some(refused(&Refusal::of(error))),
        Ok(planned) => match find(&planned.snapshot.discovery, &shipped.id, &shipped.ecosystem) {
            None => Some(Difference::NotThere),
            Some(index) if again.aside.contains_key(&index) => Some(refused(&again.aside[&index])),
            Some(index) => {
                row.last = planned.changes.members[index].last.as_ref().map(|last| last.version.clone());
                row.planned.clone_from(&planned.bumps.0[index].next);
                judge(&Evidence::gather(shipped, again, (planned, index), titles).await?)
            }
        },
    };
    Ok(row)
}

fn refused(refusal: &Refusal) -> Difference {
    Difference::Refused { code: refusal.code.to_string(), message: refusal.message.clone() }
}

/// What a plan moves beside what shipped.
fn waiting(release: &PastRelease, again: &Again) -> Vec<Waiting> {
    let Ok(planned) = &again.planned else { return Vec::new() };
    let discovery = &planned.snapshot.discovery;
    let find = |shipped: &Shipped| find(discovery, &shipped.id, &shipped.ecosystem);
    let shipped: BTreeSet<usize> = release.0.iter().filter_map(find).collect();
    let has_shipped = |row: &plan::Row| discovery.index_of(&row.id()).is_some_and(|at| shipped.contains(&at));
    let waiting = |row: &plan::Row| {
        Some(Waiting { name: row.name.clone(), label: row.label.clone(), planned: row.next.clone()? })
    };
    planned.plan.included().filter(|row| !has_shipped(row)).filter_map(waiting).collect()
}
