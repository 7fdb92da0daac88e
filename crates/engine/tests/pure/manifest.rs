//! What a manifest's reader takes: this schema, and nothing that it does not know.

use releasekit_core::Diagnostic;
use releasekit_engine::manifest::Manifest;
use serde_json::{Value, json};

fn legal() -> Value {
    let reasons = json!([{"kind": "first-release"}, {"kind": "dependency", "package": "py:core"}, {"kind": "group", "group": null}]);
    json!({"schema": 1, "base": "0".repeat(40), "branch": "main", "options": {}, "packages": [{
        "name": "a", "ecosystem": "python", "label": "py", "path": "a", "group": null, "current": "1.0.0",
        "next": "1.0.1", "bump": "patch", "status": "included", "level": 0, "order": 1, "tag": "a-v1.0.1",
        "reasons": reasons,
    }]})
}

fn read(manifest: &Value) -> releasekit_engine::Result<Manifest> {
    Manifest::from_json(&serde_json::to_vec(manifest).expect("it is JSON"), "manifest.json")
}

#[test]
fn what_is_written_is_read() {
    let manifest = read(&legal()).expect("it is legal");
    assert_eq!(Manifest::from_json(manifest.to_json().as_bytes(), "again").expect("it is its own"), manifest);
    let text = manifest.to_json();
    assert!(text.contains("\"package\": \"py:core\""), "{text}");
}

#[test]
fn what_is_not_known_is_refused() {
    let changes: [(&str, Value); 8] = [
        ("/schema", json!(2)),
        ("/later", json!(true)),
        ("/options/pre", json!("rc")),
        ("/packages/0/channel", json!("next")),
        ("/packages/0/status", json!("postponed")),
        ("/packages/0/reasons/0", json!({"kind": "moon"})),
        ("/packages/0/reasons/1/package", json!("core")),
        ("/packages/0/reasons/1/package", json!(":core")),
    ];
    for (place, value) in changes {
        let mut manifest = legal();
        let (parent, name) = place.rsplit_once('/').expect("a pointer");
        match manifest.pointer_mut(parent).expect("a place in the manifest") {
            Value::Array(items) => items[0] = value,
            object => object[name] = value,
        }
        let error = read(&manifest).expect_err(place);
        assert_eq!(error.code().as_str(), "RK-MANIFEST-UNREADABLE", "{place}");
    }
}
