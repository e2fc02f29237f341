//! Which attributes a path has (gitattributes(5)): the last line that says something of an attribute counts,
//! lines of deeper folders before those of outer ones, and what a line says itself before what a macro in it
//! says.

use std::collections::BTreeMap;

use super::rules::{self, Assignment, State, Subject};

/// The attributes that decide what checkout and archive make of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Known {
    Text,
    /// The old name of `text`.
    Crlf,
    Eol,
    Ident,
    Filter,
    Encoding,
    ExportIgnore,
    ExportSubst,
}

const KNOWN: [(&[u8], Known); 8] = [
    (b"text", Known::Text),
    (b"crlf", Known::Crlf),
    (b"eol", Known::Eol),
    (b"ident", Known::Ident),
    (b"filter", Known::Filter),
    (b"working-tree-encoding", Known::Encoding),
    (b"export-ignore", Known::ExportIgnore),
    (b"export-subst", Known::ExportSubst),
];

/// What is said of a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found([Option<State>; KNOWN.len()]);

impl Found {
    pub fn is_set(&self, known: Known) -> bool {
        self.0[known as usize] == Some(State::Set)
    }

    pub fn is_unset(&self, known: Known) -> bool {
        self.0[known as usize] == Some(State::Unset)
    }

    pub fn value(&self, known: Known) -> Option<&[u8]> {
        match &self.0[known as usize] {
            Some(State::Value(value)) => Some(value),
            _ => None,
        }
    }
}

/// A name that matters: one of ours, or that of a macro.
#[derive(Clone, Debug)]
enum Name {
    Known(Known),
    Macro(usize),
}

/// What a line of one subject assigns, names that do not matter left out.
type Line<S> = (S, Vec<(Name, State)>);

/// The files of the folders that lead to a path, outermost first.
#[derive(Debug, Default)]
pub(super) struct Stack {
    macros: BTreeMap<Vec<u8>, usize>,
    /// What each macro's line says, by its number.
    defined: Vec<Vec<Assignment>>,
    /// The same, names that do not matter left out.
    meanings: Vec<Vec<(Name, State)>>,
    /// For each file the length of its folder's path with the slash, and its lines.
    files: Vec<(usize, Vec<Line<super::pattern::Pattern>>)>,
}

impl Stack {
    pub fn new() -> Self {
        let mut stack = Self::default();
        stack.define(rules::parse(b"[attr]binary -diff -merge -text", true));
        stack
    }

    /// Adds the file of a folder, by the folder's path (with a slash at its end, or empty); `text` is what
    /// the file holds.
    pub fn push(&mut self, folder: &[u8], text: &[u8]) {
        let mut lines = rules::parse(text, folder.is_empty());
        if folder.is_empty() {
            let (macros, patterns): (Vec<_>, _) =
                lines.into_iter().partition(|(subject, _)| matches!(subject, Subject::Macro(_)));
            self.define(macros);
            lines = patterns;
        }
        let lines = lines.into_iter().filter_map(|(subject, assignments)| match subject {
            Subject::Pattern(pattern) => Some((pattern, self.named(assignments))),
            Subject::Macro(_) => None,
        });
        let lines: Vec<_> = lines.filter(|(_, assignments)| !assignments.is_empty()).collect();
        self.files.push((folder.len(), lines));
    }

    /// Takes away the file that was added last.
    pub fn pop(&mut self) {
        self.files.pop();
    }

    /// What is said of a path, which lies below all the folders; without a slash at its end.
    pub fn find(&self, path: &[u8], folder: bool) -> Found {
        let mut found = Found::default();
        let mut expanded = Vec::new();
        for (prefix, lines) in self.files.iter().rev() {
            let below = path.get(*prefix..).unwrap_or_default();
            for (pattern, assignments) in lines.iter().rev() {
                if pattern.matches(below, folder) {
                    self.fill(assignments, &mut found, &mut expanded);
                }
            }
        }
        found
    }

