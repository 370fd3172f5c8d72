//! Keys may hold anything; what is put under a key comes back under it, and no other key is touched.

use crate::server::Server;
use crate::sign;
use crate::support::{Call, outcome};

fn odd_keys() -> Vec<String> {
    let mut keys: Vec<String> = [
        "a",
        "a/b",
        "a/",
        "/",
        "//",
        "/a",
        "a//b",
        ".",
        "..",
        "../x",
        "a/../b",
        "a/./b",
        "a+b",
        "a b",
        "a%2Fb",
        "a%b",
        "a?b",
        "a#b",
        "a&b=c",
        "ünïcöde",
        "日本語",
        "🚀",
        "nul\0in",
        "\u{1}\u{7f}",
        "line\nfeed\r",
        "<&>\"'",
        "~-_.",
        "\\",
        "*",
        "%",
        "%%",
        "\u{ffff}",
        "trailing ",
        " leading",
    ]
    .iter()
    .map(|k| (*k).to_owned())
    .collect();
    keys.push("k".repeat(1_024));
    keys.push("é".repeat(512));
    keys
}

#[test]
fn each_key_keeps_its_own_body() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    for key in odd_keys() {
        let put = Call::new(&format!("PUT /b-one/{}", sign::escape_path(&key))).body(key.clone());
        assert_eq!(outcome(&put.send(&server)), "200", "PUT {key:?}");
    }
    for key in odd_keys() {
        let got = server.send(&format!("GET /b-one/{}", sign::escape_path(&key)));
        assert_eq!((got.status, got.text()), (200, key.clone()), "GET {key:?}");
    }
    let listed = listed_keys(&server);
    let mut expected = odd_keys();
    expected.sort();
    assert_eq!(listed, expected, "listings are in the order of the keys' bytes");
    for key in odd_keys() {
        assert_eq!(outcome(&server.send(&format!("DELETE /b-one/{}", sign::escape_path(&key)))), "204");
    }
    assert!(listed_keys(&server).is_empty());
}

#[test]
fn by_virtual_host_too() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    for key in odd_keys() {
        let put = format!("PUT /{} at b-one.nyc3.digitaloceanspaces.com", sign::escape_path(&key));
        assert_eq!(outcome(&Call::new(&put).body(key.clone()).send(&server)), "200", "PUT {key:?}");
        let got = server.send(&format!("GET /b-one/{}", sign::escape_path(&key)));
        assert_eq!(got.text(), key, "GET {key:?}");
    }
}

#[test]
fn a_slash_may_be_sent_escaped_and_is_a_slash() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let put = Call::new("PUT /b-one/dir%2Ffile\n\nx").signed_path("/b-one/dir/file");
    assert_eq!(outcome(&put.send(&server)), "200");
    assert_eq!(server.send("GET /b-one/dir/file").text(), "x");
}

#[test]
fn keys_too_long_or_not_utf8_are_refused() {
    let server = Server::start();
    server.prepare(&["PUT /b-one"]);
    let long = format!("PUT /b-one/{}\n\nx", "k".repeat(1_025));
    assert_eq!(outcome(&server.send(&long)), "400 InvalidObjectName");
    assert_eq!(outcome(&server.send("PUT /b-one/%FF%FE\n\nx")), "400 InvalidObjectName");
}

fn listed_keys(server: &Server) -> Vec<String> {
    let text = server.send("GET /b-one?encoding-type=url").text();
    let keys = text.split("<Key>").skip(1).map(|t| t.split("</Key>").next().unwrap().replace("&apos;", "'"));
    keys.map(|k| percent_encoding::percent_decode_str(&k).decode_utf8().unwrap().into_owned()).collect()
}
