//! Commits that may be refused for reasons of their own: of keys, CDN endpoints, certificates, projects.

use crate::commit::Tx;
use crate::{EngineError, World};

impl World {
    /// Commits what `decide` writes. What it refuses is handed on as it is, and nothing of it is written.
    pub(crate) async fn judge<T, R>(
        &self,
        decide: impl FnOnce(&mut Tx<'_>) -> Result<T, R> + Send + 'static,
    ) -> Result<T, R>
    where
        T: Send + 'static,
        R: From<EngineError> + Send + 'static,
    {
        let (refuse, mut refusal) = tokio::sync::oneshot::channel();
        let judged = self.commit(Vec::new(), move |tx, _| {
            decide(tx).map_err(|because| {
                // Whoever waits for the commit has the other end.
                drop(refuse.send(because));
                EngineError::ConditionNotMet
            })
        });
        judged.await.map_err(|error| refusal.try_recv().unwrap_or_else(|_none| error.into()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::records::{PROJECTS, named_key};
    use crate::rows::Rows;
    use crate::{Engine, EngineSettings, ProjectRefusal};

    #[tokio::test]
    async fn what_is_refused_is_not_written() {
        let engine = Engine::open(EngineSettings::default()).unwrap();
        let world = engine.world();
        let judge = |refusal: Option<ProjectRefusal>| {
            world.judge(move |tx| {
                tx.put(named_key(PROJECTS, "p"), &b"x"[..]);
                refusal.map_or(Ok(()), Err)
            })
        };
        let is_written = || world.view().get(&named_key(PROJECTS, "p")).unwrap().is_some();
        for refusal in [ProjectRefusal::InUse, ProjectRefusal::Engine(EngineError::Full)] {
            assert_eq!(judge(Some(refusal.clone())).await, Err(refusal));
            assert!(!is_written());
        }
        assert_eq!(judge(None).await, Ok(()));
        assert!(is_written());
        engine.close().await;
        assert_eq!(judge(None).await, Err(ProjectRefusal::Engine(EngineError::Closed)));
    }
}
