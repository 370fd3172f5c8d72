//! Mutations: bytes flipped, cut, doubled and spliced, and words of the input's own language put in.

/// A small generator of numbers that a seed determines (SplitMix64).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// Makes inputs out of a corpus.
pub(crate) struct Mutator {
    random: Random,
    corpus: Vec<Vec<u8>>,
    tokens: Vec<Vec<u8>>,
}

impl Mutator {
    pub(crate) fn new(seed: u64, corpus: &[&[u8]], tokens: &[&str]) -> Self {
        let corpus = corpus.iter().map(|c| c.to_vec()).collect();
        let tokens = tokens.iter().map(|t| t.as_bytes().to_vec()).collect();
        Self { random: Random::new(seed), corpus, tokens }
    }

    /// An input with a new outcome is worth mutating further.
    pub(crate) fn learn(&mut self, input: Vec<u8>) {
        self.corpus.push(input);
    }

    pub(crate) fn next(&mut self) -> Vec<u8> {
        let mut input = self.any_input();
        for _ in 0..=self.random.below(4) {
            self.mutate(&mut input);
        }
        input
    }

    fn any_input(&mut self) -> Vec<u8> {
        let at = self.random.below(self.corpus.len());
        self.corpus[at].clone()
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        let at = self.random.below(input.len() + 1);
        let end = (at + self.random.below(16)).min(input.len());
        match self.random.below(8) {
            0 if at < input.len() => input[at] ^= 1 << self.random.below(8),
            1 if at < input.len() => input[at] = self.random.next() as u8,
            2 => input.insert(at, self.random.next() as u8),
            3 => drop(input.drain(at..end)),
            4 => {
                let doubled = input[at..end].to_vec();
                input.splice(at..at, doubled);
            }
            5 => {
                let other = self.any_input();
                let from = self.random.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            6 if self.random.below(50) == 0 => {
                let byte = input.get(at).copied().unwrap_or(b'9');
                let many = self.random.below(3_000);
                input.splice(at..at, std::iter::repeat_n(byte, many));
            }
            _ if !self.tokens.is_empty() => {
                let token = self.random.below(self.tokens.len());
                input.splice(at..end, self.tokens[token].clone());
            }
            _ => {}
        }
        input.truncate(16_384);
    }
}
