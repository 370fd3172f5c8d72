//! Pages of a list: `page` and `per_page`, `links` and `meta` (spaces-reference 8).

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::ApiError;
use crate::ask::Ask;

/// The most entries of a page.
const PER_PAGE_MAX: usize = 200;
/// The last page that can be asked for.
const PAGES_MAX: usize = 1_000_000;
/// How many when nothing is said.
const PER_PAGE_DEFAULT: usize = 20;

/// One page of a list: `{NAME: […], "links": {…}, "meta": {"total": n}}`.
pub(crate) struct Page<T> {
    name: &'static str,
    entries: Vec<T>,
    /// `first`, `prev`, `next`, `last` with their URLs: only those that apply.
    links: Vec<(&'static str, String)>,
    total: usize,
}

impl<T> Page<T> {
    /// The page of `all` that is asked for.
    ///
    /// # Errors
    /// 400 for a `page` or `per_page` that is no number in its range.
    pub(crate) fn of(name: &'static str, all: Vec<T>, ask: &Ask) -> Result<Self, ApiError> {
        let number = number(ask, "page", 1, PAGES_MAX)?;
        let per_page = self::number(ask, "per_page", PER_PAGE_DEFAULT, PER_PAGE_MAX)?;
        let total = all.len();
        let last = total.div_ceil(per_page).max(1);
        let links = wanted(number, last).into_iter().map(|(rel, page)| (rel, ask.url_of_page(page, per_page)));
        let links = links.collect();
        let entries = all.into_iter().skip((number - 1) * per_page).take(per_page).collect();
        Ok(Self { name, entries, links, total })
    }

    /// The same page with something made of each entry, for what costs too much to be made of all.
    pub(crate) fn try_map<U>(self, map: impl FnMut(T) -> Result<U, ApiError>) -> Result<Page<U>, ApiError> {
        let Self { name, entries, links, total } = self;
        let entries = entries.into_iter().map(map).collect::<Result<_, _>>()?;
        Ok(Page { name, entries, links, total })
    }
}

fn number(ask: &Ask, name: &str, default: usize, max: usize) -> Result<usize, ApiError> {
    let Some(text) = ask.query(name) else { return Ok(default) };
    let number = text.parse().ok().filter(|number| (1..=max).contains(number));
    number.ok_or_else(|| ApiError::bad_request(format!("{name} must be a number from 1 to {max}")))
}

/// Which links page `number` of `last` has.
fn wanted(number: usize, last: usize) -> Vec<(&'static str, usize)> {
    let mut links = Vec::new();
    if number > 1 {
        links.extend([("first", 1), ("prev", (number - 1).min(last))]);
    }
    if number < last {
        links.extend([("next", number + 1), ("last", last)]);
    }
    links
}

impl<T: Serialize> Serialize for Page<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry(self.name, &self.entries)?;
        map.serialize_entry("links", &Links(&self.links))?;
        map.serialize_entry("meta", &Pairs(&[("total", self.total)]))?;
        map.end()
    }
}

struct Links<'a>(&'a [(&'static str, String)]);

impl Serialize for Links<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if !self.0.is_empty() {
            map.serialize_entry("pages", &Pairs(self.0))?;
        }
        map.end()
    }
}

struct Pairs<'a, V>(&'a [(&'static str, V)]);

impl<V: Serialize> Serialize for Pairs<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_that_apply() {
        assert_eq!(wanted(1, 1), []);
        assert_eq!(wanted(1, 3), [("next", 2), ("last", 3)]);
        assert_eq!(wanted(2, 3), [("first", 1), ("prev", 1), ("next", 3), ("last", 3)]);
        assert_eq!(wanted(3, 3), [("first", 1), ("prev", 2)]);
        assert_eq!(wanted(9, 3), [("first", 1), ("prev", 3)]);
    }
}
