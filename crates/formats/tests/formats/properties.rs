//! Properties that hold for all versions, requirements and bytes.

use std::io::Cursor;

use proptest::prelude::*;
use releasekit_core::Diagnostic;
use releasekit_core::VersionScheme;
use releasekit_core::model::{Bump, Neutral, Prerelease, PrereleaseLabel, Version};
use releasekit_core::requirements::{Pin, Requirements};
use releasekit_formats::archive::Limits;
use releasekit_formats::cargo;
use releasekit_formats::python::archive::{Metadata, identity};
use releasekit_formats::python::name::FileName;
use releasekit_formats::python::requirement;
use releasekit_formats::python::{Pep440, Pep508};
use releasekit_formats::semver::SemVer;

use crate::python::archives::{tarball, wheel};
use crate::version;

fn pep440_text() -> impl Strategy<Value = String> {
    let epoch = prop_oneof![9 => Just(String::new()), 1 => Just("1!".to_owned())];
    let numbers = prop::collection::vec(0u64..4, 1..5)
        .prop_map(|numbers| numbers.iter().map(u64::to_string).collect::<Vec<_>>().join("."));
    let pre = prop_oneof![Just(String::new()), "(a|b|rc)[0-3]"];
    let post = prop_oneof![4 => Just(String::new()), 1 => "\\.post[0-3]"];
    let dev = prop_oneof![3 => Just(String::new()), 1 => "\\.dev[0-3]"];
    let local = prop_oneof![9 => Just(String::new()), 1 => "\\+[a-c]\\.[0-3]"];
    (epoch, numbers, pre, post, dev, local).prop_map(|(a, b, c, d, e, f)| format!("{a}{b}{c}{d}{e}{f}"))
}

fn semver_text() -> impl Strategy<Value = String> {
    let pre = prop_oneof![Just(String::new()), "-(dev|alpha|beta|rc|next)\\.[0-3]", "-(alpha|[0-3]|canary\\.x)"];
    let build = prop_oneof![9 => Just(String::new()), 1 => Just("+build.1".to_owned())];
    (0u64..4, 0u64..4, 0u64..4, pre, build).prop_map(|(a, b, c, pre, build)| format!("{a}.{b}.{c}{pre}{build}"))
}

fn public(text: &str) -> &str {
    text.split('+').next().unwrap_or(text)
}

fn pep440_requirement() -> impl Strategy<Value = String> {
    let ordered = ("(>=|>|<=|<|==|!=)", pep440_text()).prop_map(|(op, text)| format!("{op} {}", public(&text)));
    let star = ("(==|!=)", "[0-3](\\.[0-3]){0,2}").prop_map(|(op, text)| format!("{op}{text}.*"));
    let compatible = "[0-3](\\.[0-3]){1,2}(rc1)?".prop_map(|text| format!("~={text}"));
    prop::collection::vec(prop_oneof![3 => ordered, 1 => star, 1 => compatible], 0..4)
        .prop_map(|clauses| clauses.join(", "))
}

fn cargo_requirement() -> impl Strategy<Value = String> {
    let full = ("(>=|>|<=|<|=|~|\\^|)", semver_text()).prop_map(|(op, text)| format!("{op}{}", public(&text)));
    let short = ("(>=|>|<=|<|=|~|\\^|) ?", "[0-3](\\.[0-3])?").prop_map(|(op, text)| format!("{op}{text}"));
    let star = "[0-3](\\.[0-3])?\\.\\*".prop_map(|text| text);
    prop::collection::vec(prop_oneof![full, short, star], 1..4).prop_map(|clauses| clauses.join(", "))
}

/// A label that both schemes know.
fn shared_label() -> impl Strategy<Value = PrereleaseLabel> {
    "(dev|alpha|beta|rc)".prop_map(|text| text.parse().expect("a label"))
}

/// A label that is an identifier of SemVer.
fn any_label() -> impl Strategy<Value = PrereleaseLabel> {
    let own =
        prop_oneof![Just("next"), Just("canary"), Just("SNAPSHOT"), Just("rc-x"), Just("0"), Just("7"), Just("-")];
    prop_oneof![shared_label(), own.prop_map(|text| text.parse().expect("a label"))]
}

fn neutral(label: impl Strategy<Value = PrereleaseLabel>) -> impl Strategy<Value = Neutral> {
    (any::<u64>(), any::<u64>(), any::<u64>(), prop::option::of((label, any::<u64>())))
        .prop_map(|(major, minor, patch, pre)| Neutral { major, minor, patch, pre })
}

