use super::*;

/// Made with `openssl req -x509 -newkey ec`, for two names.
const PEM: &str = "-----BEGIN CERTIFICATE-----\n\
MIIBwjCCAWmgAwIBAgIUBmP8nbKVwWznMq7HnOgruUTZi4QwCgYIKoZIzj0EAwIw\n\
HTEbMBkGA1UEAwwSc3RhdGljLmV4YW1wbGUuY29tMB4XDTI2MTEyNDEyMTY0NFoX\n\
DTM2MTEyMTEyMTY0NFowHTEbMBkGA1UEAwwSc3RhdGljLmV4YW1wbGUuY29tMFkw\n\
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpMZyBzWm0DdyNrsPiOag4KSqGnyjXM/k\n\
XSNqNeQY+JHU8+8c5MMBWJWCU4/CpIZHsgl4Mqi8UiaZtdnrhuUjg6OBhjCBgzAd\n\
BgNVHQ4EFgQU3BZNjiZ9Z32bTHtfo4yXtXx1cBwwHwYDVR0jBBgwFoAU3BZNjiZ9\n\
Z32bTHtfo4yXtXx1cBwwDwYDVR0TAQH/BAUwAwEB/zAwBgNVHREEKTAnghJzdGF0\n\
aWMuZXhhbXBsZS5jb22CESouY2RuLmV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0cA\n\
MEQCIHZwibWYPCTfulWz/NWaqkmSi3hyqqq6qY7wc4YjJtsYAiA05jZN0Tzmru9H\n\
afOwlkaCYFK8783w1cEE90h9eAxYrw==\n\
-----END CERTIFICATE-----\n\
";

#[test]
fn a_certificate_of_openssl() {
    let known = read(PEM);
    let known = known.map(|known| (known.dns_names, known.not_after, known.sha1_fingerprint));
    let names = vec!["static.example.com".to_owned(), "*.cdn.example.com".to_owned()];
    let fingerprint = "06664428081e2ba4cd494b3b51da978a8e8b7a82".to_owned();
    assert_eq!(known, Some((names, Timestamp(2_110_882_604_000), fingerprint)));
}

#[test]
fn what_is_cut_or_changed_is_no_certificate_and_no_panic() {
    for text in ["", "x", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"] {
        assert!(read(text).is_none(), "{text}");
    }
    let body: String = PEM.lines().filter(|line| !line.starts_with("---")).collect();
    let der = STANDARD.decode(body).unwrap_or_default();
    let pem = |der: &[u8]| format!("-----BEGIN CERTIFICATE-----{}-----END CERTIFICATE-----", STANDARD.encode(der));
    for cut in 0..100.min(der.len()) {
        assert!(read(&pem(der.get(..cut).unwrap_or_default())).is_none(), "{cut}");
    }
    for at in 0..der.len() {
        let mut other = der.clone();
        if let Some(byte) = other.get_mut(at) {
            *byte ^= 0xff;
        }
        drop(read(&pem(&other)));
    }
}
