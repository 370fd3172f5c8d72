#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::Profile;
use crate::operation::{Scope, find};
use crate::query::Query;
use crate::target::HostNames;
use spacelet_engine::Region;

const ONE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

fn target(path: &str) -> Target {
    let names = HostNames::new(&[], &Region::new("nyc3"), &Profile::SPACES);
    Target::parse(&names, &path.parse().unwrap(), Some(b"localhost")).unwrap()
}

fn explained(counted: Result<(), S3Error>) -> String {
    counted.map_or_else(|error| format!("{} {}", error.code.name(), error.explanation), |()| "ok".to_owned())
}

#[test]
fn an_address_has_its_number_in_each_second() {
    let limiter = Limiter::new(RateLimits::SPACES);
    let start = Instant::now();
    let count = |address, bucket: u32, ms| {
        limiter.count(Some(address), &target(&format!("/b{bucket}/k")), &Method::GET, start + Duration::from_millis(ms))
    };
    // Buckets of their own, so that none of theirs is the limit that is met.
    assert!((0..1_500).all(|n| count(ONE, n, 0).is_ok()));
    assert_eq!(
        explained(count(ONE, 1, 999)),
        "SlowDown more than 1500 requests a second from this address; wait, and try again"
    );
    assert_eq!(explained(count(OTHER, 1, 999)), "ok");
    assert_eq!(explained(count(ONE, 1, 1_000)), "ok");
}

#[test]
fn a_space_has_its_number_whoever_asks() {
    let limiter = Limiter::new(RateLimits::SPACES);
    let now = Instant::now();
    let count = |address, path: &str, method| limiter.count(address, &target(path), &method, now);
    assert!((0..800).all(|n| count(Some(if n % 2 == 0 { ONE } else { OTHER }), "/b/k", Method::PUT).is_ok()));
    assert_eq!(
        explained(count(None, "/b", Method::HEAD)),
        "SlowDown more than 800 requests a second to this bucket; wait, and try again"
    );
    assert_eq!(explained(count(None, "/c", Method::HEAD)), "ok");
    assert_eq!(explained(count(None, "/", Method::GET)), "ok");
}

#[test]
fn amazon_counts_reads_and_writes_apart() {
    let limiter = Limiter::new(RateLimits::AWS);
    let now = Instant::now();
    let count = |method: &Method| limiter.count(Some(ONE), &target("/b/k"), method, now);
    assert!((0..3_500).all(|_| count(&Method::DELETE).is_ok()));
    assert!((0..5_500).all(|_| count(&Method::HEAD).is_ok()));
    for (method, of) in
        [(Method::PUT, "3500 requests a second to write to"), (Method::GET, "5500 requests a second to read from")]
    {
        assert_eq!(explained(count(&method)), format!("SlowDown more than {of} this bucket; wait, and try again"));
    }
    assert_eq!(explained(count(&Method::OPTIONS)), "ok");
}

#[test]
fn ten_writes_of_an_object_go_on_at_once() {
    let limiter = Limiter::new(RateLimits::SPACES);
    let mut going: Vec<_> = (0..10).map(|_| limiter.begin_write(&target("/b/k")).unwrap()).collect();
    assert!(limiter.begin_write(&target("/b/k")).is_err());
    assert!(limiter.begin_write(&target("/b/l")).is_ok());
    going.pop();
    going.push(limiter.begin_write(&target("/b/k")).unwrap());
    assert!(limiter.begin_write(&target("/b/k")).is_err());
    drop(going);
    assert!(locked(&limiter.writing).is_empty(), "what has ended is forgotten");
}

#[test]
fn memory_is_bounded() {
    let limiter = Limiter::new(RateLimits::SPACES);
    let start = Instant::now();
    for n in 0..40_000_u32 {
        let address = IpAddr::V4(n.into());
        limiter.count(Some(address), &target("/"), &Method::GET, start).unwrap();
        assert!(locked(&limiter.counts).len() <= COUNTED_MAX);
    }
    let long = target(&format!("/{}", "n".repeat(256)));
    let later = start + WINDOW;
    (0..900).for_each(|_| limiter.count(None, &long, &Method::GET, later).unwrap());
    (0..16_384_u32).for_each(|n| limiter.count(Some(IpAddr::V4(n.into())), &target("/"), &Method::GET, later).unwrap());
    assert!(locked(&limiter.counts).values().all(|window| window.began == later), "seconds that are over go first");
}

#[test]
fn numbers_have_names() {
    let mut limits = RateLimits::SPACES;
    assert!(RateLimits::NAMES.iter().all(|name| limits.set(name, 7)));
    let seven = Some(7);
    let all = [limits.address, limits.bucket, limits.writes, limits.reads, limits.object];
    let cold = [limits.cold_writes, limits.cold_reads, limits.cold_lists];
    assert_eq!((all, cold), ([seven; 5], [seven; 3]));
    assert!(limits.set("bucket", 0) && limits.bucket.is_none());
    assert!(!limits.set("none", 1));
}

#[test]
fn a_cold_space_has_numbers_of_its_own() {
    let limiter = Limiter::new(RateLimits::SPACES);
    let now = Instant::now();
    let name = BucketName::parse("cold").unwrap();
    for (method, scope, query, max) in [
        (Method::GET, Scope::Bucket, "list-type=2", 25),
        (Method::HEAD, Scope::Object, "", 250),
        (Method::PUT, Scope::Object, "partNumber=1&uploadId=u", 450),
    ] {
        let row = find(false, &method, scope, &Query::parse(query), &http::HeaderMap::new()).unwrap();
        let count = || limiter.count_cold(row, &name, now).is_ok();
        assert!((0..max).all(|_| count()) && !count(), "{}", row.name);
    }
}
