//! Ctrl-C: ends at once, unless a scan is under way: then what was read is still judged and printed, marked partial.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use crate::exit::Exit;

/// Whether somebody wants to stop. Cheap to clone and to ask.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt {
    asked: Arc<AtomicBool>,
    finishes: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens to Ctrl-C from a thread of its own; when this returns, it is heard.
    pub(crate) fn listen() -> Self {
        let interrupt = Self::default();
        let heard = interrupt.clone();
        let (listening, ready) = mpsc::channel();
        // Without the listener Ctrl-C still ends the process, only without a partial result.
        let thread = std::thread::Builder::new().name("ctrl-c".into());
        if thread.spawn(move || heard.wait(&listening)).is_ok() {
            let _ = ready.recv();
        }
        interrupt
    }

    fn wait(&self, listening: &mpsc::Sender<()>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build();
        let Ok(runtime) = runtime else { return };
        loop {
            let pressed = runtime.block_on(async {
                let pressed = tokio::signal::ctrl_c();
                tokio::pin!(pressed);
                tokio::select! {
                    biased;
                    heard = &mut pressed => return heard,
                    () = std::future::ready(()) => {}
                }
                // Polled once, hence listening.
                let _ = listening.send(());
                pressed.await
            });
            if pressed.is_err() {
                return;
            }
            let again = self.asked.swap(true, Ordering::SeqCst);
            if again || !self.finishes.load(Ordering::SeqCst) {
                std::process::exit(i32::from(Exit::Interrupted.code()));
            }
            let words = "interrupted: what was read is still judged; Ctrl-C again ends at once\n";
            let _ = std::io::stderr().write_all(words.as_bytes());
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
}
