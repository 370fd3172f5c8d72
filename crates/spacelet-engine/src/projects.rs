//! Projects: named groups of resources in DigitalOcean's control plane. A Space is the URN `do:space:NAME`.

use crate::buckets::owned_bucket;
use crate::records::{PROJECTS, ProjectRecord, RESOURCES, RowKey, encode, named_key, named_records};
use crate::rows::Rows;
use crate::{AccountId, BucketName, EngineError, Timestamp, World};

/// A Space's name as a resource.
#[must_use]
pub fn space_urn(bucket: &BucketName) -> String {
    format!("do:space:{bucket}")
}

/// The row of a Space's assignment.
pub(crate) fn resource_key(bucket: &BucketName) -> RowKey {
    named_key(RESOURCES, &space_urn(bucket))
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// A UUID.
    pub id: String,
    /// Whose.
    pub account: AccountId,
    /// Unique in the account.
    pub name: String,
    /// Free text.
    pub description: String,
    /// What it is for.
    pub purpose: String,
    /// `Development`, `Staging`, `Production` or nothing.
    pub environment: String,
    /// New resources belong to the default project.
    pub is_default: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When it was changed last.
    pub updated: Timestamp,
}

/// Why a project was not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectRefusal {
    /// Another project of the account has the name.
    NameTaken,
    /// The account has no project of this id.
    NoSuchProject,
    /// The account has no Space of this name (any more).
    NoSuchSpace,
    /// It has resources, or is the default one.
    InUse,
    /// The account has as many projects as it may.
    TooMany,
    /// The engine could not.
    Engine(EngineError),
}

impl From<EngineError> for ProjectRefusal {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl ProjectRecord {
    fn into_project(self, id: String) -> Project {
        Project {
            id,
            account: AccountId::new(self.account),
            name: self.name,
            description: self.description,
            purpose: self.purpose,
            environment: self.environment,
            is_default: self.is_default,
            created: Timestamp(self.created_ms),
            updated: Timestamp(self.updated_ms),
        }
    }

    fn new(project: &Project) -> Self {
        Self {
            account: project.account.as_str().to_owned(),
            name: project.name.clone(),
            description: project.description.clone(),
            purpose: project.purpose.clone(),
            environment: project.environment.clone(),
            is_default: project.is_default,
            created_ms: project.created.0,
            updated_ms: project.updated.0,
        }
    }
}

impl World {
    /// Makes a project, or replaces one of the same id. A default project takes that from the one that was it.
    ///
    /// # Errors
    /// [`ProjectRefusal::NameTaken`], [`ProjectRefusal::TooMany`], storage errors.
    pub async fn put_project(&self, project: Project, max: usize) -> Result<Project, ProjectRefusal> {
        self.judge(move |tx| {
            let others = of_account(tx, &project.account)?;
            let is_new = others.iter().all(|other| other.id != project.id);
            if is_new && others.len() >= max {
                return Err(ProjectRefusal::TooMany);
            }
            if others.iter().any(|other| other.id != project.id && other.name == project.name) {
                return Err(ProjectRefusal::NameTaken);
            }
            for mut other in others.into_iter().filter(|other| other.is_default && other.id != project.id) {
                other.is_default &= !project.is_default;
                tx.put(named_key(PROJECTS, &other.id), encode(&ProjectRecord::new(&other))?);
            }
            tx.put(named_key(PROJECTS, &project.id), encode(&ProjectRecord::new(&project))?);
            Ok(project)
        })
        .await
    }

    /// An account's projects, oldest first.
    ///
    /// # Errors
    /// Storage errors.
    pub fn projects_of(&self, account: &AccountId) -> Result<Vec<Project>, EngineError> {
        of_account(&self.view(), account)
    }

    /// Removes an empty project that is not the default one.
    ///
    /// # Errors
    /// [`ProjectRefusal::NoSuchProject`], [`ProjectRefusal::InUse`], storage errors.
    pub async fn delete_project(&self, account: &AccountId, id: &str) -> Result<(), ProjectRefusal> {
        let (account, id) = (account.clone(), id.to_owned());
        self.judge(move |tx| {
            let project = of_account(tx, &account)?.into_iter().find(|project| project.id == id);
            let project = project.ok_or(ProjectRefusal::NoSuchProject)?;
            if project.is_default || assigned(tx)?.iter().any(|(_, holder)| *holder == id) {
                return Err(ProjectRefusal::InUse);
            }
            tx.delete(named_key(PROJECTS, &id));
            Ok(())
        })
        .await
    }

    /// Which project each resource was put into, as (URN, project's id); what is absent is in the default project.
    ///
    /// # Errors
    /// Storage errors.
    pub fn assigned_resources(&self) -> Result<Vec<(String, String)>, EngineError> {
        assigned(&self.view())
    }

    /// Puts an account's Spaces into a project of its own: all of them or none. A Space's assignment goes with it.
    ///
    /// # Errors
    /// [`ProjectRefusal::NoSuchProject`], [`ProjectRefusal::NoSuchSpace`], storage errors.
    pub async fn assign_spaces(
        &self,
        account: &AccountId,
        spaces: Vec<BucketName>,
        project: &str,
    ) -> Result<(), ProjectRefusal> {
        let (account, project) = (account.clone(), project.to_owned());
        self.judge(move |tx| {
            if !of_account(tx, &account)?.iter().any(|known| known.id == project) {
                return Err(ProjectRefusal::NoSuchProject);
            }
            for space in spaces {
                owned_bucket(tx, &space, &account)?.ok_or(ProjectRefusal::NoSuchSpace)?;
                tx.put(resource_key(&space), encode(&project.as_str())?);
            }
            Ok(())
        })
        .await
    }
}

fn of_account(rows: &impl Rows, account: &AccountId) -> Result<Vec<Project>, EngineError> {
    let records = named_records::<ProjectRecord>(rows, PROJECTS)?.into_iter();
    let mut found: Vec<Project> = records.map(|(id, record)| record.into_project(id)).collect();
    found.retain(|project| project.account == *account);
    found.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
    Ok(found)
}

fn assigned(rows: &impl Rows) -> Result<Vec<(String, String)>, EngineError> {
    named_records(rows, RESOURCES)
}
