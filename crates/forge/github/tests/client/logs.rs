//! What is logged, at every level, while a token goes its way.

use std::fmt::{self, Write};
use std::sync::{Arc, Mutex};

use releasekit_core::Forge;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Metadata, Subscriber};

use crate::script::{CANARY, Script, answer, ok, open, repository, wanted};

/// Everything that is logged.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<String>>);

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        writeln!(self.0, "{field}={value:?}").expect("a string takes every character");
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut Line(&mut self.0.lock().expect("no test panics here")));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Line(&mut self.0.lock().expect("no test panics here")));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Line(&mut self.0.lock().expect("no test panics here")));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn a_token_is_in_no_log() {
    // As long as there is one subscriber alone, a place in the code that another thread comes to first stays silent: only the
    // subscriber of that thread is asked, and it has none. Of two, each is asked.
    let _second = Dispatch::new(Log::default());
    let log = Log::default();
    let _logged = tracing::subscriber::set_default(log.clone());
    let said = json!({"message": format!("no right for {CANARY}")});
    let server = Script::new()
        .with("GET /repos/o/n", &[answer(502, "", &said), ok(&repository())])
        .with("GET /repos/o/n/pulls", &[ok(&json!([]))])
        .with("POST /repos/o/n/pulls", &[answer(403, "", &said)])
        .start();
    let written = open(&server).upsert_change_request(&wanted()).await;
    assert!(server.asked().iter().all(|request| request.contains(CANARY)), "it went its way");
    let logged = log.0.lock().expect("no test panics here").clone();
    assert!(logged.contains("/repos/o/n/pulls"), "{logged}");
    assert!(!logged.contains(CANARY) && !format!("{written:?}").contains(CANARY), "{logged}\n{written:?}");
}
