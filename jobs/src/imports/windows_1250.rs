//! Files in Windows-1250, as programs for Central Europe write them: read as UTF-8.

use std::io::{self, BufRead, Read};

use encoding_rs::{Decoder, WINDOWS_1250};

/// What `inner` holds, as UTF-8. Every byte is a character in Windows-1250, so nothing of it is at fault.
pub struct Windows1250<R> {
    inner: R,
    decoder: Decoder,
}

impl<R: BufRead> Windows1250<R> {
    /// Of `inner`.
    pub fn new(inner: R) -> Self {
        Self { inner, decoder: WINDOWS_1250.new_decoder_without_bom_handling() }
    }
}

impl<R: BufRead> Read for Windows1250<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.inner.fill_buf()?;
        if bytes.is_empty() {
            return Ok(0);
        }
        let (_, read, written, _) = self.decoder.decode_to_utf8(bytes, into, false);
        self.inner.consume(read);
        if written == 0 { Err(io::Error::other("there is no room for a character")) } else { Ok(written) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn czech_letters_are_read() {
        let bytes: &[u8] = b"P\xf8\xedli\x9a \x9elu\x9dou\xe8k\xfd k\xf9\xf2\n";
        let mut text = String::new();
        io::BufReader::new(Windows1250::new(bytes)).read_to_string(&mut text).unwrap();
        assert_eq!(text, "Příliš žluťoučký kůň\n");
    }
}
