//! Listings by definition: everything collapsed and sorted first, then cut. Slow, and short enough to be believed.

/// One entry: a name, and whether it is a common prefix.
pub type Entry = (String, bool);

fn common_prefix(key: &str, prefix: &str, delimiter: &str) -> Option<String> {
    let rest = key.strip_prefix(prefix)?;
    let at = rest.find(delimiter).filter(|_| !delimiter.is_empty())?;
    Some(key[..prefix.len() + at + delimiter.len()].to_owned())
}

/// All entries after `after`, of keys in byte order.
pub fn entries<'k>(keys: impl Iterator<Item = &'k str>, prefix: &str, delimiter: &str, after: &str) -> Vec<Entry> {
    let skipped = common_prefix(after, prefix, delimiter);
    let mut entries: Vec<Entry> = Vec::new();
    for key in keys {
        if !key.starts_with(prefix) || key <= after || skipped.as_ref().is_some_and(|skipped| key.starts_with(skipped))
        {
            continue;
        }
        let entry = match common_prefix(key, prefix, delimiter) {
            Some(common) => (common, true),
            None => (key.to_owned(), false),
        };
        if entries.last() != Some(&entry) {
            entries.push(entry);
        }
    }
    entries
}
