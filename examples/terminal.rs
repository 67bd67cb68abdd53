//! Prints the story on a terminal: chapters, labels, lines of 80 columns.

use fleet_core::Timestamp;
use std::io::{self, Write};

/// The decision for each device; equal ones together, in the order in which they first appear.
pub(crate) fn show<'h>(decisions: impl IntoIterator<Item = (String, &'h str)>) {
    let mut alike: Vec<(String, Vec<&str>)> = Vec::new();
    for (answer, room) in decisions {
        match alike.iter_mut().find(|(other, _)| *other == answer) {
            Some((_, rooms)) => rooms.push(room),
            None => alike.push((answer, vec![room])),
        }
    }
    for (answer, rooms) in alike {
        say(&format!("{:>2}  ", rooms.len()), &answer);
        say("    ", &rooms.join(", "));
    }
}

pub(crate) fn chapter(now: Timestamp, title: &str) {
    put(&format!("\n{}  {title}", clock(now)));
}

/// A text under its chapter, behind a label, folded at 80 columns.
pub(crate) fn say(label: &str, text: &str) {
    const INDENT: &str = "       ";
    let margin = INDENT.len() + label.chars().count();
    let mut line = format!("{INDENT}{label}");
    let mut begun = false;
    for word in text.split(' ') {
        if begun && line.chars().count() + 1 + word.chars().count() > 80 {
            put(&line);
            line = " ".repeat(margin);
        } else if begun {
            line.push(' ');
        }
        line.push_str(word);
        begun = true;
    }
    put(&line);
}

/// A reader that closes the pipe early, such as `head`, does not stop the story.
pub(crate) fn put(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// The hour and minute of a moment.
pub(crate) fn clock(now: Timestamp) -> String {
    now.to_string().chars().skip(11).take(5).collect()
}
