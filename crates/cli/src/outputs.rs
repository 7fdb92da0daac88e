//! Outputs of a step of a workflow, which the steps and jobs after it read.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use releasekit_core::Environment;

use crate::error::{Error, Result};

/// Names the file that outputs are appended to.
const VARIABLE: &str = "GITHUB_OUTPUT";

/// Where the outputs of this step go.
#[derive(Debug)]
pub(crate) struct Outputs {
    file: PathBuf,
}

impl Outputs {
    /// Looks for the step that this process is part of.
    pub(crate) fn find(environment: &Environment) -> Result<Self> {
        let file = environment.get(VARIABLE).map(PathBuf::from).filter(|file| file.is_file());
        file.map(|file| Self { file }).ok_or(Error::OutputsUnknown { variable: VARIABLE })
    }

    /// Adds outputs.
    pub(crate) fn add(&self, outputs: &[(&str, String)]) -> Result<()> {
        let fail = |source| Error::Stream { what: "writing outputs of the step", source };
        let mut file = OpenOptions::new().append(true).open(&self.file).map_err(fail)?;
        file.write_all(lines(outputs).as_bytes()).map_err(fail)
    }
}

/// One line for each. What could be taken for a line of its own is never part of a value.
fn lines(outputs: &[(&str, String)]) -> String {
    let plain = |value: &str| value.replace(['\r', '\n'], " ");
    outputs.iter().map(|(name, value)| format!("{name}={}\n", plain(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_becomes_an_output_of_its_own() {
        let outputs = [("next", "release".to_owned()), ("payload", "{}\nnext=prepare".to_owned())];
        assert_eq!(lines(&outputs), "next=release\npayload={} next=prepare\n");
    }

    #[test]
    fn outputs_are_appended_and_need_a_file_that_is_there() {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let file = folder.path().join("outputs");
        let environment = Environment::new().with(VARIABLE, &file);
        assert!(matches!(Outputs::find(&environment), Err(Error::OutputsUnknown { .. })));
        std::fs::write(&file, "a=1\n").expect("the folder is writable");
        Outputs::find(&environment).and_then(|it| it.add(&[("b", "2".to_owned())])).expect("the file is there");
        assert_eq!(std::fs::read_to_string(&file).expect("it is there"), "a=1\nb=2\n");
    }
}