/// Numbers of which many are alike.
fn few_neutral() -> impl Strategy<Value = Neutral> {
    (0u64..2, 0u64..2, 0u64..2, prop::option::of((shared_label(), 0u64..3)))
        .prop_map(|(major, minor, patch, pre)| Neutral { major, minor, patch, pre })
}

fn request(label: impl Strategy<Value = PrereleaseLabel>) -> impl Strategy<Value = (Bump, Option<Prerelease>)> {
    let bump = prop_oneof![Just(Bump::Prerelease), Just(Bump::Patch), Just(Bump::Minor), Just(Bump::Major)];
    let pre = prop::option::of((label, 0u64..3).prop_map(|(label, start)| Prerelease { label, start }));
    (bump, pre)
}

/// A bump goes up, stays a prerelease where one was asked for, and is final otherwise.
fn check_bump(
    scheme: &dyn VersionScheme,
    text: &str,
    bump: Bump,
    pre: Option<Prerelease>,
) -> Result<(), TestCaseError> {
    let from = version(scheme, text);
    let Ok(next) = scheme.bump(&from, bump, pre.as_ref()) else {
        prop_assert!(bump == Bump::Prerelease && pre.is_none() && !scheme.is_prerelease(&from));
        return Ok(());
    };
    prop_assert!(scheme.compare(&next, &from).is_gt(), "{} + {:?} {:?} = {}", from, bump, pre, next);
    prop_assert_eq!(scheme.is_prerelease(&next), pre.is_some() || bump == Bump::Prerelease, "{}", next);
    prop_assert_eq!(&version(scheme, next.as_str()), &next);
    let done = scheme.finalize(&next);
    prop_assert!(scheme.compare(&done, &next).is_ge());
    prop_assert!(!scheme.is_prerelease(&done));
    Ok(())
}

/// A rewritten requirement admits the version, and one that admits it already is not touched.
fn check_rewrite(dialect: &dyn Requirements, requirement: &str, version: &Version) -> Result<(), TestCaseError> {
    let Ok(admits) = dialect.satisfies(requirement, version) else { return Ok(()) };
    let rewritten = match dialect.rewrite(requirement, version) {
        Err(error) if !admits && error.code() == releasekit_core::codes::REQUIREMENT_AHEAD => return Ok(()),
        rewritten => rewritten.expect("a legal requirement"),
    };
    let holds = dialect.satisfies(&rewritten, version).expect("still legal");
    prop_assert!(holds, "{} does not admit {}, from {}", rewritten, version, requirement);
    prop_assert!(!admits || rewritten == requirement, "{} became {} for {}", requirement, rewritten, version);
    prop_assert_eq!(&dialect.rewrite(&rewritten, version).expect("legal"), &rewritten);
    Ok(())
}

/// A requirement as people write it: name, extras, clauses with their spaces, perhaps in brackets, and a marker. Nothing of it
/// has to go where a version moves: `!=` and `>` are not in it, for a version that they exclude cannot be admitted otherwise.
fn written_requirement() -> impl Strategy<Value = String> {
    let space = || prop_oneof![3 => Just(""), 2 => Just(" "), 1 => Just("  ")];
    let final_text = "[0-3](\\.[0-3]){0,3}";
    let ordered = ("(>=|<=|<|==)", final_text).prop_map(|(op, text)| (op, text));
    let star = Just("==".to_owned()).prop_flat_map(|op| (Just(op), "[0-3](\\.[0-3]){0,1}\\.\\*"));
    let compatible = Just("~=".to_owned()).prop_flat_map(|op| (Just(op), "[0-3](\\.[0-3]){1,2}"));
    let clause = (space(), prop_oneof![3 => ordered, 1 => star, 1 => compatible], space(), space())
        .prop_map(|(before, (op, text), between, after)| format!("{before}{op}{between}{text}{after}"));
    let clauses = (prop::collection::vec(clause, 1..4), any::<bool>()).prop_map(|(clauses, bracketed)| {
        let clauses = clauses.join(",");
        if bracketed { format!("({clauses})") } else { clauses }
    });
    let name = prop_oneof![Just("name"), Just("Na.me_x"), Just("n-2")];
    let extras = prop_oneof![3 => Just(""), 1 => Just("[x]"), 1 => Just(" [x , Y-z]"), 1 => Just("[]")];
    let markers = prop_oneof![
        2 => Just(""),
        1 => Just(" ; python_version >= '3.9'"),
        1 => Just(";os_name=='nt'  and (extra == \"a\" or python_version<\"4\")"),
    ];
    (space(), name, extras, space(), clauses, markers)
        .prop_map(|(lead, name, extras, gap, clauses, marker)| format!("{lead}{name}{extras}{gap}{clauses}{marker}"))
}

