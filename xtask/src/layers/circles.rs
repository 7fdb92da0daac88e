//! Circles of files that import each other.
//!
//! Two files may need each other: one hands data to the other and gets a message back. A longer circle hides an order that
//! is there, for none of its files can be read, or moved, before the others.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::modules::Arrows;

/// The circles of more than two files, each written once as `a → b → c → a`: for every arrow that is part of one, a
/// shortest.
pub(super) fn long(arrows: &Arrows) -> BTreeSet<String> {
    let all = arrows.iter().flat_map(|(from, to)| to.iter().map(move |to| (from, to)));
    all.filter_map(|(from, to)| way_back(arrows, to, from)).map(written).collect()
}

/// The shortest way from the end of an arrow to its beginning, other than straight back.
fn way_back<'a>(arrows: &'a Arrows, end: &'a str, beginning: &str) -> Option<Vec<&'a str>> {
    let mut reached_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut waiting = VecDeque::from([end]);
    while let Some(at) = waiting.pop_front() {
        for next in arrows.get(at).into_iter().flatten() {
            let is_straight_back = at == end && next == beginning;
            if is_straight_back || next == end || reached_from.contains_key(next.as_str()) {
                continue;
            }
            reached_from.insert(next, at);
            if next == beginning {
                return Some(way(&reached_from, next));
            }
            waiting.push_back(next);
        }
    }
    None
}

/// The way that led to a file.
fn way<'a>(reached_from: &BTreeMap<&'a str, &'a str>, last: &'a str) -> Vec<&'a str> {
    let mut way = vec![last];
    while let Some(before) = reached_from.get(way[way.len() - 1]) {
        way.push(before);
    }
    way.reverse();
    way
}

/// From the file that comes first by name, so that a circle reads the same from wherever it was found.
fn written(mut circle: Vec<&str>) -> String {
    let first = (0..circle.len()).min_by_key(|index| circle[*index]).unwrap_or_default();
    circle.rotate_left(first);
    circle.push(circle[0]);
    circle.join(" → ")
}

#[cfg(test)]
mod tests {
    use super::super::modules::Arrows;
    use super::long;

    fn arrows(all: &[(&str, &[&str])]) -> Arrows {
        let own = |to: &[&str]| to.iter().map(ToString::to_string).collect();
        all.iter().map(|(from, to)| (from.to_string(), own(to))).collect()
    }

    #[test]
    fn a_circle_of_three_is_named_once() {
        let found = long(&arrows(&[("b", &["c", "d"]), ("c", &["a"]), ("a", &["b"]), ("d", &[])]));
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["a → b → c → a"]);
    }

    #[test]
    fn two_files_may_need_each_other_and_one_may_need_several_such() {
        assert!(long(&arrows(&[("face", &["one", "two"]), ("one", &["face"]), ("two", &["face"])])).is_empty());
    }

    #[test]
    fn a_pair_beside_a_way_around_is_a_circle() {
        let found = long(&arrows(&[("a", &["b"]), ("b", &["a", "c"]), ("c", &["a"])]));
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["a → b → c → a"]);
    }
}
