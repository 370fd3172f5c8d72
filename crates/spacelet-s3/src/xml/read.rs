//! The reader: a bounded tree, then typed values. A tree, because S3 lets elements of a list and others alternate
//! (`Object`, `Quiet`, `Object`), and because size, depth and root are then checked in one pass.

use std::fmt;

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

/// Elements may nest this deep: S3's deepest request (lifecycle) has seven levels.
const DEPTH_MAX: usize = 16;
/// Elements of one document: 10,000 parts with all their checksums are fewer.
const ELEMENTS_MAX: usize = 120_000;

/// Why a body is no such document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct XmlError {
    /// In plain words, for the explanation.
    pub(crate) because: String,
}

impl XmlError {
    /// With this reason.
    pub(crate) fn new(because: impl Into<String>) -> Self {
        Self { because: because.into() }
    }
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.because)
    }
}

/// An element. Names are local names: namespaces are optional in S3's requests and not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    /// Local name.
    pub(crate) name: String,
    /// Attributes with their names as written (`xsi:type`); namespace declarations left out.
    pub(crate) attributes: Vec<(String, String)>,
    /// Its own text, white space kept.
    pub(crate) text: String,
    /// Child elements in order.
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The first child of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The children of that name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of that name.
    pub(crate) fn child_text(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }
}

/// A request body that can be read from its root element.
pub(crate) trait FromXml: Sized {
    /// The root element's name.
    const ROOT: &'static str;

    /// Reads it.
    ///
    /// # Errors
    /// What is missing or wrong.
    fn from_root(root: &Element) -> Result<Self, XmlError>;
}

/// Parses a request body of at most `bytes_max` bytes.
///
/// # Errors
/// Too long, not UTF-8, not well-formed, too deep, another root, a DTD, or what `T` refuses.
pub(crate) fn parse<T: FromXml>(body: &[u8], bytes_max: usize) -> Result<T, XmlError> {
    T::from_root(&parse_root(body, bytes_max, T::ROOT)?)
}

/// As [`parse`], for a document that is kept as its tree.
///
/// # Errors
/// As there.
pub(crate) fn parse_root(body: &[u8], bytes_max: usize, name: &str) -> Result<Element, XmlError> {
    if body.len() > bytes_max {
        return Err(XmlError::new(format!("the XML body has {} bytes, at most {bytes_max} are allowed", body.len())));
    }
    let text = std::str::from_utf8(body)
        .map_err(|error| XmlError::new(format!("the XML body is not UTF-8 after byte {}", error.valid_up_to())))?;
    let root = read_tree(text)?;
    if root.name != name {
        return Err(XmlError::new(format!("the root element is {:?}, expected {name}", root.name)));
    }
    Ok(root)
}

fn read_tree(text: &str) -> Result<Element, XmlError> {
    let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut tree = Tree::default();
    loop {
        let event =
            reader.read_event().map_err(|error| XmlError::new(format!("the XML is not well-formed: {error}")))?;
        match event {
            Event::Start(start) => tree.open(element(&start)?)?,
            Event::Empty(start) => {
                tree.open(element(&start)?)?;
                tree.close();
            }
            Event::End(_) => tree.close(),
            Event::Text(text) => tree.text(&text.xml10_content())?,
            Event::CData(text) => tree.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => tree.text(resolve(&reference)?.encode_utf8(&mut [0; 4]))?,
            Event::DocType(_) => return Err(XmlError::new("a document type declaration is not accepted")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => return tree.finish(),
        }
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, XmlError> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| XmlError::new(format!("an attribute is malformed: {error}")))?;
        let name: &str = attribute.key.as_ref();
        if name != "xmlns" && !name.starts_with("xmlns:") {
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::default())
                .map_err(|error| XmlError::new(format!("an attribute is malformed: {error}")))?;
            attributes.push((name.to_owned(), value.into_owned()));
        }
    }
    let name: &str = start.local_name().into_inner();
    Ok(Element { name: name.to_owned(), attributes, ..Element::default() })
}

