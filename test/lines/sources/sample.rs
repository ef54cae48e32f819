// What the Rust compiler says about lines: closures, iterators inlined many levels deep, generic code, panics.
use std::collections::HashMap;

mod words {
    pub trait Score {
        fn score(&self) -> u64;
    }

    impl Score for str {
        fn score(&self) -> u64 {
            self.bytes().map(u64::from).filter(|byte| byte % 2 == 0).sum()
        }
    }

    #[inline(always)]
    pub fn longest<'a>(all: &[&'a str]) -> Option<&'a str> {
        all.iter().copied().max_by_key(|word| word.len())
    }
}

use words::Score;

fn count(text: &str) -> HashMap<&str, usize> {
    let mut counts = HashMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word).or_insert(0) += 1;
    }
    counts
}

fn main() {
    let text = "the quick brown fox jumps over the lazy dog and the cat";
    let counts = count(text);
    let mut sorted: Vec<_> = counts.iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    let scores: u64 = sorted.iter().map(|(word, n)| word.score() * **n as u64).sum();
    let all: Vec<&str> = text.split(' ').collect();
    println!("{:?} {} {:?}", sorted[0], scores, words::longest(&all));
}
