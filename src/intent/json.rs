//! The JSON of a body, written by hand: the values of an intent are few and small.

use super::value::Value;

/// Writes a value that fits a rule.
pub fn write_value(json: &mut String, value: &Value) {
    match value {
        Value::Text(text) => write_text(json, text),
        Value::Number(number) => write_integer(json, *number),
        Value::Flag(true) => json.push_str("true"),
        Value::Record(members) => {
            json.push('{');
            for (position, member) in members.iter().enumerate() {
                if position > 0 {
                    json.push(',');
                }
                write_member(json, member);
            }
            json.push('}');
        }
        _ => json.push_str("false"),
    }
}

pub fn write_member(json: &mut String, (name, value): &(String, Value)) {
    write_text(json, name);
    json.push(':');
    write_value(json, value);
}

/// Writes a JSON string (RFC 8259, section 7).
pub fn write_text(json: &mut String, text: &str) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => json.push('\\'),
            '\0'..='\u{1f}' => {
                let byte = character as u8;
                json.push_str(if byte < 16 { "\\u000" } else { "\\u001" });
                json.push(hex_digit(byte & 15));
                continue;
            }
            _ => {}
        }
        json.push(character);
    }
    json.push('"');
}

/// A number below 16 as a digit.
pub fn hex_digit(number: u8) -> char {
    char::from(number + if number < 10 { b'0' } else { b'a' - 10 })
}

/// Writes a whole number. Integer arithmetic: formatting a float brings 4 kB that nothing else needs.
pub fn write_integer(json: &mut String, number: f64) {
    // Rules hold only safe integers, so the conversion is exact.
    #[allow(clippy::cast_possible_truncation)]
    let number = number as i64;
    if number < 0 {
        json.push('-');
    }
    write_digits(json, number.unsigned_abs());
}

fn write_digits(json: &mut String, number: u64) {
    if number > 9 {
        write_digits(json, number / 10);
    }
    // A digit is below ten.
    #[allow(clippy::cast_possible_truncation)]
    json.push(hex_digit((number % 10) as u8));
}
