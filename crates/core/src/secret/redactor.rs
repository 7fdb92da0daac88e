//! Takes what is known to be secret, and what looks like it, out of text that a tool or a server wrote.

use std::fmt;
use std::sync::{Arc, OnceLock};

use aho_corasick::AhoCorasick;
use percent_encoding::percent_decode_str;

use super::Secret;
use super::forms::{self, Form};
use super::rules::{self, STARS, authority};
use super::search::Search;
use crate::environment::{Environment, may_hold_secret};
use crate::netrc::Machine;

/// Shorter values of variables and queries that only call themselves a secret are words such as `true`.
pub(super) const LEAST: usize = 8;

/// A user name beside a password from this length on may itself be a token.
const LEAST_USER: usize = 16;

/// User names that forges and indexes give to every token.
const EVERYBODY: &[&str] =
    &["__token__", "gitlab-ci-token", "oauth2", "x-access-token", "x-oauth-basic", "x-token-auth"];

/// Variables whose values are secrets however short they are.
const CERTAIN: &[&str] = &["UV_PUBLISH_PASSWORD", "UV_PUBLISH_TOKEN"];

/// Everything that must not be said.
///
/// A secret is found as it is, in base64 of whatever it was encoded with, as a list of its bytes, and however URLs, strings
/// of programs, HTML and mail escape it, also inside each other; from eight bytes on also where it is broken over lines or
/// by marks that nobody sees. Every look takes time in proportion to the text. Not found are what was read in the wrong
/// character set, what is in capitals, base64 of base64, and dumps that break what they show by addresses.
///
/// What nobody told us, such as a login of a keyring, is found by what stands before it: `Basic …`, `Bearer …`,
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
        let mut found = Search { forms: &self.forms, searcher }.all(bytes);
        found.sort_by_key(|range| range.start);
        let mut out = Vec::with_capacity(bytes.len());
        let mut done = None;
        for range in found {
            match done {
                // One beside or inside another needs no stars of its own.
                Some(end) if range.start <= end => {}
                _ => {
                    out.extend_from_slice(&bytes[done.unwrap_or(0)..range.start]);
                    out.extend_from_slice(STARS.as_bytes());
                }
            }
            done = done.max(Some(range.end));
        }
        out.extend_from_slice(&bytes[done.unwrap_or(0)..]);
        out
    }

    /// The length of the longest text that may be found, in bytes: so much of a beginning that was cut may be the rest of
    /// a secret.
    pub fn longest(&self) -> usize {
        self.forms.iter().map(Form::longest).max().unwrap_or(0)
    }

    fn extend(&mut self, forms: Vec<Form>) {
        self.searcher = OnceLock::new();
        self.forms.extend(forms);
    }

    fn searcher(&self) -> Option<&AhoCorasick> {
        let build = || {
            let texts = self.forms.iter().map(|form| form.text.expose());
            // More than fits into a machine is more than any environment holds.
            let built = AhoCorasick::new(texts);
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
    fn a_secret_is_found_however_it_is_escaped() {
        // The same as other encoders write it; a round through one of them brings back the password.
        const PASSWORD: &str = "pä/ss-w0rd_&'<x>\"Z9k Q~7";
        let said = [
            "p%C3%A4%2Fss-w0rd_%26'%3Cx%3E%22Z9k%20Q~7",
            "p%c3%a4/ss-w0rd_%26%27%3cx%3e%22Z9k+Q~7",
            "p%E4/ss-w0rd_&'<x>%22Z9k%20Q%7E7",
            "p%25C3%25A4%252Fss-w0rd_%2526%2527%253Cx%253E%2522Z9k%2520Q~7",
            r#"p\u00e4/ss-w0rd_&'<x>\"Z9k Q~7"#,
            r#"pä/ss-w0rd_\u0026'\u003cx\u003E\"Z9k Q~7"#,
            r#"p\u00e4\/ss-w0rd_&\u0027<x>\"Z9k Q~7"#,
            r#"p\\u00e4/ss-w0rd_&'<x>\\\"Z9k Q~7"#,
            "pä/ss-w0rd_&amp;&#x27;&lt;x&gt;&#34;Z9k&nbsp;Q~7",
            "p&#228;&#47;ss&#45;w0rd&#95;&#38;&#39;&#60;x&#62;&#34;Z9k&#32;Q&#126;7",
            "p&amp;#xE4;&amp;#x2F;ss-w0rd_&amp;amp;&amp;apos;&amp;lt;x&amp;gt;&amp;quot;Z9k Q~7",
            r#"pä/ss-w0rd_&\'<x>"Z9k Q~7"#,
            r#"p\xc3\xa4/ss-w0rd_&\'<x>"Z9k Q~7"#,
            r#"p\xe4/ss-w0rd_&'<x>"Z9k Q~7"#,
            r#"p\303\244/ss-w0rd_&'<x>\"Z9k Q~7"#,
            r#"p\u{e4}/ss-w0rd_&'<x>\"Z9k Q~7"#,
            "p=C3=A4/ss-w0rd_&'<x>\"Z9k Q~7",
            "p=C3=A4/ss-w0=\r\nrd_&'<x>\"Z9k=20Q~7",
            "pä/ss-w0\r\n    rd_&'<x>\"Z9k Q~7",
            "pä/ss-\u{ad}w0rd\u{200b}_&'<x>\"Z9\u{feff}k Q~7",
            "pä/ss-&shy;w0rd_&amp;'<wbr>&lt;x>\"Z9k Q~7",
            "pä/ss-\x1b[1mw0rd_&'<x>\x1b[0m\"Z9k Q~7",
        ];
        let redactor = Redactor::new().with(&Secret::new(PASSWORD));
        for text in said {
            assert_eq!(redactor.known(&format!("a=B {text} & 100%\nb")), "a=B *** & 100%\nb", "{text}");
        }
        let numbers = |write: fn(u8) -> String| PASSWORD.bytes().map(write).collect::<Vec<_>>();
        let (hex, capital) = (numbers(|byte| format!("{byte:02x}")), numbers(|byte| format!("{byte:02X}")));
        for list in [hex.join(":"), capital.join(" "), capital.join("-"), numbers(|byte| byte.to_string()).join(", ")] {
            assert_eq!(redactor.known(&format!("[{list}]")), "[***]", "{list}");
        }
        let mail = STANDARD.encode(format!("rk:{PASSWORD}"));
        let (first, second) = mail.split_at(16);
        let kept = redactor.known(&format!("x\n{first}\n{second}\nnext line"));
        assert!(!kept.contains(&second[..6]) && kept.starts_with("x\n") && kept.ends_with("\nnext line"), "{kept}");
    }

    #[test]
    fn a_secret_that_holds_escapes_is_found_beside_others() {
        for secret in ["50%2541 of &amp; it", r"C:\new\u0041=41", "two\nlines & more", "p=41&more", "p%40w"] {
            let redactor = Redactor::new().with(&Secret::new(secret));
            let json = secret.replace('\\', r"\\").replace('\n', r"\n");
            let said = [
                secret.to_owned(),
                secret.replace('&', r"\u0026"),
                json.replace('&', r"\u0026"),
                json.replace('\\', r"\\"),
                secret.replace('%', "%25"),
                secret.replace('&', "&amp;"),
                secret.replace('=', "=3D"),
            ];
            for text in said {
                assert_eq!(redactor.known(&format!("<{text}>")), "<***>", "{text}");
            }
        }
    }

    #[test]
    fn innocent_text_stays_byte_by_byte() {
        let redactor = Redactor::new().with(&Secret::new("pw")).with(&Secret::new("hunter2-secret"));
        let texts = ["top\nwork", "100%25 %zz \\u00e4 =C3=A4 &amp; hunter2\n  -other", "a\u{ad}b\x1b[1mc\0d"];
        for text in texts {
            assert_eq!(redactor.known(text), text);
        }
        let bytes = b"\xff\xc3%ff\\xff=FF\xe2\x80";
        assert_eq!(redactor.known_bytes(bytes), bytes);
        assert_eq!(redactor.known_bytes(b"\xffhunter2%2dsecret\xff"), b"\xff***\xff");
    }

    #[test]
    fn a_long_text_takes_no_longer_than_its_length() {
        let redactor = Redactor::new().with(&Secret::new("hunter2-secret")).with(&Secret::new("aaaaaaaa"));
        let text = ["%25", "a", "\n", "aHVudGVyMi1zZWNyZXQ", "=41", "&#97;"].map(|part| part.repeat(1 << 16)).concat();
        let started = std::time::Instant::now();
        assert!(redactor.known(&text).len() < text.len());
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
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
        let redactor = Redactor::new().with(&Secret::new("xpw")).with(&Secret::new("pw-longer-one"));
        assert_eq!(redactor.redact("a xpw-longer-one b"), "a *** b");
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
