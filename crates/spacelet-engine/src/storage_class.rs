//! Storage classes, and when an archived object can be read (S3 user guide, "Understanding and managing Amazon S3
//! storage classes", "Restoring an archived object"). Pure; `archive.rs` changes them.

use crate::{ObjectInfo, ObjectMeta, Timestamp};

/// A storage class of a general purpose bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StorageClass {
    /// What an object has that names none.
    Standard,
    /// `REDUCED_REDUNDANCY`.
    ReducedRedundancy,
    /// `STANDARD_IA`.
    StandardIa,
    /// `INTELLIGENT_TIERING`.
    IntelligentTiering,
    /// `ONEZONE_IA`.
    OnezoneIa,
    /// `GLACIER_IR`: cold, and read at once.
    GlacierIr,
    /// `GLACIER`: archived.
    Glacier,
    /// `DEEP_ARCHIVE`: archived.
    DeepArchive,
}

/// Warmest first: a lifecycle rule moves an object only further down.
const CLASSES: [(StorageClass, &str); 8] = [
    (StorageClass::Standard, "STANDARD"),
    (StorageClass::ReducedRedundancy, "REDUCED_REDUNDANCY"),
    (StorageClass::StandardIa, "STANDARD_IA"),
    (StorageClass::IntelligentTiering, "INTELLIGENT_TIERING"),
    (StorageClass::OnezoneIa, "ONEZONE_IA"),
    (StorageClass::GlacierIr, "GLACIER_IR"),
    (StorageClass::Glacier, "GLACIER"),
    (StorageClass::DeepArchive, "DEEP_ARCHIVE"),
];

impl StorageClass {
    /// The stored header that names it; there is none for `STANDARD`.
    pub const HEADER: &'static str = "x-amz-storage-class";

    /// The class of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        CLASSES.into_iter().find_map(|(class, known)| (known == name).then_some(class))
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        CLASSES.into_iter().find_map(|(class, name)| (class == self).then_some(name)).unwrap_or("STANDARD")
    }

    /// Whether an object must be restored before it can be read.
    #[must_use]
    pub fn is_archive(self) -> bool {
        matches!(self, Self::Glacier | Self::DeepArchive)
    }

    /// How cold it is: a lifecycle rule moves an object to a colder class only.
    #[must_use]
    pub fn coldness(self) -> usize {
        CLASSES.iter().position(|(class, _)| *class == self).unwrap_or(0)
    }

    /// Whether a lifecycle rule moves an object of this class to `colder` (user guide, "Supported transitions").
    #[must_use]
    pub fn may_become(self, colder: Self) -> bool {
        let is_left_out = (self, colder) == (Self::OnezoneIa, Self::GlacierIr);
        colder != Self::ReducedRedundancy && self.coldness() < colder.coldness() && !is_left_out
    }
}

/// A readable copy of an archived object, for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restoration {
    /// When the copy is there.
    pub ready: Timestamp,
    /// When it goes.
    pub until: Timestamp,
}

impl Restoration {
    /// The copy is being made.
    #[must_use]
    pub fn is_ongoing(&self, now: Timestamp) -> bool {
        now < self.ready
    }

    /// The copy is there.
    #[must_use]
    pub fn is_readable(&self, now: Timestamp) -> bool {
        self.ready <= now && now < self.until
    }
}

impl ObjectMeta {
    /// The class that the object is stored in.
    #[must_use]
    pub fn storage_class(&self) -> StorageClass {
        let kept = self.headers.iter().find(|header| header.name == StorageClass::HEADER);
        let name = kept.and_then(|header| std::str::from_utf8(&header.value).ok());
        name.and_then(StorageClass::named).unwrap_or(StorageClass::Standard)
    }
}

impl ObjectInfo {
    /// Whether it has to be restored before it can be read.
    #[must_use]
    pub fn is_archived(&self, now: Timestamp) -> bool {
        self.meta.storage_class().is_archive() && !self.restored.is_some_and(|copy| copy.is_readable(now))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn each_class_has_its_name() {
        for (class, name) in CLASSES {
            assert_eq!((class.name(), StorageClass::named(name).unwrap()), (name, class));
        }
        for unknown in ["", "standard", "OUTPOSTS", "EXPRESS_ONEZONE"] {
            assert_eq!(StorageClass::named(unknown), None);
        }
    }

    #[test]
    fn rules_move_objects_down_only() {
        use StorageClass as C;
        for (from, to, expected) in [
            (C::Standard, C::StandardIa, true),
            (C::Standard, C::DeepArchive, true),
            (C::StandardIa, C::Standard, false),
            (C::StandardIa, C::StandardIa, false),
            (C::OnezoneIa, C::GlacierIr, false),
            (C::OnezoneIa, C::Glacier, true),
            (C::IntelligentTiering, C::StandardIa, false),
            (C::Glacier, C::DeepArchive, true),
            (C::DeepArchive, C::Glacier, false),
            (C::Standard, C::ReducedRedundancy, false),
        ] {
            assert_eq!(from.may_become(to), expected, "{from:?} {to:?}");
        }
    }

    #[test]
    fn a_copy_is_there_for_a_time() {
        let copy = Restoration { ready: Timestamp(5), until: Timestamp(9) };
        let seen = |now| (copy.is_ongoing(Timestamp(now)), copy.is_readable(Timestamp(now)));
        assert_eq!([4, 5, 8, 9].map(seen), [(true, false), (false, true), (false, true), (false, false)]);
    }
}
