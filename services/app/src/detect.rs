//! Hearing an unhappy buyer in a text, without storing anything.

use amends_detect::Input;
use amends_domain::detection::Detection;

use crate::app::App;
use crate::telemetry;

impl App {
    /// Reads one text.
    #[must_use]
    pub fn detect(&self, input: &Input<'_>) -> Detection {
        let detection = self.detector().detect(input);
        let heard = match (detection.return_intent, detection.negative) {
            (true, _) => "return_intent",
            (false, true) => "negative",
            (false, false) => "nothing",
        };
        telemetry::text_read(input.kind.as_str(), heard);
        detection
    }
}
