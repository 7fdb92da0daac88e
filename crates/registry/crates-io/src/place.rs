//! Where the file of a version is, by the template that an index gives.

use releasekit_formats::cargo::name::folder;

use crate::line::Line;

/// The URL of a version's file.
pub(crate) fn of(template: &str, line: &Line) -> String {
    let Line { name, vers, cksum, .. } = line;
    if !MARKERS.iter().any(|marker| template.contains(marker)) {
        return format!("{}/{name}/{vers}/download", template.trim_end_matches('/'));
    }
    template
        .replace("{crate}", name)
        .replace("{version}", vers)
        .replace("{prefix}", &folder(name))
        .replace("{lowerprefix}", &folder(&name.to_ascii_lowercase()))
        .replace("{sha256-checksum}", cksum)
}

const MARKERS: [&str; 5] = ["{crate}", "{version}", "{prefix}", "{lowerprefix}", "{sha256-checksum}"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_in_or_followed_by_the_usual_path() {
        let line = Line { name: "Demo".to_owned(), vers: "1.0.0".to_owned(), cksum: "c0".to_owned(), yanked: false };
        for (template, expected) in [
            ("https://dl.test/api/v1/crates", "https://dl.test/api/v1/crates/Demo/1.0.0/download"),
            ("https://dl.test/", "https://dl.test/Demo/1.0.0/download"),
            ("https://dl.test/{crate}/{crate}-{version}.crate", "https://dl.test/Demo/Demo-1.0.0.crate"),
            ("https://dl.test/{prefix}/{lowerprefix}", "https://dl.test/De/mo/de/mo"),
            ("https://dl.test/{sha256-checksum}", "https://dl.test/c0"),
        ] {
            assert_eq!(of(template, &line), expected);
        }
    }
}
