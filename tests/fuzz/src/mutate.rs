//! Changes inputs at random. No library is used, for those that there are change typed values, or need a compiler that
//! counts branches; here texts are cut, repeated and mixed, with the words of their format.

use fastrand::Rng;

/// Bytes that mean something somewhere: control characters of both sets, quotes, separators, text that runs backwards.
const BYTES: &[&str] = &[
    "\0",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\x1b[31m",
    "\u{7f}",
    "\u{85}",
    "\u{9b}",
    "\u{a0}",
    "\u{feff}",
    "\u{202e}",
    "\u{2028}",
    "\"",
    "'",
    "`",
    "\\",
    "/",
    "//",
    "./",
    "../",
    ".",
    ",",
    ":",
    ";",
    "=",
    "#",
    "-",
    "--",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    "<",
    ">",
    "%",
    "$",
    "&",
    "~",
    "^",
    "*",
    "?",
    "!",
    "@",
    "|",
    "é",
    "e\u{301}",
    "ß",
    "İ",
    "\u{10ffff}",
    "C:",
    "%00",
    "&#0;",
    "0",
    "-1",
    "1e400",
    "4294967296",
    "18446744073709551616",
    "99999999999999999999999999",
    "null",
    "true",
    "NaN",
];

/// Makes inputs out of others.
pub(crate) struct Mutator<'a> {
    rng: Rng,
    words: &'a [&'a str],
    largest: usize,
}

impl<'a> Mutator<'a> {
    /// `words` are those of the format.
    pub(crate) fn new(seed: u64, words: &'a [&'a str], largest: usize) -> Self {
        Self { rng: Rng::with_seed(seed), words, largest }
    }

    /// Picks one of the inputs, the newest ones more often.
    pub(crate) fn pick<'c>(&mut self, corpus: &'c [Vec<u8>]) -> &'c [u8] {
        let newest = corpus.len().min(20);
        let index = match self.rng.bool() {
            true => corpus.len() - 1 - self.rng.usize(..newest),
            false => self.rng.usize(..corpus.len()),
        };
        &corpus[index]
    }

    /// A new input.
    pub(crate) fn mutated(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut input = self.pick(corpus).to_vec();
        for _ in 0..=self.rng.usize(..5) {
            self.change(&mut input, corpus);
        }
        if self.rng.u32(..200) == 0 {
            self.grow(&mut input);
        }
        input.truncate(self.largest);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        match self.rng.u32(..12) {
            0 => self.byte(input),
            1 => drop(input.drain(self.range(input.len()))),
            2 | 3 => self.insert(input),
            4 => self.replace_with_word(input),
            5 => self.splice(input, corpus),
            6 => self.line(input),
            7 => {
                let range = self.range(input.len());
                let copy = input[range].to_vec();
                let at = self.rng.usize(..=input.len());
                input.splice(at..at, copy);
            }
            8 => {
                let range = self.range(input.len());
                input[range].reverse();
            }
            9 => self.number(input),
            10 => input.truncate(self.rng.usize(..=input.len())),
            _ => {
                let range = self.range(input.len());
                for byte in &mut input[range] {
                    byte.make_ascii_uppercase();
                }
            }
        }
    }

    /// A short part of so many bytes, sometimes a long one.
    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.rng.usize(..=length);
        let most = if self.rng.u32(..8) == 0 { length - start } else { (length - start).min(16) };
        start..start + self.rng.usize(..=most)
    }

    fn byte(&mut self, input: &mut [u8]) {
        if input.is_empty() {
            return;
        }
        let at = self.rng.usize(..input.len());
        input[at] = match self.rng.u32(..4) {
            0 => input[at] ^ 1 << self.rng.u32(..8),
            1 => input[at].wrapping_add(1),
            2 => 0,
            _ => self.rng.u8(..),
        };
    }

    fn word(&mut self) -> &'a str {
        let own = !self.words.is_empty() && self.rng.bool();
        let words = if own { self.words } else { BYTES };
        words[self.rng.usize(..words.len())]
    }

    fn insert(&mut self, input: &mut Vec<u8>) {
        let at = self.rng.usize(..=input.len());
        let times = if self.rng.u32(..10) == 0 { self.rng.usize(1..100) } else { 1 };
        let word = self.word().repeat(times);
        input.splice(at..at, word.into_bytes());
    }

    fn replace_with_word(&mut self, input: &mut Vec<u8>) {
        let range = self.range(input.len());
        let word = self.word();
        input.splice(range, word.bytes());
    }

    fn splice(&mut self, input: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let other = self.pick(corpus);
        let range = self.range(other.len());
        let at = self.range(input.len());
        input.splice(at, other[range].iter().copied());
    }

    /// Takes out, doubles or swaps lines.
    fn line(&mut self, input: &mut Vec<u8>) {
        let mut lines: Vec<Vec<u8>> = input.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
        if lines.len() < 2 {
            return;
        }
        let (one, other) = (self.rng.usize(..lines.len()), self.rng.usize(..lines.len()));
        match self.rng.u32(..3) {
            0 => drop(lines.remove(one)),
            1 => lines.insert(other, lines[one].clone()),
            _ => lines.swap(one, other),
        }
        *input = lines.concat();
    }

    /// Puts another number in the place of one.
    fn number(&mut self, input: &mut Vec<u8>) {
        let digits: Vec<usize> = (0..input.len()).filter(|&at| input[at].is_ascii_digit()).collect();
        if digits.is_empty() {
            return;
        }
        let start = digits[self.rng.usize(..digits.len())];
        let end = (start..input.len()).find(|&at| !input[at].is_ascii_digit()).unwrap_or(input.len());
        let number = match self.rng.u32(..3) {
            0 => self.rng.u64(..).to_string(),
            1 => self.rng.u32(..10).to_string(),
            _ => "9".repeat(self.rng.usize(1..40)),
        };
        input.splice(start..end, number.into_bytes());
    }

    /// Repeats a part until the input is as large as it may be: what takes quadratic time shows here.
    fn grow(&mut self, input: &mut Vec<u8>) {
        let range = self.range(input.len());
        let part = input[range.clone()].to_vec();
        if part.is_empty() || input.len() >= self.largest {
            return;
        }
        let room = (self.largest - input.len()) >> self.rng.u32(..6);
        let many = part.iter().copied().cycle().take(room / part.len() * part.len());
        input.splice(range.end..range.end, many.collect::<Vec<u8>>());
    }
}
