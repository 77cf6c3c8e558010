//! Ctrl-C: ends at once, unless a scan is under way: then what was read is still judged and printed, marked partial.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::exit::Exit;

/// Whether somebody wants to stop. Cheap to clone and to ask.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt {
    asked: Arc<AtomicBool>,
    finishes: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens to Ctrl-C from a thread of its own.
    pub(crate) fn listen() -> Self {
        let interrupt = Self::default();
        let heard = interrupt.clone();
        // Without the listener Ctrl-C still ends the process, only without a partial result.
        let _ = std::thread::Builder::new()
            .name("ctrl-c".into())
            .spawn(move || heard.wait());
        interrupt
    }

    fn wait(&self) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build();
        let Ok(runtime) = runtime else { return };
        while runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
            let again = self.asked.swap(true, Ordering::SeqCst);
            if again || !self.finishes.load(Ordering::SeqCst) {
                std::process::exit(i32::from(Exit::Interrupted.code()));
            }
        }
    }

    /// From now on the first Ctrl-C is only noted; the second still ends the process.
    pub(crate) fn finish_gracefully(&self, yes: bool) {
        self.finishes.store(yes, Ordering::SeqCst);
    }

    /// Whether Ctrl-C was pressed.
    pub(crate) fn asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// As if Ctrl-C was pressed while a scan is under way.
    #[cfg(test)]
    pub(crate) fn already_asked() -> Self {
        let interrupt = Self::default();
        interrupt.asked.store(true, Ordering::SeqCst);
        interrupt
    }
}
