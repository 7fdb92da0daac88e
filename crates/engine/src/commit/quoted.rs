//! Text that a message quotes: code in fences, and what the forges' and bots' markup folds away. It holds no footers.

/// Stands before and after the number of a hidden line. Nobody writes these characters; where somebody does, a line of the
/// quotation is shown in their place.
const MARKS: [char; 2] = ['\u{f0000}', '\u{f0001}'];

/// A message whose quoted lines are hidden.
#[derive(Debug)]
pub(super) struct Quoted {
    /// The message, each quoted line a word of its own that means nothing.
    pub(super) text: String,
    lines: Vec<String>,
}

impl Quoted {
    /// Hides the quoted lines. What is begun and never ended is no quotation.
    pub(super) fn hide(text: String) -> Self {
        // Most messages quote nothing, and a history has very many.
        if !text.contains("```") && !text.contains("~~~") && !text.contains('<') {
            return Self { text, lines: Vec::new() };
        }
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut hidden = Vec::new();
        let mut at = 0;
        while at < lines.len() {
            let end = end_of_quotation(&lines, at).unwrap_or(at);
            for line in &mut lines[at..end] {
                let word = format!("{}{}{}", MARKS[0], hidden.len(), MARKS[1]);
                hidden.push(std::mem::replace(line, word));
            }
            at = end.max(at + 1);
        }
        let text = if hidden.is_empty() { text } else { lines.join("\n") };
        Self { text, lines: hidden }
    }

    /// A part of the text with its quoted lines again.
    pub(super) fn show(&self, text: &str) -> String {
        let mut shown = String::new();
        let mut rest = text;
        while let Some((before, line, after)) = self.next(rest) {
            shown.extend([before, line]);
            rest = after;
        }
        shown + rest
    }

    fn next<'a>(&'a self, text: &'a str) -> Option<(&'a str, &'a str, &'a str)> {
        let (before, rest) = text.split_once(MARKS[0])?;
        let (number, after) = rest.split_once(MARKS[1])?;
        let line = self.lines.get(number.parse::<usize>().ok()?)?;
        Some((before, line, after))
    }
}

/// The line after the quotation that begins at a line; `None` where none begins there or where it does not end.
fn end_of_quotation(lines: &[String], at: usize) -> Option<usize> {
    let first = lines[at].trim();
    let rest = || lines.iter().enumerate().skip(at + 1);
    if let Some(fence) = fence(first) {
        let closes = |line: &str| {
            let line = line.trim();
            line.starts_with(fence) && line.trim_start_matches(&fence[..1]).is_empty()
        };
        return rest().find(|(_, line)| closes(line)).map(|(end, _)| end + 1);
    }
    let tag = ["details", "blockquote", "pre"].into_iter().find(|tag| opens(first, tag))?;
    let end = format!("</{tag}>");
    let mut depth = 0_usize;
    // The same element may stand inside of itself, as the notes of a bot fold notes of others.
    for (number, line) in lines.iter().enumerate().skip(at) {
        depth += line.matches(&format!("<{tag}")).count();
        depth = depth.saturating_sub(line.matches(&end).count());
        if depth == 0 {
            return Some(number + 1);
        }
    }
    None
}

/// The characters that open a block of code, of which at least as many close it.
fn fence(line: &str) -> Option<&str> {
    let of = |mark: char| &line[..line.len() - line.trim_start_matches(mark).len()];
    ['`', '~'].into_iter().map(of).find(|fence| fence.len() >= 3)
}

fn opens(line: &str, tag: &str) -> bool {
    let after = line.strip_prefix('<').and_then(|rest| rest.strip_prefix(tag));
    after.is_some_and(|rest| rest.starts_with(['>', ' ']))
}
