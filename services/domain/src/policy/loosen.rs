//! Where a shop's own row allows more than the channel's.

use super::channel::{AskQuota, ChannelPolicy};
use super::{AskPermission, EditWindow};

/// The fields in which a row allows more than another, by the names they have for callers.
///
/// Only what is a permission counts: when a return counts is knowledge and forbids
/// nothing. Which stars are negative is both: more of them are more reviews to ask
/// about. And where a public reply ends the buyer's chance to edit, whatever says
/// that there is none to end (fewer negative stars, a shorter window, fewer edits)
/// allows a reply that would otherwise wait.
#[must_use]
pub fn loosened(base: &ChannelPolicy, own: &ChannelPolicy) -> Vec<&'static str> {
    let locks = base.reply_locks_edit;
    let (stars, own_stars) = (base.negative_threshold, own.negative_threshold);
    let (window, own_window) = (base.edit_window, own.edit_window);
    let (edits, own_edits) = (base.edits_allowed, own.edits_allowed);
    let fields = [
        ("negative_threshold", own_stars > stars || (locks && own_stars < stars)),
        ("ask_permission", permission(own.ask) > permission(base.ask)),
        ("edit_window_days", longer(window, own_window) || (locks && longer(own_window, window))),
        ("edits_max", more(edits, own_edits) || (locks && more(own_edits, edits))),
        ("reply_locks_edit", base.reply_locks_edit && !own.reply_locks_edit),
        ("replies_max", more(base.reply_count, own.reply_count)),
        ("reply_characters_max", more(base.reply_length, own.reply_length)),
        ("contact_window_days", more(base.contact_window, own.contact_window)),
        ("ask_quota", wider(base.ask_quota, own.ask_quota)),
    ];
    fields.into_iter().filter(|(_, is_looser)| *is_looser).map(|(field, _)| field).collect()
}

const fn permission(ask: AskPermission) -> u8 {
    match ask {
        AskPermission::No => 0,
        AskPermission::RequestOnly => 1,
        AskPermission::Yes => 2,
    }
}

/// None is no limit.
fn more<T: PartialOrd>(base: Option<T>, own: Option<T>) -> bool {
    match (base, own) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(base), Some(own)) => own > base,
    }
}

/// Days that are counted from something else may be later ones, so they need a word as well.
fn longer(base: EditWindow, own: EditWindow) -> bool {
    match (base, own) {
        (_, EditWindow::None) | (EditWindow::Always, _) => false,
        (EditWindow::None, _) | (_, EditWindow::Always) => true,
        (EditWindow::Days { days: base, from: b }, EditWindow::Days { days: own, from: o }) => {
            own > base || b != o
        }
    }
}

fn wider(base: Option<AskQuota>, own: Option<AskQuota>) -> bool {
    match (base, own) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(base), Some(own)) => {
            own.per_year > base.per_year
                || own.per_thousand > base.per_thousand
                || (base.ignored_count && !own.ignored_count)
                || more(base.answer_within, own.answer_within)
        }
    }
}
