//! One file: a look at it, what is known of it, and what can be done to it.

use axum::response::Response;
use maud::{Markup, html};
use spacelet_engine::{Bucket, ListVersions, Listed, ObjectInfo};

use super::actions::{DURATIONS, HEADERS, current};
use super::files::{crumbs, dialog_end, head, is_public};
use super::layout::{self, Place};
use super::links;
use super::text::{escaped, last_name, size, time};
use super::visit::{PanelError, Visit};

/// How much of a text is shown, in bytes.
const TEXT_BYTES: u64 = 64 << 10;
/// Versions that are shown.
const VERSIONS: usize = 100;

pub(crate) async fn page(visit: Visit) -> Result<Response, PanelError> {
    let (bucket, key) = (visit.bucket()?, visit.key()?);
    let versions = versions_of(&visit, &bucket, key.as_str())?;
    let info = match current(&visit, &bucket, &key) {
        Err(error) if versions.is_empty() => return Err(error),
        found => found.ok(),
    };
    let name = last_name(key.as_str());
    let folder = key.as_str().strip_suffix('/').unwrap_or(key.as_str());
    let folder = folder.rfind('/').and_then(|at| folder.get(..=at)).unwrap_or_default();
    let content = html! {
        (head(&bucket, "files"))
        div.tools { (crumbs(&bucket, folder)) }
        h2.file-name { (name) }
        @if let Some(info) = &info {
            div.address {
                code #url { (links::url(&visit, &bucket, key.as_str())) }
                button type="button" data-copy=(links::url(&visit, &bucket, key.as_str())) { "Copy URL" }
                @if let Some(cdn) = links::cdn_url(&visit, &bucket)? {
                    button type="button" data-copy={ (cdn) "/" (super::text::escaped_path(key.as_str())) } { "Copy CDN URL" }
                }
                a.button href={ "/panel/spaces/" (bucket.name) "/download?key=" (escaped(key.as_str())) } { "Download" }
                button.danger type="button" data-open="delete" { "Delete" }
            }
            div.columns {
                div {
                    (preview(&visit, &bucket, info).await?)
                    (facts(info))
                }
                div { (permission(&bucket, info)) (quick_share(&bucket, info)) (rename(&bucket, info)) (metadata(&bucket, info)) }
            }
            (delete_dialog(&bucket, info, folder))
        } @else {
            p.card { "This file was deleted. Its older versions are still here." }
        }
        @if bucket.versioning.is_some() { (version_table(&bucket, &versions)) }
    };
    Ok(layout::page(&visit, Place::Spaces, name, &content))
}

fn header<'i>(info: &'i ObjectInfo, name: &str) -> std::borrow::Cow<'i, str> {
    let found = info.meta.headers.iter().find(|header| header.name == name);
    found.map(|header| String::from_utf8_lossy(&header.value)).unwrap_or_default()
}

/// Pictures, sound and films come by presigned links from the S3 port, texts as text: nothing that was uploaded is ever
/// a page of the panel's origin.
async fn preview(visit: &Visit, bucket: &Bucket, info: &ObjectInfo) -> Result<Markup, PanelError> {
    let kind = header(info, "content-type").to_ascii_lowercase();
    if info.sealed.is_some() {
        return Ok(html! { p.card.quiet { "It is encrypted with a key that only its owner has." } });
    }
    let is_media = ["image/", "video/", "audio/"].iter().any(|begin| kind.starts_with(begin));
    if is_media {
        let link = links::shared(visit, bucket, info.key.as_str(), links::SHORT_S, "").await?;
        return Ok(html! {
            figure.preview {
                @if kind.starts_with("image/") { img src=(link) alt={ "Preview of " (last_name(info.key.as_str())) }; }
                @else if kind.starts_with("video/") { video src=(link) controls preload="metadata" {} }
                @else { audio src=(link) controls preload="metadata" {} }
            }
        });
    }
    let is_text = ["text/", "application/json", "application/xml", "application/javascript", "application/yaml"]
        .iter()
        .any(|begin| kind.starts_with(begin));
    if !is_text || info.bytes == 0 {
        return Ok(html! {});
    }
    let mut reader = visit.world.open_body(&info.body, 0..TEXT_BYTES)?;
    let mut bytes = Vec::new();
    while let Some(block) = reader.next().await {
        bytes.extend_from_slice(&block?);
    }
    let text = String::from_utf8_lossy(&bytes).replace('\0', "\u{FFFD}");
    Ok(html! {
        figure.preview {
            pre tabindex="0" aria-label="Preview" { (text) }
            @if info.bytes > TEXT_BYTES { figcaption.quiet { "The first " (size(TEXT_BYTES)) "." } }
        }
    })
}

fn facts(info: &ObjectInfo) -> Markup {
    html! {
        dl.facts {
            dt { "Size" } dd { (size(info.bytes)) " (" (info.bytes) " bytes)" }
            dt { "Last modified" } dd { (time(info.modified)) " UTC" }
            dt { "ETag" } dd { code { (info.etag.quoted()) } }
            @if !info.version.is_null() { dt { "Version" } dd { code { (info.version.0) } } }
        }
    }
}

