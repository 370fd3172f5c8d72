//! Access logs: what is delivered, where and when.

use super::{TOKEN, ask, start_with, told};
use crate::server::Server;
use crate::support::{Call, key};
use regex_lite::Regex;
use spacelet_engine::{Clock, Timestamp};
use spacelet_sigv4::post_policy::{sign_v4, v4_fields};
use spacelet_sigv4::sign::Credentials;
use tempfile::TempDir;

const ON: &str = "PUT /b-one?logging\n\n<BucketLoggingStatus><LoggingEnabled><TargetBucket>b-logs</TargetBucket>\
    <TargetPrefix>log/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
const FLUSH: &str = "POST /emulator/logs/flush";

fn prepare(server: &Server) {
    server.prepare(&["PUT /b-one", "PUT /b-logs", ON]);
}

/// The keys in the target bucket.
fn keys(server: &Server) -> Vec<String> {
    let listing = server.send("GET /b-logs?list-type=2").text();
    Regex::new("<Key>([^<]+)</Key>").unwrap().captures_iter(&listing).map(|found| found[1].to_owned()).collect()
}

/// All delivered lines.
fn lines(server: &Server) -> Vec<String> {
    let texts = keys(server).into_iter().map(|key| server.send(&format!("GET /b-logs/{key}")).text());
    texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn each_request_leaves_a_line_of_26_fields() {
    let server = start_with(|_| ());
    prepare(&server);
    server.prepare(&["PUT /b-one/a%20b?x=1\nUser-Agent: say \"hi\"\nReferer: http://r.example/\n\nhello"]);
    server.send("GET /b-one/a%20b as nobody");
    server.send("GET /b-one/a%20b");
    server.send("GET /b-one?list-type=2");
    server.send("DELETE /b-one/none as B");
    server.send("GET /b-one/a%20b?X-Amz-Security-Token=hidden&X-Amz-Signature=hidden as nobody");
    let told = told(&server, FLUSH);
    assert_eq!((&told["logs"]["objects"], &told["logs"]["records"]), (&1.into(), &6.into()));

    let [key] = &keys(&server)[..] else { panic!("one log object") };
    assert!(Regex::new(r"^log/\d{4}(-\d\d){5}-[A-Z0-9]{16}$").unwrap().is_match(key), "{key}");
    let lines = lines(&server);
    let field = Regex::new(r#"\[[^\]]*\]|"[^"]*"|\S+"#).unwrap();
    let fields: Vec<Vec<&str>> =
        lines.iter().map(|line| field.find_iter(line).map(|found| found.as_str()).collect()).collect();
    assert!(fields.iter().all(|fields| fields.len() == 26), "{lines:#?}");
    let shown: Vec<String> = fields
        .iter()
        .map(|f| {
            [f[0], f[1], f[3], f[4], f[6], f[7], f[8], f[9], f[10], f[11], f[12], f[15], f[16], f[19], f[21]].join(" ")
        })
        .collect();
    expect_test::expect![[r#"
        6174283 b-one 127.0.0.1 6174283 REST.PUT.OBJECT a%20b "PUT /b-one/a%20b?x=1 HTTP/1.1" 200 - - 5 "http://r.example/" "say %22hi%22" SigV4 AuthHeader
        6174283 b-one 127.0.0.1 - REST.GET.OBJECT a%20b "GET /b-one/a%20b HTTP/1.1" 403 AccessDenied 232 - - - - -
        6174283 b-one 127.0.0.1 6174283 REST.GET.OBJECT a%20b "GET /b-one/a%20b HTTP/1.1" 200 - 5 5 - - SigV4 AuthHeader
        6174283 b-one 127.0.0.1 6174283 REST.GET.BUCKET - "GET /b-one?list-type=2 HTTP/1.1" 200 - 450 - - - SigV4 AuthHeader
        6174283 b-one 127.0.0.1 7000001 REST.DELETE.OBJECT none "DELETE /b-one/none HTTP/1.1" 403 AccessDenied 232 - - - SigV4 AuthHeader
        6174283 b-one 127.0.0.1 - REST.GET.OBJECT a%20b "GET /b-one/a%20b?X-Amz-Security-Token=***&X-Amz-Signature=*** HTTP/1.1" 403 AccessDenied 232 - - - SigV4 QueryString
    "#]].assert_eq(&(shown.join("\n") + "\n"));
    assert!(fields.iter().all(|f| f[5].starts_with("tx00000") && f[22].starts_with("127.0.0.1:")));
    assert!(Regex::new(r"^\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\]$").unwrap().is_match(fields[0][2]));
    assert!(!lines.join("\n").contains("hidden"));
}

#[test]
fn a_space_that_logs_nothing_leaves_no_line_and_deliveries_are_not_logged() {
    let server = start_with(|_| ());
    prepare(&server);
    // The target logs into the source: a delivery into either is no request.
    let back = ON.replace("PUT /b-one", "PUT /b-logs").replace("<TargetBucket>b-logs", "<TargetBucket>b-one");
    server.prepare(&["PUT /b-quiet", "PUT /b-quiet/k\n\nx", &back]);
    assert_eq!(told(&server, FLUSH)["logs"]["records"], 0);
    server.send("HEAD /b-one");
    assert_eq!(told(&server, FLUSH)["logs"]["records"], 1);
    assert_eq!(told(&server, FLUSH)["logs"]["records"], 0);
    server.prepare(&["PUT /b-logs?logging\n\n<BucketLoggingStatus/>"]);
    told(&server, FLUSH);
    // Nothing more once it is off; the request that turned it off still was logged, into the other one.
    server.prepare(&["PUT /b-one?logging\n\n<BucketLoggingStatus/>"]);
    told(&server, FLUSH);
    server.send("HEAD /b-one");
    assert_eq!(told(&server, FLUSH)["logs"]["records"], 0);
}

#[test]
fn moving_the_clock_and_stopping_deliver_too() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let with_data = |settings: &mut spacelet::Settings| settings.data = Some(data.clone());
    let server = start_with(with_data);
    prepare(&server);
    server.send("HEAD /b-one");
    assert_eq!(told(&server, r#"POST /emulator/clock {"advance_seconds":60}"#)["logs"]["objects"], 1);
    server.send("HEAD /b-one");
    server.stop();
    let server = start_with(with_data);
    assert_eq!(lines(&server).len(), 2);
}

#[test]
fn logs_of_a_target_that_is_gone_are_dropped_and_counted() {
    let server = start_with(|_| ());
    prepare(&server);
    server.send("HEAD /b-one");
    server.prepare(&["DELETE /b-logs"]);
    let told = told(&server, FLUSH);
    assert_eq!((&told["logs"]["objects"], &told["logs"]["dropped"]), (&0.into(), &1.into()));
}

#[test]
fn they_are_delivered_at_their_size_without_being_asked() {
    let server = start_with(|_| ());
    prepare(&server);
    let path = format!("GET /b-one/{}", "k".repeat(1_000));
    let mut requests = 0;
    // A line has about 3 KiB here: the first MiB is full after some hundred requests.
    while keys(&server).is_empty() {
        requests += 1;
        assert!(requests < 2_000, "nothing was delivered");
        Call::new(&path).header("User-Agent", &"a".repeat(2_000)).send(&server);
    }
    assert!(requests > 100, "{requests} requests were delivered at once");
}

#[test]
fn flushing_wants_the_token() {
    let server = start_with(|_| ());
    assert_eq!(ask(&server, "wrong", FLUSH).status, 401);
    assert_eq!(ask(&server, TOKEN, "GET /emulator/logs/flush").status, 405);
}

#[test]
fn amazons_lines_have_the_host_id_that_was_answered() {
    let server = start_with(|settings| settings.profile = spacelet::Profile::AWS);
    prepare(&server);
    let answers = [server.send("HEAD /b-one"), server.send("GET /b-one/none")];
    told(&server, FLUSH);
    let lines = lines(&server);
    for answer in answers {
        let ids = [answer.header("x-amz-request-id").unwrap(), answer.header("x-amz-id-2").unwrap()];
        assert!(lines.iter().any(|line| ids.iter().all(|id| line.contains(id))), "{ids:?}\n{lines:#?}");
    }
}

#[test]
fn a_forms_signer_is_the_requester() {
    let server = start_with(|_| ());
    prepare(&server);
    let signer = key("A");
    let credentials = Credentials { access_key: &signer.id, secret: &signer.secret, region: "nyc3" };
    let named: Vec<String> =
        v4_fields(&credentials, 1_795_000_000).iter().map(|(name, value)| format!(r#","{name}":"{value}""#)).collect();
    let policy = format!(
        r#"{{"expiration":"2099-01-01T00:00:00Z","conditions":[{{"bucket":"b-one","key":"k"{}}}]}}"#,
        named.concat()
    );
    let mut fields = vec![("key".to_owned(), "k".to_owned())];
    fields.extend(sign_v4(&policy, &credentials, 1_795_000_000));
    let mut body = String::new();
    for (name, value) in fields {
        body += &format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body += "--B\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--B--\r\n";
    let call = Call::new("POST /b-one as nobody").header("Content-Type", "multipart/form-data; boundary=B");
    assert_eq!(call.body(body).send(&server).status, 204);
    told(&server, FLUSH);
    let lines = lines(&server);
    assert!(lines.iter().any(|line| line.contains("127.0.0.1 6174283 ") && line.contains("REST.POST.OBJECT")));
}

#[test]
fn log_objects_have_the_grants_and_the_names_that_are_asked_for() {
    let clock = Clock::fixed(Timestamp(1_800_000_000_000));
    let server = start_with(|settings| settings.clock = clock.clone());
    prepare(&server);
    let grant =
        "<TargetGrants><Grant><Grantee><ID>7000001</ID></Grantee><Permission>READ</Permission></Grant></TargetGrants>";
    let by = |source: &str| {
        ON.replace(
            "</TargetPrefix>",
            &format!(
                "</TargetPrefix>{grant}<TargetObjectKeyFormat><PartitionedPrefix><PartitionDateSource>{source}\
                 </PartitionDateSource></PartitionedPrefix></TargetObjectKeyFormat>"
            ),
        )
    };
    server.prepare(&[&by("EventTime")]);
    told(&server, FLUSH);
    let before = keys(&server);
    for _ in 0..2 {
        server.send("HEAD /b-one");
        clock.advance_ms(24 * 3_600_000);
    }
    told(&server, FLUSH);
    let made = |before: &[String]| -> Vec<String> {
        let new = keys(&server).into_iter().filter(|key| !before.contains(key));
        // The letters at the end are random.
        new.map(|key| key.rsplit_once('-').unwrap().0.to_owned()).collect()
    };
    assert_eq!(
        made(&before),
        [
            "log/6174283/nyc3/b-one/2027/01/15/2027-01-15-00-00-00",
            "log/6174283/nyc3/b-one/2027/01/16/2027-01-16-00-00-00"
        ]
    );
    server.prepare(&[&by("DeliveryTime")]);
    told(&server, FLUSH);
    let before = keys(&server);
    server.send("HEAD /b-one");
    clock.advance_ms(24 * 3_600_000);
    told(&server, FLUSH);
    assert_eq!(made(&before), ["log/6174283/nyc3/b-one/2027/01/18/2027-01-18-08-00-00"]);
    for key in keys(&server) {
        let status = server.send(&format!("GET /b-logs/{key} as B")).status;
        assert_eq!(status, if key.starts_with("log/6174283/") { 200 } else { 403 }, "{key}");
    }
}
