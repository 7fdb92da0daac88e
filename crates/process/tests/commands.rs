//! The configuration's commands: what they see, and what becomes of a failing one.

use std::sync::Arc;
use std::time::Duration;

use releasekit_core::command::{CommandRequest, QuestionRequest};
use releasekit_core::event::Silent;
use releasekit_core::{BackendContext, Commands, Diagnostic, Environment, ErrorKind};
use releasekit_process::commands::UserCommands;

fn surroundings() -> BackendContext {
    let variables = [("PATH", "/usr/bin:/bin"), ("UV_PUBLISH_TOKEN", "hunter2"), ("GITHUB_TOKEN", "hunter3")];
    let environment = variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
    BackendContext::new(environment, "/nowhere".into(), Arc::new(Silent))
}

fn request(folder: &tempfile::TempDir, script: &str) -> CommandRequest {
    CommandRequest {
        workplace: None,
        args: ["sh", "-c", script].map(str::to_owned).to_vec(),
        folder: folder.path().to_owned(),
        environment: Environment::new().with("SOURCE_DATE_EPOCH", "7"),
        timeout: Duration::from_secs(20),
    }
}

#[tokio::test]
async fn a_command_sees_its_request_and_no_credential() {
    let folder = tempfile::tempdir().unwrap();
    let commands = UserCommands::new(surroundings());
    commands.run(&request(&folder, "env > seen; umask >> seen")).await.unwrap();
    let seen = std::fs::read_to_string(folder.path().join("seen")).unwrap();
    assert!(seen.contains("SOURCE_DATE_EPOCH=7") && seen.ends_with("0022\n"), "{seen}");
    assert!(!seen.contains("hunter"), "{seen}");
}

#[tokio::test]
async fn a_failing_command_is_an_error_with_its_output() {
    let folder = tempfile::tempdir().unwrap();
    let error = UserCommands::new(surroundings()).run(&request(&folder, "echo why >&2; exit 3")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ToolFailed);
    assert_eq!(error.output().as_deref().map(str::trim), Some("why"));
}

#[tokio::test]
async fn a_program_of_the_users_is_asked_with_the_users_environment_and_no_credential() {
    let mut context = surroundings();
    context.environment.set("LOGIN_OF_A_CLOUD", "mine");
    let script = "read -r line; pwd; echo \"$line\"; env";
    let request = QuestionRequest {
        args: ["sh", "-c", script].map(str::to_owned).to_vec(),
        input: b"asked\n".to_vec(),
        environment: Environment::new().with("MORE", "7"),
        timeout: Duration::from_secs(20),
    };
    let answer = UserCommands::new(context).ask(&request).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("/\nasked\n") && answer.contains("LOGIN_OF_A_CLOUD=mine"), "{answer}");
    assert!(answer.contains("MORE=7") && !answer.contains("hunter"), "{answer}");
}
