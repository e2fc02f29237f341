//! In which order packages are sent, each after those that it needs.

use std::collections::{BTreeMap, BTreeSet};

/// An order of packages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order<'a> {
    /// Those that others need first.
    pub all: Vec<&'a str>,
    /// Those that need each other: no order is right for them.
    pub circles: Vec<Vec<&'a str>>,
}

/// From what each package needs; what is no package of these is there already.
pub fn order<'a>(needs: impl Iterator<Item = (&'a str, BTreeSet<&'a str>)>) -> Order<'a> {
    let needs: BTreeMap<_, _> = needs.collect();
    let mut walk = Walk { needs: &needs, order: Order::default(), done: BTreeSet::new(), way: Vec::new() };
    needs.keys().for_each(|name| walk.visit(name));
    walk.order
}

struct Walk<'a, 'n> {
    needs: &'n BTreeMap<&'a str, BTreeSet<&'a str>>,
    order: Order<'a>,
    done: BTreeSet<&'a str>,
    way: Vec<&'a str>,
}

impl<'a> Walk<'a, '_> {
    fn visit(&mut self, name: &'a str) {
        if let Some(at) = self.way.iter().position(|other| *other == name) {
            self.order.circles.push(self.way[at..].to_vec());
            return;
        }
        let Some(needs) = self.needs.get(name).filter(|_| !self.done.contains(name)) else { return };
        self.way.push(name);
        needs.iter().for_each(|need| self.visit(need));
        self.way.pop();
        if self.done.insert(name) {
            self.order.all.push(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_comes_first() {
        let of = |pairs: &[(&'static str, &'static str)]| {
            let of = |needs: &'static str| needs.split(' ').filter(|need| !need.is_empty()).collect();
            let order = order(pairs.iter().map(|(name, needs)| (*name, of(needs))));
            (order.all.join(" "), order.circles.iter().map(|circle| circle.join(" ")).collect::<Vec<_>>())
        };
        assert_eq!(of(&[("a", "c b"), ("b", "c there"), ("c", "")]), ("c b a".to_owned(), vec![]));
        let (order, circles) = of(&[("a", "b"), ("b", "c"), ("c", "b")]);
        assert_eq!((order.as_str(), circles), ("c b a", vec!["b c".to_owned()]));
    }
}
