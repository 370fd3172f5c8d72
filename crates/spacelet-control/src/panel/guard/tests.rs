//! Each rule of the panel's door.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

fn host(name: &str) -> bool {
    check_host(&headers(&[("host", name)]), ["spacelet.test", "panel.example:9001"].into_iter()).is_ok()
}

#[test]
fn a_cookie_counts_only_under_names_of_this_machine_or_a_domain() {
    for name in ["localhost", "LOCALHOST:9001", "127.0.0.1:9001", "127.9.9.9", "[::1]:9001", "x.localhost:1"] {
        assert!(host(name), "{name}");
    }
    for name in ["spacelet.test:9001", "a.spacelet.test", "panel.example", "panel.example:9001"] {
        assert!(host(name), "{name}");
    }
    for name in ["evil.example", "192.168.1.5:9001", "localhost.evil.example", "evilspacelet.test", "", "[::2]", "[::1"]
    {
        assert!(!host(name), "{name}");
    }
    assert_eq!(check_host(&HeaderMap::new(), std::iter::empty()), Err(Refused::Host));
}

#[test]
fn only_the_panels_own_pages_may_use_its_cookie() {
    let judge = |method: Method, pairs: &[(&'static str, &str)]| {
        check_origin(&method, &headers(pairs), "localhost:9001").is_ok()
    };
    assert!(judge(Method::GET, &[("sec-fetch-site", "same-origin")]));
    assert!(judge(Method::POST, &[("sec-fetch-site", "same-origin")]));
    assert!(judge(Method::GET, &[("sec-fetch-site", "none")]), "typed");
    assert!(!judge(Method::POST, &[("sec-fetch-site", "none")]));
    for site in ["same-site", "cross-site", "anything"] {
        assert!(!judge(Method::GET, &[("sec-fetch-site", site)]), "{site}");
        assert!(!judge(Method::POST, &[("sec-fetch-site", site), ("origin", "http://localhost:9001")]), "{site}");
    }
    assert!(judge(Method::POST, &[("origin", "http://localhost:9001")]), "a browser without Sec-Fetch");
    for origin in ["http://localhost:9000", "http://localhost", "null", "http://evil.example", "ftp://localhost:9001"] {
        assert!(!judge(Method::POST, &[("origin", origin)]), "{origin}");
    }
    assert!(!judge(Method::GET, &[]) && !judge(Method::POST, &[]), "who sent it is not said");
}

#[test]
fn another_page_cannot_sign_somebody_in() {
    let judge = |pairs: &[(&'static str, &str)]| check_sign_in(&headers(pairs), "localhost:9001").is_ok();
    assert!(judge(&[("sec-fetch-site", "same-origin"), ("origin", "http://localhost:9001")]));
    assert!(judge(&[]), "a program that has the token");
    assert!(!judge(&[("sec-fetch-site", "same-site")]));
    assert!(!judge(&[("origin", "http://localhost:9000")]));
}

#[test]
fn the_cookie_is_the_ports_own() {
    assert_eq!(cookie_name("localhost:9001"), "spacelet_panel_9001");
    assert_eq!(cookie_name("[::1]:9001"), "spacelet_panel_9001");
    assert_eq!(cookie_name("localhost"), "spacelet_panel_80");
    let both = headers(&[("cookie", "a=b; spacelet_panel_9002=x;spacelet_panel_9001=y")]);
    assert_eq!(cookie(&both, "localhost:9001"), Some("y"));
    assert_eq!(cookie(&both, "localhost:9003"), None);
}
