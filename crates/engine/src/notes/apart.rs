//! A template of the user's, rendered in a process apart.
//!
//! It is text of the repository, and nothing in minijinja bounds what its values take: a few steps that double one would take
//! all memory of the machine. The system bounds the memory of a process, so the template is handed to one that has nothing
//! else to do, with the notes of every package that moves.
//!
//! Both ways go lines of JSON: the template and then notes, one version a line; back a `Result` a line, the text or why there
//! is none, after which nothing comes.

use std::io::{self, BufRead, Write};
use std::panic;
use std::thread;

use releasekit_core::Templates;
use serde::Serialize;

use super::collect::Notes;
use super::render::{refused, render as render_one};
use crate::error::Result;

/// How long a template may be, in bytes.
const LONGEST_TEMPLATE: usize = 32 << 10;

/// How deep the stack is on which a template is read. Each of its bytes may be a level, and a level takes up to some thousand
/// bytes; what is not used is not there.
const STACK: usize = 512 << 20;

/// One line of the reply.
type Rendered = std::result::Result<String, String>;

/// Has a process render the template for all notes, in their order.
pub(super) async fn render(notes: &[Notes], template: &str, templates: Option<&dyn Templates>) -> Result<Vec<String>> {
    if notes.is_empty() {
        return Ok(Vec::new());
    }
    if template.len() > LONGEST_TEMPLATE {
        return Err(refused(format!("it is longer than {LONGEST_TEMPLATE} bytes")));
    }
    let templates =
        templates.ok_or_else(|| refused("this program has no process of its own to render it in".to_owned()))?;
    let reply = templates.render(request(notes, template)).await.map_err(|stopped| refused(stopped.to_string()))?;
    texts(&reply, notes.len())
}

fn request(notes: &[Notes], template: &str) -> Vec<u8> {
    let mut lines = line(template);
    lines.extend(notes.iter().flat_map(line));
    lines
}

fn line(value: &(impl Serialize + ?Sized)) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).expect("texts and notes are JSON");
    line.push(b'\n');
    line
}

fn texts(reply: &[u8], count: usize) -> Result<Vec<String>> {
    let lines = reply.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let rendered =
        lines.map(|line| serde_json::from_slice::<Rendered>(line).unwrap_or_else(|error| Err(error.to_string())));
    let texts = rendered.map(|text| text.map_err(refused)).collect::<Result<Vec<_>>>()?;
    // One that is missing would give a package the notes of another.
    if texts.len() == count { Ok(texts) } else { Err(refused("the process that renders it fell silent".to_owned())) }
}

/// Does the work of the process apart: reads a request to its end and answers it. For a front end that has put the process
/// under its bounds; whatever the template takes, it takes here. Fails where the request cannot be read or the reply not
/// written.
pub fn serve(request: impl BufRead + Send, reply: impl Write + Send) -> io::Result<()> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("template".to_owned()).stack_size(STACK);
        let answering = thread.spawn_scoped(scope, || answer(request, reply))?;
        answering.join().unwrap_or_else(|panic| panic::resume_unwind(panic))
    })
}

fn answer(request: impl BufRead, mut reply: impl Write) -> io::Result<()> {
    let mut lines = request.lines();
    let template: String = serde_json::from_str(&lines.next().ok_or(io::ErrorKind::UnexpectedEof)??)?;
    for notes in lines {
        let rendered = render_one(&template, &serde_json::from_str(&notes?)?);
        reply.write_all(&line(&rendered))?;
        if rendered.is_err() {
            break;
        }
    }
    reply.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_that_lacks_a_text_is_none() {
        let reply = [line(&Rendered::Ok("a\n\"b\"".to_owned())), line(&Rendered::Ok(String::new()))].concat();
        assert_eq!(texts(&reply, 2).expect("it is whole"), ["a\n\"b\"", ""]);
        assert!(texts(&reply, 3).expect_err("one is missing").to_string().ends_with("fell silent"));
        assert!(texts(&reply[..reply.len() - 3], 2).is_err(), "the last one is cut");
        let failed = [reply, line(&Rendered::Err("it is wrong".to_owned()))].concat();
        assert!(texts(&failed, 3).expect_err("it says why").to_string().ends_with("it is wrong"));
    }

    #[test]
    fn what_is_no_request_is_not_answered() {
        for request in ["", "x\n", "\"{{ name }}\"\n{}\n"] {
            let mut reply = Vec::new();
            assert!(serve(request.as_bytes(), &mut reply).is_err(), "{request}");
            assert!(reply.is_empty(), "{request}");
        }
    }
}
