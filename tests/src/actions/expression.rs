//! The expressions of GitHub Actions that workflows of ours use, with GitHub's own rules of what equals what.

use serde_json::Value;

/// The value of an expression.
#[track_caller]
pub(super) fn evaluate(text: &str, context: &Value) -> Value {
    let mut parser = Parser { tokens: tokens(text), at: 0, context };
    let value = parser.or();
    assert_eq!(parser.at, parser.tokens.len(), "`{text}` goes on where it should end");
    value
}

/// A text with every `${{ }}` in it replaced by its value.
#[track_caller]
pub(super) fn fill(text: &str, context: &Value) -> String {
    let Some((before, rest)) = text.split_once("${{") else { return text.to_owned() };
    let (inner, after) = rest.split_once("}}").expect("an expression ends");
    format!("{before}{}{}", shown(&evaluate(inner.trim(), context)), fill(after, context))
}

/// Whether a condition holds. One that does not ask how things stand holds only where everything succeeded so far.
#[track_caller]
pub(super) fn holds(condition: Option<&str>, context: &Value) -> bool {
    let succeeded = context["status"] == "success";
    let Some(condition) = condition else { return succeeded };
    let inner = condition.trim().strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).unwrap_or(condition);
    let asks = ["always()", "cancelled()", "failure()", "success()"].iter().any(|call| inner.contains(call));
    (asks || succeeded) && truth(&evaluate(inner.trim(), context))
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::String(text) => !text.is_empty(),
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// Texts are equal without regard to case; of different kinds, both are numbers: nothing and no text are 0.
fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::String(left), Value::String(right)) => left.to_lowercase() == right.to_lowercase(),
        (left, right) => number(left) == number(right),
    }
}

fn number(value: &Value) -> f64 {
    match value {
        Value::Null => 0.0,
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::Number(number) => number.as_f64().unwrap_or(f64::NAN),
        Value::String(text) if text.is_empty() => 0.0,
        Value::String(text) => text.parse().unwrap_or(f64::NAN),
        Value::Array(_) | Value::Object(_) => f64::NAN,
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Text(String),
    Name(String),
    Sign(&'static str),
}

const SIGNS: &[&str] = &["&&", "||", "==", "!=", "!", "(", ")"];

#[track_caller]
fn tokens(mut text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    loop {
        text = text.trim_start();
        if text.is_empty() {
            return tokens;
        }
        if let Some(sign) = SIGNS.iter().find(|sign| text.starts_with(**sign)) {
            tokens.push(Token::Sign(sign));
            text = &text[sign.len()..];
        } else if let Some(rest) = text.strip_prefix('\'') {
            let (inner, after) = rest.split_once('\'').expect("a text ends");
            tokens.push(Token::Text(inner.to_owned()));
            text = after;
        } else {
            let is_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            let end = text.find(|c: char| !is_name(c)).unwrap_or(text.len());
            assert!(end > 0, "what is `{text}`?");
            tokens.push(Token::Name(text[..end].to_owned()));
            text = &text[end..];
        }
    }
}

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    context: &'a Value,
}

impl Parser<'_> {
    fn takes(&mut self, sign: &'static str) -> bool {
        let found = self.tokens.get(self.at) == Some(&Token::Sign(sign));
        self.at += usize::from(found);
        found
    }

    fn or(&mut self) -> Value {
        let mut value = self.and();
        while self.takes("||") {
            let other = self.and();
            value = if truth(&value) { value } else { other };
        }
        value
    }

    fn and(&mut self) -> Value {
        let mut value = self.comparison();
        while self.takes("&&") {
            let other = self.comparison();
            value = if truth(&value) { other } else { value };
        }
        value
    }

    fn comparison(&mut self) -> Value {
        let value = self.one();
        if self.takes("==") {
            return equal(&value, &self.one()).into();
        }
        if self.takes("!=") {
            return (!equal(&value, &self.one())).into();
        }
        value
    }

    fn one(&mut self) -> Value {
        if self.takes("!") {
            return (!truth(&self.one())).into();
        }
        if self.takes("(") {
            let value = self.or();
            assert!(self.takes(")"), "a bracket stays open");
            return value;
        }
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        match token {
            Some(Token::Text(text)) => text.into(),
            Some(Token::Name(name)) if self.takes("(") => {
                assert!(self.takes(")"), "`{name}` is called with something");
                self.call(&name)
            }
            Some(Token::Name(name)) => self.look_up(&name),
            other => panic!("{other:?} is no value"),
        }
    }

    fn call(&self, name: &str) -> Value {
        let status = self.context["status"].as_str().unwrap_or_default();
        match name {
            "always" => true.into(),
            "cancelled" => false.into(),
            "success" => (status == "success").into(),
            "failure" => (status == "failure").into(),
            other => panic!("`{other}()` is not known"),
        }
    }

    /// What a name leads to. The first part must be there; what an event or a job does not have is nothing.
    fn look_up(&self, name: &str) -> Value {
        let mut parts = name.split('.');
        let first = parts.next().unwrap_or_default();
        let found = self.context.get(first).unwrap_or_else(|| panic!("`{first}` is not to be had here"));
        parts.fold(found.clone(), |value, part| value.get(part).cloned().unwrap_or(Value::Null))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_what_github_documents() {
        let context =
            json!({"inputs": {"dry": true, "n": "0"}, "steps": {"a": {"outputs": {"x": "Yes"}}}, "status": "success"});
        let cases = [
            ("inputs.dry", json!(true)),
            ("inputs.dry == 'true'", json!(false)),
            ("inputs.none == ''", json!(true)),
            ("inputs.none != 'prepare'", json!(true)),
            ("steps.a.outputs.x == 'yes'", json!(true)),
            ("inputs.none || 'else'", json!("else")),
            ("inputs.n && inputs.dry", json!(true)),
            ("!(inputs.dry && !cancelled())", json!(false)),
        ];
        for (text, expected) in cases {
            assert_eq!(evaluate(text, &context), expected, "{text}");
        }
        assert_eq!(fill("a ${{ inputs.dry }}${{ inputs.none }} b", &context), "a true b");
    }

    #[test]
    fn a_condition_that_asks_nothing_of_the_status_needs_success() {
        let failed = json!({"status": "failure", "inputs": {}});
        assert!(!holds(None, &failed) && !holds(Some("${{ !inputs.x }}"), &failed));
        assert!(holds(Some("${{ !cancelled() && !inputs.x }}"), &failed));
    }
}
