//! Names of packages and ecosystems, checked against what was discovered.

use releasekit_config::{Configuration, Error, check_ecosystems, check_names, check_propagation, parse};
use releasekit_core::Diagnostic;
use releasekit_core::model::{EcosystemLabel, PackageId, PackageName};

const ECOSYSTEMS: &[(&str, &str)] = &[("python", "py"), ("rust", "rust")];

fn read(text: &str) -> Configuration {
    parse("releasekit.toml", text).expect("legal until names are known")
}

fn known() -> Vec<PackageId> {
    [("py", "genkit-core"), ("py", "genkit"), ("rust", "genkit")]
        .map(|(label, name)| PackageId::new(EcosystemLabel::new(label), PackageName::new(name)))
        .to_vec()
}

/// Python's names in small letters with `-`, the others as they are.
fn normalize(label: &EcosystemLabel, name: &str) -> String {
    if label.as_str() == "py" { name.to_lowercase().replace('_', "-") } else { name.to_owned() }
}

fn said(errors: &[Error]) -> Vec<String> {
    let line = |error: &Error| {
        let label = error.labels().remove(0);
        let text = label.text.expect("has the text");
        let marked = &text[label.span.expect("has a span")];
        format!("{} {error} @ {marked} ? {}", error.code(), error.help().expect("has help"))
    };
    errors.iter().map(line).collect()
}

fn names(text: &str) -> Vec<String> {
    said(&check_names(&read(text), &known(), &normalize))
}

#[test]
fn names_are_found_bare_with_a_label_and_in_other_spellings() {
    let none: &[String] = &[];
    for name in ["genkit-core", "py:genkit-core", "Genkit_Core", "py:GENKIT_core", "rust:genkit"] {
        assert_eq!(names(&format!("[packages.\"{name}\"]\nrelease = \"tag\"")), none, "{name}");
        assert_eq!(names(&format!("[packages.\"py:genkit\"]\ndepends_on = [\"{name}\"]")), none, "{name}");
    }
}

#[test]
fn unknown_packages_are_errors_with_the_nearest_name() {
    let file = "[packages.genkit-cor]\ndepends_on = [\"py:genkt\", \"rust:Genkit\", \"js:elsewhere\"]\n";
    assert_eq!(
        names(file),
        [
            "RK-CONFIG-UNKNOWN-PACKAGE no package is named `genkit-cor` @ genkit-cor ? did you mean `genkit-core`?",
            "RK-CONFIG-UNKNOWN-PACKAGE no package is named `py:genkt` @ \"py:genkt\" ? did you mean `py:genkit`?",
            "RK-CONFIG-UNKNOWN-PACKAGE no package is named `rust:Genkit` @ \"rust:Genkit\" ? did you mean `rust:genkit`?",
            "RK-CONFIG-UNKNOWN-PACKAGE no package is named `js:elsewhere` @ \"js:elsewhere\" ? `releasekit discover` lists the packages there are",
        ]
    );
}

#[test]
fn a_bare_name_of_two_packages_is_ambiguous() {
    assert_eq!(
        names("[packages.genkit]\nrelease = \"none\""),
        [
            "RK-PACKAGE-AMBIGUOUS `genkit` names 2 packages: `py:genkit`, `rust:genkit` @ genkit ? write one of `py:genkit`, `rust:genkit`"
        ]
    );
}

#[test]
fn one_package_has_one_table() {
    assert_eq!(
        names("[packages.genkit-core]\n[packages.\"py:Genkit_core\"]\n"),
        ["RK-CONFIG-DUPLICATE a table for `py:genkit-core` stands twice @ \"py:Genkit_core\" ? keep one of them"]
    );
    let named =
        "umbrella_tag = \"v{version}\"\numbrella_version = \"genkit-core\"\n[forge]\nlatest = \"genkit-core\"\n";
    assert_eq!(names(&format!("{named}[packages.genkit-core]\nrelease = \"tag\"\n")), [""; 0], "no key is a table");
}

#[test]
fn ecosystems_are_known_by_id_label_or_detection() {
    let detected = [EcosystemLabel::new("backend")];
    let legal =
        "[ecosystems.py]\n[ecosystems.python]\n[ecosystems.backend]\n[ecosystems.other]\necosystem = \"python\"\n";
    assert_eq!(said(&check_ecosystems(&read(legal), ECOSYSTEMS, &detected)), [""; 0]);
    let wrong = "[ecosystems.py]\necosystem = \"pyhton\"\n[ecosystems.x]\necosystem = \"py\"\n[ecosystems.frontend]\n";
    assert_eq!(
        said(&check_ecosystems(&read(wrong), ECOSYSTEMS, &detected)),
        [
            "RK-CONFIG-UNKNOWN-ECOSYSTEM `pyhton` is no ecosystem @ \"pyhton\" ? did you mean `python`? There are `python`, `rust`",
            "RK-CONFIG-UNKNOWN-ECOSYSTEM `py` is no ecosystem @ \"py\" ? did you mean `python`? There are `python`, `rust`",
            "RK-CONFIG-UNKNOWN-ECOSYSTEM `frontend` is no ecosystem @ frontend ? no workspace was found for this label; say what it is with `ecosystem`, one of `python`, `rust`",
        ]
    );
}

#[test]
fn never_propagating_is_refused_where_an_ecosystem_pins_exactly_by_itself() {
    let configuration = read("propagate = \"never\"\n[ecosystems.py]\n");
    let error = check_propagation(&configuration, &[EcosystemLabel::new("py")]).expect("a contradiction");
    assert_eq!(error.code().as_str(), "RK-CONFIG-CONTRADICTION");
    assert!(error.to_string().ends_with("pinned exactly in `py`"), "{error}");
    assert_eq!(said(&[error])[0].split(" @ ").nth(1).and_then(|rest| rest.split(" ? ").next()), Some("propagate"));
    assert!(check_propagation(&configuration, &[]).is_none());
    assert!(check_propagation(&read("propagate = \"out-of-range\"\n"), &[EcosystemLabel::new("py")]).is_none());
}

#[test]
fn without_a_file_nothing_is_wrong() {
    let configuration = Configuration::default_for_no_file();
    assert!(check_names(&configuration, &known(), &normalize).is_empty());
    assert!(check_ecosystems(&configuration, ECOSYSTEMS, &[EcosystemLabel::new("py")]).is_empty());
}

#[test]
fn errors_of_several_checks_are_one_in_the_order_of_the_file() {
    let configuration = read("[ecosystems.frontend]\n[packages.nobody]\n");
    let mut errors = check_names(&configuration, &known(), &normalize);
    errors.extend(check_ecosystems(&configuration, ECOSYSTEMS, &[]));
    let together = Error::together(errors).expect("two errors");
    let codes: Vec<&str> = together.parts().iter().map(|part| part.code().as_str()).collect();
    assert_eq!(codes, ["RK-CONFIG-UNKNOWN-ECOSYSTEM", "RK-CONFIG-UNKNOWN-PACKAGE"]);
    assert!(Error::together([]).is_none());
}
