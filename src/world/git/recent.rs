//! What was asked a moment ago: packages of one repository come together, and want the same commits and files.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::sync::OnceCell;

use crate::world::hosts::lock;

/// The answers to the last questions. Who asks what is being asked waits for that answer.
pub(super) struct Recent<T> {
    cells: Mutex<VecDeque<(String, Arc<OnceCell<T>>)>>,
    most: usize,
}

impl<T: Clone> Recent<T> {
    /// Keeps so many at the most.
    pub(super) fn new(most: usize) -> Self {
        Self { cells: Mutex::default(), most }
    }

    /// The answer; `ask` gives it where nobody has it. A failure is told to who asked, and not kept.
    pub(super) async fn get<E>(&self, key: String, ask: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let cell = self.cell(key);
        cell.get_or_try_init(|| ask).await.cloned()
    }

    fn cell(&self, key: String) -> Arc<OnceCell<T>> {
        let mut cells = lock(&self.cells);
        let at = cells.iter().position(|(known, _)| *known == key);
        let entry = at.and_then(|at| cells.remove(at)).unwrap_or_else(|| (key, Arc::default()));
        let cell = Arc::clone(&entry.1);
        cells.push_front(entry);
        cells.truncate(self.most);
        cell
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_question_is_asked_once_however_many_ask() {
        let (recent, asked) = (Recent::new(2), AtomicUsize::new(0));
        let ask = |key: &str| {
            recent.get(key.to_owned(), async {
                tokio::task::yield_now().await;
                Ok::<_, ()>(asked.fetch_add(1, Ordering::SeqCst))
            })
        };
        assert_eq!(futures::join!(ask("a"), ask("a"), ask("b")), (Ok(0), Ok(0), Ok(1)));
        // The third pushes out the one that was longest not asked for.
        assert_eq!(
            [ask("a").await, ask("c").await, ask("a").await, ask("b").await],
            [Ok(0), Ok(2), Ok(0), Ok(3)]
        );
    }

    #[tokio::test]
    async fn a_failure_is_asked_again() {
        let recent = Recent::new(2);
        assert_eq!(recent.get("a".to_owned(), async { Err::<u8, _>("away") }).await, Err("away"));
        assert_eq!(recent.get("a".to_owned(), async { Ok::<_, &str>(1) }).await, Ok(1));
    }
}
