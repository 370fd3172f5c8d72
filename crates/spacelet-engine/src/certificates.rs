//! Certificates of custom CDN domains, as far as the control plane shows them. Private keys are not kept.

use crate::records::{CERTIFICATES, CertificateRecord, encode, named_key, named_records, read};
use crate::rows::Rows;
use crate::{AccountId, EngineError, Timestamp, World};

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// A UUID.
    pub id: String,
    /// Whose.
    pub account: AccountId,
    /// What the user called it.
    pub name: String,
    /// `custom` or `lets_encrypt`.
    pub kind: String,
    /// The names it is for.
    pub dns_names: Vec<String>,
    /// When it expires.
    pub not_after: Timestamp,
    /// SHA-1 of its DER, in hexadecimal.
    pub sha1_fingerprint: String,
    /// When it came.
    pub created: Timestamp,
}

impl CertificateRecord {
    fn into_certificate(self, id: String) -> Certificate {
        Certificate {
            id,
            account: AccountId::new(self.account),
            name: self.name,
            kind: self.kind,
            dns_names: self.dns_names,
            not_after: Timestamp(self.not_after_ms),
            sha1_fingerprint: self.sha1_fingerprint,
            created: Timestamp(self.created_ms),
        }
    }

    fn new(certificate: Certificate) -> Self {
        Self {
            account: certificate.account.as_str().to_owned(),
            name: certificate.name,
            kind: certificate.kind,
            dns_names: certificate.dns_names,
            not_after_ms: certificate.not_after.0,
            sha1_fingerprint: certificate.sha1_fingerprint,
            created_ms: certificate.created.0,
        }
    }
}

/// Why a certificate was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateRefusal {
    /// Another certificate of the account has the name.
    NameTaken,
    /// The account has as many certificates as it may.
    TooMany,
    /// The engine could not.
    Engine(EngineError),
}

impl From<EngineError> for CertificateRefusal {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl World {
    /// Keeps a new certificate under its id, for an account of at most `max`.
    ///
    /// # Errors
    /// See [`CertificateRefusal`].
    pub async fn create_certificate(&self, certificate: Certificate, max: usize) -> Result<(), CertificateRefusal> {
        self.judge(move |tx| {
            let others = of_account(tx, &certificate.account)?;
            if others.iter().any(|other| other.name == certificate.name) {
                return Err(CertificateRefusal::NameTaken);
            }
            if others.len() >= max {
                return Err(CertificateRefusal::TooMany);
            }
            let row = named_key(CERTIFICATES, &certificate.id);
            tx.put(row, encode(&CertificateRecord::new(certificate))?);
            Ok(())
        })
        .await
    }

    /// An account's certificate.
    ///
    /// # Errors
    /// Storage errors.
    pub fn certificate(&self, account: &AccountId, id: &str) -> Result<Option<Certificate>, EngineError> {
        let record: Option<CertificateRecord> = read(&self.view(), &named_key(CERTIFICATES, id))?;
        let record = record.filter(|record| record.account == account.as_str());
        Ok(record.map(|record| record.into_certificate(id.to_owned())))
    }

    /// An account's certificates, oldest first.
    ///
    /// # Errors
    /// Storage errors.
    pub fn certificates_of(&self, account: &AccountId) -> Result<Vec<Certificate>, EngineError> {
        of_account(&self.view(), account)
    }

    /// Removes a certificate; false when the account has none of this id.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn delete_certificate(&self, account: &AccountId, id: &str) -> Result<bool, EngineError> {
        let (account, row) = (account.clone(), named_key(CERTIFICATES, id));
        self.commit(Vec::new(), move |tx, _| {
            let record: Option<CertificateRecord> = read(tx, &row)?;
            let is_there = record.is_some_and(|record| record.account == account.as_str());
            if is_there {
                tx.delete(row);
            }
            Ok(is_there)
        })
        .await
    }
}

fn of_account(rows: &impl Rows, account: &AccountId) -> Result<Vec<Certificate>, EngineError> {
    let records = named_records::<CertificateRecord>(rows, CERTIFICATES)?.into_iter();
    let mut found: Vec<Certificate> = records.map(|(id, record)| record.into_certificate(id)).collect();
    found.retain(|certificate| certificate.account == *account);
    found.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
    Ok(found)
}
