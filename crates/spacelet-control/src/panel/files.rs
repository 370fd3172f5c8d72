//! A Space's files: one page of one folder at a time, so that 100,000 files cost no more than 200.

use axum::response::Response;
use maud::{Markup, html};
use spacelet_engine::{Acl, Bucket, ListObjects, Listed, ObjectInfo, ObjectPage, Permission};

use super::layout;
use super::links;
use super::text::{count, escaped, last_name, size, time};
use super::visit::{PanelError, Visit};

/// Files and folders of a page.
const PAGE: usize = 200;

pub(crate) async fn page(visit: Visit) -> Result<Response, PanelError> {
    let bucket = visit.bucket()?;
    let folder = visit.field("prefix").unwrap_or_default();
    let search = visit.field("q").unwrap_or_default();
    let wanted = ListObjects {
        prefix: format!("{folder}{search}"),
        delimiter: "/".to_owned(),
        after: visit.field("after").unwrap_or_default().to_owned(),
        entries_max: PAGE,
    };
    let listed = visit.world.list_objects(&bucket, &wanted)?;
    let usage = visit.world.bucket_usage(&bucket)?;
    let url = format!("{}/{}", visit.settings().s3_url, bucket.name);
    let content = html! {
        (head(&bucket, "files"))
        div.address {
            code #url { (url) }
            button type="button" data-copy=(url) { "Copy URL" }
            @if let Some(cdn) = links::cdn_url(&visit, &bucket)? {
                button type="button" data-copy=(cdn) { "Copy CDN URL" }
            }
            span.quiet { (count(usage.objects, "object")) ", " (size(usage.bytes)) }
        }
        div #files data-space=(bucket.name) data-prefix=(folder) {
            div.tools {
                (crumbs(&bucket, folder))
                form.search action={ "/panel/spaces/" (bucket.name) } role="search" {
                    input type="hidden" name="prefix" value=(folder);
                    label.hidden for="q" { "Search by prefix in this folder" }
                    input #q name="q" type="search" value=(search) placeholder="Search by prefix" autocomplete="off" spellcheck="false";
                }
                button type="button" data-open="new-folder" { "Create folder" }
                button type="button" data-pick="folder" { "Upload folder" }
                button.primary type="button" data-pick="files" { "Upload files" }
                input #pick-files type="file" multiple hidden aria-label="Files to upload";
                input #pick-folder type="file" webkitdirectory multiple hidden aria-label="Folder to upload";
            }
            (uploads())
            (table(&visit, &bucket, folder, search, &listed))
            @if let Some(next) = &listed.next {
                nav.pages aria-label="Pages" {
                    @if !wanted.after.is_empty() { a.button href=(here(&bucket, folder, search, "")) { "First page" } }
                    a.button href=(here(&bucket, folder, search, next)) { "Next page" }
                }
            } @else if !wanted.after.is_empty() {
                nav.pages aria-label="Pages" { a.button href=(here(&bucket, folder, search, "")) { "First page" } }
            }
        }
        (dialogs(&bucket, folder))
    };
    Ok(layout::files_page(&visit, bucket.name.as_str(), &content))
}

/// A Space's name over its two pages.
pub(crate) fn head(bucket: &Bucket, here: &str) -> Markup {
    let base = format!("/panel/spaces/{}", bucket.name);
    html! {
        div.head {
            h1 { (bucket.name) " " span.tag { (bucket.region.as_str()) } }
            nav.tabs aria-label="Space" {
                a href=(base) aria-current=[(here == "files").then_some("page")] { "Files" }
                a href={ (base) "/settings" } aria-current=[(here == "settings").then_some("page")] { "Settings" }
            }
        }
    }
}

fn here(bucket: &Bucket, folder: &str, search: &str, after: &str) -> String {
    let mut url = format!("/panel/spaces/{}?prefix={}", bucket.name, escaped(folder));
    for (name, value) in [("q", search), ("after", after)] {
        if !value.is_empty() {
            url.push_str(&format!("&{name}={}", escaped(value)));
        }
    }
    url
}

/// The way to a folder, each step a link.
pub(crate) fn crumbs(bucket: &Bucket, folder: &str) -> Markup {
    let mut steps = vec![(bucket.name.as_str(), String::new())];
    let mut path = String::new();
    for name in folder.split_inclusive('/') {
        path.push_str(name);
        steps.push((name.strip_suffix('/').unwrap_or(name), path.clone()));
    }
    html! {
        nav.crumbs aria-label="Folder" {
            @for (name, path) in steps { a href=(here(bucket, &path, "", "")) { @if name.is_empty() { "(no name)" } @else { (name) } } }
        }
    }
}

fn uploads() -> Markup {
    html! {
        section #uploads.card hidden aria-label="Uploads" {
            div.row {
                b #uploads-said role="status" { }
                progress #uploads-all max="1" value="0" aria-label="All uploads" {}
                button type="button" #uploads-cancel { "Cancel all" }
                button type="button" #uploads-close hidden { "Close" }
            }
            ul #uploads-list {}
        }
    }
}

