//! `*` (any run of bytes) and `?` (any one byte).

/// Whether `text` is of the pattern's form. Takes time in proportion to the text; a piece between two `*` that has a `?`
/// takes that times its own length, and no piece is looked for that is longer than the text.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(last) = pieces.next_back() else {
        return first.len() == text.len() && starts(first, text.as_bytes());
    };
    let text = text.as_bytes();
    if !starts(first, text) {
        return false;
    }
    let mut rest = text.get(first.len()..).unwrap_or_default();
    for piece in pieces {
        let Some(end) = find(piece, rest) else { return false };
        rest = rest.get(end..).unwrap_or_default();
    }
    rest.len() >= last.len() && starts(last, rest.get(rest.len() - last.len()..).unwrap_or_default())
}

/// As [`matches`], whatever the case of ASCII letters.
pub(super) fn matches_any_case(pattern: &str, text: &str) -> bool {
    matches(&pattern.to_ascii_lowercase(), &text.to_ascii_lowercase())
}

/// A piece of a pattern whose bytes may be wildcards or not, whatever they look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    /// This byte.
    Byte(u8),
    /// Any one byte.
    One,
    /// Any run of bytes.
    Run,
}

impl Symbol {
    /// What a byte of a pattern stands for.
    pub(super) fn of(byte: u8) -> Self {
        match byte {
            b'*' => Self::Run,
            b'?' => Self::One,
            byte => Self::Byte(byte),
        }
    }
}

/// The symbols as they are written, where there are no wildcards.
pub(super) fn plain(symbols: &[Symbol]) -> Vec<u8> {
    let byte = |symbol: &Symbol| match symbol {
        Symbol::Byte(byte) => *byte,
        Symbol::One => b'?',
        Symbol::Run => b'*',
    };
    symbols.iter().map(byte).collect()
}

/// As [`matches`]. Takes at most the product of both lengths.
pub(super) fn matches_symbols(pattern: &[Symbol], text: &[u8]) -> bool {
    let (mut at, mut in_text) = (0, 0);
    // After the last run that was met: where to go on in the pattern, and up to where the run may reach at least.
    let mut run: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(at), text.get(in_text)) {
            (None, None) => return true,
            (Some(Symbol::Run), _) => {
                at += 1;
                run = Some((at, in_text));
                continue;
            }
            (Some(Symbol::One), Some(_)) => {
                (at, in_text) = (at + 1, in_text + 1);
                continue;
            }
            (Some(Symbol::Byte(wanted)), Some(byte)) if wanted == byte => {
                (at, in_text) = (at + 1, in_text + 1);
                continue;
            }
            (Some(_), _) | (None, Some(_)) => {}
        }
        match run {
            Some((after, reaches)) if reaches < text.len() => {
                run = Some((after, reaches + 1));
                (at, in_text) = (after, reaches + 1);
            }
            _ => return false,
        }
    }
}

fn starts(piece: &str, text: &[u8]) -> bool {
    piece.len() <= text.len() && piece.bytes().zip(text).all(|(wanted, &byte)| wanted == b'?' || wanted == byte)
}

/// Where the first place of a piece ends.
fn find(piece: &str, text: &[u8]) -> Option<usize> {
    if piece.is_empty() {
        return Some(0);
    }
    if piece.len() > text.len() {
        return None;
    }
    if piece.contains('?') {
        let at = (0..=text.len() - piece.len()).find(|&at| starts(piece, text.get(at..).unwrap_or_default()))?;
        return Some(at + piece.len());
    }
    // The text may begin inside a character, where no whole piece can.
    let skipped = text.iter().take_while(|byte| (**byte & 0xC0) == 0x80).count();
    let text = std::str::from_utf8(text.get(skipped..)?).ok()?;
    text.find(piece).map(|at| skipped + at + piece.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_single_bytes() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("a", "a", true),
            ("a", "A", false),
            ("*", "", true),
            ("*", "a/b", true),
            ("a*", "a", true),
            ("*a", "ba", true),
            ("a*b*c", "a/x/b/y/c", true),
            ("a*b*c", "a/x/c/y/b", false),
            ("a*a", "a", false),
            ("ab*ba", "aba", false),
            ("**", "x", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*?", "", false),
            ("*b?d*", "xxbcdyy", true),
            ("?", "é", false),
            ("??", "é", true),
            ("*?*é", "xé", true),
            ("?*é*", "éé", true),
            ("*:b", "a:b", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
            let symbols: Vec<Symbol> = pattern.bytes().map(Symbol::of).collect();
            assert_eq!(matches_symbols(&symbols, text.as_bytes()), expected, "{pattern} {text} as symbols");
        }
        assert!(matches_any_case("S3:get*", "s3:GetObject"));
    }

    #[test]
    fn many_stars_take_no_more_than_a_moment() {
        let pattern = "a*".repeat(400) + "b";
        assert!(!matches(&pattern, &"a".repeat(1_024)));
    }
}
