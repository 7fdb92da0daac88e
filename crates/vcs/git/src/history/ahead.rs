//! Reads commits while nobody has asked for them yet, so that the walk that comes finds them read.

use std::collections::BinaryHeap;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use gix::ObjectId;

use super::graph::{Cache, Graph, NodeId};
use crate::error::Error;

/// A thread that reads commits.
#[derive(Debug)]
pub(crate) struct Ahead {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Ahead {
    /// Begins with a commit, where there is a processor for it.
    pub(crate) fn begin(repo: &gix::ThreadSafeRepository, cache: Arc<Cache>, head: ObjectId) -> Option<Self> {
        thread::available_parallelism().ok().filter(|count| *count > NonZero::<usize>::MIN)?;
        let (repo, is_over) = (repo.clone(), Arc::new(AtomicBool::new(false)));
        let heard = is_over.clone();
        let work = move || {
            // Where the thread alone has the cache, nobody will ask for what it reads.
            let goes_on = || !heard.load(Ordering::Relaxed) && Arc::strong_count(&cache) > 1;
            // Whoever asks for a commit that cannot be read is told so.
            drop(read(&repo.to_thread_local(), &cache, head, goes_on));
        };
        let thread = thread::Builder::new().name("read ahead".to_owned()).spawn(work).ok()?;
        Some(Self { is_over, thread })
    }

    /// Ends the thread, and waits until what it has read is in the cache.
    pub(crate) fn end(self) {
        self.is_over.store(true, Ordering::Relaxed);
        // It can fail only by a mistake of ours, and then nothing was read.
        drop(self.thread.join());
    }
}

/// Reads commits from a head on, the newest first.
fn read(repo: &gix::Repository, cache: &Cache, head: ObjectId, goes_on: impl Fn() -> bool) -> Result<(), Error> {
    let mut graph = Graph::open(repo, cache)?;
    let head = graph.load(head)?;
    let key = |graph: &Graph<'_>, node: NodeId| (graph.node(node).generation, graph.node(node).time, node);
    let mut queue = BinaryHeap::from([key(&graph, head)]);
    let mut seen = vec![false; graph.len()];
    seen[head as usize] = true;
    while let Some((_, _, node)) = queue.pop().filter(|_| goes_on()) {
        for parent in graph.parents(node)? {
            seen.resize(graph.len(), false);
            if !std::mem::replace(&mut seen[parent as usize], true) {
                queue.push(key(&graph, parent));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use releasekit_testkit::Sandbox;

    use super::*;
    use crate::object::object_id;

    #[test]
    fn what_was_read_ahead_is_at_hand_with_what_it_says() {
        let sandbox = Sandbox::new();
        let all: Vec<String> = (0..5).map(|number| sandbox.commit(&format!("fix: {number}"))).collect();
        let repo = gix::open(sandbox.work()).expect("it is a repository");
        let head = object_id(&all[4]).expect("a name");
        let cache = Cache::default();
        let left = Cell::new(2);
        let two = || left.replace(left.get() - 1) > 0;
        read(&repo, &cache, head, two).expect("the commits are there");
        assert_eq!(Graph::new(&repo, &cache).expect("the repository is whole").len(), 3);
        read(&repo, &cache, head, || true).expect("the commits are there");
        let mut graph = Graph::new(&repo, &cache).expect("the repository is whole");
        let messages: Vec<Option<String>> = (0..graph.len()).map(|node| graph.take_message(node as NodeId)).collect();
        assert_eq!(messages, [4, 3, 2, 1, 0].map(|number| Some(format!("fix: {number}\n"))));
    }

    #[test]
    fn who_opens_the_graph_waits_for_who_reads_ahead() {
        let sandbox = Sandbox::new();
        let head = object_id(&sandbox.commit("fix: it")).expect("a name");
        let repo = gix::open(sandbox.work()).expect("it is a repository").into_sync();
        let cache = Arc::new(Cache::default());
        cache.read_ahead(&repo, head);
        let graph = Graph::new(&repo.to_thread_local(), &cache).map(|graph| graph.len());
        assert!(graph.expect("the repository is whole") <= 1);
        assert_eq!(Arc::strong_count(&cache), 1, "the thread is over");
    }
}
