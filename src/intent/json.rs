//! The JSON of a body, written by hand: the values of an intent are few and small.

use super::value::Value;

/// Writes a value that fits a rule.
pub fn write_value(json: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Text(text) => write_text(json, text),
        Value::Number(number) => write_integer(json, *number),
        Value::Flag(true) => json.extend_from_slice(b"true"),
        Value::Record(members) => {
            json.push(b'{');
            for (position, member) in members.iter().enumerate() {
                if position > 0 {
                    json.push(b',');
                }
                write_member(json, member);
            }
            json.push(b'}');
        }
        _ => json.extend_from_slice(b"false"),
    }
}

pub fn write_member(json: &mut Vec<u8>, (name, value): &(String, Value)) {
    write_text(json, name);
    json.push(b':');
    write_value(json, value);
}

/// Writes a JSON string (RFC 8259, section 7).
pub fn write_text(json: &mut Vec<u8>, text: &str) {
    json.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => json.push(b'\\'),
            0..=31 => {
                let digit = byte & 15;
                json.extend_from_slice(b"\\u00");
                json.push(b'0' + (byte >> 4));
                json.push(digit + if digit < 10 { b'0' } else { b'a' - 10 });
                continue;
            }
            _ => {}
        }
        json.push(byte);
    }
    json.push(b'"');
}

/// Writes a whole number. Integer arithmetic: formatting a float brings 4 kB that nothing else needs.
pub fn write_integer(json: &mut Vec<u8>, number: f64) {
    // Rules hold only safe integers, so the conversion is exact.
    #[allow(clippy::cast_possible_truncation)]
    let mut rest = number as i64;
    if rest < 0 {
        json.push(b'-');
    }
    let start = json.len();
    loop {
        // A digit is below ten, whatever the sign.
        #[allow(clippy::cast_possible_truncation)]
        json.push(b'0' + (rest % 10).unsigned_abs() as u8);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if let Some(digits) = json.get_mut(start..) {
        digits.reverse();
    }
}