/// The text with every version behind an operator as one sign, and what stands behind `;` as it is.
fn without_versions(requirement: &str) -> String {
    let (clauses, marker) = requirement.split_once(';').unwrap_or((requirement, ""));
    let (mut text, mut in_version) = (String::new(), false);
    let mut behind_operator = false;
    for c in clauses.chars() {
        let is_part = c.is_ascii_alphanumeric() || ".*!+".contains(c);
        match (in_version, is_part) {
            (true, true) => continue,
            (false, true) if behind_operator => {
                text.push('V');
                in_version = true;
            }
            _ => {
                in_version = false;
                behind_operator = if "<>=~".contains(c) { true } else { behind_operator && c == ' ' };
                text.push(c);
            }
        }
    }
    format!("{text};{marker}")
}

/// The order is one: reversed arguments give the reversed answer, and equal ones are neutral in it.
fn check_order(scheme: &dyn VersionScheme, texts: [&str; 3]) -> Result<(), TestCaseError> {
    let [a, b, c] = texts.map(|text| version(scheme, text));
    prop_assert_eq!(scheme.compare(&a, &b), scheme.compare(&b, &a).reverse());
    if scheme.compare(&a, &b).is_le() && scheme.compare(&b, &c).is_le() {
        prop_assert!(scheme.compare(&a, &c).is_le(), "{} {} {}", a, b, c);
    }
    Ok(())
}

