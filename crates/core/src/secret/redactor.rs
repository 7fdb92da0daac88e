//! Takes what is known to be secret, and what looks like it, out of text that a tool or a server wrote.

use std::fmt;
use std::sync::{Arc, OnceLock};

use aho_corasick::{AhoCorasick, MatchKind};
use percent_encoding::percent_decode_str;

use super::Secret;
use super::forms::{self, Form};
use super::rules::{self, STARS, authority};
use crate::environment::{Environment, may_hold_secret};
use crate::netrc::Machine;

/// Shorter values of variables and queries that only call themselves a secret are words such as `true`.
const LEAST: usize = 8;

/// A user name beside a password from this length on may itself be a token.
const LEAST_USER: usize = 16;

/// User names that forges and indexes give to every token.
const EVERYBODY: &[&str] =
    &["__token__", "gitlab-ci-token", "oauth2", "x-access-token", "x-oauth-basic", "x-token-auth"];

/// Variables whose values are secrets however short they are.
const CERTAIN: &[&str] = &["UV_PUBLISH_PASSWORD", "UV_PUBLISH_TOKEN"];

/// Everything that must not be said.
///
/// A secret is found as it is, in base64 of whatever it was encoded with, in hexadecimal digits, and as URLs, JSON and HTML
/// write it. What nobody told us, such as a login of a keyring, is found by what stands before it: `Basic …`, `Bearer …`,
/// `Authorization: …` and their like never pass.
#[derive(Clone, Default)]
pub struct Redactor {
    forms: Vec<Form>,
    searcher: OnceLock<Option<Arc<AhoCorasick>>>,
}

impl Redactor {
    /// Knows no secret, only what looks like one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Knows the variables that call themselves a secret, and the logins of URLs in any variable.
    pub fn of(environment: &Environment) -> Self {
        let mut redactor = Self::new();
        for (name, value) in environment.iter() {
            let (Some(name), value) = (name.to_str(), value.to_string_lossy()) else { continue };
            redactor.add_url(&value);
            let certain = CERTAIN.contains(&name);
            // A path is where a secret lies, not what it is.
            if certain || (may_hold_secret(name) && value.len() >= LEAST && !value.starts_with('/')) {
                redactor.add(&value);
            }
        }
        let user = environment.text("UV_PUBLISH_USERNAME").unwrap_or_default();
        let logins = [(user, "UV_PUBLISH_PASSWORD"), ("__token__", "UV_PUBLISH_TOKEN")];
        for (user, password) in logins.into_iter().filter_map(|(user, name)| Some((user, environment.text(name)?))) {
            redactor.add_login(user, password);
        }
        redactor
    }

    /// Adds the logins of a `.netrc`.
    pub fn add_machines(&mut self, machines: &[Machine]) {
        for machine in machines {
            self.add_login(&machine.user, machine.password.expose());
        }
    }

    /// Adds a secret.
    pub fn add(&mut self, secret: &str) {
        if !secret.is_empty() {
            self.extend(forms::of(secret));
        }
    }

    /// Adds a user and a password. A user without one is a token by itself, and so may be a long one.
    pub fn add_login(&mut self, user: &str, password: &str) {
        self.add(password);
        if password.is_empty() || (user.len() >= LEAST_USER && !EVERYBODY.contains(&user)) {
            self.add(user);
        }
        if !(user.is_empty() && password.is_empty()) {
            self.extend(forms::of_login(user, password));
        }
    }

    /// Adds the logins and the long values of queries of every URL in a text.
    pub fn add_url(&mut self, text: &str) {
        for (_, after) in text.match_indices("://").map(|(at, found)| text.split_at(at + found.len())) {
            let place = authority(after);
            if let Some((login, _)) = place.rsplit_once('@') {
                let (user, password) = login.split_once(':').unwrap_or((login, ""));
                let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
                self.add_login(user, password);
                self.add_login(&decode(user), &decode(password));
            }
            let url = after.split(char::is_whitespace).next().unwrap_or_default();
            let query = url.split_once('?').map_or("", |(_, query)| query.split('#').next().unwrap_or_default());
            let values = query.split(['&', ';']).filter_map(|pair| pair.split_once('='));
            values.filter(|(_, value)| value.len() >= LEAST).for_each(|(_, value)| self.add(value));
        }
    }

    /// The same with one more secret.
    #[must_use]
    pub fn with(mut self, secret: &Secret) -> Self {
        self.add(secret.expose());
        self
    }

    /// The same with the logins of one more URL.
    #[must_use]
    pub fn with_url(mut self, url: &str) -> Self {
        self.add_url(url);
        self
    }

    /// Without secrets so short that they stand in any text: for text that quotes nobody.
    #[must_use]
    pub fn without_short(mut self) -> Self {
        self.searcher = OnceLock::new();
        self.forms.retain(|form| form.text.expose().len() >= LEAST);
        self
    }

    /// Quoted text with every secret, and everything that looks like one, replaced by `***`.
    pub fn redact(&self, text: &str) -> String {
        rules::apply(&self.known(text))
    }

    /// Text of ours with every known secret replaced by `***`; what only looks like one stays.
    pub fn known(&self, text: &str) -> String {
        String::from_utf8(self.known_bytes(text.as_bytes())).expect("secrets are whole characters, and so are stars")
    }

