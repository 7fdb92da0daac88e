//! Lists come in pages, whose neighbours a header names.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use serde_json::Value;

use super::answer::Reply;
use super::call::Call;

/// How many entries a page has where a client does not say.
const USUAL: usize = 30;

impl Call<'_> {
    /// The page of a list that is asked for.
    pub(super) fn page(&self, all: Vec<Value>) -> Reply {
        let ask = |name: &str| self.query.get(name).and_then(|text| text.parse::<usize>().ok());
        let size = ask("per_page").unwrap_or(USUAL).clamp(1, self.state.page);
        let page = ask("page").unwrap_or(1).max(1);
        let last = all.len().div_ceil(size).max(1);
        let entries = all.into_iter().skip((page - 1) * size).take(size).collect();
        let links = self.links(page, last);
        let reply = Reply::ok(Value::Array(entries));
        if links.is_empty() { reply } else { reply.with("link", links) }
    }

    /// The neighbours of a page, and the ends.
    fn links(&self, page: usize, last: usize) -> String {
        let mut links = Vec::new();
        if page > 1 {
            links.extend([self.link(page - 1, "prev"), self.link(1, "first")]);
        }
        if page < last {
            links.extend([self.link(page + 1, "next"), self.link(last, "last")]);
        }
        links.join(", ")
    }

    fn link(&self, page: usize, relation: &str) -> String {
        let mut pairs: Vec<_> = self.query.iter().filter(|(name, _)| *name != "page").collect();
        pairs.sort();
        let pairs: String = pairs.iter().map(|(name, value)| format!("{}={}&", encode(name), encode(value))).collect();
        format!("<{}?{pairs}page={page}>; rel=\"{relation}\"", self.address)
    }
}

/// All but what RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as a part of a URL may have it.
pub(super) fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, RESERVED).to_string()
}

/// A path as a URL may have it, with its slashes.
pub(super) fn encode_path(path: &str) -> String {
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}
