//! Form bodies in the way Stripe takes them: `line_items[0][price]=…`.

/// Fields in the order they were added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// A form without fields.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field. An empty value clears what is there (`shipping_options=`).
    pub fn add(&mut self, name: impl Into<String>, value: impl ToString) -> &mut Self {
        self.0.push((name.into(), value.to_string()));
        self
    }

    /// Whether nothing was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fields, for tests and for those who look.
    #[must_use]
    pub fn fields(&self) -> &[(String, String)] {
        &self.0
    }

    /// The body (application/x-www-form-urlencoded).
    #[must_use]
    pub fn encode(&self) -> String {
        let mut body = String::new();
        for (name, value) in &self.0 {
            if !body.is_empty() {
                body.push('&');
            }
            encode_into(&mut body, name);
            body.push('=');
            encode_into(&mut body, value);
        }
        body
    }
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
pub fn encode_into(body: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            body.push(char::from(byte));
        } else {
            body.push('%');
            for value in [byte >> 4, byte & 15] {
                body.push(char::from_digit(u32::from(value), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_brackets_and_text() {
        let mut form = Form::new();
        form.add("line_items[0][price]", "price_1").add("metadata[note]", "é & =+").add("shipping_options", "");
        assert_eq!(
            form.encode(),
            "line_items%5B0%5D%5Bprice%5D=price_1&metadata%5Bnote%5D=%C3%A9%20%26%20%3D%2B&shipping_options="
        );
    }
}