fn permission(bucket: &Bucket, info: &ObjectInfo) -> Markup {
    let is_public = is_public(&info.acl);
    html! {
        form.card data-post={ "/panel/spaces/" (bucket.name) "/permissions" } {
            h3 { "Permission" }
            input type="hidden" name="key" value=(info.key);
            label.choice { input type="radio" name="permission" value="private" checked[!is_public]; span { b { "Private" } " Only who has a key or a link reads it." } }
            label.choice { input type="radio" name="permission" value="public" checked[is_public]; span { b { "Public" } " Anybody with the URL reads it." } }
            p.error role="alert" hidden {}
            button type="submit" { "Save permission" }
        }
    }
}

fn quick_share(bucket: &Bucket, info: &ObjectInfo) -> Markup {
    html! {
        form.card data-post={ "/panel/spaces/" (bucket.name) "/share" } {
            h3 { "Quick Share" }
            p.quiet { "A link with which anybody can read this file for a while, whatever its permission." }
            input type="hidden" name="key" value=(info.key);
            div.row {
                label.hidden for="seconds" { "How long" }
                select #seconds name="seconds" { @for (name, seconds) in DURATIONS { option value=(seconds) { (name) } } }
                button type="submit" { "Make link" }
            }
            p.error role="alert" hidden {}
            div.shown hidden { code data-show {} button type="button" data-copy-shown { "Copy link" } }
        }
    }
}

fn rename(bucket: &Bucket, info: &ObjectInfo) -> Markup {
    html! {
        form.card data-post={ "/panel/spaces/" (bucket.name) "/move" } {
            h3 { "Move or rename" }
            input type="hidden" name="key" value=(info.key);
            label for="to" { "Path from the Space’s root; one that ends in a slash is a folder to move it into" }
            input #to name="to" value=(info.key) required maxlength="1024" autocomplete="off" spellcheck="false";
            p.error role="alert" hidden {}
            button type="submit" { "Move" }
        }
    }
}

fn metadata(bucket: &Bucket, info: &ObjectInfo) -> Markup {
    let mut user = String::new();
    for (name, value) in &info.meta.user {
        user.push_str(&format!("{name}: {}\n", String::from_utf8_lossy(value)));
    }
    html! {
        form.card data-post={ "/panel/spaces/" (bucket.name) "/metadata" } {
            h3 { "Metadata" }
            input type="hidden" name="key" value=(info.key);
            @for (name, title) in HEADERS {
                label for=(name) { (title) }
                input id=(name) name=(name) value=(header(info, name)) autocomplete="off" spellcheck="false";
            }
            label for="user" { "Your own, a line each: name: value" }
            textarea #user name="user" rows="3" spellcheck="false" { (user) }
            p.error role="alert" hidden {}
            button type="submit" { "Save metadata" }
        }
    }
}

fn delete_dialog(bucket: &Bucket, info: &ObjectInfo, folder: &str) -> Markup {
    let back = format!("/panel/spaces/{}?prefix={}", bucket.name, escaped(folder));
    html! {
        dialog #delete aria-labelledby="delete-title" {
            form data-post={ "/panel/spaces/" (bucket.name) "/delete" } data-go=(back) {
                h2 #delete-title { "Delete this file?" }
                input type="hidden" name="key" value=(info.key);
                p { b { (info.key) } @if bucket.versioning.is_some() { " Its versions stay." } @else { " This cannot be undone." } }
                (dialog_end("Delete", true))
            }
        }
    }
}

fn versions_of(visit: &Visit, bucket: &Bucket, key: &str) -> Result<Vec<ObjectInfo>, PanelError> {
    if bucket.versioning.is_none() {
        return Ok(Vec::new());
    }
    let wanted = ListVersions { prefix: key.to_owned(), entries_max: VERSIONS, ..ListVersions::default() };
    let page = visit.world.list_versions(bucket, &wanted)?;
    let objects = page.entries.into_iter().filter_map(|entry| match entry {
        Listed::Object(info) => Some(*info),
        Listed::Prefix(_) => None,
    });
    Ok(objects.filter(|info| info.key.as_str() == key).collect())
}

fn version_table(bucket: &Bucket, versions: &[ObjectInfo]) -> Markup {
    let post = format!("/panel/spaces/{}/version", bucket.name);
    html! {
        h3 { "Versions" }
        table.list {
            thead { tr { th { "Version" } th { "Made (UTC)" } th.num { "Size" } th { span.hidden { "Actions" } } } }
            tbody {
                @for info in versions {
                    tr {
                        td data-name="Version" { code { (info.version.0) } @if info.is_current { " " span.tag { "newest" } } @if info.is_delete_marker { " " span.tag { "delete marker" } } }
                        td data-name="Made" { (time(info.modified)) }
                        td.num data-name="Size" { @if !info.is_delete_marker { (size(info.bytes)) } }
                        td.acts {
                            @if !info.is_delete_marker {
                                a href={ "/panel/spaces/" (bucket.name) "/download?key=" (escaped(info.key.as_str())) "&version=" (escaped(&info.version.0)) } { "Download" }
                                @if !info.is_current { (version_form(&post, info, "restore", "Restore")) }
                            }
                            (version_form(&post, info, "delete", "Delete for good"))
                        }
                    }
                }
            }
        }
    }
}

fn version_form(post: &str, info: &ObjectInfo, action: &str, name: &str) -> Markup {
    html! {
        form.inline data-post=(post) data-confirm=[(action == "delete").then_some("Delete this version for good?")] {
            input type="hidden" name="key" value=(info.key);
            input type="hidden" name="version" value=(info.version.0);
            input type="hidden" name="do" value=(action);
            button.link type="submit" { (name) }
        }
    }
}
