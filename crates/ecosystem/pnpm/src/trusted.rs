//! The files that decide what npm does with a credential: settings with logins, and the programs.

use std::path::PathBuf;

use releasekit_core::Environment;
use releasekit_formats::npm::credential;

use crate::config::{TOOL, UPLOADER};

/// The program that npm runs on, beside the tools themselves.
const NODE: &str = "node";

/// Variables that name whose certificates are trusted.
const CERTIFICATES: &[&str] = &["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"];

/// All of them, whether they are there or not.
pub(crate) fn files(environment: &Environment) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = credential::files(environment).collect();
    paths.extend(CERTIFICATES.iter().filter_map(|name| environment.get(name)).map(PathBuf::from));
    paths.extend([TOOL, UPLOADER, NODE].iter().flat_map(|program| environment.on_path(program)));
    paths.retain(|path| path.is_absolute());
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_and_programs_are_named_whether_they_are_there_or_not() {
        let environment = Environment::new().with("HOME", "/h").with("PATH", "/a").with("SSL_CERT_FILE", "here.pem");
        let environment = environment.with("XDG_CONFIG_HOME", "/c");
        let expected = ["/c/pnpm/auth.ini", "/h/.npmrc", "/a/pnpm", "/a/npm", "/a/node"];
        assert_eq!(files(&environment), expected.map(PathBuf::from));
        let moved = files(&environment.with("NPM_CONFIG_USERCONFIG", "/u/npmrc"));
        assert!(
            moved.contains(&PathBuf::from("/u/npmrc")) && !moved.contains(&PathBuf::from("/h/.npmrc")),
            "{moved:?}"
        );
    }
}
