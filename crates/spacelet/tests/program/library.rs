//! Servers inside this process.

use expect_test::expect;
use spacelet::{Running, Server, Settings};

use super::process::{connect, exchange, get};

async fn start(settings: Settings) -> Running {
    Server::start(settings).await.unwrap()
}

/// Blocking requests beside the servers' own threads.
async fn ask(running: &Running, path: &str) -> u16 {
    let (url, path) = (running.endpoint(), path.to_owned());
    tokio::task::spawn_blocking(move || get(&url, &path).0).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_servers_in_one_process_know_nothing_of_each_other() {
    let with = |text: &str| {
        let mut settings = Settings::for_tests();
        settings.seed = Some(format!("[[space]]\nname = \"{text}\"\nacl = \"public-read\""));
        settings
    };
    let (one, two) = (start(with("one")).await, start(with("two")).await);
    assert_ne!(one.address(), two.address());
    assert_ne!(one.first_key().map(|key| key.id.clone()), two.first_key().map(|key| key.id.clone()));
    assert_eq!((ask(&one, "/one").await, ask(&one, "/two").await), (200, 404));
    assert_eq!((ask(&two, "/one").await, ask(&two, "/two").await), (404, 200));
    one.stop().await;
    assert_eq!(ask(&two, "/two").await, 200);
    two.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_server_gives_its_port_and_folder_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings { data: Some(folder.path().to_path_buf()), ..Settings::for_tests() };
    let first = start(settings.clone()).await;
    settings.address = first.address();
    first.stop().await;
    let again = start(settings).await;
    assert_eq!(ask(&again, "/_spacelet/health/ready").await, 200);
    again.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_given_key_gets_the_secret_that_is_given_now() {
    let folder = tempfile::tempdir().unwrap();
    for secret in ["first-secret", "first-secret", "second-secret"] {
        let mut settings = Settings { data: Some(folder.path().to_path_buf()), ..Settings::for_tests() };
        settings.access_key = Some("minioadmin".to_owned());
        settings.secret_key = Some(spacelet_engine::Secret::new(secret));
        let running = start(settings).await;
        let id = spacelet_engine::AccessKeyId::new("minioadmin");
        let key = running.engine().world().key(&id).unwrap().unwrap();
        assert_eq!(key.secret.reveal(), secret);
        assert!(!running.first_key().unwrap().is_generated);
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_control_port_wants_the_token_and_speaks_digitaloceans_json() {
    let running =
        start(Settings { token: Some(spacelet_engine::Secret::new("suite-token")), ..Settings::for_tests() }).await;
    let url = running.control_endpoint();
    let answers = tokio::task::spawn_blocking(move || {
        ["", "\nAuthorization: Bearer wrong-token", "\nAuthorization: Bearer suite-token"].map(|header| {
            exchange(&url, &format!("GET /v2/spaces/keys/x HTTP/1.1\nHost: localhost\nConnection: close{header}"))
        })
    });
    let unauthorized = r#"{"id":"unauthorized","message":"Unable to authenticate you.","request_id":""#;
    let not_found = r#"{"id":"not_found","message":"The resource you requested could not be found.","request_id":""#;
    for (answer, (status, body)) in
        answers.await.unwrap().iter().zip([(401, unauthorized), (401, unauthorized), (404, not_found)])
    {
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.contains(body), "{answer}");
        assert!(answer.contains("content-type: application/json; charset=utf-8"), "{answer}");
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_is_too_long_gets_400_and_the_end_of_the_connection() {
    let running = start(Settings::for_tests()).await;
    let url = running.endpoint();
    tokio::task::spawn_blocking(move || {
        for head in [
            format!("GET / HTTP/1.1\nHost: localhost\nx-long: {}", "x".repeat(20_000)),
            format!("GET /{} HTTP/1.1\nHost: localhost", "x".repeat(20_000)),
        ] {
            // The connection is kept alive by default: that the answer ends shows that it was closed.
            let answer = exchange(&url, &head);
            assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n") && answer.ends_with("\r\n\r\n"), "{answer}");
        }
    })
    .await
    .unwrap();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_and_slow_connections_are_closed_and_further_ones_get_their_seat() {
    use std::io::{Read, Write};
    let settings =
        Settings { connections_max: 2, header_timeout: std::time::Duration::from_millis(200), ..Settings::for_tests() };
    let running = start(settings).await;
    let url = running.endpoint();
    tokio::task::spawn_blocking(move || {
        let mut silent = connect(&url);
        let mut slow = connect(&url);
        slow.write_all(b"GET / HTTP/1.1\r\nHost: local").unwrap();
        // Both seats are taken: this one is answered once one of them is free.
        assert_eq!(get(&url, "/_spacelet/health/live").0, 200);
        assert_eq!(silent.read(&mut [0; 16]).unwrap(), 0);
        let mut rest = Vec::new();
        let _ = slow.read_to_end(&mut rest);
        assert!(!String::from_utf8_lossy(&rest).contains(" 200 "));
    })
    .await
    .unwrap();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_banner_of_a_new_user() {
    let settings = Settings::for_tests();
    let running = start(settings.clone()).await;
    let key = running.first_key().unwrap();
    let mut text = spacelet::banner(&running, &settings);
    for (varies, stands) in [
        (running.endpoint(), "http://S3"),
        (running.control_endpoint(), "http://CONTROL"),
        (key.id.clone(), "KEY"),
        (key.secret.reveal().to_owned(), "SECRET"),
        (running.token().reveal().to_owned(), "TOKEN"),
        (running.sign_in_link().rsplit('=').next().unwrap().to_owned(), "CODE"),
        (env!("CARGO_PKG_VERSION").to_owned(), "VERSION"),
    ] {
        text = text.replace(&varies, stands);
    }
    expect![[r#"
        Spacelet VERSION, volatile: nothing is kept once it stops
        API: http://S3  (S3, region nyc3, profile spaces)
        Console: http://CONTROL  (control API)

        No access key was given, so one was made; its secret is shown only once. To use it, paste:
          export AWS_ACCESS_KEY_ID=KEY
          export AWS_SECRET_ACCESS_KEY=SECRET
          export AWS_DEFAULT_REGION=nyc3
          aws --endpoint-url http://S3 s3 mb s3://my-space

        The control API's token was made just now and is shown only once:
          export SPACELET_TOKEN=TOKEN

        Panel (this link signs in once, within five minutes):
          http://CONTROL/panel/sign-in?code=CODE

        Ready. Ctrl-C stops it.
    "#]]
    .assert_eq(&text);
    running.stop().await;
}
