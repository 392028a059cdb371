//! Values out of bytes.

/// Reads values from a fuzzer's bytes; zeros and empty texts once they are used up.
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn bytes(&mut self, most: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(most.min(self.0.len()));
        self.0 = rest;
        taken
    }

    pub fn byte(&mut self) -> u8 {
        self.bytes(1).first().copied().unwrap_or_default()
    }

    pub fn number(&mut self) -> f64 {
        let mut eight = [0; 8];
        let bytes = self.bytes(8);
        eight[..bytes.len()].copy_from_slice(bytes);
        f64::from_be_bytes(eight)
    }

    /// A text with its length in front; what is no UTF-8 is replaced.
    pub fn text(&mut self) -> String {
        let most = usize::from(self.byte());
        String::from_utf8_lossy(self.bytes(most)).into_owned()
    }
}
