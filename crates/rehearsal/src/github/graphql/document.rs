//! A document, as far as clients write such: one operation, its variables, fields with arguments, no fragments.

use serde_json::{Map, Value};

/// A field that is asked for.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    /// What it is called in the answer.
    pub(super) key: String,
    pub(super) arguments: Map<String, Value>,
    pub(super) selected: Vec<Field>,
}

/// Reads a document and puts the variables in. Fails with the word at which it is none.
pub(super) fn read(document: &str, variables: &Value) -> Result<Vec<Field>, String> {
    let mut reader = Reader { tokens: tokens(document), at: 0, variables };
    if !reader.sees("{") {
        let kind = reader.next()?;
        if kind != "query" && kind != "mutation" {
            return Err(kind);
        }
        // The name, the variables and their types: what they are for shows where they stand.
        while !reader.sees("{") {
            reader.skip()?;
        }
    }
    let fields = reader.selection()?;
    if reader.at == reader.tokens.len() { Ok(fields) } else { reader.next().and_then(Err) }
}

struct Reader<'a> {
    tokens: Vec<String>,
    at: usize,
    variables: &'a Value,
}

impl Reader<'_> {
    fn sees(&self, token: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|found| found == token)
    }

    fn next(&mut self) -> Result<String, String> {
        let token = self.tokens.get(self.at).cloned().ok_or_else(|| "the end".to_owned())?;
        self.at += 1;
        Ok(token)
    }

    fn take(&mut self, token: &str) -> bool {
        let sees = self.sees(token);
        self.at += usize::from(sees);
        sees
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        let found = self.next()?;
        if found == token { Ok(()) } else { Err(found) }
    }

    /// Passes a token over, or all that is in its brackets.
    fn skip(&mut self) -> Result<(), String> {
        if self.next()? != "(" {
            return Ok(());
        }
        while !self.take(")") {
            self.skip()?;
        }
        Ok(())
    }

    fn selection(&mut self) -> Result<Vec<Field>, String> {
        self.expect("{")?;
        let mut fields = Vec::new();
        while !self.take("}") {
            fields.push(self.field()?);
        }
        Ok(fields)
    }

    fn field(&mut self) -> Result<Field, String> {
        let key = self.name()?;
        let name = if self.take(":") { self.name()? } else { key.clone() };
        let arguments = if self.sees("(") { self.arguments("(", ")")? } else { Map::new() };
        let selected = if self.sees("{") { self.selection()? } else { Vec::new() };
        Ok(Field { name, key, arguments, selected })
    }

    fn name(&mut self) -> Result<String, String> {
        let name = self.next()?;
        let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if starts { Ok(name) } else { Err(name) }
    }

    /// Named values between two brackets.
    fn arguments(&mut self, open: &str, close: &str) -> Result<Map<String, Value>, String> {
        self.expect(open)?;
        let mut arguments = Map::new();
        while !self.take(close) {
            let name = self.name()?;
            self.expect(":")?;
            arguments.insert(name, self.value()?);
        }
        Ok(arguments)
    }

    fn value(&mut self) -> Result<Value, String> {
        if self.sees("{") {
            return self.arguments("{", "}").map(Value::Object);
        }
        if self.take("[") {
            let mut list = Vec::new();
            while !self.take("]") {
                list.push(self.value()?);
            }
            return Ok(Value::Array(list));
        }
        let token = self.next()?;
        match token.strip_prefix('$') {
            Some(name) => Ok(self.variables[name].clone()),
            // What is no JSON is the name of a variant, which answers and variables have as a text.
            None => Ok(serde_json::from_str(&token).unwrap_or(Value::String(token))),
        }
    }
}

/// The words of a document; commas and comments say nothing.
fn tokens(document: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = document.trim_start_matches(is_blank);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '"' => text(rest),
            first if is_word(first) || first == '$' => 1 + rest[1..].find(|c| !is_word(c)).unwrap_or(rest.len() - 1),
            other => other.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        if first != '#' {
            tokens.push(token.to_owned());
        }
        rest = after.trim_start_matches(is_blank);
    }
    tokens
}

/// How long the text is that begins here.
fn text(rest: &str) -> usize {
    let mut escaped = false;
    let end = rest.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.map_or(rest.len(), |(at, _)| at + 1)
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == ','
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-.".contains(c)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::read;

    #[test]
    fn fields_are_read_with_their_arguments() {
        let document = "mutation Do($input: In!, $n: Int = 2) { # why\n \
             a: doIt(input: $input, to: {list: [1, \"x \\\"y\\\"\", SQUASH]}) { id, of { name } } }";
        let fields = read(document, &json!({ "input": { "id": 1 } })).expect("it is a document");
        assert_eq!((fields[0].name.as_str(), fields[0].key.as_str()), ("doIt", "a"));
        let arguments = json!({ "input": { "id": 1 }, "to": { "list": [1, "x \"y\"", "SQUASH"] } });
        assert_eq!(serde_json::Value::Object(fields[0].arguments.clone()), arguments);
        let selected: Vec<&str> = fields[0].selected.iter().map(|field| field.name.as_str()).collect();
        assert_eq!((selected, fields[0].selected[1].selected.len()), (vec!["id", "of"], 1));
    }

    #[test]
    fn what_is_none_says_where() {
        for (document, at) in
            [("subscription { a }", "subscription"), ("{ a", "the end"), ("{ a } }", "}"), ("{ ...F }", ".")]
        {
            assert!(read(document, &json!({})).expect_err(document).starts_with(at), "{document}");
        }
    }
}
