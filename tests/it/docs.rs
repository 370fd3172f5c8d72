//! The pages of docs/ that are made from tables are fresh.

use std::path::Path;

#[test]
fn generated_pages_are_fresh() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs");
    let stale: Vec<&str> = spacelet::generated_docs()
        .iter()
        .filter(|page| std::fs::read_to_string(docs.join(page.file)).unwrap_or_default() != page.text)
        .map(|page| page.file)
        .collect();
    assert!(stale.is_empty(), "stale: {stale:?}; `cargo run -- docs write docs` makes them anew");
}
