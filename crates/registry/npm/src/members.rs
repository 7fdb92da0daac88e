//! A JSON object that is written back: its members in their order, each value with the bytes that it was read from.
//!
//! Read into values, a document would lose what those cannot hold: half of a surrogate pair at the end of a readme that was cut off, the
//! digits of a large number, one of two members of a name.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Error;
use serde_json::value::RawValue;

/// The members of an object.
#[derive(Debug)]
pub(crate) struct Members(Vec<(String, Box<RawValue>)>);

impl Members {
    /// Replaces the value at a path by what is made of it, and adds the last member of the path where there is none.
    ///
    /// Fails where the path leads through something else than an object, to a member that is missing, or through one that is there
    /// twice, since nobody knows which of both counts.
    pub(crate) fn set(&mut self, path: &[&str], value: &impl Serialize) -> Result<(), Error> {
        let [name, rest @ ..] = path else { return Ok(()) };
        let found = self.find(name)?;
        if rest.is_empty() {
            let value = serde_json::value::to_raw_value(value)?;
            match found {
                Some(old) => *old = value,
                None => self.0.push(((*name).to_owned(), value)),
            }
            return Ok(());
        }
        let inner = found.ok_or_else(|| Error::custom(format!("`{name}` is missing")))?;
        let mut members: Self = serde_json::from_str(inner.get())?;
        members.set(rest, value)?;
        *inner = serde_json::value::to_raw_value(&members)?;
        Ok(())
    }

    fn find(&mut self, name: &str) -> Result<Option<&mut Box<RawValue>>, Error> {
        let mut found = self.0.iter_mut().filter(|(other, _)| other == name).map(|(_, value)| value);
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(Error::custom(format!("`{name}` is there twice"))),
            (first, None) => Ok(first),
        }
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Every)
    }
}

/// Reads every member.
struct Every;

impl<'de> Visitor<'de> for Every {
    type Value = Members;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> Result<String, Error> {
        let mut members: Members = serde_json::from_str(text)?;
        members.set(&["versions", "1.0.0", "deprecated"], &"old")?;
        serde_json::to_string(&members)
    }

    #[test]
    fn what_is_not_meant_stays_byte_by_byte() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for value in [r#""\ud800""#, "1e999", "0.10000000000000000000001", r#"{"a":1,"a":2, "b" :[]}"#, &deep] {
            let before =
                format!(r#"{{"z":{value},"versions":{{"2.0.0":{value},"1.0.0":{{"y":{value}}}}},"a":{value}}}"#);
            let after = before.replace("}},\"a\"", ",\"deprecated\":\"old\"}},\"a\"");
            assert_eq!(set(&before).unwrap(), after);
        }
    }

    #[test]
    fn a_value_that_is_there_is_replaced_in_its_place() {
        let before = r#"{"versions":{"1.0.0":{"deprecated":false,"dist":{}}}}"#;
        assert_eq!(set(before).unwrap(), before.replace("false", "\"old\""));
    }

    #[test]
    fn a_path_that_is_not_there_once_is_refused() {
        for (text, reason) in [
            ("{}", "`versions` is missing"),
            (r#"{"versions":{}}"#, "`1.0.0` is missing"),
            (r#"{"versions":[]}"#, "expected an object"),
            (r#"{"versions":{"1.0.0":"x"}}"#, "expected an object"),
            (r#"{"versions":{},"versions":{"1.0.0":{}}}"#, "`versions` is there twice"),
            (r#"{"versions":{"1.0.0":{},"1.0.\u0030":{}}}"#, "`1.0.0` is there twice"),
            (r#"{"versions":{"1.0.0":{"deprecated":"","deprecated":"x"}}}"#, "`deprecated` is there twice"),
            (r#"{"\ud800":1,"versions":{"1.0.0":{}}}"#, "hex escape"),
        ] {
            let error = set(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
