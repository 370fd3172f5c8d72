//! Whether a history of one register can be explained as one operation after another (Wing and Gong's search, with a
//! memory of the states that led nowhere).

use std::collections::HashSet;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Wrote this value.
    Put(u64),
    /// Read this value, or nothing.
    Get(Option<u64>),
    /// Deleted; something was there.
    Delete(bool),
}

#[derive(Debug, Clone, Copy)]
pub struct Operation {
    pub invoked: u64,
    pub returned: u64,
    pub event: Event,
}

/// At most 128 operations.
pub fn is_linearizable(history: &[Operation]) -> bool {
    assert!(history.len() <= 128);
    search(history, 0, None, &mut HashSet::new())
}

fn search(history: &[Operation], done: u128, value: Option<u64>, seen: &mut HashSet<(u128, Option<u64>)>) -> bool {
    if done.count_ones() as usize == history.len() {
        return true;
    }
    if !seen.insert((done, value)) {
        return false;
    }
    let open = || history.iter().enumerate().filter(|(at, _)| done & (1 << at) == 0);
    // An operation may come next when none of the others had returned before it was invoked.
    let first_return = open().map(|(_, operation)| operation.returned).min().unwrap();
    open().filter(|(_, operation)| operation.invoked < first_return).any(|(at, operation)| {
        let next = match operation.event {
            Event::Put(written) => Some(Some(written)),
            Event::Get(read) => (read == value).then_some(value),
            Event::Delete(existed) => (existed == value.is_some()).then_some(None),
        };
        next.is_some_and(|next| search(history, done | (1 << at), next, seen))
    })
}

fn operation(invoked: u64, returned: u64, event: Event) -> Operation {
    Operation { invoked, returned, event }
}

#[test]
fn overlapping_operations_may_take_any_order() {
    let history = [
        operation(0, 9, Event::Put(1)),
        operation(1, 8, Event::Put(2)),
        operation(2, 4, Event::Get(Some(2))),
        operation(5, 6, Event::Get(Some(1))),
        operation(10, 11, Event::Delete(true)),
        operation(12, 13, Event::Get(None)),
    ];
    assert!(is_linearizable(&history));
}

#[test]
fn what_no_order_explains_is_refused() {
    let stale = [operation(0, 1, Event::Put(1)), operation(2, 3, Event::Put(2)), operation(4, 5, Event::Get(Some(1)))];
    assert!(!is_linearizable(&stale));
    let lost = [operation(0, 1, Event::Put(1)), operation(2, 3, Event::Get(None))];
    assert!(!is_linearizable(&lost));
    let back =
        [operation(0, 9, Event::Put(1)), operation(1, 2, Event::Get(Some(1))), operation(3, 4, Event::Get(None))];
    assert!(!is_linearizable(&back));
    let twice =
        [operation(0, 1, Event::Put(1)), operation(2, 5, Event::Delete(true)), operation(3, 6, Event::Delete(true))];
    assert!(!is_linearizable(&twice));
    let early = [operation(0, 1, Event::Get(Some(1))), operation(2, 3, Event::Put(1))];
    assert!(!is_linearizable(&early));
}
