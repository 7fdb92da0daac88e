//! Lists come in pages.

use releasekit_rehearsal::github::Options;
use serde_json::{Value, json};

use crate::client::{Forge, header, value};

#[test]
fn a_page_names_its_neighbours_and_is_no_larger_than_the_forge_lets_it() {
    let forge = Forge::with(Options::default().with_page(2));
    for name in ["a", "b", "c", "d", "e"] {
        forge.post("/labels", &json!({ "name": name })).ok();
    }
    let mut url = format!("{}/repos/ada/tools/labels?per_page=100", forge.server.api_url());
    let mut pages = Vec::new();
    loop {
        let page = forge.raw("GET", &url, &[], b"").expect("the forge answers").ok();
        pages.push(value(&page).as_array().map(Vec::len).expect("a list"));
        let links = header(&page, "link").expect("there are several pages");
        let next = links.split(", ").find_map(|link| link.strip_suffix(">; rel=\"next\"")?.strip_prefix('<'));
        match next {
            Some(next) => url = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(pages, [2, 2, 1]);
    assert_eq!(header(&forge.send("GET", "/releases", &Value::Null), "link"), None, "one page has no neighbours");
}
