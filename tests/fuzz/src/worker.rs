//! One target in a process of its own.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::Options;
use crate::answer::Answer;
use crate::corpus::Corpus;
use crate::mutate::Mutator;
use crate::targets::Target;
use crate::watch::Watch;

/// The panics of one place that are written to disk.
const MOST_OF_A_KIND: usize = 3;

/// What takes longer is no finding yet, and worth a look.
const SLOW: Duration = Duration::from_secs(1);

/// How much of what a panic said is shown, in characters.
const MOST_SAID: usize = 400;

thread_local! {
    /// What the last panic said, and where.
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The file that holds the input which is being answered.
pub(crate) fn current(folder: &Path) -> PathBuf {
    folder.join("current")
}

/// A target that is being run.
struct Worker<'a> {
    target: &'a Target,
    folder: &'a Path,
    watch: Watch,
    corpus: Corpus,
    /// How many panics there were, by what they said.
    panics: BTreeMap<String, usize>,
    count: u64,
    slowest: (Duration, usize),
}

/// Runs a target and prints what it reached. Gives the number of inputs that it did not answer.
pub(crate) fn work(target: &Target, options: &Options, folder: &Path) -> io::Result<usize> {
    panic::set_hook(Box::new(|info| SAID.with(|said| *said.borrow_mut() = info.to_string())));
    let watch = Watch::start(&current(folder))?;
    let (corpus, panics, slowest) = (Corpus::default(), BTreeMap::new(), (Duration::ZERO, 0));
    let mut worker = Worker { target, folder, watch, corpus, panics, count: 0, slowest };
    if let Some(path) = &options.input {
        let answer = worker.answer(&fs::read(path)?)?;
        println!("{answer:#?}");
        return Ok(worker.panics.len());
    }
    worker.fuzz(options)?;
    fs::remove_file(current(folder))?;
    println!("{}", worker.report());
    Ok(worker.panics.len())
}

impl Worker<'_> {
    fn fuzz(&mut self, options: &Options) -> io::Result<()> {
        let end = Instant::now() + Duration::from_secs_f64(options.minutes * 60.0);
        for seed in (self.target.seeds)() {
            self.try_out(&seed[..seed.len().min(options.largest)])?;
        }
        let mut mutator = Mutator::new(options.seed, self.target.words, options.largest);
        while Instant::now() < end && options.inputs.is_none_or(|most| self.count < most) {
            let input = mutator.mutated(&self.corpus.inputs);
            self.try_out(&input)?;
        }
        Ok(())
    }

    fn try_out(&mut self, input: &[u8]) -> io::Result<()> {
        if let Some(answer) = self.answer(input)? {
            self.corpus.add(input, answer);
        }
        Ok(())
    }

    /// The answer to an input; `None` where there was a panic, which is written down.
    fn answer(&mut self, input: &[u8]) -> io::Result<Option<Answer>> {
        let target = self.target;
        let answer = || panic::catch_unwind(AssertUnwindSafe(|| (target.answer)(input))).ok();
        let (answer, took) = self.watch.over(input, answer)?;
        self.count += 1;
        if took > SLOW && took > self.slowest.0 {
            println!("{:10} took {took:.1?} with {}", target.name, written(self.folder, "slow", input)?.display());
        }
        self.slowest = self.slowest.max((took, input.len()));
        if answer.is_none() {
            let said = SAID.with(RefCell::take);
            let place = said.lines().next().unwrap_or_default().to_owned();
            let times = self.panics.entry(place).or_default();
            *times += 1;
            if *times <= MOST_OF_A_KIND {
                let path = written(self.folder, "panic", input)?;
                let said: String = said.chars().take(MOST_SAID).collect();
                println!("{:10} {said}\n           with {}", target.name, path.display());
            }
        }
        Ok(answer)
    }

    fn report(&self) -> String {
        let reached = self.target.codes.iter().filter(|code| self.corpus.codes.contains(code)).count();
        let missed: Vec<&str> = self
            .target
            .codes
            .iter()
            .filter(|code| !self.corpus.codes.contains(code))
            .map(|code| code.as_str())
            .collect();
        let others: Vec<&str> = self
            .corpus
            .codes
            .iter()
            .filter(|code| !self.target.codes.contains(code))
            .map(|code| code.as_str())
            .collect();
        let (slowest, size) = self.slowest;
        let mut line = format!(
            "{:10} {:>8} inputs, {:>4} kept, {:>4} answers, {reached} of {} codes, slowest {slowest:.1?} for {size} bytes",
            self.target.name,
            self.count,
            self.corpus.inputs.len(),
            self.corpus.answers(),
            self.target.codes.len(),
        );
        for (what, codes) in [("not reached", missed), ("besides", others)] {
            if !codes.is_empty() {
                line.push_str(&format!("\n           {what}: {}", codes.join(", ")));
            }
        }
        line
    }
}

/// Writes an input down under a name that its content decides.
pub(crate) fn written(folder: &Path, kind: &str, input: &[u8]) -> io::Result<PathBuf> {
    let digest = releasekit_formats::archive::digest::sha256(input);
    let path = folder.join(format!("{kind}-{}", &digest[..12]));
    fs::write(&path, input)?;
    Ok(path)
}
