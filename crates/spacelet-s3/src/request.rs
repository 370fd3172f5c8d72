//! What an operation gets: a request that was admitted and decided, with the facts already read.

use std::sync::{Arc, Mutex, OnceLock};

use bytes::Bytes;
use http::HeaderMap;
use spacelet_engine::access::{Caller, Need, versioned_action};
use spacelet_engine::policy::Environment;
use spacelet_engine::{
    Account, AccountId, Bucket, CustomerKey, EngineError, ObjectInfo, ObjectKey, StagedBody, VersionSelector, World,
};

use crate::body::RequestBody;
use crate::checksum::{self, KeptChecksum};
use crate::circumstances::Circumstances;
use crate::error::{ErrorCode, S3Error};
use crate::facts::{Ask, Judge};
use crate::query::Query;
use crate::region::SignedRegion;
use crate::service::Shared;
use crate::target::Target;
use crate::{Limits, Profile};

/// An admitted request.
pub(crate) struct Request<'a> {
    /// What all requests share: settings, host names, the bound on blocking reads.
    pub(crate) shared: &'a Shared,
    /// Where the caller's data is.
    pub(crate) world: Arc<World>,
    pub(crate) target: &'a Target,
    /// The query, decoded once.
    pub(crate) query: &'a Query<'a>,
    pub(crate) headers: &'a HeaderMap,
    /// What policy conditions look at.
    pub(crate) circumstances: Circumstances<'a>,
    pub(crate) caller: Caller,
    /// The caller's account; `None` for an unsigned request.
    pub(crate) account: Option<Arc<Account>>,
    /// The bucket, where the operation's subject is in one.
    pub(crate) bucket: Option<Bucket>,
    /// The region that was signed, where the profile looks at it.
    pub(crate) signed: Option<SignedRegion>,
    /// The key, checked, where the target names one.
    pub(crate) key: Option<ObjectKey>,
    /// The object, where the subject is one that must be there.
    pub(crate) object: Option<ObjectInfo>,
    /// The source of a copy.
    pub(crate) source: Option<Source>,
    /// The admitted body, until it is taken.
    pub(crate) body: Option<RequestBody<'a>>,
    /// What is said in `x-spacelet-explain` on success.
    pub(crate) notes: Notes<'a>,
    /// Set once a form has proved who sent it.
    pub(crate) form_signer: &'a OnceLock<FormSigner>,
    /// Request id and host id of the answer, where an event tells of them (profile `aws`).
    pub(crate) answer_ids: &'a AnswerIds,
}

/// Request id and host id of an answer, once they were told.
pub(crate) type AnswerIds = OnceLock<Box<(String, String)>>;

/// Whose form it is: nothing in the head says so.
pub(crate) struct FormSigner {
    pub(crate) account: AccountId,
    pub(crate) access_key: String,
}

/// The source of a copy, read and allowed.
pub(crate) struct Source {
    pub(crate) bucket: Bucket,
    pub(crate) object: ObjectInfo,
}

/// Remarks on a request that succeeds: what was silently ignored, as Spaces does.
#[derive(Clone, Copy)]
pub(crate) struct Notes<'a>(pub(crate) &'a Mutex<Vec<String>>);

impl Notes<'_> {
    pub(crate) fn add(self, note: impl Into<String>) {
        if let Ok(mut notes) = self.0.lock() {
            notes.push(note.into());
        }
    }
}

