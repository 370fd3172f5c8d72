//! DeleteObjects.

use futures_util::future::join_all;
use spacelet_engine::access::{Need, versioned_action};
use spacelet_engine::policy::Environment;
use spacelet_engine::{AccountId, Deleted, ObjectKey, VersionId, VersionSelector, WriteCondition};

use super::object_lock::bypass;
use crate::error::{ErrorCode, S3Error, Shape};
use crate::facts::{Ask, Judge};
use crate::notification::Notices;
use crate::request::Request;
use crate::response::Response;
use crate::xml::{self, DeleteKeys, NamedObject, Xml};
use crate::{PolicyKeys, Profile};

const ACTION: &str = "s3:DeleteObject";

/// What became of one key.
struct Outcome {
    key: String,
    version: Option<String>,
    result: Result<Deleted, S3Error>,
}

/// Deletes up to 1,000 keys. They are handed to the store at once, so that a few commits take them all.
///
/// # Errors
/// An empty 400 for a body that cannot be read or names too many keys, as RGW answers it.
pub(crate) async fn delete_objects(mut request: Request<'_>) -> Result<Response, S3Error> {
    // DIFFERS: where the policy allows the deletion in the bucket, RGW 16 forgets the ACL for its keys; here each key is
    // judged on its own (AWS API reference, DeleteObjects).
    let profile = *request.profile();
    // As RGW: who may not delete in the bucket as a whole is refused before the keys are read.
    if !profile.judges_deleted_keys_alone {
        request.judge(Ask::of(Need::BucketWrite, ACTION))?;
    }
    let keys_max = request.limits().delete_keys_max;
    let body = request.read_document().await.map_err(|error| match error.code == ErrorCode::EntityTooLarge {
        true => unreadable(&profile, error.explanation.into_owned()),
        false => error,
    })?;
    let wanted: DeleteKeys = xml::parse(&body, body.len()).map_err(|error| unreadable(&profile, error.because))?;
    if wanted.objects.is_empty() && profile.refuses_empty_deletion {
        return Err(unreadable(&profile, "it names no key".to_owned()));
    }
    if wanted.objects.len() > keys_max {
        return Err(unreadable(&profile, format!("one request deletes at most {keys_max} keys")));
    }

    let deletion = Deletion {
        caller: request.owner(),
        judge: request.judges()?,
        notices: Notices::of(&request),
        request: &request,
    };
    let outcomes = join_all(wanted.objects.into_iter().map(|named| deletion.delete(named))).await;

    Ok(Response::xml_chunked(render(outcomes, wanted.quiet, profile.repeats_code_as_message)))
}

/// What the deletions of one request share.
struct Deletion<'r> {
    request: &'r Request<'r>,
    caller: AccountId,
    judge: Judge<'r>,
    notices: Option<Notices<'r>>,
}

impl Deletion<'_> {
    async fn delete(&self, named: NamedObject) -> Outcome {
        let NamedObject { key, version, etag } = named;
        let action = if version.is_some() { versioned_action(ACTION) } else { ACTION };
        let selector = version.clone().map_or(VersionSelector::Current, |id| VersionSelector::Id(VersionId(id)));
        let result = match ObjectKey::parse(key.as_bytes()) {
            Ok(parsed) => match self.may_delete(&parsed, version.as_deref(), action) {
                Ok(()) => self.delete_allowed(&parsed, &selector, etag).await,
                Err(refusal) => Err(refusal),
            },
            // No object can have such a key: it is as missing as any other, and RGW says Deleted.
            Err(_) => Ok(Deleted { marker: None, version: None, existed: false }),
        };
        Outcome { key, version, result }
    }

    fn may_delete(&self, key: &ObjectKey, version: Option<&str>, action: &'static str) -> Result<(), S3Error> {
        let keys = self.request.profile().policy_keys;
        let parameters = |environment: &mut Environment| {
            if let (PolicyKeys::Aws, Some(version)) = (keys, version) {
                environment.add("s3:VersionId", version);
            }
        };
        let ask = Ask { key: Some(key), parameters: Some(&parameters), ..Ask::of(Need::BucketWrite, action) };
        self.judge.judge(ask)
    }

    async fn delete_allowed(
        &self,
        key: &ObjectKey,
        version: &VersionSelector,
        etag: Option<String>,
    ) -> Result<Deleted, S3Error> {
        let (request, bucket) = (self.request, self.request.bucket()?);
        let bypass = bypass(request, key, |ask| self.judge.judge(ask));
        let if_match = etag.filter(|_| request.profile().honours_conditional_put);
        let condition = WriteCondition { if_match, ..WriteCondition::default() };
        let deleted = request.world.delete_object_if(bucket, key, version, &self.caller, bypass, condition).await?;
        if let Some(notices) = &self.notices {
            notices.deleted(key.as_str(), &deleted);
        }
        Ok(deleted)
    }
}

