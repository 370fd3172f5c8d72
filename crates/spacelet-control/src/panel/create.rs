//! Create a Space.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;
use spacelet_engine::{Acl, Bucket, BucketName, CannedAcl, NewObject, ObjectKey, ObjectMeta, Region, StoredHeader};

use super::assets;
use super::layout::{self, Place};
use super::settings::set_cdn;
use super::visit::{PanelError, Visit, go, json};
use crate::cdn::TTL_DEFAULT_S;
use crate::spaces::{self, known_region};

pub(crate) async fn page(visit: Visit) -> Result<Response, PanelError> {
    let own = visit.settings().region.as_str();
    let known = Region::KNOWN.into_iter().filter(|slug| *slug != own);
    let url = format!("{}/", visit.settings().s3_url);
    let content = html! {
        div.head { h1 { "Create a Space" } }
        form.card data-post="/panel/do/create-space" {
            fieldset {
                legend { "Choose a unique name" }
                label for="name" { "Name" }
                input #name name="name" required minlength="3" maxlength="63" autocomplete="off" spellcheck="false"
                    autofocus data-check="/panel/check-name" aria-describedby="name-rules name-said";
                p #name-said.said aria-live="polite" {}
                p #name-rules.quiet { "3 to 63 lower-case letters, digits, hyphens and dots. Its address will be "
                    code data-url-of="name" data-base=(url) { (url) } }
            }
            fieldset {
                legend { "Choose a region" }
                label for="region" { "Region" }
                select #region name="region" {
                    option value=(own) selected { (own) }
                    @for slug in known { option value=(slug) { (slug) } }
                }
            }
            fieldset {
                legend { "Choose a storage type" }
                label.choice { input type="radio" name="storage" value="standard" checked;
                    span { b { "Standard Storage" } " For files that are read often." } }
                label.choice { input type="radio" name="storage" value="cold";
                    span { b { "Cold Storage" } " For files that are seldom read: signed requests only, no CDN, no CORS, no policy, no website." } }
            }
            fieldset {
                legend { "File listing" }
                label.choice { input type="radio" name="listing" value="private" checked;
                    span { b { "Restrict file listing" } " Only who has a key can list the files." } }
                label.choice { input type="radio" name="listing" value="public";
                    span { b { "Enable file listing" } " Anybody can list the files; each file's own permission decides who reads it." } }
            }
            fieldset {
                legend { "Content delivery network" }
                label.choice { input type="checkbox" name="cdn" value="on";
                    span { b { "Enable the CDN" } " Public files are served from a cache under a host of their own." } }
            }
            p.error role="alert" hidden {}
            div.actions {
                button.primary type="submit" { "Create a Space" }
                a.button href="/panel" { "Cancel" }
            }
        }
    };
    Ok(layout::page(&visit, Place::Spaces, "Create a Space", &content))
}

/// What the form says under the name while it is typed.
pub(crate) async fn check_name(visit: Visit) -> Result<Response, PanelError> {
    let said = match BucketName::parse(visit.field("value").unwrap_or_default()) {
        Err(error) => sentence(error.rule),
        Ok(name) if visit.world.bucket(&name)?.is_some() => "Space already exists.".to_owned(),
        Ok(_) => String::new(),
    };
    Ok(json(StatusCode::OK, &BTreeMap::from([("error", said)])))
}

pub(crate) async fn create(visit: Visit) -> Result<Response, PanelError> {
    let name = visit.field("name").unwrap_or_default();
    let name = BucketName::parse(name).map_err(|error| PanelError::wrong(sentence(error.rule)))?;
    let is_public = visit.field("listing") == Some("public");
    let account = &visit.account;
    let listing = if is_public { CannedAcl::PublicRead } else { CannedAcl::Private };
    let is_first = visit.world.buckets_of(account, None)?.is_empty();
    let region = known_region(visit.settings(), visit.field("region"))?;
    let is_cold = visit.field("storage") == Some("cold");
    if is_cold && (is_public || visit.field("cdn").is_some()) {
        return Err(PanelError::wrong("A cold Space has neither a public listing nor a CDN."));
    }
    let bucket = spaces::make(&visit.world, visit.settings(), account, name, region, listing, is_cold).await?;
    if visit.field("cdn").is_some() {
        set_cdn(&visit, &bucket, TTL_DEFAULT_S).await?;
    }
    if is_first {
        welcome(&visit, &bucket).await?;
    }
    Ok(go(&format!("/panel/spaces/{}", bucket.name)))
}

/// The first Space of an account holds a page that anybody with its link can read, whatever the listing is.
async fn welcome(visit: &Visit, bucket: &Bucket) -> Result<(), PanelError> {
    let mut writer = visit.world.begin_body(None, false, None)?;
    writer.write(Bytes::from_static(assets::WELCOME.as_bytes())).await?;
    let body = writer.finish().await?;
    let key = ObjectKey::parse(b"welcome.html").map_err(|error| PanelError::wrong(error.to_string()))?;
    let kind = StoredHeader { name: "content-type".to_owned(), value: b"text/html".to_vec() };
    let object = NewObject {
        key,
        owner: bucket.owner.clone(),
        acl: Acl::canned(CannedAcl::PublicRead, &bucket.owner, &bucket.owner),
        meta: ObjectMeta { headers: vec![kind], ..ObjectMeta::default() },
        checksum: None,
        etag: None,
        parts: Vec::new(),
        sealed: None,
    };
    visit.world.put_object(bucket, object, body).await?;
    Ok(())
}

/// A rule as a sentence.
fn sentence(rule: &str) -> String {
    let mut chars = rule.chars();
    chars.next().map(|first| format!("{}{}.", first.to_uppercase(), chars.as_str())).unwrap_or_default()
}
