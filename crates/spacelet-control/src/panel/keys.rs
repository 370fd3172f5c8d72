//! The API page: Spaces keys and API tokens. A secret is on the page after it was made and on no other.

use axum::response::Response;
use maud::{Markup, html};
use spacelet_engine::{AccessKey, AccessKeyId, Bucket, KeyGrant, KeyPermission, Secret};

use super::files::dialog_end;
use super::layout::{self, Place};
use super::sessions::Once;
use super::text::time;
use super::tokens;
use super::visit::{PanelError, Visit, go};
use crate::connect::{Connection, snippet};
use crate::keys::{GRANTS_MAX, checked_name};

/// The clients whose texts come with a new key.
const CLIENTS: [&str; 6] = ["aws-cli", "boto3", "s3cmd", "rclone", "terraform", "javascript"];

pub(crate) async fn page(visit: Visit) -> Result<Response, PanelError> {
    let once = visit.panel.sessions().take(&visit.session.id);
    let mut keys = visit.world.keys_of(&visit.account)?;
    keys.reverse();
    let spaces = visit.world.buckets_of(&visit.account, None)?;
    let content = html! {
        div.head { h1 { "API" } }
        @match &once {
            Some(Once::Key(id, secret)) => {
                @if let Some(key) = keys.iter().find(|key| key.id == *id) { (new_key(&visit, key, secret, &spaces)) }
            }
            Some(Once::Token(name, token)) => (tokens::new_token(name, token)),
            None => {}
        }
        div.head {
            h2 { "Spaces keys" }
            button.primary type="button" data-open="new-key" { "Generate New Key" }
        }
        p.quiet { "Keys sign S3 requests. A full key may do everything; a limited one reads, or reads and writes, the Spaces it names." }
        @if keys.is_empty() {
            section.card.empty { p { "There is no key. S3 clients need one." } }
        } @else {
            table.list #keys {
                thead { tr { th { "Name" } th { "Access key" } th { "May use" } th { "Created (UTC)" } th { span.hidden { "Actions" } } } }
                tbody { @for key in &keys { (row(key)) } }
            }
        }
        (tokens::section(&visit)?)
        dialog #new-key aria-labelledby="new-key-title" {
            form data-post="/panel/do/create-key" {
                h2 #new-key-title { "Generate New Key" }
                label for="key-name" { "Name" }
                input #key-name name="name" required maxlength="255" autocomplete="off";
                (grants_fields("new", &spaces, &[KeyGrant { bucket: String::new(), permission: KeyPermission::FullAccess }]))
                (dialog_end("Generate New Key", false))
            }
        }
        @for key in &keys { (edit_dialog(key, &spaces)) (delete_dialog(key)) }
        (tokens::dialog())
    };
    Ok(layout::page(&visit, Place::Api, "API", &content))
}

fn new_key(visit: &Visit, key: &AccessKey, secret: &Secret, spaces: &[Bucket]) -> Markup {
    let granted = key.grants.iter().map(|grant| grant.bucket.as_str()).find(|name| !name.is_empty());
    let space = spaces.iter().find(|space| granted.is_none_or(|name| space.name.as_str() == name));
    let connection = Connection {
        endpoint: visit.settings().s3_url.clone(),
        control_url: control_url(visit),
        region: space.map_or(&visit.settings().region, |space| &space.region).as_str().to_owned(),
        bucket: space.map_or("my-space", |space| space.name.as_str()).to_owned(),
        access_key: key.id.as_str().to_owned(),
        secret_key: secret.reveal().to_owned(),
    };
    html! {
        section.card.fresh #fresh aria-labelledby="fresh-title" {
            h2 #fresh-title { "“" (key.name) "” is ready" }
            p { "The secret is shown only now. Copy it: it cannot be shown again." }
            dl.facts {
                dt { "Access key" } dd { code #fresh-id { (key.id) } button type="button" data-copy=(key.id) { "Copy access key" } }
                dt { "Secret key" } dd { code #fresh-secret { (secret.reveal()) } button type="button" data-copy=(secret.reveal()) { "Copy secret key" } }
            }
            (snippets(&connection, &CLIENTS))
        }
    }
}

/// Texts for clients, one of them in view.
pub(crate) fn snippets(connection: &Connection, clients: &[&str]) -> Markup {
    let texts: Vec<_> = clients.iter().filter_map(|client| snippet(client, connection)).collect();
    html! {
        div.snippets {
            label for="client" { "Set up" }
            select #client data-shows {
                @for text in &texts { option value=(text.client) { (text.title) } }
            }
            @for (at, text) in texts.iter().enumerate() {
                div data-of=(text.client) hidden[at != 0] {
                    pre tabindex="0" { code { (text.text) } }
                    button type="button" data-copy=(text.text) { "Copy" }
                }
            }
        }
    }
}

/// The control port as the browser reached it.
pub(crate) fn control_url(visit: &Visit) -> String {
    visit.settings().public_url.clone().unwrap_or_else(|| format!("http://{}", visit.host))
}

fn row(key: &AccessKey) -> Markup {
    html! {
        tr {
            td.strong data-name="Name" { (key.name) }
            td data-name="Access key" { code { (key.id) } }
            td data-name="May use" { (summary(&key.grants)) }
            td data-name="Created" { (time(key.created)) }
            td.acts {
                button.link type="button" data-open={ "edit-" (key.id) } aria-label={ "Edit " (key.name) } { "Edit" }
                button.link.danger type="button" data-open={ "delete-" (key.id) } aria-label={ "Delete " (key.name) } { "Delete" }
            }
        }
    }
}

