//! A small JSON reader (RFC 8259, and comments as RGW takes them) that keeps the order of members and those that are
//! there twice, and numbers as they are written: a policy's rules are about just these.

use super::{PolicyError, PolicyFault};

/// Arrays and objects within each other.
const DEPTH_MAX: usize = 16;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json {
    /// `true`, `false`, `null`: a policy has none.
    Word(&'static str),
    /// As written.
    Number(String),
    /// Without escapes.
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// Reads one value, and nothing after it.
pub(super) fn read(document: &[u8]) -> Result<Json, PolicyError> {
    let text = std::str::from_utf8(document).map_err(|error| fault("not UTF-8", error.valid_up_to()))?;
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.skip_blank()?;
    if reader.at < text.len() { Err(fault("something after the document's end", reader.at)) } else { Ok(value) }
}

fn fault(what: &str, at: usize) -> PolicyError {
    PolicyError { fault: PolicyFault::Json, because: format!("the policy is no JSON: {what} at byte {at}") }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let is_there = self.peek() == Some(wanted);
        if is_there {
            self.at += wanted.len_utf8();
        }
        is_there
    }

    fn expect(&mut self, wanted: char) -> Result<(), PolicyError> {
        if self.take(wanted) { Ok(()) } else { Err(fault(&format!("no {wanted}"), self.at)) }
    }

    fn skip_blank(&mut self) -> Result<(), PolicyError> {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
            if blank > 0 {
                self.at += blank;
            } else if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                let end = rest.find("*/").ok_or_else(|| fault("a comment without end", self.at))?;
                self.at += end + 2;
            } else {
                return Ok(());
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json, PolicyError> {
        if depth > DEPTH_MAX {
            return Err(fault("too many lists within lists", self.at));
        }
        self.skip_blank()?;
        match self.peek() {
            Some('{') => self.object(depth),
            Some('[') => self.list(depth),
            Some('"') => self.string().map(Json::Text),
            Some('-' | '0'..='9') => self.number(),
            _ => self.word(),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, PolicyError> {
        self.expect('{')?;
        let mut members = Vec::new();
        self.skip_blank()?;
        if self.take('}') {
            return Ok(Json::Object(members));
        }
        loop {
            self.skip_blank()?;
            let name = self.string()?;
            self.skip_blank()?;
            self.expect(':')?;
            members.push((name, self.value(depth + 1)?));
            self.skip_blank()?;
            if !self.take(',') {
                self.expect('}')?;
                return Ok(Json::Object(members));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, PolicyError> {
        self.expect('[')?;
        let mut values = Vec::new();
        self.skip_blank()?;
        if self.take(']') {
            return Ok(Json::List(values));
        }
        loop {
            values.push(self.value(depth + 1)?);
            self.skip_blank()?;
            if !self.take(',') {
                self.expect(']')?;
                return Ok(Json::List(values));
            }
        }
    }

    fn word(&mut self) -> Result<Json, PolicyError> {
        let word = ["true", "false", "null"].into_iter().find(|word| self.rest().starts_with(word));
        let word = word.ok_or_else(|| fault("no value", self.at))?;
        self.at += word.len();
        Ok(Json::Word(word))
    }

    fn number(&mut self) -> Result<Json, PolicyError> {
        let rest = self.rest();
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let number = rest.get(..rest.len() - rest.trim_start_matches(is_part).len()).unwrap_or_default().to_owned();
        if number.parse::<f64>().is_err() {
            return Err(fault("a number that is none", self.at));
        }
        self.at += number.len();
        Ok(Json::Number(number))
    }

    fn string(&mut self) -> Result<String, PolicyError> {
        self.expect('"')?;
        let mut text = String::new();
        loop {
            let plain = self.rest().find(['"', '\\']).ok_or_else(|| fault("a string without end", self.at))?;
            let run = self.rest().get(..plain).unwrap_or_default();
            if run.bytes().any(|byte| byte < 0x20) {
                return Err(fault("a control character in a string", self.at));
            }
            text.push_str(run);
            self.at += plain;
            if self.take('"') {
                return Ok(text);
            }
            self.expect('\\')?;
            text.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Result<char, PolicyError> {
        let letter = self.peek().ok_or_else(|| fault("a string without end", self.at))?;
        self.at += letter.len_utf8();
        Ok(match letter {
            '"' | '\\' | '/' => letter,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.unicode(),
            _ => return Err(fault("an unknown escape", self.at)),
        })
    }

    fn unicode(&mut self) -> Result<char, PolicyError> {
        let wrong = fault("a broken \\u escape", self.at);
        let first = self.hex().ok_or_else(|| wrong.clone())?;
        let code = match first {
            0xD800..=0xDBFF => {
                let second = if self.rest().starts_with("\\u") {
                    self.at += 2;
                    self.hex()
                } else {
                    None
                };
                let second = second.filter(|code| (0xDC00..=0xDFFF).contains(code)).ok_or_else(|| wrong.clone())?;
                0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)
            }
            code => code,
        };
        char::from_u32(code).ok_or(wrong)
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        let code = u32::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(code)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let text = |value: &str| Json::Text(value.to_owned());
        assert_eq!(read(br#" "a\n\"\u00e9\ud83d\ude00" "#).unwrap(), text("a\n\"é😀"));
        assert_eq!(
            read(b"/* c */{\"a\":[1e3,true],\"a\":{} } // end").unwrap(),
            Json::Object(vec![
                ("a".to_owned(), Json::List(vec![Json::Number("1e3".to_owned()), Json::Word("true")])),
                ("a".to_owned(), Json::Object(Vec::new())),
            ])
        );
    }

    #[test]
    fn what_is_no_json() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for broken in [
            "",
            "{",
            "[1,]",
            "{\"a\"}",
            "\"",
            "\"\\x\"",
            "\"\\ud83d\"",
            "\"\\u12\"",
            "1 2",
            "--1",
            "tru",
            "{a:1}",
            "/*",
            "\"\n\"",
            "\"\\u+123\"",
            &deep,
        ] {
            assert!(read(broken.as_bytes()).is_err(), "{broken:.20}");
        }
        assert!(read(b"\"\xff\"").is_err());
    }
}
