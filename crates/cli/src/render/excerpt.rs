//! What a tool printed, as much of it as anybody reads: the beginning and the end, and how much lies between.

use releasekit_core::words::count;

/// Lines from the beginning, where most tools say what they were about to do.
const FIRST: usize = 20;

/// Lines from the end, where most tools say what went wrong.
const LAST: usize = 60;

/// Characters of a line.
const LONGEST: usize = 400;

/// The lines that are shown.
pub(crate) fn excerpt(output: &str) -> Vec<String> {
    let lines: Vec<&str> = output.trim_end().lines().collect();
    let (first, rest) = lines.split_at(lines.len().min(FIRST));
    let (between, last) = rest.split_at(rest.len().saturating_sub(LAST));
    let mut shown: Vec<String> = first.iter().map(|line| cut(line)).collect();
    match between {
        [] => {}
        // In the place of a single line there is room for the line.
        [line] => shown.push(cut(line)),
        lines => {
            let bytes: usize = lines.iter().map(|line| line.len() + 1).sum();
            shown.push(format!("… {} lines ({bytes} bytes) left out …", lines.len()));
        }
    }
    shown.extend(last.iter().map(|line| cut(line)));
    shown
}

/// A line without its middle, where it is long.
pub(crate) fn cut(line: &str) -> String {
    if line.len() <= LONGEST {
        return line.to_owned();
    }
    let length = line.chars().count();
    if length <= LONGEST {
        return line.to_owned();
    }
    let half = LONGEST / 2;
    let beginning: String = line.chars().take(half).collect();
    let end: String = line.chars().skip(length - half).collect();
    format!("{beginning} … {} left out … {end}", count(length - 2 * half, "character"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_is_shown_as_it_is() {
        assert_eq!(excerpt(""), [""; 0]);
        assert_eq!(excerpt("a\n\nb\n\n"), ["a", "", "b"]);
        let most: Vec<String> = (0..=FIRST + LAST).map(|line| line.to_string()).collect();
        assert_eq!(excerpt(&most.join("\n")), most);
        assert_eq!(cut(&"é".repeat(LONGEST)), "é".repeat(LONGEST));
    }

    #[test]
    fn of_much_the_beginning_and_the_end_are_shown() {
        let lines: Vec<String> = (0..1_000_000).map(|line| line.to_string()).collect();
        let shown = excerpt(&lines.join("\n"));
        assert_eq!(shown.len(), FIRST + LAST + 1);
        assert_eq!(shown[FIRST], "… 999920 lines (6888420 bytes) left out …");
        assert_eq!((shown[0].as_str(), shown[FIRST + LAST].as_str()), ("0", "999999"));
        let line = cut(&format!("begin{}end", "x".repeat(8_000_000)));
        assert!(line.len() < 500 && line.starts_with("begin") && line.ends_with("end"), "{line}");
        assert!(line.contains("… 7999608 characters left out …"), "{line}");
    }
}
