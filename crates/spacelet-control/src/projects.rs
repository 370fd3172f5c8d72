//! `/v2/projects`, as far as doctl and Terraform ask: projects, and the Spaces in them.

use serde::{Deserialize, Serialize};
use spacelet_engine::{Bucket, BucketName, Project, named_uuid, new_uuid, space_urn};

use crate::ApiError;
use crate::ask::{Answer, Ask};
use crate::page::Page;
use crate::stamp::stamp;

/// The most projects of an account.
const PROJECTS_MAX: usize = 200;
/// The longest texts of a project, in characters.
const NAME_CHARS_MAX: usize = 175;
const TEXT_CHARS_MAX: usize = 255;
/// Spaces of one assignment.
const RESOURCES_MAX: usize = 1_000;
const ENVIRONMENTS: [&str; 4] = ["", "Development", "Staging", "Production"];

#[derive(Deserialize)]
struct Body {
    name: Option<String>,
    description: Option<String>,
    purpose: Option<String>,
    environment: Option<String>,
    is_default: Option<bool>,
}

#[derive(Deserialize)]
struct Assignment {
    resources: Vec<String>,
}

#[derive(Serialize)]
struct One {
    project: Shown,
}

#[derive(Serialize)]
struct Shown {
    id: String,
    owner_uuid: String,
    owner_id: u64,
    name: String,
    description: String,
    purpose: String,
    environment: String,
    is_default: bool,
    created_at: String,
    updated_at: String,
}

#[derive(Serialize)]
struct Resource {
    urn: String,
    assigned_at: String,
    links: Links,
    status: &'static str,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    itself: String,
}

impl Shown {
    fn of(project: Project) -> Self {
        Self {
            owner_uuid: named_uuid(project.account.as_str()),
            owner_id: project.account.as_str().parse().unwrap_or(0),
            id: project.id,
            name: project.name,
            description: project.description,
            purpose: project.purpose,
            environment: project.environment,
            is_default: project.is_default,
            created_at: stamp(project.created),
            updated_at: stamp(project.updated),
        }
    }
}

pub(crate) async fn list(ask: Ask) -> Result<Answer, ApiError> {
    let projects = all(&ask)?;
    Answer::ok(&Page::of("projects", projects.into_iter().map(Shown::of).collect(), &ask)?)
}

pub(crate) async fn create(ask: Ask) -> Result<Answer, ApiError> {
    let body: Body = ask.json()?;
    if body.name.is_none() || body.purpose.is_none() {
        return Err(ApiError::unprocessable("name and purpose are required"));
    }
    let now = ask.world.clock().now();
    let blank = Project {
        id: new_uuid(),
        account: ask.account.clone(),
        name: String::new(),
        description: String::new(),
        purpose: String::new(),
        environment: String::new(),
        is_default: false,
        created: now,
        updated: now,
    };
    let project = changed(blank, body)?;
    keep_default(&ask).await?;
    let project = ask.world.put_project(project, PROJECTS_MAX).await?;
    Answer::created(&One { project: Shown::of(project) })
}

pub(crate) async fn get(ask: Ask) -> Result<Answer, ApiError> {
    Answer::ok(&One { project: Shown::of(existing(&ask)?) })
}

/// PUT and PATCH: what is left out stays.
pub(crate) async fn update(ask: Ask) -> Result<Answer, ApiError> {
    let project = existing(&ask)?;
    let mut project = changed(project, ask.json()?)?;
    project.updated = ask.world.clock().now();
    keep_default(&ask).await?;
    let project = ask.world.put_project(project, PROJECTS_MAX).await?;
    Answer::ok(&One { project: Shown::of(project) })
}

pub(crate) async fn delete(ask: Ask) -> Result<Answer, ApiError> {
    let project = existing(&ask)?;
    if project.is_default {
        return Err(spacelet_engine::ProjectRefusal::InUse.into());
    }
    ask.world.delete_project(&ask.account, &project.id).await?;
    Ok(Answer::NOTHING)
}

pub(crate) async fn resources(ask: Ask) -> Result<Answer, ApiError> {
    let project = existing(&ask)?;
    let assigned = ask.world.assigned_resources()?;
    let mut found = Vec::new();
    for bucket in ask.world.buckets_of(&ask.account, None)? {
        let urn = space_urn(&bucket.name);
        let holder = assigned.iter().find(|(has, _)| *has == urn).map(|(_, project)| project);
        if holder.map_or(project.is_default, |holder| *holder == project.id) {
            found.push(resource(&ask, &bucket, "ok"));
        }
    }
    Answer::ok(&Page::of("resources", found, &ask)?)
}

