//! CDN endpoints: one for each Space at most, found by Space, by id and by custom domain (spaces-reference 8.2).

use crate::buckets::owned_bucket;
use crate::commit::Tx;
use crate::records::{CDN, CDN_DOMAINS, CdnRecord, encode, named_key, named_records, read};
use crate::rows::Rows;
use crate::{AccountId, BucketName, EngineError, Region, Timestamp, World};

/// A CDN endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CdnEndpoint {
    /// A UUID.
    pub id: String,
    /// Whose.
    pub account: AccountId,
    /// The Space it serves.
    pub bucket: BucketName,
    /// The Space's region.
    pub region: Region,
    /// The origin's host as the client wrote it.
    pub origin: String,
    /// How long the edge keeps a file that says nothing itself, in seconds.
    pub ttl_s: u32,
    /// The certificate of the custom domain.
    pub certificate_id: Option<String>,
    /// Another host for the same files, in lower case.
    pub custom_domain: Option<String>,
    /// When it was made.
    pub created: Timestamp,
}

/// What it takes to make an endpoint.
#[derive(Debug, Clone)]
pub struct NewCdnEndpoint {
    /// Whose.
    pub account: AccountId,
    /// The Space.
    pub bucket: BucketName,
    /// Its region.
    pub region: Region,
    /// The origin's host as the client wrote it.
    pub origin: String,
    /// In seconds.
    pub ttl_s: u32,
    /// The certificate of the custom domain.
    pub certificate_id: Option<String>,
    /// A custom domain in lower case.
    pub custom_domain: Option<String>,
}

/// What an update changes.
#[derive(Debug, Clone, Default)]
pub struct CdnChange {
    /// Another TTL, in seconds.
    pub ttl_s: Option<u32>,
    /// Another domain and its certificate; `Some((None, None))` takes the domain away.
    pub domain: Option<(Option<String>, Option<String>)>,
}

/// Why an endpoint was not made or not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CdnRefusal {
    /// The account has no Space of this name in the region (any more).
    NoSuchSpace,
    /// The Space has an endpoint.
    AlreadyEnabled,
    /// Another endpoint has the domain.
    DomainTaken,
    /// The account has no endpoint of this id.
    NoSuchEndpoint,
    /// The engine could not.
    Engine(EngineError),
}

impl From<EngineError> for CdnRefusal {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl CdnRecord {
    fn into_endpoint(self, bucket: BucketName) -> CdnEndpoint {
        CdnEndpoint {
            id: self.id,
            account: AccountId::new(self.account),
            bucket,
            region: Region::new(self.region),
            origin: self.origin,
            ttl_s: self.ttl_s,
            certificate_id: self.certificate_id,
            custom_domain: self.custom_domain,
            created: Timestamp(self.created_ms),
        }
    }
}

impl World {
    /// Makes an endpoint for a Space that the account has.
    ///
    /// # Errors
    /// See [`CdnRefusal`].
    pub async fn create_cdn_endpoint(&self, new: NewCdnEndpoint) -> Result<CdnEndpoint, CdnRefusal> {
        self.judge(move |tx| {
            let space = owned_bucket(tx, &new.bucket, &new.account)?.ok_or(CdnRefusal::NoSuchSpace)?;
            if space.region != new.region.as_str() {
                return Err(CdnRefusal::NoSuchSpace);
            }
            let row = named_key(CDN, new.bucket.as_str());
            if tx.get(&row)?.is_some() {
                return Err(CdnRefusal::AlreadyEnabled);
            }
            let record = CdnRecord {
                id: crate::new_uuid(),
                account: new.account.as_str().to_owned(),
                region: new.region.as_str().to_owned(),
                ttl_s: new.ttl_s,
                certificate_id: new.certificate_id,
                custom_domain: new.custom_domain,
                created_ms: tx.now().0,
                origin: new.origin,
            };
            take_domain(tx, &new.bucket, record.custom_domain.as_deref())?;
            tx.put(row, encode(&record)?);
            Ok(record.into_endpoint(new.bucket))
        })
        .await
    }

