//! What an upload authenticates with: the variables that uv itself knows.

use std::time::Duration;

use releasekit_core::model::Target;
use releasekit_core::secret::without_login;
use releasekit_core::{BackendContext, Environment, Redactor};
use releasekit_process::Command;

use crate::environment::uploading;

const TOKEN: &str = "UV_PUBLISH_TOKEN";
const USERNAME: &str = "UV_PUBLISH_USERNAME";
const PASSWORD: &str = "UV_PUBLISH_PASSWORD";

/// The variables with which uv uploads.
pub(crate) const NAMES: &[&str] = &[TOKEN, USERNAME, PASSWORD];

/// The name that uv sends with a token.
const TOKEN_USER: &str = "__token__";

const KEYRING_PROVIDER: &str = "UV_KEYRING_PROVIDER";

/// How long a keyring may take; one that asks somebody gets no answer.
const KEYRING_LIMIT: Duration = Duration::from_secs(10);

/// The variables of an upload: the token, or else name and password. Never both, and nothing that is empty, for uv
/// refuses either.
pub(crate) fn variables(environment: &Environment) -> Environment {
    let names: &[&str] = if environment.get(TOKEN).is_some() { &[TOKEN] } else { &[USERNAME, PASSWORD] };
    let set = names.iter().filter_map(|name| Some((*name, environment.text(name)?)));
    set.fold(Environment::new(), |found, (name, value)| found.with(name, value))
}

/// What may not be said of an upload: all that we know, the variables of the upload, and the logins in its URLs.
pub(crate) fn redactor(context: &BackendContext, target: &Target) -> Redactor {
    let mut redactor = context.redactor.clone().with_url(&target.publish_url).with_url(target.observe_url());
    let all = &context.environment;
    let (user, password) = (all.text(USERNAME).unwrap_or_default(), all.text(PASSWORD).unwrap_or_default());
    if !password.is_empty() {
        redactor.add_login(user, password);
    }
    if let Some(token) = all.text(TOKEN) {
        redactor.add_login(TOKEN_USER, token);
    }
    redactor
}

/// The same with the passwords that a keyring has for the index, where uv was told to ask it. Asked once an upload has
/// failed, for only then is anything quoted.
pub(crate) async fn with_keyring(mut redactor: Redactor, context: &BackendContext, target: &Target) -> Redactor {
    let all = &context.environment;
    if all.text(KEYRING_PROVIDER) != Some("subprocess") || variables(all).get(PASSWORD).is_some() {
        return redactor;
    }
    let url = without_login(&target.publish_url);
    let host = url.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
    let user = all.text(USERNAME).map(str::to_owned).or_else(|| user_of(&target.publish_url));
    for service in [url.as_str(), host, host.split(':').next().unwrap_or_default()] {
        let args = match &user {
            Some(user) => vec!["get", service, user],
            None => vec!["--mode", "creds", "get", service],
        };
        let command = Command::new("keyring").args(args).current_dir("/").env(uploading(all)).timeout(KEYRING_LIMIT);
        // A keyring that cannot be asked has told uv nothing either.
        let Ok(output) = command.run().await else { return redactor };
        let text = output.stdout_text();
        let mut lines = text.lines().rev().filter(|_| output.success());
        if let Some(password) = lines.next() {
            redactor.add_login(user.as_deref().or(lines.next()).unwrap_or_default(), password);
        }
    }
    redactor
}

fn user_of(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let (login, _) = rest.split('/').next()?.rsplit_once('@')?;
    Some(login.split(':').next().unwrap_or(login).to_owned())
}

#[cfg(test)]
mod tests {
    use super::{variables as variables_of, *};

    fn names(variables: &[(&str, &str)]) -> Vec<String> {
        let environment = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        variables_of(&environment).iter().map(|(name, _)| name.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_token_outranks_a_name_and_what_is_empty_does_not_count() {
        assert_eq!(names(&[(TOKEN, "t"), (USERNAME, "u"), (PASSWORD, "p")]), [TOKEN]);
        assert_eq!(names(&[(TOKEN, ""), (USERNAME, "u"), (PASSWORD, "p")]), [PASSWORD, USERNAME]);
        assert_eq!(names(&[(TOKEN, ""), (USERNAME, "")]), [""; 0]);
    }
}
