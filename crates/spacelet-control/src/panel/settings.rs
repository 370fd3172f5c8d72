//! A Space's settings. What is an S3 document (CORS, lifecycle, policy, website, logging) is written through the S3 front
//! end, which knows its rules, and removed without it, so that a policy that locks everybody out can be undone here.

mod cors;
mod documents;

use axum::response::Response;
use maud::{Markup, html};
use spacelet_engine::{Acl, Bucket, CannedAcl, CdnChange, CdnEndpoint, EngineError, NewCdnEndpoint, Versioning};

pub(crate) use cors::change as cors;
pub(crate) use documents::change as document;

use super::files::{dialog_end, head, is_public};
use super::layout::{self, Place};
use super::links;
use super::text::count;
use super::visit::{PanelError, Visit, go};

/// How long the edge may keep files, as DigitalOcean's panel offers it.
const TTLS: [(&str, u32); 5] =
    [("1 minute", 60), ("10 minutes", 600), ("1 hour", 3_600), ("1 day", 86_400), ("1 week", 604_800)];

pub(crate) async fn page(visit: Visit) -> Result<Response, PanelError> {
    let bucket = visit.bucket()?;
    let content = html! {
        (head(&bucket, "settings"))
        div.settings {
            (endpoint(&visit, &bucket))
            @if bucket.is_cold {
                section.card { h2 { "Cold Storage" } p { "This Space answers signed requests only. It has no CDN, no CORS rules, no policy and no website." } }
            } @else {
                (listing_form(&bucket))
                (cdn_form(&visit, &bucket)?)
                (cors::section(&visit, &bucket)?)
            }
            (versioning_form(&bucket))
            @for kind in documents::KINDS.iter().filter(|kind| kind.is_for(&bucket)) { (documents::section(&visit, &bucket, kind)?) }
            (destroy_form(&visit, &bucket)?)
        }
    };
    Ok(layout::page(&visit, Place::Spaces, "Settings", &content))
}

fn base(bucket: &Bucket) -> String {
    format!("/panel/spaces/{}", bucket.name)
}

fn endpoint(visit: &Visit, bucket: &Bucket) -> Markup {
    let (scheme, host) = links::split(&visit.settings().s3_url);
    let port = host.rsplit_once(':').map(|(_, port)| format!(":{port}")).unwrap_or_default();
    let region = bucket.region.as_str();
    let all = [
        ("Endpoint", visit.settings().s3_url.clone()),
        ("Path-style", format!("{}/{}", visit.settings().s3_url, bucket.name)),
        ("Virtual-hosted-style", format!("{scheme}://{}.{region}.localhost{port}", bucket.name)),
        ("At DigitalOcean", format!("https://{}.{region}.digitaloceanspaces.com", bucket.name)),
    ];
    html! {
        section.card {
            h2 { "Endpoint" }
            dl.facts { @for (name, url) in all { dt { (name) } dd { code { (url) } button type="button" data-copy=(url) aria-label={ "Copy " (name) } { "Copy" } } } }
        }
    }
}

fn listing_form(bucket: &Bucket) -> Markup {
    let is_public = is_public(&bucket.acl);
    html! {
        form.card data-post={ (base(bucket)) "/listing" } {
            h2 { "File listing" }
            label.choice { input type="radio" name="listing" value="private" checked[!is_public]; span { b { "Restrict" } " Only who has a key can list the files." } }
            label.choice { input type="radio" name="listing" value="public" checked[is_public]; span { b { "Enable" } " Anybody can list the files." } }
            p.error role="alert" hidden {}
            button type="submit" { "Save listing" }
        }
    }
}

pub(crate) async fn listing(visit: Visit) -> Result<Response, PanelError> {
    let bucket = visit.bucket()?;
    let canned = match visit.field("listing") {
        Some("public") if bucket.is_cold => {
            return Err(PanelError::wrong("A cold Space answers signed requests only."));
        }
        Some("public") => CannedAcl::PublicRead,
        Some("private") => CannedAcl::Private,
        _ => return Err(PanelError::wrong("Restrict or enable?")),
    };
    visit.world.set_bucket_acl(&bucket, Acl::canned(canned, &bucket.owner, &bucket.owner)).await?;
    Ok(go(""))
}

fn versioning_form(bucket: &Bucket) -> Markup {
    let is_on = bucket.versioning == Some(Versioning::Enabled);
    html! {
        form.card data-post={ (base(bucket)) "/versioning" } {
            h2 { "Versioning" }
            p { @match bucket.versioning {
                None => "Off: a file that is written again replaces the old one.",
                Some(Versioning::Enabled) => "On: each write keeps the older versions.",
                Some(Versioning::Suspended) => "Suspended: no new versions; the older ones stay.",
            } }
            input type="hidden" name="versioning" value=(if is_on { "suspend" } else { "enable" });
            p.error role="alert" hidden {}
            button type="submit" { @if is_on { "Suspend versioning" } @else { "Enable versioning" } }
        }
    }
}

pub(crate) async fn versioning(visit: Visit) -> Result<Response, PanelError> {
    let bucket = visit.bucket()?;
    let state = match visit.field("versioning") {
        Some("enable") => Versioning::Enabled,
        Some("suspend") => Versioning::Suspended,
        _ => return Err(PanelError::wrong("Enable or suspend?")),
    };
    visit.world.set_versioning(&bucket, state).await?;
    Ok(go(""))
}

