//! Notifications are really delivered: to a listener of this process, as S3's JSON.

use super::with_bucket;
use crate::server::Server;
use crate::support::{check_outcomes, outcome};
use expect_test::expect;
use spacelet::Destination;
use spacelet_engine::{Clock, Timestamp};
use spacelet_s3::Profile;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const ARN: &str = "arn:aws:sqs:us-east-1:000000000000:q";
/// How long a delivery may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// Answers each POST with the next status of `statuses`, then with 200, and hands on its body.
fn listen(statuses: &'static [u16]) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, bodies) = channel();
    std::thread::spawn(move || {
        let mut statuses = statuses.iter();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let body = read_body(&mut stream);
            let status = statuses.next().unwrap_or(&200);
            let location = format!("http://{address}/elsewhere");
            let head = format!(
                "HTTP/1.1 {status} X\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            let _ = stream.write_all(head.as_bytes());
            if sender.send(body).is_err() {
                return;
            }
        }
    });
    (address, bodies)
}

fn read_body(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut block = [0; 4096];
    loop {
        let whole = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = whole.split_once("\r\n\r\n") {
            let length =
                head.to_ascii_lowercase().split_once("content-length: ").unwrap().1.lines().next().unwrap().parse();
            if body.len() >= length.unwrap() {
                return format!("{} {body}", head.lines().next().unwrap());
            }
        }
        let count = stream.read(&mut block).unwrap();
        assert!(count > 0, "the POST ends early: {whole}");
        text.extend_from_slice(&block[..count]);
    }
}

fn start(address: SocketAddr) -> Server {
    let destination = Destination::parse(&format!("{ARN}=http://{address}/in")).unwrap();
    let server = Server::start_with(|settings| (settings.profile, settings.notify) = (Profile::AWS, vec![destination]));
    server.prepare(&["PUT /b-one"]);
    server
}

fn configuration(arn: &str, events: &str, filters: &str) -> String {
    format!(
        "PUT /b-one?notification\n\n<NotificationConfiguration><QueueConfiguration><Id>rule</Id><Queue>{arn}</Queue>{events}<Filter><S3Key>{filters}</S3Key></Filter></QueueConfiguration></NotificationConfiguration>"
    )
}

const ALL: &str = "<Event>s3:ObjectCreated:*</Event><Event>s3:ObjectRemoved:*</Event><Event>s3:ObjectTagging:*</Event><Event>s3:ObjectAcl:Put</Event>";
const PREFIX: &str = "<FilterRule><Name>prefix</Name><Value>in/</Value></FilterRule>";

/// `ObjectCreated:Put in/a+b 3 …`: what a record says, without what changes from run to run.
fn told(body: &str) -> String {
    let json = body
        .split_once(' ')
        .and_then(|(_, rest)| rest.split_once(' '))
        .and_then(|(_, rest)| rest.split_once(' '))
        .unwrap()
        .1;
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    let record = &json["Records"][0];
    let object = &record["s3"]["object"];
    assert_eq!(record["s3"]["bucket"]["arn"], "arn:aws:s3:::b-one");
    assert_eq!(record["s3"]["configurationId"], "rule");
    assert_eq!(record["userIdentity"]["principalId"], "6174283");
    let ids = &record["responseElements"];
    assert!(ids["x-amz-request-id"].as_str().unwrap().len() == 16 && ids["x-amz-id-2"].is_string(), "{record}");
    format!(
        "{} {} {} size {} etag {} version {}",
        record["eventVersion"].as_str().unwrap(),
        record["eventName"],
        object["key"],
        object["size"],
        object["eTag"],
        object["versionId"].is_string()
    )
}

