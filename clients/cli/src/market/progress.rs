//! How far the play is, on standard error.

use std::{
    io::{self, IsTerminal},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::time::{END, START, TICK, WEEK, day_text};

/// Progress: a bar for people, a line every two weeks for a log.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    /// A bar where somebody is looking.
    pub(crate) fn new() -> Self {
        Self { bar: io::stderr().is_terminal().then(bar) }
    }

    /// The clock moved.
    pub(crate) fn tick(&self, now: i64, cases: u64, offers: u64) {
        let said = format!("{}  {cases} cases, {offers} offers", day_text(now));
        match &self.bar {
            Some(bar) => {
                bar.set_position(u64::try_from((now - START) / TICK).unwrap_or(0));
                bar.set_message(said);
            }
            None if (now - START) % (2 * WEEK) == 0 => eprintln!("{said}"),
            None => {}
        }
    }

    /// The play is over.
    pub(crate) fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    let ticks = u64::try_from((END - START) / TICK).unwrap_or(0);
    let bar = ProgressBar::with_draw_target(Some(ticks), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:32} {percent:>3} %  {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