impl<'a> Request<'a> {
    pub(crate) fn limits(&self) -> &'a Limits {
        &self.shared.settings.limits
    }

    pub(crate) fn profile(&self) -> &'a Profile {
        &self.shared.settings.profile
    }

    /// The bucket.
    ///
    /// # Errors
    /// `InternalError` where the operation table promises none: a mistake in the table, never the client's.
    pub(crate) fn bucket(&self) -> Result<&Bucket, S3Error> {
        self.bucket.as_ref().ok_or_else(|| unpromised("bucket"))
    }

    /// The key. Errors as [`Self::bucket`].
    pub(crate) fn key(&self) -> Result<&ObjectKey, S3Error> {
        self.key.as_ref().ok_or_else(|| unpromised("key"))
    }

    /// The object. Errors as [`Self::bucket`].
    pub(crate) fn object(&self) -> Result<&ObjectInfo, S3Error> {
        self.object.as_ref().ok_or_else(|| unpromised("object"))
    }

    /// Bucket and key. Errors as [`Self::bucket`].
    pub(crate) fn subject(&self) -> Result<(&Bucket, &ObjectKey), S3Error> {
        Ok((self.bucket()?, self.key()?))
    }

    /// Judges a further subject in the bucket.
    ///
    /// # Errors
    /// `AccessDenied`, storage errors.
    pub(crate) fn judge(&self, ask: Ask<'_>) -> Result<(), S3Error> {
        self.judges()?.judge(ask)
    }

    /// Judges an operation on the object itself, of which the document says what conditions look at besides.
    ///
    /// # Errors
    /// `AccessDenied`, storage errors.
    pub(crate) fn judge_document(
        &self,
        need: Need,
        action: &'static str,
        add: &dyn Fn(&mut Environment),
    ) -> Result<(), S3Error> {
        let version = self.query.get_non_empty("versionId");
        let parameters = |environment: &mut Environment| {
            add(environment);
            if let Some(version) = version {
                environment.add("s3:VersionId", version);
            }
        };
        let action = if version.is_some() { versioned_action(action) } else { action };
        let ask = Ask { key: self.key.as_ref(), parameters: Some(&parameters), ..Ask::of(need, action) };
        self.judges()?.judge_object(ask, self.object.as_ref())
    }

    /// Who judges further subjects in the bucket.
    ///
    /// # Errors
    /// Storage errors.
    pub(crate) fn judges(&self) -> Result<Judge<'_>, S3Error> {
        Judge::new(self.shared, &self.world, &self.caller, self.circumstances, Some(self.bucket()?))
    }

    /// The caller's account id; `anonymous` for an unsigned request.
    pub(crate) fn caller_id(&self) -> AccountId {
        self.account.as_ref().map_or_else(AccountId::anonymous, |account| account.id.clone())
    }

    /// Who owns what this request makes: the caller. What nobody signed belongs to the bucket's owner, as in RGW.
    pub(crate) fn owner(&self) -> AccountId {
        match (&self.account, &self.bucket) {
            (None, Some(bucket)) => bucket.owner.clone(),
            _ => self.caller_id(),
        }
    }

    /// `Owner/DisplayName` of an account: empty for one that is not known (`anonymous`).
    ///
    /// # Errors
    /// Storage errors.
    pub(crate) fn display_name(&self, id: &AccountId) -> Result<String, S3Error> {
        match &self.account {
            Some(account) if account.id == *id => Ok(account.display_name.clone()),
            _ => Ok(self.world.account(id)?.map(|account| account.display_name).unwrap_or_default()),
        }
    }

    /// Streams the body into the store, all checks made ([`RequestBody::stage`]).
    ///
    /// # Errors
    /// As there.
    pub(crate) async fn stage_body(
        &mut self,
        key: Option<&CustomerKey>,
        kept: KeptChecksum,
    ) -> Result<StagedBody, S3Error> {
        let body = self.body.take().ok_or_else(|| unpromised("second body"))?;
        body.stage(&self.world, key, kept).await
    }

    /// Reads a body that is a document, at most [`Limits::xml_bytes_max`] long.
    ///
    /// # Errors
    /// As [`RequestBody::read_all`].
    pub(crate) async fn read_document(&mut self) -> Result<Bytes, S3Error> {
        self.read_at_most(self.limits().xml_bytes_max).await
    }

    /// Reads a body that is a document of its own limit, in bytes.
    ///
    /// # Errors
    /// As [`RequestBody::read_all`].
    pub(crate) async fn read_at_most(&mut self, max: u64) -> Result<Bytes, S3Error> {
        let body = self.body.take().ok_or_else(|| unpromised("second body"))?;
        let with_md5 = self.profile().wants_digests;
        if with_md5 {
            checksum::check_announcement(self.headers)?;
        }
        body.read_all(&self.world, max, with_md5).await
    }

    /// As [`Self::read_document`], where `x-amz-checksum-*` headers are not this document's but the completed object's.
    ///
    /// # Errors
    /// As there.
    pub(crate) async fn read_description(&mut self) -> Result<Bytes, S3Error> {
        let max = self.limits().xml_bytes_max;
        let body = self.body.take().ok_or_else(|| unpromised("second body"))?;
        body.read_description(&self.world, max).await
    }

    /// Runs a read that takes its time (a listing) on a blocking thread; at most [`Limits::blocking_reads_max`] at once.
    ///
    /// # Errors
    /// What `read` answers; `InternalError` when it panics.
    pub(crate) async fn read_blocking<T: Send + 'static>(
        &self,
        read: impl FnOnce(&World) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, S3Error> {
        let world = Arc::clone(&self.world);
        let turn = self.shared.blocking_reads.acquire().await;
        let task = tokio::task::spawn_blocking(move || read(&world));
        let read = task.await;
        drop(turn);
        Ok(read.map_err(|panic| S3Error::new(ErrorCode::InternalError, format!("a read failed: {panic}")))??)
    }

    /// The version that `?versionId` names.
    pub(crate) fn version(&self) -> VersionSelector {
        crate::facts::version_of(self.query)
    }

    /// The header as text, when it is UTF-8.
    pub(crate) fn header(&self, name: impl http::header::AsHeaderName) -> Option<&'a str> {
        self.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
    }
}

fn unpromised(what: &str) -> S3Error {
    S3Error::new(ErrorCode::InternalError, format!("the operation table promises no {what} for this operation"))
}