/// Canonical text reads as itself, and shared numbers survive the way there and back.
fn check_round_trip(scheme: &dyn VersionScheme, text: &str) -> Result<(), TestCaseError> {
    let version = version(scheme, text);
    prop_assert_eq!(&scheme.parse(version.as_str()).expect("canonical"), &version);
    if let Some(neutral) = scheme.neutral(&version) {
        let spelled = scheme.spell(&neutral).expect("a label of this scheme");
        prop_assert!(scheme.compare(&spelled, &version).is_eq(), "{} {}", spelled, version);
        prop_assert_eq!(scheme.neutral(&spelled), Some(neutral));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn pep440_bumps_go_up(text in pep440_text(), (bump, pre) in request(shared_label())) {
        check_bump(&Pep440, &text, bump, pre)?;
    }

    #[test]
    fn semver_bumps_go_up(text in semver_text(), (bump, pre) in request(any_label())) {
        check_bump(&SemVer, &text, bump, pre)?;
    }

    #[test]
    fn versions_survive_a_round_trip(python in pep440_text(), other in semver_text()) {
        check_round_trip(&Pep440, &python)?;
        check_round_trip(&SemVer, &other)?;
    }

    #[test]
    fn shared_numbers_are_spelled_in_both_schemes(shared in neutral(shared_label()), other in neutral(any_label())) {
        let python = Pep440.spell(&shared).expect("a label of PEP 440");
        prop_assert_eq!(Pep440.neutral(&python), Some(shared.clone()));
        for neutral in [shared, other] {
            let spelled = SemVer.spell(&neutral).expect("an identifier");
            prop_assert_eq!(SemVer.neutral(&spelled), Some(neutral));
        }
    }

    #[test]
    fn pep440_orders_as_the_shared_numbers_do(a in few_neutral(), b in few_neutral()) {
        let spelled = [&a, &b].map(|neutral| Pep440.spell(neutral).expect("a label of PEP 440"));
        prop_assert_eq!(Pep440.compare(&spelled[0], &spelled[1]), a.cmp(&b));
    }

    #[test]
    fn versions_have_one_order(a in pep440_text(), b in pep440_text(), c in pep440_text()) {
        check_order(&Pep440, [&a, &b, &c])?;
    }

    #[test]
    fn semver_versions_have_one_order(a in semver_text(), b in semver_text(), c in semver_text()) {
        check_order(&SemVer, [&a, &b, &c])?;
    }

    #[test]
    fn pep440_rewrites_admit(requirement in pep440_requirement(), text in pep440_text()) {
        let version = version(&Pep440, &text);
        check_rewrite(&Pep508, &requirement, &version)?;
        check_rewrite(&Pep508, &format!("name[x] ({requirement}) ; os_name == 'nt'"), &version)?;
    }

    #[test]
    fn a_rewrite_changes_the_characters_of_versions_alone(
        requirement in written_requirement(),
        text in "[0-4](\\.[0-4]){1,2}(rc1|\\.post1)?",
    ) {
        let version = version(&Pep440, &text);
        if let Ok(rewritten) = Pep508.rewrite(&requirement, &version) {
            prop_assert_eq!(without_versions(&rewritten), without_versions(&requirement), "{}", rewritten);
            prop_assert!(Pep508.satisfies(&rewritten, &version).expect("legal"), "{} for {}", rewritten, version);
        }
    }

    #[test]
    fn cargo_rewrites_admit(requirement in cargo_requirement(), text in semver_text()) {
        check_rewrite(&cargo::Requirements, &requirement, &version(&SemVer, &text))?;
    }

    #[test]
    fn pins_admit_and_touch_clauses_only(requirement in pep440_requirement(), text in pep440_text()) {
        let version = version(&Pep440, &text);
        for pin in [Pin::Exact, Pin::Compatible, Pin::Minimum] {
            let pinned = Pep508.pin(&format!("Na.me[x]{requirement} ; os_name=='nt'"), &version, pin).expect("legal");
            prop_assert!(Pep508.satisfies(&pinned, &version).expect("legal"), "{}", pinned);
            prop_assert!(pinned.starts_with("Na.me[x]") && pinned.ends_with(" ; os_name=='nt'"), "{}", pinned);
        }
    }

    #[test]
    fn cargo_pins_admit(requirement in cargo_requirement(), text in semver_text()) {
        let version = version(&SemVer, &text);
        for pin in [Pin::Exact, Pin::Compatible, Pin::Minimum] {
            let pinned = cargo::Requirements.pin(&requirement, &version, pin).expect("legal");
            prop_assert!(cargo::Requirements.satisfies(&pinned, &version).expect("legal"), "{}", pinned);
        }
    }

    #[test]
    fn normal_requirements_are_their_own_normal_form(clauses in pep440_requirement(), extra in "[A-Za-z][a-z_.-]{0,3}[a-z]") {
        let normal = requirement::parse(&format!("Na.me[{extra}]{clauses} ; python_version > '3.8'")).expect("legal");
        prop_assert_eq!(&requirement::parse(&normal.text).expect("legal"), &normal);
        let extra = requirement::parse_in_extra(&normal.text, &extra).expect("legal");
        prop_assert_eq!(&requirement::parse(&extra.text).expect("legal"), &extra);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,40}", dense in "[a-z0-9.\\-_\\[\\](),;@<>=!~*'\" \n]{0,40}") {
        for text in [&text, &dense, &format!("a ; {dense}"), &format!("a{dense}"), &format!("a ; os_name {dense}")] {
            let one = version(&Pep440, "1.0");
            let _ = (requirement::parse(text), requirement::parse_in_extra("a", text));
            let _ = (Pep508.rewrite(text, &one), Pep508.pin(text, &one, Pin::Exact), Pep440.parse(text));
            let _ = (cargo::Requirements.rewrite(text, &version(&SemVer, "1.0.0")), SemVer.parse(text));
            let _ = (FileName::parse(text, Some("a")), FileName::parse(&format!("{text}.whl"), None));
        }
    }

    #[test]
    fn no_marker_panics(
        left in "(python_version|python_full_version|os_name|extra|'[a-z0-9. ]{0,5}'|implementation_version)",
        operator in "(==|!=|<|<=|>|>=|~=|===| in | not in )",
        right in "('[0-9.*+ab]{0,6}'|'[a-z ]{0,5}'|os_name|extra|python_version)",
        glue in "(and|or)",
    ) {
        let marker = format!("{left}{operator}{right}");
        let text = format!("a ; ({marker}) {glue} python_version >= '3.8' {glue} {marker}");
        if let Ok(requirement) = requirement::parse(&text) {
            prop_assert_eq!(&requirement::parse(&requirement.text).expect("legal"), &requirement);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Metadata::parse("a", &bytes);
        for name in ["a-1.0-py3-none-any.whl", "a-1.0.tar.gz"] {
            prop_assert!(identity::read(name, Cursor::new(&bytes), Limits::for_size(400)).is_err());
        }
    }

    #[test]
    fn no_damage_panics(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4), cut in any::<prop::sample::Index>()) {
        let wheel = wheel("a", "1.0").bytes();
        let sdist = tarball("a-1.0", "a", "1.0").bytes();
        for (name, intact) in [("a-1.0-py3-none-any.whl", wheel), ("a-1.0.tar.gz", sdist)] {
            let mut bytes = intact.clone();
            for (at, byte) in &damage {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            let _ = identity::read(name, Cursor::new(&bytes), Limits::for_size(bytes.len() as u64));
            let cut = cut.index(intact.len());
            let part = identity::read(name, Cursor::new(&intact[..cut]), Limits::for_size(cut as u64));
            prop_assert!(part.is_err(), "{} of {} bytes of {}", cut, intact.len(), name);
        }
    }
}