pub(crate) async fn assign(ask: Ask) -> Result<Answer, ApiError> {
    let project = existing(&ask)?;
    let Assignment { resources } = ask.json()?;
    if resources.len() > RESOURCES_MAX {
        return Err(ApiError::bad_request("at most 1000 resources can be assigned at once"));
    }
    let mut answers = Vec::new();
    let mut spaces = Vec::new();
    for urn in &resources {
        let name =
            urn.strip_prefix("do:space:").ok_or_else(|| ApiError::bad_request("only do:space URNs are known"))?;
        let name = BucketName::parse(name).map_err(|_rule| ApiError::NOT_FOUND)?;
        let bucket = ask.world.bucket(&name)?.filter(|bucket| bucket.owner == ask.account);
        answers.push(resource(&ask, &bucket.ok_or(ApiError::NOT_FOUND)?, "assigned"));
        spaces.push(name);
    }
    keep_default(&ask).await?;
    ask.world.assign_spaces(&ask.account, spaces, &project.id).await?;
    Answer::ok(&Page::of("resources", answers, &ask)?)
}

fn resource(ask: &Ask, bucket: &Bucket, status: &'static str) -> Resource {
    let itself = format!("{}/{}", ask.settings().s3_url, bucket.name);
    Resource { urn: space_urn(&bucket.name), assigned_at: stamp(bucket.created), links: Links { itself }, status }
}

/// The account's projects. There is always a default one: DigitalOcean makes it with the account.
fn all(ask: &Ask) -> Result<Vec<Project>, ApiError> {
    let mut projects = ask.world.projects_of(&ask.account)?;
    if !projects.iter().any(|project| project.is_default) {
        projects.insert(0, default_project(ask));
    }
    Ok(projects)
}

/// Stores the default project before the first change, so that it stays when another one becomes the default.
async fn keep_default(ask: &Ask) -> Result<(), ApiError> {
    if !ask.world.projects_of(&ask.account)?.iter().any(|project| project.is_default) {
        ask.world.put_project(default_project(ask), PROJECTS_MAX).await?;
    }
    Ok(())
}

fn default_project(ask: &Ask) -> Project {
    Project {
        id: named_uuid(&format!("project {}", ask.account)),
        account: ask.account.clone(),
        name: "first-project".to_owned(),
        description: "Update your project information under Settings".to_owned(),
        purpose: "Just trying out DigitalOcean".to_owned(),
        environment: String::new(),
        is_default: true,
        created: spacelet_engine::Timestamp(0),
        updated: spacelet_engine::Timestamp(0),
    }
}

fn existing(ask: &Ask) -> Result<Project, ApiError> {
    let id = ask.name();
    let found = all(ask)?.into_iter().find(|project| project.id == id || (id == "default" && project.is_default));
    found.ok_or(ApiError::NOT_FOUND)
}

fn changed(mut project: Project, body: Body) -> Result<Project, ApiError> {
    let fit = |text: String, max: usize, name: &str| {
        let fits = text.chars().count() <= max;
        if fits { Ok(text) } else { Err(ApiError::bad_request(format!("{name} has at most {max} characters"))) }
    };
    if let Some(name) = body.name {
        project.name = fit(name, NAME_CHARS_MAX, "name")?;
    }
    if let Some(description) = body.description {
        project.description = fit(description, TEXT_CHARS_MAX, "description")?;
    }
    if let Some(purpose) = body.purpose {
        project.purpose = fit(purpose, TEXT_CHARS_MAX, "purpose")?;
    }
    if let Some(environment) = body.environment {
        let known = ENVIRONMENTS.into_iter().find(|known| known.eq_ignore_ascii_case(&environment));
        let known =
            known.ok_or_else(|| ApiError::bad_request("environment must be Development, Staging or Production"));
        project.environment = known?.to_owned();
    }
    if project.name.is_empty() {
        return Err(ApiError::bad_request("name is required"));
    }
    project.is_default |= body.is_default.unwrap_or(false);
    Ok(project)
}
