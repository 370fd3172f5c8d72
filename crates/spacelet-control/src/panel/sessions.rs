//! Who has signed in: sessions in memory, bounded, gone when the server stops; and the code of the newest sign-in link.

use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use spacelet_engine::{AccessKeyId, Clock, Secret, Timestamp, new_uuid};
use subtle::ConstantTimeEq;

/// How long a link's code is good for.
const CODE_MS: i64 = 5 * 60_000;
/// How long a session lasts after its last request.
const IDLE_MS: i64 = 12 * 3_600_000;
/// The most sessions; one more ends the one that was idle longest.
const SESSIONS_MAX: usize = 64;

/// Something that is shown on the next page and never again.
#[derive(Debug, Clone)]
pub(crate) enum Once {
    /// A new access key's secret.
    Key(AccessKeyId, Secret),
    /// A new API token's name and the token.
    Token(String, Secret),
}

/// A session, as a request finds it.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// What the cookie carries.
    pub(crate) id: String,
    /// What writes must carry besides.
    pub(crate) csrf: String,
}

struct Kept {
    session: Session,
    used_ms: i64,
    once: Option<Once>,
}

struct Code {
    secret: Secret,
    made: Timestamp,
}

/// All sessions.
pub(crate) struct Sessions {
    clock: Clock,
    code: Mutex<Option<Code>>,
    kept: Mutex<Vec<Kept>>,
}

impl Sessions {
    /// No session yet; `code` may begin one within five minutes. The wall clock counts: a test that moves the world's
    /// clock signs nobody out.
    pub(crate) fn new(clock: Clock, code: &Secret) -> Self {
        let code = Code { secret: code.clone(), made: clock.now() };
        Self { clock, code: Mutex::new(Some(code)), kept: Mutex::default() }
    }

    /// A code for a new link, and when it ends. The one before it is good no more.
    pub(crate) fn new_code(&self) -> (Secret, Timestamp) {
        let (secret, made) = (Secret::new(random_text()), self.clock.now());
        let new = Code { secret: secret.clone(), made };
        *self.code.lock().unwrap_or_else(PoisonError::into_inner) = Some(new);
        (secret, Timestamp(made.0.saturating_add(CODE_MS)))
    }

    /// Begins a session with the newest link's code, which is good no more then. A wrong code leaves it as it is.
    pub(crate) fn begin_by_code(&self, given: &str) -> Option<Session> {
        let mut code = self.code.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        let is_good = |code: &Code| {
            let is_late = now.0.saturating_sub(code.made.0) > CODE_MS;
            is_same(code.secret.reveal(), given) && !is_late
        };
        if !code.as_ref().is_some_and(is_good) {
            return None;
        }
        *code = None;
        Some(self.begin())
    }

    /// Begins a session for somebody who showed the token.
    pub(crate) fn begin(&self) -> Session {
        let session = Session { id: random_text(), csrf: random_text() };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= SESSIONS_MAX
            && let Some(at) = kept.iter().enumerate().min_by_key(|(_, kept)| kept.used_ms).map(|(at, _)| at)
        {
            kept.swap_remove(at);
        }
        kept.push(Kept { session: session.clone(), used_ms: self.clock.now().0, once: None });
        session
    }

    /// The session of a cookie's value.
    pub(crate) fn find(&self, id: &str) -> Option<Session> {
        let now_ms = self.clock.now().0;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| now_ms.saturating_sub(kept.used_ms) <= IDLE_MS);
        let found = kept.iter_mut().find(|kept| is_same(&kept.session.id, id))?;
        found.used_ms = now_ms;
        Some(found.session.clone())
    }

    pub(crate) fn end(&self, id: &str) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).retain(|kept| kept.session.id != id);
    }

    /// Keeps something for the session's next page.
    pub(crate) fn keep(&self, id: &str, once: Once) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.iter_mut().find(|kept| kept.session.id == id) {
            kept.once = Some(once);
        }
    }

    /// Takes what was kept: a second call has nothing.
    pub(crate) fn take(&self, id: &str) -> Option<Once> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter_mut().find(|kept| kept.session.id == id)?.once.take()
    }
}

/// Compared in constant time.
pub(crate) fn is_same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// 64 hexadecimal digits, 244 bits of them from the system's random source.
pub(crate) fn random_text() -> String {
    let mut text = String::with_capacity(64);
    for uuid in [new_uuid(), new_uuid()] {
        for char in uuid.chars().filter(|char| *char != '-') {
            let _ = text.write_char(char);
        }
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn sessions() -> Sessions {
        Sessions::new(Clock::fixed(Timestamp(0)), &Secret::new("the-code"))
    }

    #[test]
    fn a_code_is_good_once() {
        let sessions = sessions();
        assert!(sessions.begin_by_code("another").is_none());
        let session = sessions.begin_by_code("the-code").unwrap();
        assert!(sessions.begin_by_code("the-code").is_none());
        assert_eq!(sessions.find(&session.id).unwrap().csrf, session.csrf);
    }

    #[test]
    fn a_code_is_good_for_five_minutes() {
        let sessions = sessions();
        sessions.clock.advance_ms(CODE_MS + 1);
        assert!(sessions.begin_by_code("the-code").is_none());
        let other = self::sessions();
        other.clock.advance_ms(CODE_MS);
        assert!(other.begin_by_code("the-code").is_some());
    }

    #[test]
    fn a_new_code_takes_the_place_of_the_old_one() {
        let sessions = sessions();
        sessions.clock.advance_ms(CODE_MS + 1);
        let (first, _) = sessions.new_code();
        let (code, until) = sessions.new_code();
        assert_eq!(until, Timestamp(2 * CODE_MS + 1));
        sessions.clock.advance_ms(CODE_MS);
        assert!(sessions.begin_by_code(first.reveal()).is_none() && sessions.begin_by_code("the-code").is_none());
        assert!(sessions.begin_by_code(code.reveal()).is_some() && sessions.begin_by_code(code.reveal()).is_none());
    }

    #[test]
    fn a_session_ends_when_it_is_idle_or_told_to() {
        let sessions = sessions();
        let (idle, ended) = (sessions.begin(), sessions.begin());
        sessions.end(&ended.id);
        assert!(sessions.find(&ended.id).is_none() && sessions.find("").is_none());
        sessions.clock.advance_ms(IDLE_MS);
        assert!(sessions.find(&idle.id).is_some());
        sessions.clock.advance_ms(IDLE_MS + 1);
        assert!(sessions.find(&idle.id).is_none());
    }

    #[test]
    fn sessions_are_bounded_and_the_idlest_goes() {
        let sessions = sessions();
        let first = sessions.begin();
        for _ in 1..SESSIONS_MAX {
            sessions.clock.advance_ms(1);
            sessions.begin();
        }
        sessions.clock.advance_ms(1);
        assert!(sessions.find(&first.id).is_some(), "used last");
        sessions.begin();
        assert!(sessions.find(&first.id).is_some());
        assert_eq!(sessions.kept.lock().unwrap().len(), SESSIONS_MAX);
    }

    #[test]
    fn what_is_shown_once_is_taken_once() {
        let sessions = sessions();
        let session = sessions.begin();
        sessions.keep(&session.id, Once::Token("t".to_owned(), Secret::new("s")));
        assert!(sessions.take(&session.id).is_some());
        assert!(sessions.take(&session.id).is_none());
    }
}
