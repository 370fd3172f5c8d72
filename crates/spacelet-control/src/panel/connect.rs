//! The Connect page: what a client has to be told, filled in.

use axum::response::Response;
use maud::html;

use super::keys::{control_url, snippets};
use super::layout::{self, Place};
use super::visit::{PanelError, Visit};
use crate::connect::{CLIENTS, Connection};

pub(crate) async fn page(visit: Visit) -> Result<Response, PanelError> {
    let spaces = visit.world.buckets_of(&visit.account, None)?;
    let wanted = visit.field("space");
    let chosen = spaces.iter().find(|space| wanted.is_none_or(|name| space.name.as_str() == name));
    let connection = Connection {
        endpoint: visit.settings().s3_url.clone(),
        control_url: control_url(&visit),
        region: chosen.map_or(&visit.settings().region, |space| &space.region).as_str().to_owned(),
        bucket: chosen.map_or("my-space", |space| space.name.as_str()).to_owned(),
        access_key: "YOUR_ACCESS_KEY".to_owned(),
        secret_key: "YOUR_SECRET_KEY".to_owned(),
    };
    let facts = [
        ("Server URL (endpoint)", connection.endpoint.as_str()),
        ("Bucket", connection.bucket.as_str()),
        ("Region", connection.region.as_str()),
        ("Control API", connection.control_url.as_str()),
    ];
    let content = html! {
        div.head { h1 { "Connect" } }
        p { "Any S3 client works with these. Access key and secret come from the " a href="/panel/api" { "API page" } "." }
        @if spaces.len() > 1 {
            form.row action="/panel/connect" {
                label for="space" { "Space" }
                select #space name="space" data-submits {
                    @for space in &spaces { option selected[Some(space) == chosen] { (space.name) } }
                }
            }
        }
        dl.facts.card {
            @for (name, value) in facts {
                dt { (name) } dd { code { (value) } button type="button" data-copy=(value) aria-label={ "Copy " (name) } { "Copy" } }
            }
            dt { "Style" } dd { "path-style everywhere; virtual-hosted-style under " code { (connection.region) ".localhost" } " and " code { (connection.region) ".digitaloceanspaces.com" } }
        }
        (snippets(&connection, &CLIENTS))
    };
    Ok(layout::page(&visit, Place::Connect, "Connect", &content))
}
