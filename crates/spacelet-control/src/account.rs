//! `/v2/account` and `/v2/regions`: what doctl and Terraform ask before anything else.

use serde::Serialize;
use spacelet_engine::{Region, named_uuid};

use crate::ApiError;
use crate::ask::{Answer, Ask};
use crate::page::Page;

#[derive(Serialize)]
struct One {
    account: Account,
}

/// There are no droplets here, so the limits are 0.
#[derive(Serialize)]
struct Account {
    droplet_limit: u32,
    floating_ip_limit: u32,
    email: String,
    name: String,
    uuid: String,
    email_verified: bool,
    status: &'static str,
    status_message: &'static str,
    team: Team,
}

#[derive(Serialize)]
struct Team {
    uuid: String,
    name: &'static str,
}

#[derive(Serialize)]
struct RegionInfo {
    name: String,
    slug: String,
    features: [&'static str; 1],
    available: bool,
    sizes: [&'static str; 0],
}

pub(crate) async fn get(ask: Ask) -> Result<Answer, ApiError> {
    let account = ask.world.account(&ask.account)?;
    let is_suspended = account.as_ref().is_some_and(|account| account.suspended);
    let name = account.as_ref().map_or_else(|| ask.account.as_str().to_owned(), |account| account.display_name.clone());
    let email = account.and_then(|account| account.email);
    Answer::ok(&One {
        account: Account {
            droplet_limit: 0,
            floating_ip_limit: 0,
            email: email.unwrap_or_else(|| format!("{}@localhost", ask.account)),
            name,
            uuid: named_uuid(ask.account.as_str()),
            email_verified: true,
            status: if is_suspended { "locked" } else { "active" },
            status_message: "",
            team: Team { uuid: named_uuid(&format!("team {}", ask.account)), name: "My Team" },
        },
    })
}

/// The regions that have Spaces, and the server's own.
pub(crate) async fn regions(ask: Ask) -> Result<Answer, ApiError> {
    let own = ask.settings().region.as_str();
    let extra = (!Region::KNOWN.contains(&own)).then_some(own);
    let slugs = Region::KNOWN.iter().copied().chain(extra);
    let regions = slugs.map(|slug| RegionInfo {
        name: region_name(slug),
        slug: slug.to_owned(),
        features: ["storage"],
        available: true,
        sizes: [],
    });
    Answer::ok(&Page::of("regions", regions.collect(), &ask)?)
}

/// `nyc3` → `New York 3`; a slug that is not DigitalOcean's is its own name.
pub(crate) fn region_name(slug: &str) -> String {
    let (city, number) = slug.split_at_checked(3).unwrap_or((slug, ""));
    let city = match city {
        "ams" => "Amsterdam",
        "atl" => "Atlanta",
        "blr" => "Bangalore",
        "fra" => "Frankfurt",
        "lon" => "London",
        "nyc" => "New York",
        "sfo" => "San Francisco",
        "sgp" => "Singapore",
        "syd" => "Sydney",
        "tor" => "Toronto",
        _ => return slug.to_owned(),
    };
    format!("{city} {number}")
}