    /// Changes an endpoint; the next request on its hosts sees it.
    ///
    /// # Errors
    /// See [`CdnRefusal`].
    pub async fn update_cdn_endpoint(
        &self,
        account: &AccountId,
        id: &str,
        change: CdnChange,
    ) -> Result<CdnEndpoint, CdnRefusal> {
        let (account, id) = (account.clone(), id.to_owned());
        self.judge(move |tx| {
            let (bucket, mut record) = existing(tx, &account, &id)?;
            if let Some(ttl_s) = change.ttl_s {
                record.ttl_s = ttl_s;
            }
            if let Some((domain, certificate_id)) = change.domain {
                take_domain(tx, &bucket, domain.as_deref())?;
                if let Some(old) = record.custom_domain.filter(|old| Some(old) != domain.as_ref()) {
                    tx.delete(named_key(CDN_DOMAINS, &old));
                }
                record.custom_domain = domain;
                record.certificate_id = certificate_id;
            }
            tx.put(named_key(CDN, bucket.as_str()), encode(&record)?);
            Ok(record.into_endpoint(bucket))
        })
        .await
    }

    /// Takes an endpoint away; its hosts serve without a cache from now on.
    ///
    /// # Errors
    /// See [`CdnRefusal`].
    pub async fn delete_cdn_endpoint(&self, account: &AccountId, id: &str) -> Result<CdnEndpoint, CdnRefusal> {
        let (account, id) = (account.clone(), id.to_owned());
        self.judge(move |tx| {
            let (bucket, record) = existing(tx, &account, &id)?;
            forget(tx, &bucket)?;
            Ok(record.into_endpoint(bucket))
        })
        .await
    }

    /// The endpoint of a Space. One point read.
    ///
    /// # Errors
    /// Storage errors.
    pub fn cdn_of_bucket(&self, bucket: &BucketName) -> Result<Option<CdnEndpoint>, EngineError> {
        let record: Option<CdnRecord> = read(&self.view(), &named_key(CDN, bucket.as_str()))?;
        Ok(record.map(|record| record.into_endpoint(bucket.clone())))
    }

    /// The endpoint that has a custom domain (in lower case). Two point reads.
    ///
    /// # Errors
    /// Storage errors.
    pub fn cdn_of_domain(&self, domain: &str) -> Result<Option<CdnEndpoint>, EngineError> {
        let bucket: Option<String> = read(&self.view(), &named_key(CDN_DOMAINS, domain))?;
        match bucket {
            Some(bucket) => self.cdn_of_bucket(&BucketName::from_stored(bucket)),
            None => Ok(None),
        }
    }

    /// An account's endpoints, oldest first.
    ///
    /// # Errors
    /// Storage errors.
    pub fn cdn_endpoints_of(&self, account: &AccountId) -> Result<Vec<CdnEndpoint>, EngineError> {
        let mut endpoints = all(&self.view())?;
        endpoints.retain(|endpoint| endpoint.account == *account);
        endpoints.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
        Ok(endpoints)
    }
}

fn all(rows: &impl Rows) -> Result<Vec<CdnEndpoint>, EngineError> {
    let records = named_records::<CdnRecord>(rows, CDN)?.into_iter();
    Ok(records.map(|(bucket, record)| record.into_endpoint(BucketName::from_stored(bucket))).collect())
}

/// Takes a Space's endpoint away in the commit that deletes the Space.
pub(crate) fn forget(tx: &mut Tx<'_>, bucket: &BucketName) -> Result<(), EngineError> {
    let row = named_key(CDN, bucket.as_str());
    if let Some(record) = read::<CdnRecord>(tx, &row)? {
        if let Some(domain) = &record.custom_domain {
            tx.delete(named_key(CDN_DOMAINS, domain));
        }
        tx.delete(row);
    }
    Ok(())
}

fn existing(tx: &Tx<'_>, account: &AccountId, id: &str) -> Result<(BucketName, CdnRecord), CdnRefusal> {
    let found = all(tx)?.into_iter().find(|endpoint| endpoint.id == id && endpoint.account == *account);
    let bucket = found.ok_or(CdnRefusal::NoSuchEndpoint)?.bucket;
    let record = read(tx, &named_key(CDN, bucket.as_str()))?.ok_or(CdnRefusal::NoSuchEndpoint)?;
    Ok((bucket, record))
}

fn take_domain(tx: &mut Tx<'_>, bucket: &BucketName, domain: Option<&str>) -> Result<(), CdnRefusal> {
    let Some(domain) = domain else { return Ok(()) };
    let row = named_key(CDN_DOMAINS, domain);
    let holder: Option<String> = read(tx, &row)?;
    if holder.is_some_and(|holder| holder != bucket.as_str()) {
        return Err(CdnRefusal::DomainTaken);
    }
    tx.put(row, encode(&bucket.as_str())?);
    Ok(())
}
