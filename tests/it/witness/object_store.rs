//! The public integration functions of `object_store` in both profiles, each on a server and an empty bucket of its own.
//!
//! `put_opts` and `copy_if_not_exists` ask for conditional writes, which Spaces ignores: that is tested instead, and they
//! are called in profile aws.

use crate::server::Server;
use crate::support::key;
use object_store::aws::{AmazonS3, AmazonS3Builder, S3ConditionalPut, S3CopyIfNotExists};
use object_store::integration as theirs;
use object_store::path::Path;
use object_store::{ClientOptions, ObjectStore as _, ObjectStoreExt as _, PutMode};
use spacelet::Profile;

const BUCKET: &str = "witness";

/// A store over path-style requests; what is returned with it keeps the server alive.
fn path_style(profile: Profile) -> (Server, AmazonS3) {
    let server = Server::start_with(|settings| settings.profile = profile);
    server.prepare(&[&format!("PUT /{BUCKET}")]);
    let store = builder(profile).with_endpoint(server.url()).with_bucket_name(BUCKET).build().unwrap();
    (server, store)
}

/// A store that uses the service's real names, with the server as its HTTP proxy.
fn virtual_host(profile: Profile) -> (Server, AmazonS3) {
    let server = Server::start_with(|settings| {
        settings.profile = profile;
        settings.domains = vec![super::AMAZON.to_owned()];
    });
    server.prepare(&[&format!("PUT /{BUCKET}")]);
    let store = builder(profile)
        .with_endpoint(format!("http://{BUCKET}.{}", super::domain(profile)))
        .with_virtual_hosted_style_request(true)
        .with_bucket_name(BUCKET)
        .with_client_options(ClientOptions::new().with_allow_http(true).with_proxy_url(server.url()))
        .build()
        .unwrap();
    (server, store)
}

fn builder(profile: Profile) -> AmazonS3Builder {
    let key = key("A");
    AmazonS3Builder::new()
        .with_region(super::region(profile))
        .with_access_key_id(key.id)
        .with_secret_access_key(key.secret)
        .with_allow_http(true)
        .with_copy_if_not_exists(S3CopyIfNotExists::Multipart)
        .with_conditional_put(S3ConditionalPut::ETagMatch)
}

/// A test for each function: its name, and how it is called.
macro_rules! theirs {
    ($profile:ident: $($name:ident ($($argument:expr),*);)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
        async fn $name() {
            let (_server, store) = path_style(Profile::$profile);
            let call = |store: AmazonS3| async move { theirs::$name(&store $(, $argument(&store))*).await };
            call(store).await;
        }
    )*};
}

/// A module for a profile, with what both pass and with more.
macro_rules! in_profile {
    ($module:ident, $profile:ident, $($more:tt)*) => {
        mod $module {
            use super::*;

            theirs! {
                $profile:
                put_get_delete_list();
                put_get_attributes();
                get_opts();
                stream_get();
                list_uses_directories_correctly();
                list_with_delimiter();
                rename_and_copy();
                copy_rename_nonexistent_object();
                multipart(itself);
                multipart_with_opts(itself);
                multipart_put_part_out_of_order(itself);
                multipart_race_condition(yes);
                multipart_out_of_order();
                list_paginated(itself);
                list_with_offset_exclusivity();
                $($more)*
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
            async fn get_nonexistent_object() {
                let (_server, store) = path_style(Profile::$profile);
                let error = theirs::get_nonexistent_object(&store, None).await.unwrap_err();
                assert!(matches!(error, object_store::Error::NotFound { .. }), "{error}");
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
            async fn the_whole_list_over_real_names_through_the_server_as_proxy() {
                let (_server, store) = virtual_host(Profile::$profile);
                theirs::put_get_delete_list(&store).await;
                theirs::list_with_delimiter(&store).await;
            }
        }
    };
}

in_profile!(spaces, SPACES,);
in_profile!(aws, AWS, put_opts(yes); copy_if_not_exists(););

fn itself(store: &AmazonS3) -> &AmazonS3 {
    store
}

fn yes(_: &AmazonS3) -> bool {
    true
}

/// What `put_opts` and `copy_if_not_exists` would find: the condition is ignored and the write happens.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn conditional_writes_are_ignored_as_on_spaces() {
    let (_server, store) = path_style(Profile::SPACES);
    let (one, two) = (Path::from("one"), Path::from("two"));
    store.put(&one, "first".into()).await.unwrap();
    store.put_opts(&one, "second".into(), PutMode::Create.into()).await.unwrap();
    store.put(&two, "other".into()).await.unwrap();
    store.copy_if_not_exists(&one, &two).await.unwrap();
    assert_eq!(store.get(&two).await.unwrap().bytes().await.unwrap(), "second");
}
