//! Pages of the simple index as text: JSON (PEP 691, PEP 700) and HTML (PEP 503). Values in, text out.

use std::collections::BTreeSet;
use std::time::SystemTime;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::index::Stored;
use crate::listing::Listing;

/// The version of the API that the JSON pages speak.
const API_VERSION: &str = "1.1";

/// The JSON page of a project.
pub(super) fn project_json(project: &str, files: &[Stored]) -> Value {
    let versions: BTreeSet<&str> = files.iter().map(|file| file.meta.version.as_str()).collect();
    let files: Vec<Value> = listings(files).iter().map(|file| file_json(project, file)).collect();
    json!({ "meta": { "api-version": API_VERSION }, "name": project, "versions": versions, "files": files })
}

/// Every listing of the files, those that a fault adds too.
fn listings(files: &[Stored]) -> Vec<Stored> {
    let again = |file: &Stored| Some(Stored { listing: Listing::of(file.listing.again.as_ref()?), ..file.clone() });
    files.iter().flat_map(|file| [Some(file.clone()), again(file)]).flatten().collect()
}

fn file_json(project: &str, file: &Stored) -> Value {
    let mut value = json!({
        "filename": file.file_name,
        "url": link(project, file),
        "hashes": { "sha256": file.listing.digest },
        "size": file.bytes.len(),
        "upload-time": time(file.arrived),
        "yanked": file.listing.yanked,
    });
    if let Some(requires) = &file.meta.requires_python {
        value["requires-python"] = json!(requires);
    }
    value
}

/// The JSON list of all projects.
pub(super) fn projects_json(projects: &[String]) -> Value {
    let projects: Vec<Value> = projects.iter().map(|name| json!({ "name": name })).collect();
    json!({ "meta": { "api-version": API_VERSION }, "projects": projects })
}

/// The HTML page of a project.
pub(super) fn project_html(project: &str, files: &[Stored], digests: bool) -> String {
    let files = listings(files);
    let links = files.iter().map(|file| {
        let fragment = if digests { format!("#sha256={}", file.listing.digest) } else { String::new() };
        let requires = file.meta.requires_python.as_deref();
        let requires = requires.map(|text| format!(" data-requires-python=\"{}\"", escape(text))).unwrap_or_default();
        let yanked = if file.listing.yanked { " data-yanked=\"\"" } else { "" };
        let href = escape(&link(project, file));
        format!("    <a href=\"{href}{fragment}\"{requires}{yanked}>{}</a><br>\n", escape(&file.file_name))
    });
    html(&format!("Links for {project}"), &links.collect::<String>())
}

/// The HTML list of all projects.
pub(super) fn projects_html(projects: &[String]) -> String {
    let links = projects.iter().map(|name| format!("    <a href=\"{name}/\">{name}</a><br>\n"));
    html("Simple index", &links.collect::<String>())
}

fn html(title: &str, links: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html>\n  <head>\n    <meta name=\"pypi:repository-version\" content=\"1.0\">\n    \
         <title>{title}</title>\n  </head>\n  <body>\n    <h1>{title}</h1>\n{links}  </body>\n</html>\n"
    )
}

/// Where a file is, seen from its project's page.
fn link(project: &str, file: &Stored) -> String {
    format!("../../files/{project}/{}", file.file_name)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A time as PEP 700 writes it.
pub(super) fn time(time: SystemTime) -> String {
    let time = Timestamp::try_from(time).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}