fn unreadable(profile: &Profile, why: String) -> S3Error {
    let shape = if profile.unreadable_deletion_is_bare { Shape::Empty } else { Shape::Gateway };
    S3Error::new(ErrorCode::MalformedXML, why).with_shape(shape)
}

/// Missing keys come first: RGW deletes several at once and answers in the order of completion, not of the request.
fn render(outcomes: Vec<Outcome>, quiet: bool, repeats_code: bool) -> String {
    let (there, missing): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(|outcome| match &outcome.result {
        Ok(deleted) => deleted.existed,
        Err(_) => true,
    });
    let mut xml = Xml::document(256 + (there.len() + missing.len()) * 96);
    xml.open_s3("DeleteResult");
    for outcome in missing.into_iter().chain(there) {
        match &outcome.result {
            Ok(_) if quiet => {}
            Ok(deleted) => render_deleted(&mut xml, &outcome, deleted),
            Err(error) => {
                xml.open("Error");
                xml.text("Key", &outcome.key);
                xml.text("VersionId", outcome.version.as_deref().unwrap_or_default());
                xml.text("Code", error.code.name());
                xml.text("Message", if repeats_code { error.code.name() } else { error.message(true) });
                xml.close("Error");
            }
        }
    }
    xml.close("DeleteResult");
    xml.finish()
}

fn render_deleted(xml: &mut Xml, outcome: &Outcome, deleted: &Deleted) {
    xml.open("Deleted");
    xml.text("Key", &outcome.key);
    if let Some(version) = &outcome.version {
        xml.text("VersionId", version);
    }
    if let Some(marker) = &deleted.marker {
        xml.flag("DeleteMarker", true);
        xml.text("DeleteMarkerVersionId", &marker.0);
    }
    xml.close("Deleted");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(key: &str, version: Option<&str>, result: Result<Deleted, S3Error>) -> Outcome {
        Outcome { key: key.to_owned(), version: version.map(str::to_owned), result }
    }

    fn deleted(existed: bool, marker: Option<&str>) -> Result<Deleted, S3Error> {
        Ok(Deleted { marker: marker.map(|id| VersionId(id.to_owned())), version: None, existed })
    }

    #[test]
    fn renders_each_kind() {
        let outcomes = || {
            vec![
                outcome("a&b", None, deleted(true, None)),
                outcome("gone", None, deleted(false, None)),
                outcome("v", Some("null"), deleted(true, None)),
                outcome("m", None, deleted(true, Some("M1"))),
                outcome("e", None, Err(S3Error::new(ErrorCode::AccessDenied, "why"))),
            ]
        };
        let expected = expect_test::expect![[
            r#"<?xml version="1.0" encoding="UTF-8"?><DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Deleted><Key>gone</Key></Deleted><Deleted><Key>a&amp;b</Key></Deleted><Deleted><Key>v</Key><VersionId>null</VersionId></Deleted><Deleted><Key>m</Key><DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>M1</DeleteMarkerVersionId></Deleted><Error><Key>e</Key><VersionId></VersionId><Code>AccessDenied</Code><Message>AccessDenied</Message></Error></DeleteResult>"#
        ]];
        expected.assert_eq(&render(outcomes(), false, true));
        let expected = expect_test::expect![[
            r#"<?xml version="1.0" encoding="UTF-8"?><DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Error><Key>e</Key><VersionId></VersionId><Code>AccessDenied</Code><Message>Access Denied</Message></Error></DeleteResult>"#
        ]];
        expected.assert_eq(&render(outcomes(), true, false));
    }
}
