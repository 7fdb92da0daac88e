//! Extras that are made of a package's own extras, `all = ["pkg[fast,safe]"]`, written out.
//!
//! Some build backends (hatchling) write them out into what they build, others do not, so two lists of requirements can
//! only be compared once both are.

use releasekit_core::Result;
use releasekit_core::model::Requirement;
use releasekit_formats::python::name::normalize;
use releasekit_formats::python::requirement::{self, Parts};

/// The requirements without those of the package's extras on the package itself, each replaced by what it stands for;
/// sorted, none twice.
pub(crate) fn written_out(package: &str, requirements: Vec<Requirement>) -> Result<Vec<Requirement>> {
    let package = normalize(package);
    let gathers = |one: &Requirement| one.name == package && one.text.contains("extra == ");
    let (mut waiting, mut found): (Vec<_>, Vec<_>) = requirements.into_iter().partition(gathers);
    let gathering = waiting.clone();
    let plain = found.clone();
    let mut seen = Vec::new();
    while let Some(own) = waiting.pop() {
        let (extras, marker) = taken_apart(&own.text)?;
        for extra in extras {
            found.extend(moved(&plain, &extra, &marker)?);
            for more in moved(&gathering, &extra, &marker)? {
                // Extras may be made of each other in a circle.
                if !seen.contains(&more) {
                    seen.push(more.clone());
                    waiting.push(more);
                }
            }
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn taken_apart(text: &str) -> Result<(Vec<String>, String)> {
    let parts = Parts::parse(text)?;
    let extras = parts.extras().into_iter().map(str::to_owned).collect();
    Ok((extras, parts.marker().unwrap_or_default().to_owned()))
}

/// The requirements of one extra, under the marker by which another takes it in.
fn moved(requirements: &[Requirement], extra: &str, marker: &str) -> Result<Vec<Requirement>> {
    let condition = format!("extra == '{extra}'");
    let mut all = Vec::new();
    for one in requirements {
        let Some((head, own)) = one.text.split_once(" ; ").filter(|(_, own)| own.contains(&condition)) else {
            continue;
        };
        let instead = own.replace(&condition, &format!("({marker})"));
        all.push(requirement::parse(&format!("{head} ; {instead}"))?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(requirements: &[&str]) -> Vec<String> {
        let parsed = requirements.iter().map(|text| requirement::parse(text).expect("a requirement")).collect();
        written_out("My.Pkg", parsed).expect("markers").into_iter().map(|requirement| requirement.text).collect()
    }

    #[test]
    fn an_extra_of_extras_is_written_out() {
        let all = written(&[
            "a",
            "numpy~=1.2 ; implementation_name == 'cpython' and extra == 'fast'",
            "safe>1 ; extra == 'safe'",
            "my-pkg[fast] ; extra == 'some'",
            "my_pkg[safe,some] ; extra == 'all' and sys_platform == 'linux'",
            "other[fast] ; extra == 'all'",
        ]);
        let expected = [
            "a",
            "numpy~=1.2 ; implementation_name == 'cpython' and extra == 'fast'",
            "numpy~=1.2 ; implementation_name == 'cpython' and extra == 'some'",
            "numpy~=1.2 ; implementation_name == 'cpython' and sys_platform == 'linux' and extra == 'all'",
            "other[fast] ; extra == 'all'",
            "safe>1 ; extra == 'safe'",
            "safe>1 ; sys_platform == 'linux' and extra == 'all'",
        ];
        assert_eq!(all, expected);
        assert_eq!(written(&expected), expected, "what is written out stays");
    }

    #[test]
    fn extras_in_a_circle_end() {
        let all = written(&["x ; extra == 'a'", "my-pkg[b] ; extra == 'a'", "my-pkg[a] ; extra == 'b'"]);
        assert_eq!(all, ["x ; extra == 'a'", "x ; extra == 'b'"]);
    }
}
