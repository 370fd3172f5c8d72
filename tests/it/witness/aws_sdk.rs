//! A day with `aws-sdk-s3` in both profiles: create, put, multipart, list, range, copy, delete, links; by path and by virtual host.

use crate::server::Server;
use crate::sign;
use crate::support::key;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, Delete, ObjectIdentifier};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{Builder, Connector};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use spacelet::Profile;
use std::time::Duration;

const MIB: usize = 1 << 20;

fn path_style(server: &Server, profile: Profile) -> Client {
    let config =
        config(profile).endpoint_url(server.url()).force_path_style(true).http_client(Builder::new().build_http());
    Client::from_conf(config.build())
}

/// The service's real names, with the server as HTTP proxy.
fn virtual_host(server: &Server, profile: Profile) -> Client {
    let proxy = ProxyConfig::http(server.url()).unwrap();
    let http = Builder::new()
        .build_with_connector_fn(move |_, _| Connector::builder().proxy_config(proxy.clone()).build_http());
    let endpoint = format!("http://{}", super::domain(profile));
    Client::from_conf(config(profile).endpoint_url(endpoint).http_client(http).build())
}

fn config(profile: Profile) -> aws_sdk_s3::config::Builder {
    let key = key("A");
    aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(super::region(profile)))
        .credentials_provider(Credentials::new(key.id, key.secret, None, None, "test"))
}