fn table(visit: &Visit, bucket: &Bucket, folder: &str, search: &str, listed: &ObjectPage) -> Markup {
    let marker = |entry: &Listed| matches!(entry, Listed::Object(info) if info.key.as_str() == folder);
    let entries: Vec<&Listed> = listed.entries.iter().filter(|entry| !marker(entry)).collect();
    if entries.is_empty() {
        return html! {
            section.card.empty.drop {
                @if search.is_empty() {
                    h2 { "Nothing here yet" }
                    p { "Drop files or folders anywhere on this page, or upload them with the buttons above." }
                } @else {
                    h2 { "Nothing begins with “" (search) "”" }
                    p { a href=(here(bucket, folder, "", "")) { "Show the whole folder" } }
                }
            }
        };
    }
    html! {
        div.chosen hidden {
            b #chosen-said role="status" {}
            button type="button" data-open="permissions" { "Manage permissions" }
            button type="button" data-open="rename" { "Move or rename" }
            button.danger type="button" data-open="delete" { "Delete" }
            progress #bulk max="1" value="0" hidden aria-label="Progress" {}
        }
        table.list {
            thead { tr {
                th.check { input #choose-all type="checkbox" aria-label="Choose all on this page"; }
                th { "Name" } th.num { "Size" } th { "Last modified (UTC)" } th { "Permission" }
                th { span.hidden { "Actions" } }
            } }
            tbody {
                @for entry in entries {
                    @match entry {
                        Listed::Prefix(prefix) => (folder_row(bucket, prefix)),
                        Listed::Object(info) => (file_row(visit, bucket, info)),
                    }
                }
            }
        }
    }
}

fn folder_row(bucket: &Bucket, prefix: &str) -> Markup {
    let name = last_name(prefix);
    html! {
        tr {
            td.check { input type="checkbox" data-key=(prefix) aria-label={ "Choose folder " (name) }; }
            td data-name="Name" { a.folder href=(here(bucket, prefix, "", "")) { (name) "/" } }
            td.num {} td {} td {} td {}
        }
    }
}

fn file_row(visit: &Visit, bucket: &Bucket, info: &ObjectInfo) -> Markup {
    let (key, name) = (info.key.as_str(), last_name(info.key.as_str()));
    html! {
        tr {
            td.check { input type="checkbox" data-key=(key) aria-label={ "Choose " (name) }; }
            td data-name="Name" { a.file href=(file_page(bucket, key)) { (name) } }
            td.num data-name="Size" { (size(info.bytes)) }
            td data-name="Modified" { (time(info.modified)) }
            td data-name="Permission" { @if is_public(&info.acl) { span.tag.public { "Public" } } @else { "Private" } }
            td.acts {
                button.link type="button" data-copy=(links::url(visit, bucket, key)) aria-label={ "Copy URL of " (name) } { "Copy URL" }
                a href={ "/panel/spaces/" (bucket.name) "/download?key=" (escaped(key)) } aria-label={ "Download " (name) } { "Download" }
            }
        }
    }
}

/// Where a file's own page is.
pub(crate) fn file_page(bucket: &Bucket, key: &str) -> String {
    format!("/panel/spaces/{}/file?key={}", bucket.name, escaped(key))
}

/// Whether anybody may read it, as far as its ACL says.
pub(crate) fn is_public(acl: &Acl) -> bool {
    acl.allows(None, Permission::Read)
}

fn dialogs(bucket: &Bucket, folder: &str) -> Markup {
    let base = format!("/panel/spaces/{}", bucket.name);
    html! {
        dialog #new-folder aria-labelledby="new-folder-title" {
            form data-post={ (base) "/folder" } {
                h2 #new-folder-title { "Create folder" }
                input type="hidden" name="prefix" value=(folder);
                label for="folder-name" { "Name" }
                input #folder-name name="name" required maxlength="255" autocomplete="off";
                (dialog_end("Create folder", false))
            }
        }
        dialog #permissions aria-labelledby="permissions-title" {
            form data-bulk={ (base) "/permissions" } {
                h2 #permissions-title { "Manage permissions" }
                label.choice { input type="radio" name="permission" value="private" checked; span { b { "Private" } " Only who has a key or a link reads them." } }
                label.choice { input type="radio" name="permission" value="public"; span { b { "Public" } " Anybody with the URL reads them." } }
                (dialog_end("Save", false))
            }
        }
        dialog #rename aria-labelledby="rename-title" {
            form data-bulk={ (base) "/move" } {
                h2 #rename-title { "Move or rename" }
                label for="rename-to" { "To" }
                input #rename-to name="to" autocomplete="off" spellcheck="false" aria-describedby="rename-rule";
                p #rename-rule.quiet { "One file or folder: its new path from the Space's root. Several: the folder to move them into, ending in a slash; empty is the root." }
                (dialog_end("Move", false))
            }
        }
        dialog #delete aria-labelledby="delete-title" {
            form data-bulk={ (base) "/delete" } {
                h2 #delete-title { "Delete" }
                p { span data-chosen {} ", and everything in chosen folders, will be deleted. " @if bucket.versioning.is_some() { "Older versions stay." } @else { "This cannot be undone." } }
                (dialog_end("Delete", true))
            }
        }
    }
}

/// The place for a refusal, and the two buttons that end a dialog.
pub(crate) fn dialog_end(action: &str, is_danger: bool) -> Markup {
    html! {
        p.error role="alert" hidden {}
        div.actions {
            button.primary[!is_danger].danger[is_danger] type="submit" { (action) }
            button type="button" data-close { "Cancel" }
        }
    }
}
