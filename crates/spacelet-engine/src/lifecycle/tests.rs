use super::*;

fn rule(id: &str, prefix: &str, expiration: Option<Expiration>) -> LifecycleRule {
    LifecycleRule {
        id: id.to_owned(),
        is_enabled: true,
        prefix: prefix.to_owned(),
        tags: Vec::new(),
        bytes_over: None,
        bytes_under: None,
        expiration,
        noncurrent: None,
        transitions: Vec::new(),
        noncurrent_transitions: Vec::new(),
        abort_upload_days: None,
    }
}

/// 2026-11-23T23:50:42Z.
const WRITTEN: Timestamp = Timestamp(1_795_477_842_000);
/// 2026-11-24T00:00:00Z.
const MIDNIGHT: i64 = 1_795_478_400_000;

fn candidate<'a>(key: &'a str, tags: &'a [(String, String)], bytes: u64) -> Candidate<'a> {
    Candidate { key, tags, bytes, since: WRITTEN }
}

fn at(now: i64) -> Moment {
    Moment { now: Timestamp(now), day_ms: DAY_MS }
}

#[test]
fn days_end_at_midnight() {
    let days = |days| Some(Expiration::Days(days));
    let rules = [rule("long", "logs/", days(40)), rule("r1", "logs/", days(30))];
    let expected = Timestamp(MIDNIGHT + 30 * DAY_MS);
    assert_eq!(expiry(&rules, &candidate("logs/x", &[], 0)), Some((expected, "r1")));
    assert_eq!(expiry(&rules, &candidate("other", &[], 0)), None);
    let expired = |now| is_expired(&rules, &candidate("logs/x", &[], 0), &at(now));
    assert!(!expired(expected.0 - 1));
    assert!(expired(expected.0));
}

#[test]
fn shortened_days_need_no_midnight() {
    let short = |now| Moment { now: Timestamp(now), day_ms: 10_000 };
    assert!(!is_due(Timestamp(5_000), 2, &short(24_999)));
    assert!(is_due(Timestamp(5_000), 2, &short(25_000)));
    assert!(!is_due(Timestamp(MIDNIGHT + 1), 1, &at(MIDNIGHT + DAY_MS + 2)));
    assert!(is_due(Timestamp(MIDNIGHT), 1, &at(MIDNIGHT + DAY_MS)));
}

#[test]
fn dates_tags_and_states() {
    let mut by_date = rule("d", "", Some(Expiration::Date(Timestamp(MIDNIGHT))));
    by_date.tags = vec![("k".to_owned(), "v".to_owned())];
    let tagged = [("a".to_owned(), "b".to_owned()), ("k".to_owned(), "v".to_owned())];
    let rules = [by_date];
    assert!(is_expired(&rules, &candidate("x", &tagged, 0), &at(MIDNIGHT)));
    assert!(!is_expired(&rules, &candidate("x", &tagged, 0), &at(MIDNIGHT - 1)));
    assert!(!is_expired(&rules, &candidate("x", &[], 0), &at(MIDNIGHT)));
    let rules = rules.map(|rule| LifecycleRule { is_enabled: false, ..rule });
    assert!(!is_expired(&rules, &candidate("x", &tagged, 0), &at(MIDNIGHT)));
    let markers = [rule("m", "", Some(Expiration::LoneMarkers))];
    assert_eq!(expiry(&markers, &candidate("x", &[], 0)), None);
}

#[test]
fn an_upload_ends_at_a_midnight() {
    let mut week = rule("week", "tmp/", None);
    week.abort_upload_days = Some(7);
    let rules = [rule("other", "", Some(Expiration::Days(1))), week];
    assert_eq!(abort_of(&rules, "tmp/x", WRITTEN), Some((Timestamp(MIDNIGHT + 7 * DAY_MS), "week")));
    assert_eq!(abort_of(&rules, "x", WRITTEN), None);
}

#[test]
fn sizes_are_bounds_that_are_not_reached() {
    let mut sized = rule("s", "", Some(Expiration::Days(1)));
    (sized.bytes_over, sized.bytes_under) = (Some(10), Some(20));
    let selected = [10, 11, 19, 20].map(|bytes| sized.selects(&candidate("x", &[], bytes)));
    assert_eq!(selected, [false, true, true, false]);
}

#[test]
fn the_newest_older_versions_are_kept() {
    let mut kept = rule("n", "", None);
    kept.noncurrent = Some(Noncurrent { days: 1, kept: 2 });
    let now = at(MIDNIGHT + DAY_MS);
    let expired = [0, 1, 2, 3]
        .map(|newer| is_noncurrent_expired(std::slice::from_ref(&kept), &candidate("x", &[], 0), newer, &now));
    assert_eq!(expired, [false, false, true, true]);
    assert!(!is_noncurrent_expired(&[kept], &candidate("x", &[], 0), 9, &at(MIDNIGHT)));
}

#[test]
fn objects_go_to_the_coldest_class_that_is_due() {
    use StorageClass as C;
    let after = |days, class| Transition { due: Due::Days(days), class };
    let mut down = rule("t", "", None);
    down.transitions = vec![after(1, C::StandardIa), after(3, C::DeepArchive), after(2, C::Glacier)];
    let rules = [down];
    let moved = |bytes, from, days: i64, small| {
        transition(&rules, &candidate("x", &[], bytes), from, small, &at(MIDNIGHT + days * DAY_MS))
    };
    let large = 128 << 10;
    let by_day = [0, 1, 2, 3].map(|days| moved(large, C::Standard, days, SmallObjects::Stay));
    assert_eq!(by_day, [None, Some(C::StandardIa), Some(C::Glacier), Some(C::DeepArchive)]);
    assert_eq!(moved(large, C::DeepArchive, 3, SmallObjects::Stay), None);
    assert_eq!(moved(large - 1, C::Standard, 3, SmallObjects::Stay), None);
    assert_eq!(moved(large - 1, C::Standard, 3, SmallObjects::GoToArchives), Some(C::DeepArchive));
    assert_eq!(moved(large - 1, C::Standard, 1, SmallObjects::GoToArchives), None);

    let [mut sized] = rules;
    sized.bytes_over = Some(0);
    let found = transition(&[sized], &candidate("x", &[], 1), C::Standard, SmallObjects::Stay, &at(MIDNIGHT + DAY_MS));
    assert_eq!(found, Some(C::StandardIa), "a rule that names sizes is about small objects too");
}
