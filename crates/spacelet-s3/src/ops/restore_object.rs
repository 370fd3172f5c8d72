//! RestoreObject: makes an archived object readable for some days (API reference, "RestoreObject").

use http::StatusCode;
use spacelet_engine::{DAY_MS, Restoration, RestoreOutcome, StorageClass, Timestamp};

use super::bucket_documents::read;
use crate::error::{ErrorCode, S3Error};
use crate::notification::{EventDetails, EventObject, Notices};
use crate::request::Request;
use crate::response::Response;
use crate::storage_class::invalid_state;
use crate::xml::Element;

/// Days that a copy may stay: a hundred years.
const DAYS_MAX: u32 = 36_500;
const TIERS: [&str; 3] = ["Standard", "Bulk", "Expedited"];

/// Begins a copy, or lets the one that is there stay longer.
///
/// # Errors
/// `MalformedXML`, `InvalidArgument`, `InvalidObjectState` for an object that is in no archive,
/// `RestoreAlreadyInProgress`, `NotImplemented` for a select.
pub(crate) async fn restore_object(mut request: Request<'_>) -> Result<Response, S3Error> {
    let asked = Asked::read(&read(&mut request, "RestoreRequest").await?)?;
    asked.check_tier(request.object()?.meta.storage_class())?;
    let now = request.world.clock().now();
    // DIFFERS: a copy is there at once, or after the time of --restore-time whatever the tier; S3 takes minutes to days.
    let ready = Timestamp(now.0.saturating_add(request.shared.settings.restore_ms));
    let copy = Restoration { ready, until: asked.until(ready) };

    let (bucket, key) = request.subject()?;
    match request.world.restore_object(bucket, key, &request.version(), copy).await? {
        RestoreOutcome::Begun => {
            tell(&request, copy);
            Ok(Response::empty(StatusCode::ACCEPTED))
        }
        RestoreOutcome::Prolonged => Ok(Response::empty(StatusCode::OK)),
        RestoreOutcome::Ongoing => {
            Err(S3Error::new(ErrorCode::RestoreAlreadyInProgress, "a copy is being made; wait until it is there"))
        }
        RestoreOutcome::NotArchived(class) => {
            Err(invalid_state(class, "Restore is not allowed for the object's current storage class"))
        }
    }
}

/// Tells that a copy was asked for, and that it is there where it took no time; else `sweep.rs` tells it then.
fn tell(request: &Request<'_>, copy: Restoration) {
    let (Some(notices), Some(object)) = (Notices::of(request), &request.object) else { return };
    let told = EventObject::there(object);
    notices.tell("ObjectRestore:Post", &told, EventDetails::Nothing);
    if request.shared.settings.restore_ms == 0 {
        notices.tell("ObjectRestore:Completed", &told, EventDetails::restored(object, copy));
    }
}

/// What a request says.
struct Asked {
    days: u32,
    is_expedited: bool,
}

impl Asked {
    fn read(root: &Element) -> Result<Self, S3Error> {
        let malformed = |why: &'static str| S3Error::new(ErrorCode::MalformedXML, why);
        if ["Type", "SelectParameters", "OutputLocation"].into_iter().any(|name| root.child(name).is_some()) {
            let why = "a restore that selects from an archive is no longer offered to new customers of S3";
            return Err(S3Error::new(ErrorCode::NotImplemented, why));
        }
        let days = root.child_text("Days").ok_or_else(|| malformed("a RestoreRequest has Days"))?;
        let days = days.trim().parse::<i64>().map_err(|_nan| malformed("Days is no number"))?;
        let days = u32::try_from(days).ok().filter(|days| (1..=DAYS_MAX).contains(days)).ok_or_else(|| {
            S3Error::new(ErrorCode::InvalidArgument, "Days is a number from 1 to 36,500")
                .with_message("restoration days should be at least 1")
        })?;
        let in_job = root.child("GlacierJobParameters").and_then(|job| job.child_text("Tier"));
        let tier = in_job.or_else(|| root.child_text("Tier")).map(str::trim);
        if tier.is_some_and(|tier| !TIERS.contains(&tier)) {
            return Err(malformed("Tier is Standard, Bulk or Expedited"));
        }
        Ok(Self { days, is_expedited: tier == Some("Expedited") })
    }

    fn check_tier(&self, class: StorageClass) -> Result<(), S3Error> {
        if self.is_expedited && class == StorageClass::DeepArchive {
            let why = "there is no expedited retrieval from DEEP_ARCHIVE";
            return Err(S3Error::new(ErrorCode::InvalidArgument, why)
                .with_message("Retrieval option is not supported by this storage class"));
        }
        Ok(())
    }

    /// The first midnight UTC after so many days.
    fn until(&self, ready: Timestamp) -> Timestamp {
        let end = ready.0.saturating_add(i64::from(self.days) * DAY_MS);
        Timestamp(end.div_euclid(DAY_MS).saturating_add(1).saturating_mul(DAY_MS))
    }
}
