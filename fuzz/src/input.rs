//! What bytes mean to a target.

/// Text; what is no UTF-8 is as good as no input, as the readers get text.
pub fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// A first file, and the one behind the first NUL: no text file has one.
pub fn two(data: &[u8]) -> Option<(&str, Option<&str>)> {
    let text = text(data)?;
    Some(match text.split_once('\0') {
        Some((first, second)) => (first, Some(second)),
        None => (text, None),
    })
}

/// Takes bytes off the front; zeros where there are no more.
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn one(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().map_or((0, &[][..]), |(first, rest)| (*first, rest));
        self.0 = rest;
        first
    }

    /// One of a list.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[usize::from(self.one()) % list.len()]
    }

    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let (first, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        first
    }
}
