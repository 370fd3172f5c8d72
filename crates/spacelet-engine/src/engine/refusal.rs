//! What a user reads when a store cannot be opened: what is wrong and what to do.

use std::fmt;

use super::OpenError;

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked { folder, holder } => {
                write!(f, "{} is in use by another Spacelet", folder.display())?;
                if let Some(pid) = holder {
                    write!(f, " (process {pid})")?;
                }
                write!(f, ": stop that one first, or start this one on another folder")
            }
            Self::UnknownFormat { folder, found } => write!(
                f,
                "{} was written by another version of Spacelet (its format file says {found:?}): \
                 use that version, or start on an empty folder",
                folder.display()
            ),
            Self::MinioFolder { folder } => write!(
                f,
                "{} belongs to MinIO (it has a .minio.sys), whose files Spacelet does not read: start Spacelet on an \
                 empty folder, and copy the objects over with any S3 client while both servers run",
                folder.display()
            ),
            Self::ForeignFolder { folder } => write!(
                f,
                "{} is not empty and was not made by Spacelet: give an empty folder, or one that does not exist yet",
                folder.display()
            ),
            Self::Io { path, source } => write!(
                f,
                "{}: {source}: check that the folder exists, belongs to the user that runs Spacelet and can be written",
                path.display()
            ),
            Self::Corrupt { detail } => write!(
                f,
                "the store cannot be read ({detail}): restore the folder from a copy, or start on an empty folder"
            ),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Locked { .. }
            | Self::UnknownFormat { .. }
            | Self::MinioFolder { .. }
            | Self::ForeignFolder { .. }
            | Self::Corrupt { .. } => None,
        }
    }
}
