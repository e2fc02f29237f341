//! What tests of the emitters share.

/// A text without its strings and comments.
pub fn code(text: &str) -> String {
    let (mut code, mut chars) = (String::new(), text.chars());
    while let Some(c) = chars.next() {
        match c {
            '"' => loop {
                match chars.next() {
                    Some('\\') => _ = chars.next(),
                    Some('"') | None => break,
                    _ => {}
                }
            },
            ';' => _ = chars.by_ref().find(|c| *c == '\n'),
            c => code.push(c),
        }
    }
    code
}
