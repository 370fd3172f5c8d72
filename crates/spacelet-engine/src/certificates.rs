//! Certificates of custom CDN domains, as far as the control plane shows them. Private keys are not kept.

use crate::records::{CERTIFICATES, CertificateRecord, decode, encode, named_key, read, table_span};
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
}

impl World {
    /// Keeps a certificate under its id.
    ///
    /// # Errors
    /// Storage errors.
    pub async fn put_certificate(&self, certificate: Certificate) -> Result<(), EngineError> {
        let row = named_key(CERTIFICATES, &certificate.id);
        let record = CertificateRecord {
            account: certificate.account.as_str().to_owned(),
            name: certificate.name,
            kind: certificate.kind,
            dns_names: certificate.dns_names,
            not_after_ms: certificate.not_after.0,
            sha1_fingerprint: certificate.sha1_fingerprint,
            created_ms: certificate.created.0,
        };
        let value = encode(&record)?;
        self.commit(Vec::new(), move |tx, _| {
            tx.put(row, value);
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
        let span = table_span(CERTIFICATES);
        let view = self.view();
        let mut found = Vec::new();
        for row in view.scan(span.start, span.end) {
            let (key, value) = row?;
            let id = String::from_utf8_lossy(key.get(1..).unwrap_or_default()).into_owned();
            found.push(decode::<CertificateRecord>(&value)?.into_certificate(id));
        }
        found.retain(|certificate| certificate.account == *account);
        found.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
        Ok(found)
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