fn resolve(reference: &BytesRef<'_>) -> Result<char, XmlError> {
    let malformed = |error| XmlError::new(format!("a character reference is malformed: {error}"));
    if let Some(character) = reference.resolve_char_ref().map_err(malformed)? {
        return Ok(character);
    }
    let name: &str = reference;
    match name {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        other => Err(XmlError::new(format!("the entity &{other}; is not known"))),
    }
}

/// The tree while it grows: finished root, and the path of open elements.
#[derive(Default)]
struct Tree {
    root: Option<Element>,
    open: Vec<Element>,
    elements: usize,
}

impl Tree {
    fn open(&mut self, element: Element) -> Result<(), XmlError> {
        self.elements += 1;
        if self.root.is_some() {
            return Err(XmlError::new("there is a second root element"));
        }
        if self.open.len() >= DEPTH_MAX {
            return Err(XmlError::new(format!("elements nest deeper than {DEPTH_MAX}")));
        }
        if self.elements > ELEMENTS_MAX {
            return Err(XmlError::new(format!("there are more than {ELEMENTS_MAX} elements")));
        }
        self.open.push(element);
        Ok(())
    }

    fn close(&mut self) {
        let Some(done) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(done),
            None => self.root = Some(done),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), XmlError> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(XmlError::new("there is text outside of the root element")),
        }
        Ok(())
    }

    fn finish(self) -> Result<Element, XmlError> {
        if !self.open.is_empty() {
            return Err(XmlError::new("the document ends within an element"));
        }
        self.root.ok_or_else(|| XmlError::new("there is no element"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    struct Any(Element);
    impl FromXml for Any {
        const ROOT: &'static str = "D";
        fn from_root(root: &Element) -> Result<Self, XmlError> {
            Ok(Self(root.clone()))
        }
    }

    fn read(text: &str) -> Result<Element, String> {
        parse::<Any>(text.as_bytes(), 10_000_000).map(|any| any.0).map_err(|error| error.because)
    }

    #[test]
    fn keeps_text_as_it_is() {
        let root = read(
            "<?xml version=\"1.0\"?><!-- c --><D xmlns=\"n\"><K> s&amp;p<![CDATA[<x>]]>&#x1;<!--c-->&#233;</K><x:K/></D>\n",
        );
        let root = root.unwrap();
        assert_eq!(root.all("K").map(|k| k.text.as_str()).collect::<Vec<_>>(), [" s&p<x>\u{1}é", ""]);
        assert!(root.attributes.is_empty());
    }

    #[test]
    fn keeps_attributes() {
        let root = read("<D><G xmlns:xsi=\"u\" xsi:type=\"Gr&amp;oup\"/></D>").unwrap();
        assert_eq!(root.child("G").unwrap().attributes, [("xsi:type".to_owned(), "Gr&oup".to_owned())]);
    }

    #[test]
    fn refuses_with_a_reason() {
        for (text, reason) in [
            ("", "no element"),
            ("   ", "no element"),
            ("<D>", "within an element"),
            ("<D></E>", "not well-formed"),
            ("<E/>", "expected D"),
            ("<D/>t", "outside"),
            ("<D/><D/>", "second root"),
            ("<!DOCTYPE a [<!ENTITY b \"c\">]><D/>", "document type"),
            ("<D>&b;</D>", "not known"),
            ("<D>&#xD800;</D>", "character reference"),
            ("<D a=1/>", "attribute"),
            ("t<D/>", "outside"),
        ] {
            let got = read(text).unwrap_err();
            assert!(got.contains(reason), "{text}: {got}");
        }
        assert!(parse::<Any>(b"<D/>", 3).is_err());
        assert!(parse::<Any>(b"<D>\xff</D>", 30).is_err());
    }

    #[test]
    fn bounds_depth_and_count() {
        let nested = |depth: usize| format!("{}{}", "<D>".repeat(depth), "</D>".repeat(depth));
        assert!(read(&nested(DEPTH_MAX)).is_ok());
        assert!(read(&nested(DEPTH_MAX + 1)).unwrap_err().contains("deeper"));
        assert!(read(&format!("<D>{}</D>", "<a/>".repeat(ELEMENTS_MAX))).unwrap_err().contains("more than"));
    }
}
