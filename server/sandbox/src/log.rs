//! Text logs that nobody else can write into.
//!
//! Messages, names and headers come from others. A line break or an escape sequence in one would forge a line, or hide
//! one in a terminal, so both are written as `\n` and `\u{1b}`.

use std::fmt::{self, Write};

use tracing_subscriber::field::MakeExt;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::debug_fn;

/// How fields are written in text logs: `name=value`, the message without its name, and nothing that breaks a line.
pub fn fields() -> impl for<'writer> FormatFields<'writer> + Send + Sync + 'static {
    let field = |writer: &mut tracing_subscriber::fmt::format::Writer<'_>,
                 field: &tracing::field::Field,
                 value: &dyn fmt::Debug| {
        if field.name() != "message" {
            write!(writer, "{}=", field.name())?;
        }
        write!(Escaped(writer), "{value:?}")
    };
    debug_fn(field).delimited(" ")
}

/// Writes on, but for what could be taken for something else than text of one line.
struct Escaped<'a, W>(&'a mut W);

impl<W: Write> Write for Escaped<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if is_plain(character) {
                self.0.write_char(character)?;
            } else {
                write!(self.0, "{}", character.escape_debug())?;
            }
        }
        Ok(())
    }
}

/// No control character, no other line break, and none that turns the direction of what follows.
fn is_plain(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_a_line() {
        let mut text = String::new();
        write!(Escaped(&mut text), "a\nb\u{1b}[31m\r\t\u{7f}\u{9b}\u{202e}\u{2028} é=\"ü\"").unwrap();
        assert_eq!(text, "a\\nb\\u{1b}[31m\\r\\t\\u{7f}\\u{9b}\\u{202e}\\u{2028} é=\"ü\"");
    }
}
