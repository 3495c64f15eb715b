//! What keys do.

use winit::keyboard::{Key, NamedKey};

/// Something that a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Help,
    Panel,
    Statistics,
    NextMode,
    Overview,
    Wireframe,
    NextColors,
    Earlier,
    Later,
    Bookmark,
    GoTo(usize),
    CopyLink,
    Screenshot,
    Deselect,
    Quit,
}

/// What each key does: as it is written, in words.
pub(super) const KEYS: &[(&str, &str)] = &[
    (
        "drag",
        "turn around what is in the middle; look around when flying or walking",
    ),
    ("right drag", "move along the ground"),
    (
        "wheel",
        "toward what is under the pointer; faster or slower when flying",
    ),
    ("click", "what is known of a building"),
    ("double click", "go there"),
    ("W A S D", "forward, left, back, right"),
    ("E Q", "up, down"),
    ("Shift", "five times as fast"),
    ("M", "orbit, fly, walk"),
    ("Home", "see all of it"),
    ("[ ]", "earlier, later in the day"),
    ("Tab", "the panel"),
    ("F3", "statistics"),
    (
        "F5",
        "colours: things, levels of detail, where tiles were made",
    ),
    ("F6", "wireframe"),
    ("B", "keep this view as a bookmark"),
    ("1 … 9", "go to a bookmark"),
    ("C", "copy a command that shows this view"),
    ("F12, P", "screenshot"),
    ("Esc", "select nothing"),
    ("? F1", "these keys"),
    ("Ctrl Q", "end"),
];

/// What a key asks for, if anything, with the control key or without.
pub(super) fn action(key: &Key, with_control: bool) -> Option<Action> {
    let character = match key {
        Key::Named(named) => return of_named(*named),
        Key::Character(text) => text.chars().next()?,
        _ => return None,
    };
    let character = character.to_ascii_lowercase();
    if with_control {
        return (character == 'q').then_some(Action::Quit);
    }
    Some(match character {
        '?' => Action::Help,
        'm' => Action::NextMode,
        '[' => Action::Earlier,
        ']' => Action::Later,
        'b' => Action::Bookmark,
        'c' => Action::CopyLink,
        'p' => Action::Screenshot,
        digit @ '1'..='9' => Action::GoTo(digit as usize - '1' as usize),
        _ => return None,
    })
}

fn of_named(key: NamedKey) -> Option<Action> {
    Some(match key {
        NamedKey::F1 => Action::Help,
        NamedKey::F3 => Action::Statistics,
        NamedKey::F5 => Action::NextColors,
        NamedKey::F6 => Action::Wireframe,
        NamedKey::F12 => Action::Screenshot,
        NamedKey::Tab => Action::Panel,
        NamedKey::Home => Action::Overview,
        NamedKey::Escape => Action::Deselect,
        _ => return None,
    })
}
