//! A bar on stderr while something takes its time; nothing where stderr is no terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that lines can be printed above.
#[derive(Debug)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// A bar about bytes.
    pub(super) fn bytes(what: &'static str) -> Self {
        Self::new(what, "{bytes} of {total_bytes}")
    }

    /// A bar about things.
    pub(super) fn count(what: &'static str, total: usize) -> Self {
        let bar = Self::new(what, "{pos} of {len}");
        bar.total(total as u64);
        bar
    }

    fn new(what: &'static str, amounts: &str) -> Self {
        // Hidden by itself where stderr is no terminal.
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        let template = format!("{{msg}} {{bar:30}} {amounts}, {{eta}} left");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        bar.set_message(what);
        Self(bar)
    }

    pub(super) fn total(&self, total: u64) {
        self.0.set_length(total);
    }

    pub(super) fn at(&self, position: u64) {
        self.0.set_position(position);
    }

    /// A line for people, above the bar.
    pub(super) fn say(&self, line: &str) {
        self.0.suspend(|| super::output::say(line));
    }

    pub(super) fn done(&self) {
        self.0.finish_and_clear();
    }
}