fn server(profile: Profile) -> Server {
    Server::start_with(|settings| {
        settings.profile = profile;
        settings.domains = vec![super::AMAZON.to_owned()];
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_day_by_path() {
    for profile in [Profile::SPACES, Profile::AWS] {
        let server = server(profile);
        day(&server, &path_style(&server, profile)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_day_by_virtual_host() {
    for profile in [Profile::SPACES, Profile::AWS] {
        let server = server(profile);
        day(&server, &virtual_host(&server, profile)).await;
    }
}

async fn day(server: &Server, client: &Client) {
    client.create_bucket().bucket("day").send().await.unwrap();
    small_object(client).await;
    multipart(client).await;
    listing(client).await;
    links(server, client).await;
    client.delete_bucket().bucket("day").send().await.unwrap();
    let buckets = client.list_buckets().send().await.unwrap();
    assert!(buckets.buckets().is_empty());
}

async fn small_object(client: &Client) {
    let body = pattern(1024);
    client
        .put_object()
        .bucket("day")
        .key("one")
        .metadata("colour", "blue")
        .content_type("text/plain")
        .body(ByteStream::from(body.clone()))
        .send()
        .await
        .unwrap();
    let got = client.get_object().bucket("day").key("one").send().await.unwrap();
    assert_eq!(got.content_type(), Some("text/plain"));
    assert_eq!(got.metadata().and_then(|m| m.get("colour")).map(String::as_str), Some("blue"));
    assert_eq!(got.body.collect().await.unwrap().to_vec(), body);
    client.copy_object().bucket("day").key("two").copy_source("day/one").send().await.unwrap();
    let part = client.get_object().bucket("day").key("two").range("bytes=100-199").send().await.unwrap();
    assert_eq!(part.content_range(), Some("bytes 100-199/1024"));
    assert_eq!(part.body.collect().await.unwrap().to_vec(), body[100..200]);
    client.delete_object().bucket("day").key("one").send().await.unwrap();
    client.delete_object().bucket("day").key("two").send().await.unwrap();
    let error = client.head_object().bucket("day").key("one").send().await.unwrap_err();
    assert!(error.into_service_error().is_not_found());
}

/// 20 MiB in four parts.
async fn multipart(client: &Client) {
    let whole = pattern(20 * MIB);
    let upload = client.create_multipart_upload().bucket("day").key("big").send().await.unwrap();
    let id = upload.upload_id().unwrap();
    let parts: Vec<CompletedPart> = stream::iter((1..).zip(whole.chunks(5 * MIB)))
        .map(|(number, data)| async move {
            let sent = client.upload_part().bucket("day").key("big").upload_id(id).part_number(number);
            let answer = sent.body(ByteStream::from(data.to_vec())).send().await.unwrap();
            CompletedPart::builder().part_number(number).set_e_tag(answer.e_tag).build()
        })
        .buffered(2)
        .collect()
        .await;
    let list = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
    let done = client.complete_multipart_upload().bucket("day").key("big").upload_id(id).multipart_upload(list);
    done.send().await.unwrap();
    let got = client.get_object().bucket("day").key("big").send().await.unwrap();
    assert!(got.e_tag().unwrap().ends_with("-4\""), "{:?}", got.e_tag());
    let mut body = got.body;
    let mut bytes = Vec::with_capacity(whole.len());
    while let Some(block) = body.try_next().await.unwrap() {
        bytes.extend_from_slice(&block);
    }
    assert!(bytes == whole, "the object is not what was sent");
    client.delete_object().bucket("day").key("big").send().await.unwrap();
}

/// 1,100 keys, found by pages, deleted by thousands.
async fn listing(client: &Client) {
    let keys: Vec<String> = (0..1_100).map(|i| format!("many/{i:04}")).collect();
    stream::iter(&keys)
        .map(|key| client.put_object().bucket("day").key(key).body(ByteStream::from_static(b"x")).send())
        .buffer_unordered(16)
        .try_for_each(|_| async { Ok(()) })
        .await
        .unwrap();
    let mut pages = client.list_objects_v2().bucket("day").into_paginator().send();
    let mut found = Vec::new();
    let mut count = 0;
    while let Some(page) = pages.next().await {
        count += 1;
        found.extend(page.unwrap().contents().iter().filter_map(|o| o.key().map(str::to_owned)));
    }
    assert_eq!((count, found == keys), (2, true));
    for batch in keys.chunks(1_000) {
        let names = batch.iter().map(|k| ObjectIdentifier::builder().key(k).build().unwrap()).collect();
        let delete = Delete::builder().set_objects(Some(names)).build().unwrap();
        let answer = client.delete_objects().bucket("day").delete(delete).send().await.unwrap();
        assert_eq!((answer.deleted().len(), answer.errors().len()), (batch.len(), 0));
    }
}

/// Links for PUT and GET, used without the SDK.
async fn links(server: &Server, client: &Client) {
    let hour = PresigningConfig::expires_in(Duration::from_secs(3_600)).unwrap();
    let put = client.put_object().bucket("day").key("linked").presigned(hour.clone()).await.unwrap();
    assert_eq!(followed(server, &put, b"by a link").await.status, 200);
    let get = client.get_object().bucket("day").key("linked").presigned(hour).await.unwrap();
    assert_eq!(followed(server, &get, b"").await.text(), "by a link");
    client.delete_object().bucket("day").key("linked").send().await.unwrap();
}

/// Sends a link's request to the server, in absolute form as a proxy gets it.
async fn followed(server: &Server, link: &PresignedRequest, body: &[u8]) -> crate::wire::Answer {
    let host = link.uri().split('/').nth(2).unwrap();
    let mut request = format!("{} {} HTTP/1.1\r\nHost: {host}\r\n", link.method(), link.uri());
    for (name, value) in link.headers() {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let bytes = [request.as_bytes(), body].concat();
    let address = server.address();
    tokio::task::spawn_blocking(move || crate::wire::exchange(address, &bytes)).await.unwrap().unwrap()
}

/// Bytes that do not repeat from block to block.
fn pattern(length: usize) -> Vec<u8> {
    let mut seed = sign::sha256_hex(b"pattern").into_bytes();
    seed.iter_mut().enumerate().for_each(|(i, b)| *b ^= (i * 7) as u8);
    (0..length).map(|i| seed[i % 61] ^ (i >> 8) as u8 ^ (i >> 16) as u8).collect()
}
