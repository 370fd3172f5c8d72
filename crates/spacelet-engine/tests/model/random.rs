//! Random numbers that a seed repeats (SplitMix64), and the things that steps are made of.

use bytes::Bytes;

pub struct Random(u64);

/// What keys, prefixes, delimiters and markers are made of.
const PIECES: [&str; 9] = ["a", "b", "/", "//", "\0", "é", "zz", ".", "a/"];

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// True in one of `of` cases.
    pub fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        if list.is_empty() { None } else { list.get(self.below(list.len())) }
    }

    /// Between `least` and `most` pieces.
    pub fn text(&mut self, least: usize, most: usize) -> String {
        let count = least + self.below(most - least + 1);
        (0..count).map(|_| PIECES[self.below(PIECES.len())]).collect()
    }

    pub fn key(&mut self) -> String {
        self.text(1, 3)
    }

    /// Mostly short, sometimes empty, now and then long enough for a file of its own.
    pub fn body(&mut self) -> Bytes {
        let length = match self.below(200) {
            0..20 => 0,
            20..160 => self.below(64),
            160..199 => self.below(4096),
            _ => 200_000 + self.below(400_000),
        };
        let word = self.next().to_le_bytes();
        word.iter().copied().cycle().take(length).collect::<Vec<u8>>().into()
    }
}
