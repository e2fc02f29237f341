//! Everything in a commit that is no folder, from its trees alone: what `git ls-tree -r --full-tree` prints.

use super::object::{self, Mode, Objects};
use super::{DEEPEST, LONGEST, MOST, TreeError, shown};
use crate::hash::Digest;

/// Gives each path of a commit with its mode and id, in git's order. Names are as the trees have them: `..` and other
/// encodings than UTF-8 included.
///
/// # Errors
/// An object that is missing or broken, and trees that repeat themselves without end.
pub fn list(
    objects: &mut impl Objects,
    commit: Digest<20>,
    mut each: impl FnMut(&[u8], Mode, Digest<20>),
) -> Result<(), TreeError> {
    let mut bytes = Vec::new();
    objects.read(commit, object::Kind::Commit, &mut bytes)?;
    let root = object::tree_of(commit, &bytes)?;
    // Folders that are still to be read; of each, the length of the path above it, and its depth.
    let mut open = vec![Open { above: 0, name: Box::default(), depth: 0, mode: Mode::Folder, id: root }];
    let (mut path, mut seen) = (Vec::new(), 0_usize);
    while let Some(Open { above, name, depth, mode, id }) = open.pop() {
        path.truncate(above);
        path.extend_from_slice(&name);
        if mode != Mode::Folder {
            each(&path, mode, id);
            continue;
        }
        if depth > DEEPEST || path.len() > LONGEST {
            return Err(TreeError::Deep(shown(&path)));
        }
        if depth > 0 {
            path.push(b'/');
        }
        objects.read(id, object::Kind::Tree, &mut bytes)?;
        let entries = object::entries(id, &bytes)?;
        seen += entries.len();
        if seen > MOST {
            return Err(TreeError::Large);
        }
        let above = path.len();
        let entries = entries.into_iter().rev();
        open.extend(entries.map(|entry| Open {
            above,
            name: entry.name,
            depth: depth + 1,
            mode: entry.mode,
            id: entry.id,
        }));
    }
    Ok(())
}

struct Open {
    above: usize,
    name: Box<[u8]>,
    depth: usize,
    mode: Mode,
    id: Digest<20>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Objects by their ids, which are made up.
    #[derive(Default)]
    struct Few(BTreeMap<Digest<20>, Vec<u8>>);

    impl Objects for Few {
        fn read(&mut self, id: Digest<20>, _: object::Kind, into: &mut Vec<u8>) -> Result<(), TreeError> {
            into.clone_from(self.0.get(&id).ok_or(TreeError::Missing(id))?);
            Ok(())
        }
    }

    fn id(number: u8) -> Digest<20> {
        Digest([number; 20])
    }

    impl Few {
        fn commit(mut self, number: u8, tree: u8) -> Self {
            let text = format!("tree {}\nauthor a <a> 0 +0000\ncommitter a <a> 0 +0000\n\n", id(tree));
            self.0.insert(id(number), text.into_bytes());
            self
        }

        fn tree(mut self, number: u8, entries: &[(&str, &str, u8)]) -> Self {
            let entry = |(mode, name, of): &(&str, &str, u8)| {
                [mode.as_bytes(), b" ", name.as_bytes(), b"\0", &id(*of).0].concat()
            };
            self.0.insert(id(number), entries.iter().flat_map(entry).collect());
            self
        }

        fn list(mut self, commit: u8) -> Result<Vec<(String, Mode)>, TreeError> {
            let mut found = Vec::new();
            list(&mut self, id(commit), |path, mode, _| {
                found.push((String::from_utf8_lossy(path).into_owned(), mode));
            })?;
            Ok(found)
        }
    }

    #[test]
    fn paths_come_in_gits_order_with_their_modes() {
        let few = Few::default()
            .commit(1, 2)
            .tree(2, &[("100644", "a", 9), ("40000", "b", 3), ("120000", "c", 9), ("160000", "d", 8)])
            .tree(3, &[("100755", "x", 9), ("40000", "y", 4), ("100664", "z", 9)])
            .tree(4, &[("100644", "deep", 9)]);
        let file = |executable| Mode::File { executable };
        let expected = [
            ("a", file(false)),
            ("b/x", file(true)),
            ("b/y/deep", file(false)),
            ("b/z", file(false)),
            ("c", Mode::Link),
            ("d", Mode::Submodule),
        ];
        assert_eq!(few.list(1).unwrap(), expected.map(|(path, mode)| (path.to_owned(), mode)));
    }

    #[test]
    fn trees_that_repeat_themselves_end() {
        // Each of forty folders holds the next twice: 2^40 paths.
        let names: Vec<(&str, &str, u8)> = vec![("40000", "a", 0), ("40000", "b", 0)];
        let mut few = Few::default().commit(255, 0);
        for number in 0..40 {
            let next: Vec<_> = names.iter().map(|(mode, name, _)| (*mode, *name, number + 1)).collect();
            few = few.tree(number, &next);
        }
        few = few.tree(40, &[]);
        assert!(matches!(few.list(255), Err(TreeError::Large)));
        let itself = Few::default().commit(1, 2).tree(2, &[("40000", "a", 2)]);
        assert!(matches!(itself.list(1), Err(TreeError::Deep(_))));
    }

    #[test]
    fn what_is_missing_is_named() {
        let few = Few::default().commit(1, 2).tree(2, &[("40000", "a", 7)]);
        assert!(matches!(few.list(1), Err(TreeError::Missing(missing)) if missing == id(7)));
    }
}