    /// Takes what nothing before has said; `said` has the macros that something was said of.
    fn fill(&self, assignments: &[(Name, State)], found: &mut Found, said: &mut Vec<usize>) {
        for (name, state) in assignments.iter().rev() {
            match name {
                Name::Known(known) => {
                    found.0[*known as usize].get_or_insert_with(|| state.clone());
                }
                Name::Macro(number) => {
                    if said.contains(number) {
                        continue;
                    }
                    said.push(*number);
                    if *state == State::Set {
                        self.fill(&self.meanings[*number], found, said);
                    }
                }
            }
        }
    }

    fn define(&mut self, macros: Vec<(Subject, Vec<Assignment>)>) {
        for (subject, assignments) in macros {
            let Subject::Macro(name) = subject else { continue };
            let number = *self.macros.entry(name).or_insert(self.defined.len());
            self.defined.resize(self.defined.len().max(number + 1), Vec::new());
            self.defined[number] = assignments;
        }
        // Only now: a macro may use one that comes later.
        self.meanings = self.defined.iter().map(|assignments| self.named(assignments.clone())).collect();
    }

    fn named(&self, assignments: Vec<Assignment>) -> Vec<(Name, State)> {
        let mut named = Vec::new();
        for Assignment { name, state } in assignments {
            // Lines are read from their end, and an attribute's own value comes before its meaning as a macro.
            if let Some(number) = self.macros.get(&name) {
                named.push((Name::Macro(*number), state.clone()));
            }
            if let Some((_, known)) = KNOWN.iter().find(|(known, _)| *known == name) {
                named.push((Name::Known(*known), state));
            }
        }
        named
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(files: &[(&str, &str)]) -> Stack {
        let mut stack = Stack::new();
        files.iter().for_each(|(folder, text)| stack.push(folder.as_bytes(), text.as_bytes()));
        stack
    }

    #[test]
    fn later_lines_and_deeper_folders_win() {
        let stack = stack(&[("", "*.x text\n*.x eol=lf\n*.x -text\n"), ("d/", "a.x eol=crlf\n")]);
        let found = stack.find(b"d/a.x", false);
        assert!(found.is_unset(Known::Text));
        assert_eq!(found.value(Known::Eol), Some(&b"crlf"[..]));
        assert_eq!(stack.find(b"d/b.x", false).value(Known::Eol), Some(&b"lf"[..]));
    }

    #[test]
    fn unspecified_hides_what_is_further_out() {
        let stack = stack(&[("", "* eol=crlf ident\n"), ("d/", "* !eol\n")]);
        let found = stack.find(b"d/a", false);
        assert_eq!((found.value(Known::Eol), found.is_set(Known::Ident)), (None, true));
    }

    #[test]
    fn macros_are_expanded_and_yield_to_their_own_line() {
        let stack = stack(&[
            (
                "",
                "[attr]outer inner ident\n[attr]inner eol=crlf export-ignore\n*.a outer\n*.b binary text\n*.c binary\n",
            ),
            ("d/", "[attr]binary text\n*.d binary\n*.e -inner\n* inner\n"),
        ]);
        let a = stack.find(b"x.a", false);
        assert_eq!((a.value(Known::Eol), a.is_set(Known::Ident)), (Some(&b"crlf"[..]), true));
        assert!(stack.find(b"x.b", false).is_set(Known::Text), "the later word of a line counts");
        assert!(stack.find(b"x.c", false).is_unset(Known::Text));
        assert!(stack.find(b"d/x.d", false).is_unset(Known::Text), "no macros in inner folders");
        assert!(stack.find(b"d/x.e", false).is_set(Known::ExportIgnore));
    }

    #[test]
    fn a_macro_may_have_the_name_of_an_attribute() {
        let stack = stack(&[("", "[attr]ident eol=crlf\n* ident\n")]);
        let found = stack.find(b"a", false);
        assert_eq!((found.is_set(Known::Ident), found.value(Known::Eol)), (true, Some(&b"crlf"[..])));
    }

    #[test]
    fn a_macro_that_uses_itself_ends() {
        let stack = stack(&[("", "[attr]a b\n[attr]b a ident\n* a\n")]);
        assert!(stack.find(b"x", false).is_set(Known::Ident));
    }
}
