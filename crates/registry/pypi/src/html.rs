//! The HTML form of a page (PEP 503, PEP 592, PEP 629): every link is a file.

use html5gum::Tokenizer;
use html5gum::emitters::default::{DefaultEmitter, StartTag, Token};
use releasekit_core::model::LiveFile;
use releasekit_http::{file_name, resolve};

use crate::page::{check_version, digest};

/// Reads the files of a page that was found at `url`.
pub(crate) fn files(text: &str, url: &str) -> Result<Vec<LiveFile>, String> {
    let mut page = Page { base: url.to_owned(), based: false, tags: 0, files: Vec::new() };
    // Without it, text inside a script would be read as tags.
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    for Ok(token) in Tokenizer::new_with_emitter(text, emitter) {
        if let Token::StartTag(tag) = token {
            page.take(&tag)?;
        }
    }
    if page.tags == 0 { Err("it holds no HTML".to_owned()) } else { Ok(page.files) }
}

struct Page {
    base: String,
    based: bool,
    tags: usize,
    files: Vec<LiveFile>,
}

impl Page {
    fn take(&mut self, tag: &StartTag<()>) -> Result<(), String> {
        self.tags += 1;
        match tag.name.as_slice() {
            b"a" => self.link(tag),
            b"base" => self.base(tag),
            b"meta" if attribute(tag, "name").as_deref() == Some("pypi:repository-version") => {
                check_version(&attribute(tag, "content").unwrap_or_default())
            }
            // Whoever has to log in is redirected to a form, which lists no file of any project.
            b"input" if attribute(tag, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("password")) => {
                Err("it asks for a password".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Only the first `<base>` counts.
    fn base(&mut self, tag: &StartTag<()>) -> Result<(), String> {
        if let Some(href) = attribute(tag, "href").filter(|_| !self.based) {
            self.base = resolve(&self.base, href.trim()).map_err(|error| error.to_string())?;
            self.based = true;
        }
        Ok(())
    }

    /// A link to somewhere else than a file, such as `mailto:`, is passed over.
    fn link(&mut self, tag: &StartTag<()>) -> Result<(), String> {
        let Some(url) = attribute(tag, "href").and_then(|href| resolve(&self.base, href.trim()).ok()) else {
            return Ok(());
        };
        let (url, fragment) = url.split_once('#').unwrap_or((&url, ""));
        let Some(name) = file_name(url) else { return Ok(()) };
        let mut file = LiveFile::new(name, url);
        let pairs = fragment.split('&').filter_map(|pair| pair.split_once('='));
        file.digests = pairs.filter_map(|(algorithm, value)| digest(algorithm, value)).collect();
        file.yanked = attribute(tag, "data-yanked").is_some();
        self.files.push(file);
        Ok(())
    }
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    let value = tag.attributes.get(name.as_bytes())?;
    Some(String::from_utf8_lossy(&value.value).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://index.test/simple/demo-lib/";

    fn read(text: &str) -> Vec<(String, String, Vec<String>, bool)> {
        let files = files(text, URL).expect("this is a page");
        let digests = |file: &LiveFile| file.digests.iter().map(ToString::to_string).collect();
        files.iter().map(|file| (file.file_name.clone(), file.url.clone(), digests(file), file.yanked)).collect()
    }

    fn file(name: &str, url: &str, digests: &[&str], yanked: bool) -> (String, String, Vec<String>, bool) {
        (name.to_owned(), url.to_owned(), digests.iter().map(|&digest| digest.to_owned()).collect(), yanked)
    }

    #[test]
    fn a_page_of_pypiserver_is_read() {
        let wheel = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        let sdist = "sha256:486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7";
        let url = |name: &str| format!("https://index.test/packages/{name}");
        let names = ["demo_lib-1.0-py3-none-any.whl", "demo_lib-1.0.tar.gz"];
        let expected =
            [file(names[0], &url(names[0]), &[wheel], false), file(names[1], &url(names[1]), &[sdist], false)];
        assert_eq!(read(include_str!("../tests/pages/pypiserver.html")), expected);
    }

    #[test]
    fn a_page_is_read_as_browsers_read_it() {
        let sha512 = "sha512:9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca7\
                      2323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043";
        let local = "https://cdn.test/py/demo_lib-1.0%2Blocal-py3-none-any.whl?token=1&x=2";
        let expected = [
            file("demo_lib-1.0+local-py3-none-any.whl", local, &[], true),
            file("demo_lib-1.0.tar.gz", "https://cdn.test/py/demo_lib-1.0.tar.gz", &[sha512], false),
        ];
        assert_eq!(read(include_str!("../tests/pages/static.html")), expected);
    }

    #[test]
    fn what_is_no_page_is_refused() {
        let later = r#"<meta name="pypi:repository-version" content="2.0"><a href="demo-1.0.tar.gz">x</a>"#;
        let login = r#"<form><input name="user"><input type="Password" name="pass"></form>"#;
        for (text, reason) in [("", "no HTML"), ("not found", "no HTML"), (later, "version `2.0`"), (login, "password")]
        {
            let error = files(text, URL).expect_err("this is no page");
            assert!(error.contains(reason), "{text}: {error}");
        }
        assert_eq!(read("<html><body></body></html>"), []);
    }
}