    /// The same for bytes that need not be text.
    pub fn known_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let Some(searcher) = self.searcher() else { return bytes.to_owned() };
        let mut out = Vec::with_capacity(bytes.len());
        let mut done = 0;
        for found in searcher.find_iter(bytes) {
            // What stood around the one before has gone with it.
            if found.end() <= done {
                continue;
            }
            let takes = |byte: &&u8| self.forms[found.pattern().as_usize()].around.takes(**byte);
            let start = found.start().max(done);
            let start = start - bytes[done..start].iter().rev().take_while(takes).count();
            out.extend_from_slice(&bytes[done..start]);
            if !(out.ends_with(STARS.as_bytes()) && start == done) {
                out.extend_from_slice(STARS.as_bytes());
            }
            done = found.end() + bytes[found.end()..].iter().take_while(takes).count();
        }
        out.extend_from_slice(&bytes[done..]);
        out
    }

    /// The length of the longest text that is looked for, in bytes: so much of a beginning that was cut may be the rest of
    /// a secret.
    pub fn longest(&self) -> usize {
        self.forms.iter().map(|form| form.text.expose().len()).max().unwrap_or(0)
    }

    fn extend(&mut self, forms: Vec<Form>) {
        self.searcher = OnceLock::new();
        self.forms.extend(forms);
    }

    fn searcher(&self) -> Option<&AhoCorasick> {
        let build = || {
            let texts = self.forms.iter().map(|form| form.text.expose());
            // More than fits into a machine is more than any environment holds.
            let built = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(texts);
            built.ok().filter(|_| !self.forms.is_empty()).map(Arc::new)
        };
        self.searcher.get_or_init(build).as_deref()
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").field("forms", &self.forms.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    fn environment(variables: &[(&str, &str)]) -> Environment {
        variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    /// A secret that every encoding writes in another way.
    const SECRET: &str = "p\"a<s>&s/w?ö~rd'99";

    #[test]
    fn a_secret_is_found_in_every_form_with_whoever_it_was_sent() {
        let redactor = Redactor::new().with(&Secret::new(SECRET));
        let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
        let mut said = vec![SECRET.to_owned(), "p\\\"a<s>&s/w?ö~rd'99".to_owned(), hex.clone(), hex.to_uppercase()];
        said.push("p&quot;a&lt;s&gt;&amp;s/w?ö~rd&#39;99".to_owned());
        said.push("p%22a%3Cs%3E%26s%2Fw%3F%C3%B6%7Erd%2799".to_owned());
        for user in ["", "a", "ab", "abc", "somebody"] {
            for tail in ["", "x", "xy"] {
                let login = format!("{user}:{SECRET}{tail}");
                said.extend([STANDARD.encode(&login), URL_SAFE.encode(&login)]);
                said.push(STANDARD.encode(&login).trim_end_matches('=').to_owned());
            }
        }
        for text in said {
            assert_eq!(redactor.known(&format!("you said {text}!")), "you said ***!", "{text}");
        }
        assert_eq!(redactor.known("nothing of it"), "nothing of it");
    }

    #[test]
    fn short_passwords_are_found_with_their_user() {
        let redactor = Redactor::of(&environment(&[("UV_PUBLISH_USERNAME", "rk"), ("UV_PUBLISH_PASSWORD", "pw")]));
        assert_eq!(redactor.known(&format!("x {} pw", STANDARD.encode("rk:pw"))), "x *** ***");
        assert_eq!(redactor.clone().without_short().known("rk pw"), "rk pw");
    }

    #[test]
    fn variables_and_urls_tell_what_is_secret() {
        let redactor = Redactor::of(&environment(&[
            ("UV_PUBLISH_TOKEN", "t0k"),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token"),
            ("UV_INDEX", "a=https://me:index%40pw@h/s b=https://lonely-token@h/s"),
            ("HTTPS_PROXY", "http://joe:proxypw@p:1"),
            ("CI_REPOSITORY_URL", "https://gitlab-ci-token:job-token@h/x?sig=0123456789"),
            ("TOKENIZERS_PARALLELISM", "true"),
            ("GITHUB_TOKEN_FILE", "/run/secrets/token"),
            ("GIT_AUTHOR_NAME", "somebody"),
        ]));
        for secret in
            ["t0k", "request-token", "index%40pw", "index@pw", "lonely-token", "proxypw", "job-token", "0123456789"]
        {
            assert_eq!(redactor.known(&format!("a {secret} b")), "a *** b", "{secret}");
        }
        let innocent = "true /run/secrets/token somebody gitlab-ci-token me joe";
        assert_eq!(redactor.known(innocent), innocent);
    }

    #[test]
    fn one_secret_inside_or_beside_another_leaves_no_rest() {
        let redactor = Redactor::new().with(&Secret::new("abc")).with(&Secret::new("abcdef")).with(&Secret::new(""));
        assert_eq!(redactor.redact("abcdef abc abcabcdef x"), "*** *** *** x");
    }

    #[test]
    fn a_secret_of_several_lines_is_found_line_by_line() {
        let redactor =
            Redactor::new().with(&Secret::new("-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n-----END KEY-----"));
        assert_eq!(redactor.known("remote: MIIEvQIBADANBgkqhkiG9w0"), "remote: ***");
    }

    #[test]
    fn nothing_of_it_prints() {
        assert!(!format!("{:?}", Redactor::new().with(&Secret::new("hunter2"))).contains("hunter2"));
    }
}