#[test]
fn what_happens_is_told_in_order() {
    let (address, bodies) = listen(&[]);
    let server = start(address);
    server.prepare(&[&configuration(ARN, ALL, PREFIX)]);
    let test = bodies.recv_timeout(PATIENCE).unwrap();
    assert!(test.starts_with("POST /in HTTP/1.1 {") && test.contains("s3:TestEvent"), "{test}");
    server.prepare(&[
        "PUT /b-one/in/a%20b\n\nabc",
        "PUT /b-one/out/c\n\nabc",
        "PUT /b-one/in/copy\nx-amz-copy-source: b-one/out/c",
    ]);
    let upload = super::super::upload(&server, "POST /b-one/in/big?uploads");
    let etag = super::super::part(&server, "/b-one/in/big", &upload, 1, "x");
    let parts = super::super::part_list(&[(1, &etag)]);
    server.prepare(&[
        &format!("POST /b-one/in/big?uploadId={upload}\n\n{parts}"),
        "PUT /b-one/in/big?tagging\n\n<Tagging><TagSet></TagSet></Tagging>",
        "DELETE /b-one/in/big?tagging",
        "PUT /b-one/in/big?acl\nx-amz-acl: private",
        "DELETE /b-one/in/big",
        "DELETE /b-one/in/big",
        "POST /b-one?delete\n\n<Delete><Object><Key>in/copy</Key></Object></Delete>",
        "PUT /b-one?versioning\n\n<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
        "PUT /b-one/in/v\n\nx",
        "DELETE /b-one/in/v",
    ]);
    let told: Vec<String> = (0..10).map(|_| told(&bodies.recv_timeout(PATIENCE).unwrap())).collect();
    expect![[r#"
        2.1 "ObjectCreated:Put" "in/a+b" size 3 etag "900150983cd24fb0d6963f7d28e17f72" version false
        2.1 "ObjectCreated:Copy" "in/copy" size 3 etag "900150983cd24fb0d6963f7d28e17f72" version false
        2.1 "ObjectCreated:CompleteMultipartUpload" "in/big" size 1 etag "9affad555af89da9b0bfcd5e45bc93da-1" version false
        2.3 "ObjectTagging:Put" "in/big" size 1 etag "9affad555af89da9b0bfcd5e45bc93da-1" version false
        2.3 "ObjectTagging:Delete" "in/big" size 1 etag "9affad555af89da9b0bfcd5e45bc93da-1" version false
        2.3 "ObjectAcl:Put" "in/big" size 1 etag "9affad555af89da9b0bfcd5e45bc93da-1" version false
        2.1 "ObjectRemoved:Delete" "in/big" size null etag null version false
        2.1 "ObjectRemoved:Delete" "in/copy" size null etag null version false
        2.1 "ObjectCreated:Put" "in/v" size 1 etag "9dd4e461268c8034f5c8564e155c67a6" version true
        2.1 "ObjectRemoved:DeleteMarkerCreated" "in/v" size null etag null version true
    "#]]
    .assert_eq(&(told.join("\n") + "\n"));
}

#[test]
fn a_refused_delivery_is_tried_again_and_a_redirect_not_followed() {
    let (address, bodies) = listen(&[200, 503, 302]);
    let server = start(address);
    server.prepare(&[&configuration(ARN, ALL, ""), "PUT /b-one/k\n\nx"]);
    let posts: Vec<String> = (0..4).map(|_| bodies.recv_timeout(PATIENCE).unwrap()).collect();
    assert!(posts.iter().all(|post| post.starts_with("POST /in ")), "{posts:?}");
    assert_eq!((&posts[1], &posts[2]), (&posts[2], &posts[3]));
}

#[test]
fn destinations_are_those_of_the_server() {
    let (address, _bodies) = listen(&[]);
    let server = start(address);
    let requests = [
        configuration("arn:aws:sqs:us-east-1:1:other", ALL, PREFIX),
        configuration("http://localhost/", ALL, PREFIX),
        configuration(ARN, "<Event>s3:Dance</Event>", PREFIX),
        configuration(ARN, "", PREFIX),
        configuration(ARN, ALL, &(PREFIX.to_owned() + PREFIX)),
        configuration(ARN, ALL, PREFIX),
        "GET /b-one?notification".to_owned(),
        "PUT /b-one?notification\n\n<NotificationConfiguration/>".to_owned(),
    ];
    let shown: Vec<String> = requests.iter().map(|request| outcome(&server.send(request))).collect();
    expect![[r#"
        400 InvalidArgument
        400 InvalidArgument
        400 InvalidArgument
        400 MalformedXML
        400 InvalidArgument
        200
        200
        200
    "#]]
    .assert_eq(&(shown.join("\n") + "\n"));
    assert!(!server.send("GET /b-one?notification").text().contains("Queue"));
}

#[test]
fn without_destinations_every_arn_is_taken_and_the_answer_says_so() {
    let server = with_bucket();
    let answer = server.send(&configuration("arn:aws:sqs:us-east-1:1:other", ALL, PREFIX));
    assert_eq!(answer.status, 200);
    assert!(answer.header("x-spacelet-explain").unwrap().contains("--notify"));
    check_outcomes(
        &server,
        &["PUT /b-one/in/k\n\nx"],
        expect![[r#"
        PUT /b-one/in/k |  | x → 200
    "#]],
    );
}

/// The JSON of a POST.
fn record(body: &str) -> serde_json::Value {
    let json: serde_json::Value = serde_json::from_str(&body[body.find('{').unwrap()..]).unwrap();
    json["Records"][0].clone()
}

/// A server as [`start`] makes it, by a clock of the test's own and with a time that restoring takes; and its test event
/// taken.
fn start_at(address: SocketAddr, restore_time: Duration, events: &str, bodies: &Receiver<String>) -> (Server, Clock) {
    let clock = Clock::fixed(Timestamp(1_795_521_600_000));
    let destination = Destination::parse(&format!("{ARN}=http://{address}/in")).unwrap();
    let server = Server::start_with(|settings| {
        (settings.profile, settings.notify) = (Profile::AWS, vec![destination]);
        (settings.clock, settings.restore_time) = (clock.clone(), restore_time);
        // Often, because the clock is moved by hand.
        settings.lifecycle_day = Duration::from_secs(2);
    });
    server.prepare(&["PUT /b-one", &configuration(ARN, events, "")]);
    bodies.recv_timeout(PATIENCE).unwrap();
    (server, clock)
}

#[test]
fn the_answer_names_the_request_of_the_event() {
    let (address, bodies) = listen(&[]);
    let server = start(address);
    server.prepare(&[&configuration(ARN, ALL, "")]);
    let test = bodies.recv_timeout(PATIENCE).unwrap();
    assert!(test.contains("\"RequestId\"") && test.contains("\"HostId\""), "{test}");
    let answer = server.send("PUT /b-one/k\n\nx");
    let told = record(&bodies.recv_timeout(PATIENCE).unwrap());
    for name in ["x-amz-request-id", "x-amz-id-2"] {
        assert_eq!(told["responseElements"][name].as_str(), answer.header(name));
    }
}

#[test]
fn a_configuration_is_completed() {
    let (address, bodies) = listen(&[]);
    let server = start(address);
    let put = configuration(ARN, ALL, &PREFIX.replace("prefix", "PREFIX")).replace("<Id>rule</Id>", "");
    server.prepare(&[&put, "PUT /b-one/in/k\n\nx"]);
    let text = server.send("GET /b-one?notification");
    assert_eq!(text.xml("Name").as_deref(), Some("Prefix"));
    let id = text.xml("Id").unwrap();
    assert_eq!(id.len(), 48);
    bodies.recv_timeout(PATIENCE).unwrap();
    assert_eq!(record(&bodies.recv_timeout(PATIENCE).unwrap())["s3"]["configurationId"], id);
    let other = configuration("arn:aws:sqs:us-east-1:1:other", ALL, PREFIX);
    assert_eq!(server.send(&other).status, 400);
    let unseen = other.replacen("\n\n", "\nx-amz-skip-destination-validation: true\n\n", 1);
    assert_eq!(server.send(&unseen).status, 200);
}

#[test]
fn overlapping_rules_are_refused() {
    let (address, _bodies) = listen(&[]);
    let server = start(address);
    let rule = |id: &str, prefix: &str| {
        format!(
            "<QueueConfiguration><Id>{id}</Id><Queue>{ARN}</Queue><Event>s3:ObjectCreated:*</Event><Filter><S3Key>\
             <FilterRule><Name>prefix</Name><Value>{prefix}</Value></FilterRule></S3Key></Filter></QueueConfiguration>"
        )
    };
    let put = |rules: String| {
        server
            .send(&format!("PUT /b-one?notification\n\n<NotificationConfiguration>{rules}</NotificationConfiguration>"))
    };
    assert_eq!(put(rule("a", "in/") + &rule("b", "out/")).status, 200);
    let refused = put(rule("a", "in/") + &rule("b", "in/x"));
    assert_eq!(outcome(&refused), "400 InvalidArgument");
    assert!(refused.xml("Message").unwrap().starts_with("Configuration is ambiguously defined."));
}

#[test]
fn what_rules_do_is_told() {
    let (address, bodies) = listen(&[]);
    let events = "<Event>s3:LifecycleExpiration:*</Event><Event>s3:LifecycleTransition</Event>";
    let (server, clock) = start_at(address, Duration::ZERO, events, &bodies);
    let rules = "<Rule><ID>gone</ID><Filter><Prefix>gone/</Prefix></Filter><Status>Enabled</Status>\
        <Expiration><Days>1</Days></Expiration></Rule><Rule><ID>cold</ID><Filter><And><Prefix>cold/</Prefix>\
        <ObjectSizeGreaterThan>0</ObjectSizeGreaterThan></And></Filter><Status>Enabled</Status>\
        <Transition><Days>1</Days><StorageClass>GLACIER</StorageClass></Transition></Rule>";
    server.prepare(&[
        "PUT /b-one/gone/k\n\nx",
        &format!("PUT /b-one?lifecycle\n\n<LifecycleConfiguration>{rules}</LifecycleConfiguration>"),
    ]);
    clock.advance_ms(2_000);
    let told = record(&bodies.recv_timeout(PATIENCE).unwrap());
    assert_eq!(told["eventName"], "LifecycleExpiration:Delete");
    assert_eq!((&told["eventVersion"], &told["s3"]["object"]["key"]), (&"2.3".into(), &"gone/k".into()));
    assert_eq!(told["userIdentity"]["principalId"], "s3.amazonaws.com");
    assert_eq!(told["requestParameters"]["sourceIPAddress"], "s3.amazonaws.com");

    server.prepare(&["PUT /b-one/cold/k\n\nx"]);
    clock.advance_ms(2_000);
    let told = record(&bodies.recv_timeout(PATIENCE).unwrap());
    assert_eq!((&told["eventName"], &told["s3"]["object"]["size"]), (&"LifecycleTransition".into(), &1.into()));
    assert_eq!(told["lifecycleEventData"]["transitionEventData"]["destinationStorageClass"], "GLACIER");
    assert_eq!(server.send("HEAD /b-one/cold/k").header("x-amz-storage-class"), Some("GLACIER"));

    server.prepare(&[
        "PUT /b-one?versioning\n\n<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
        "PUT /b-one/gone/v\n\nx",
    ]);
    clock.advance_ms(2_000);
    let told = record(&bodies.recv_timeout(PATIENCE).unwrap());
    assert_eq!(told["eventName"], "LifecycleExpiration:DeleteMarkerCreated");
    assert!(told["s3"]["object"]["versionId"].is_string(), "{told}");
}

#[test]
fn restored_copies_are_told_of() {
    for restore_time in [Duration::ZERO, Duration::from_secs(60)] {
        let (address, bodies) = listen(&[]);
        let (server, clock) = start_at(address, restore_time, "<Event>s3:ObjectRestore:*</Event>", &bodies);
        server.prepare(&[
            "PUT /b-one/k\nx-amz-storage-class: DEEP_ARCHIVE\n\nx",
            "POST /b-one/k?restore\n\n<RestoreRequest><Days>1</Days></RestoreRequest>",
        ]);
        assert_eq!(record(&bodies.recv_timeout(PATIENCE).unwrap())["eventName"], "ObjectRestore:Post");
        clock.advance_ms(60_000);
        let told = record(&bodies.recv_timeout(PATIENCE).unwrap());
        assert_eq!(told["eventName"], "ObjectRestore:Completed");
        let data = &told["glacierEventData"]["restoreEventData"];
        assert_eq!(data["lifecycleRestoreStorageClass"], "DEEP_ARCHIVE");
        assert_eq!(data["lifecycleRestorationExpiryTime"], "2026-11-26T00:00:00.000Z");
        clock.advance_ms(2 * 86_400_000);
        let told = record(&bodies.recv_timeout(PATIENCE).unwrap());
        assert_eq!((&told["eventName"], &told["eventVersion"]), (&"ObjectRestore:Delete".into(), &"2.3".into()));
    }
}