fn cdn_form(visit: &Visit, bucket: &Bucket) -> Result<Markup, PanelError> {
    let endpoint = visit.world.cdn_of_bucket(&bucket.name)?;
    let url = links::cdn_url(visit, bucket)?;
    let ttl_s = endpoint.as_ref().map_or(3_600, |endpoint| endpoint.ttl_s);
    Ok(html! {
        section.card {
            h2 { "CDN" }
            @if let Some(url) = &url { p { code { (url) } " " button type="button" data-copy=(url) { "Copy CDN URL" } } }
            form data-post={ (base(bucket)) "/cdn" } {
                label for="ttl" { "Edge cache TTL" }
                select #ttl name="ttl" { @for (name, seconds) in TTLS { option value=(seconds) selected[seconds == ttl_s] { (name) } } }
                p.error role="alert" hidden {}
                div.actions {
                    @if endpoint.is_some() {
                        button type="submit" name="do" value="ttl" { "Save TTL" }
                        button.danger type="submit" name="do" value="off" { "Disable the CDN" }
                    } @else { button type="submit" name="do" value="on" { "Enable the CDN" } }
                }
            }
            @if endpoint.is_some() {
                form.row data-post={ (base(bucket)) "/purge" } {
                    label for="purge" { "Purge" }
                    input #purge name="files" value="*" required autocomplete="off" spellcheck="false";
                    button type="submit" { "Purge cache" }
                    p.error role="alert" hidden {}
                }
            }
        }
    })
}

/// Switches the CDN on, or changes the TTL of the endpoint that is there.
pub(crate) async fn set_cdn(visit: &Visit, bucket: &Bucket, ttl_s: u32) -> Result<(), PanelError> {
    if bucket.is_cold {
        return Err(PanelError::wrong("A cold Space has no CDN."));
    }
    if let Some(endpoint) = own_cdn(visit, bucket)? {
        let change = CdnChange { ttl_s: Some(ttl_s), ..CdnChange::default() };
        visit.world.update_cdn_endpoint(&visit.account, &endpoint.id, change).await?;
        return Ok(());
    }
    let new = NewCdnEndpoint {
        account: visit.account.clone(),
        bucket: bucket.name.clone(),
        region: bucket.region.clone(),
        origin: format!("{}.{}.digitaloceanspaces.com", bucket.name, bucket.region.as_str()),
        ttl_s,
        certificate_id: None,
        custom_domain: None,
    };
    visit.world.create_cdn_endpoint(new).await?;
    Ok(())
}

fn own_cdn(visit: &Visit, bucket: &Bucket) -> Result<Option<CdnEndpoint>, PanelError> {
    let endpoint = visit.world.cdn_of_bucket(&bucket.name)?;
    Ok(endpoint.filter(|endpoint| endpoint.account == visit.account))
}

fn existing_cdn(visit: &Visit, bucket: &Bucket) -> Result<CdnEndpoint, PanelError> {
    own_cdn(visit, bucket)?.ok_or_else(|| PanelError::missing("CDN endpoint"))
}

pub(crate) async fn cdn(visit: Visit) -> Result<Response, PanelError> {
    let bucket = visit.bucket()?;
    if visit.field("do") == Some("off") {
        let endpoint = existing_cdn(&visit, &bucket)?;
        visit.world.delete_cdn_endpoint(&visit.account, &endpoint.id).await?;
        purge_all(&visit, &endpoint);
        return Ok(go(""));
    }
    let ttl_s = visit.field("ttl").and_then(|text| text.parse().ok());
    let ttl_s = ttl_s.filter(|ttl_s| TTLS.iter().any(|(_, known)| known == ttl_s));
    set_cdn(&visit, &bucket, ttl_s.ok_or_else(|| PanelError::wrong("Choose one of the TTLs."))?).await?;
    Ok(go(""))
}

fn purge_all(visit: &Visit, endpoint: &CdnEndpoint) {
    (visit.settings().purge)(endpoint, &["*".to_owned()]);
}

pub(crate) async fn purge(visit: Visit) -> Result<Response, PanelError> {
    let endpoint = existing_cdn(&visit, &visit.bucket()?)?;
    let file = visit.field("files").unwrap_or_default();
    if !crate::cdn::is_purgeable(file) {
        return Err(PanelError::wrong("A path, a folder and an asterisk (css/*), or * for everything."));
    }
    (visit.settings().purge)(&endpoint, &[file.to_owned()]);
    Ok(go(""))
}

fn destroy_form(visit: &Visit, bucket: &Bucket) -> Result<Markup, PanelError> {
    let usage = visit.world.bucket_usage(bucket)?;
    Ok(html! {
        section.card.dangerous {
            h2 { "Destroy this Space" }
            p { "The Space and " (count(usage.objects, "object")) " in it, old versions included, are deleted at once. This cannot be undone." }
            button.danger type="button" data-open="destroy" { "Destroy" }
        }
        dialog #destroy aria-labelledby="destroy-title" {
            form data-post={ (base(bucket)) "/destroy" } {
                h2 #destroy-title { "Destroy " (bucket.name) "?" }
                label for="destroy-name" { "Type the Space’s name to confirm" }
                input #destroy-name name="name" required autocomplete="off" spellcheck="false";
                (dialog_end("Destroy", true))
            }
        }
    })
}

pub(crate) async fn destroy(visit: Visit) -> Result<Response, PanelError> {
    let bucket = visit.bucket()?;
    if visit.field("name") != Some(bucket.name.as_str()) {
        return Err(PanelError::wrong("That is not the Space’s name."));
    }
    let endpoint = own_cdn(&visit, &bucket)?;
    match visit.world.force_delete_bucket(&bucket).await {
        Ok(()) | Err(EngineError::NoSuchBucket) => {}
        Err(error) => return Err(error.into()),
    }
    if let Some(endpoint) = endpoint {
        purge_all(&visit, &endpoint);
    }
    Ok(go("/panel"))
}
