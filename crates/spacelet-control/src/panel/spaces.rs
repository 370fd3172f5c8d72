//! The list of Spaces.

use axum::response::Response;
use maud::html;

use super::layout::{self, Place};
use super::text::{count, size, time};
use super::visit::{PanelError, Visit};

pub(crate) async fn page(visit: Visit) -> Result<Response, PanelError> {
    let mut rows = Vec::new();
    let (mut objects, mut bytes) = (0, 0);
    for bucket in visit.world.buckets_of(&visit.account, None)? {
        let usage = visit.world.bucket_usage(&bucket)?;
        objects += usage.objects;
        bytes += usage.bytes;
        rows.push((bucket, usage));
    }
    let number = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    let content = html! {
        div.head {
            h1 { "Spaces" }
            a.button.primary href="/panel/new" { "Create a Space" }
        }
        @if rows.is_empty() {
            section.card.empty {
                h2 { "No Space yet" }
                p { "A Space holds your files. Create one, upload something, and connect any S3 client to it." }
                a.button.primary href="/panel/new" { "Create a Space" }
            }
        } @else {
            p.quiet { (count(number, "Space")) ", " (count(objects, "file")) ", " (size(bytes)) }
            table.list {
                thead { tr { th { "Name" } th { "Region" } th.num { "Files" } th.num { "Size" } th { "Created (UTC)" } } }
                tbody {
                    @for (bucket, usage) in &rows {
                        tr {
                            td data-name="Name" { a.strong href={ "/panel/spaces/" (bucket.name) } { (bucket.name) } }
                            td data-name="Region" { (bucket.region.as_str()) }
                            td.num data-name="Files" { (usage.objects) }
                            td.num data-name="Size" { (size(usage.bytes)) }
                            td data-name="Created" { (time(bucket.created)) }
                        }
                    }
                }
            }
        }
    };
    Ok(layout::page(&visit, Place::Spaces, "Spaces", &content))
}
