//! The parts of a guide that a test can carry out: its files and its commands, in their order.

/// A part of a guide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A file to be written: a code block whose first line says `file=PATH` after its language.
    File {
        /// Where, from the folder the guide works in.
        path: String,
        /// What it holds.
        text: String,
    },
    /// A command: a line of a `console` block that begins with `$ `, and the lines after it, which it prints.
    Command {
        /// The command, as a shell reads it.
        line: String,
        /// What the guide shows of its output.
        shown: Vec<String>,
    },
}

/// A guide in Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guide {
    /// Its parts that can be carried out. A block whose first line says `by-hand` is none.
    pub blocks: Vec<Block>,
}

impl Guide {
    /// Reads a guide.
    pub fn parse(markdown: &str) -> Self {
        let mut blocks = Vec::new();
        let mut lines = markdown.lines();
        while let Some(line) = lines.next() {
            let Some(info) = line.strip_prefix("```") else { continue };
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let words: Vec<&str> = info.split(' ').collect();
            if let Some(path) = words.iter().find_map(|word| word.strip_prefix("file=")) {
                let text = body.iter().map(|line| format!("{line}\n")).collect();
                blocks.push(Block::File { path: path.to_owned(), text });
            } else if words[0] == "console" && !words.contains(&"by-hand") {
                blocks.extend(commands(&body));
            }
        }
        Self { blocks }
    }
}

fn commands(lines: &[&str]) -> Vec<Block> {
    let mut found = Vec::new();
    for line in lines {
        match (line.strip_prefix("$ "), found.last_mut()) {
            (Some(command), _) => found.push(Block::Command { line: command.to_owned(), shown: Vec::new() }),
            (None, Some(Block::Command { shown, .. })) => shown.push((*line).to_owned()),
            (None, _) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_commands_are_found_in_order_and_what_is_done_by_hand_is_not() {
        let text = "# A\n\n```toml file=a/b.toml\nx = 1\n```\n\n```console\n$ one\nsays 1\n$ two 'three four'\n```\n\n\
                    ```console by-hand\n$ four\n```\n\n```toml\ny = 2\n```\n";
        let command = |line: &str, shown: &[&str]| Block::Command {
            line: line.to_owned(),
            shown: shown.iter().map(|line| (*line).to_owned()).collect(),
        };
        let file = Block::File { path: "a/b.toml".to_owned(), text: "x = 1\n".to_owned() };
        assert_eq!(Guide::parse(text).blocks, [file, command("one", &["says 1"]), command("two 'three four'", &[])]);
    }
}