fn summary(grants: &[KeyGrant]) -> Markup {
    let is_full = grants.iter().any(|grant| grant.permission == KeyPermission::FullAccess);
    let useful: Vec<_> = grants.iter().filter(|grant| grant.permission != KeyPermission::Nothing).collect();
    html! {
        @if is_full { "Everything" }
        @else if useful.is_empty() { span.quiet { "Nothing" } }
        @else {
            @for grant in useful {
                span.tag { (grant.bucket) @if grant.permission == KeyPermission::Read { ": read" } @else { ": read and write" } } " "
            }
        }
    }
}

/// The choice of full or limited, and a permission for each Space.
fn grants_fields(id: &str, spaces: &[Bucket], grants: &[KeyGrant]) -> Markup {
    let is_full = grants.iter().any(|grant| grant.permission == KeyPermission::FullAccess);
    let of =
        |space: &Bucket| grants.iter().find(|grant| grant.bucket == space.name.as_str()).map(|grant| grant.permission);
    html! {
        fieldset {
            legend { "Permissions" }
            label.choice { input type="radio" name="kind" value="full" checked[is_full]; span { b { "Full access" } " All Spaces, all operations." } }
            label.choice { input type="radio" name="kind" value="limited" checked[!is_full] data-reveals={ "grants-" (id) }; span { b { "Limited access" } " Only the Spaces chosen here." } }
            div.grants id={ "grants-" (id) } hidden[is_full] {
                @if spaces.is_empty() { p.quiet { "There is no Space to choose yet." } }
                @for space in spaces {
                    @let permission = of(space);
                    label {
                        span { (space.name) }
                        select name={ "grant:" (space.name) } {
                            option value="" { "No access" }
                            option value="read" selected[permission == Some(KeyPermission::Read)] { "Read" }
                            option value="readwrite" selected[permission == Some(KeyPermission::ReadWrite)] { "Read and write" }
                        }
                    }
                }
            }
        }
    }
}

fn edit_dialog(key: &AccessKey, spaces: &[Bucket]) -> Markup {
    html! {
        dialog id={ "edit-" (key.id) } aria-label={ "Edit " (key.name) } {
            form data-post="/panel/do/update-key" {
                h2 { "Edit key" }
                input type="hidden" name="id" value=(key.id);
                label for={ "name-" (key.id) } { "Name" }
                input id={ "name-" (key.id) } name="name" value=(key.name) required maxlength="255" autocomplete="off";
                (grants_fields(key.id.as_str(), spaces, &key.grants))
                (dialog_end("Save", false))
            }
        }
    }
}

fn delete_dialog(key: &AccessKey) -> Markup {
    html! {
        dialog id={ "delete-" (key.id) } aria-label={ "Delete " (key.name) } {
            form data-post="/panel/do/delete-key" {
                h2 { "Delete “" (key.name) "”?" }
                input type="hidden" name="id" value=(key.id);
                p { code { (key.id) } " will be revoked: the next request signed with it is refused. This cannot be undone." }
                (dialog_end("Delete key", true))
            }
        }
    }
}

pub(crate) async fn create(visit: Visit) -> Result<Response, PanelError> {
    let name = checked_name(visit.field("name").unwrap_or_default().to_owned())?;
    let keys_max = visit.settings().keys_max;
    let key = visit.world.issue_key(&visit.account, name, grants(&visit)?, keys_max).await?;
    visit.panel.sessions().keep(&visit.session.id, Once::Key(key.id, key.secret));
    Ok(go("/panel/api"))
}

pub(crate) async fn update(visit: Visit) -> Result<Response, PanelError> {
    let id = AccessKeyId::new(visit.field("id").unwrap_or_default());
    let name = checked_name(visit.field("name").unwrap_or_default().to_owned())?;
    let grants = grants(&visit)?;
    visit.world.reissue_key(&visit.account, &id, Some(name), Some(grants)).await?;
    Ok(go("/panel/api"))
}

pub(crate) async fn delete(visit: Visit) -> Result<Response, PanelError> {
    let id = AccessKeyId::new(visit.field("id").unwrap_or_default());
    let was_there = visit.world.revoke_key(&visit.account, &id).await?;
    if was_there { Ok(go("/panel/api")) } else { Err(PanelError::missing("access key")) }
}

/// The grants that a form names.
fn grants(visit: &Visit) -> Result<Vec<KeyGrant>, PanelError> {
    if visit.field("kind") == Some("full") {
        return Ok(vec![KeyGrant { bucket: String::new(), permission: KeyPermission::FullAccess }]);
    }
    let mut grants = Vec::new();
    for (name, value) in &visit.fields {
        let Some(bucket) = name.strip_prefix("grant:") else { continue };
        let permission = match value.as_str() {
            "" => continue,
            "read" => KeyPermission::Read,
            "readwrite" => KeyPermission::ReadWrite,
            _ => return Err(PanelError::wrong("There is no such permission.")),
        };
        grants.push(KeyGrant { bucket: bucket.to_owned(), permission });
    }
    if grants.is_empty() {
        return Err(PanelError::wrong("Choose at least one Space, or full access."));
    }
    if grants.len() > GRANTS_MAX {
        return Err(PanelError::wrong(format!("A key names at most {GRANTS_MAX} Spaces.")));
    }
    Ok(grants)
}
