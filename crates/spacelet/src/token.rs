//! Random texts from the system's source, and the control API's token: given, kept in the data folder, or new.

use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use spacelet_engine::Secret;

/// Where a data folder keeps its token, mode 0600.
const FILE: &str = "token";

/// The token, and whether it was made just now and has to be shown.
pub(crate) struct Token {
    pub(crate) secret: Secret,
    pub(crate) is_new: bool,
}

/// The given token; else the data folder's; else a new one, which the data folder keeps.
pub(crate) fn find_or_make(given: Option<&Secret>, folder: Option<&Path>) -> Result<Token, String> {
    if let Some(secret) = given {
        return Ok(Token { secret: secret.clone(), is_new: false });
    }
    let Some(folder) = folder else { return Ok(Token { secret: generate()?, is_new: true }) };
    let path = folder.join(FILE);
    let error = |error: std::io::Error| format!("cannot use {}: {error}", path.display());
    match std::fs::read_to_string(&path) {
        Ok(text) if text.trim().len() >= 8 => {
            return Ok(Token { secret: Secret::new(text.trim()), is_new: false });
        }
        Ok(_) => {}
        Err(missing) if missing.kind() == ErrorKind::NotFound => {}
        Err(other) => return Err(error(other)),
    }
    let secret = generate()?;
    let open = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
    let mut file = open.map_err(error)?;
    writeln!(file, "{}", secret.reveal()).map_err(error)?;
    Ok(Token { secret, is_new: true })
}

/// 64 hexadecimal digits.
fn generate() -> Result<Secret, String> {
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random).map_err(|error| format!("the system gives no random bytes: {error}"))?;
    let mut text = String::with_capacity(64);
    for byte in random {
        let _ = write!(text, "{byte:02x}");
    }
    Ok(Secret::new(text))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_folder_keeps_its_token_private() {
        let folder = tempfile::tempdir().unwrap();
        let first = find_or_make(None, Some(folder.path())).unwrap();
        let again = find_or_make(None, Some(folder.path())).unwrap();
        assert!(first.is_new && !again.is_new);
        assert_eq!(first.secret.reveal(), again.secret.reveal());
        assert_eq!(first.secret.reveal().len(), 64);
        let mode = folder.path().join(FILE).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_given_token_is_neither_new_nor_kept() {
        let folder = tempfile::tempdir().unwrap();
        let token = find_or_make(Some(&Secret::new("suite-token")), Some(folder.path())).unwrap();
        assert!(!token.is_new && !folder.path().join(FILE).exists());
    }
}
