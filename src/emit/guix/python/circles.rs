//! Circles of packages that need each other at run time: Guix computes what is propagated without end there, so some
//! edges are left out, and whoever needs one of the packages from outside propagates all of them.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;

use super::condition::Condition;
use super::needs::Conditioned;
use crate::emit::model::python::Key;

/// All circles.
#[derive(Debug, Default)]
pub struct Circles {
    /// To the place among `circles`.
    of: BTreeMap<Key, usize>,
    circles: Vec<Circle>,
}

#[derive(Debug)]
struct Circle {
    /// From each member to each other: when one needs the other.
    needs: BTreeMap<Key, Conditioned>,
    /// Edges that are left out, from and to.
    cut: BTreeSet<(Key, Key)>,
}

impl Circles {
    pub fn find(needs: &BTreeMap<Key, Conditioned>) -> Self {
        let mut graph = DiGraph::<&Key, ()>::new();
        let at: BTreeMap<&Key, _> = needs.keys().map(|key| (key, graph.add_node(key))).collect();
        for (from, to) in needs {
            for to in to.keys().filter_map(|to| at.get(to)) {
                graph.add_edge(at[from], *to, ());
            }
        }
        let mut found = Self::default();
        for members in tarjan_scc(&graph).into_iter().filter(|members| members.len() > 1) {
            let members: BTreeSet<&Key> = members.into_iter().map(|member| graph[member]).collect();
            for member in &members {
                found.of.insert((*member).clone(), found.circles.len());
            }
            let cut = back_edges(&members, needs);
            found.circles.push(Circle { needs: within(&members, needs), cut });
        }
        found
    }

    /// Leaves out the edges that close circles, and lets those outside propagate all members.
    pub fn cut(&self, needs: &mut BTreeMap<Key, Conditioned>) {
        for (key, to) in needs.iter_mut() {
            self.complete(Some(key), to);
        }
        for (from, to) in self.circles.iter().flat_map(|circle| &circle.cut) {
            needs.get_mut(from).map(|edges| edges.remove(to));
        }
    }

    /// Adds the other members wherever there is one, unless `own` is a member itself.
    pub fn complete(&self, own: Option<&Key>, to: &mut Conditioned) {
        let own = own.and_then(|own| self.of.get(own));
        let mut more = Vec::new();
        for (member, condition) in &*to {
            let Some(at) = self.of.get(member).filter(|at| Some(*at) != own) else { continue };
            let others = self.circles[*at].needs.get(member).into_iter().flatten();
            more.extend(others.map(|(other, needed)| (other.clone(), condition.and(needed))));
        }
        for (key, condition) in more {
            let entry = to.entry(key).or_insert_with(Condition::never);
            *entry = entry.or(&condition);
        }
    }

    /// What a member needs and, cut, does not propagate.
    pub fn lacking(&self, key: &Key, cut: &BTreeMap<Key, Conditioned>) -> BTreeSet<&Key> {
        let Some(circle) = self.of.get(key).map(|at| &self.circles[*at]) else { return BTreeSet::new() };
        let mut has = BTreeSet::from([key]);
        let mut open = vec![key];
        while let Some(key) = open.pop() {
            let next = cut.get(key).into_iter().flat_map(BTreeMap::keys);
            open.extend(
                next.filter(|next| circle.needs.contains_key(*next)).filter(|next| has.insert(*next)),
            );
        }
        circle.needs.get(key).into_iter().flat_map(BTreeMap::keys).filter(|key| !has.contains(*key)).collect()
    }
}

/// The edges that lead back to where a walk in the order of the names came from.
fn back_edges(members: &BTreeSet<&Key>, needs: &BTreeMap<Key, Conditioned>) -> BTreeSet<(Key, Key)> {
    let mut cut = BTreeSet::new();
    let mut done = BTreeSet::new();
    let next = |key: &Key| -> Vec<&Key> {
        let to = needs.get(key).into_iter().flat_map(BTreeMap::keys);
        to.filter(|to| members.contains(to)).collect()
    };
    for start in members {
        if done.contains(start) {
            continue;
        }
        let mut way = vec![(*start, next(start))];
        while let Some((key, open)) = way.last_mut() {
            let (key, to) = (*key, open.pop());
            match to {
                None => {
                    done.insert(key);
                    way.pop();
                }
                Some(to) if way.iter().any(|(above, _)| *above == to) => {
                    cut.insert((key.clone(), to.clone()));
                }
                Some(to) if done.contains(to) => {}
                Some(to) => way.push((to, next(to))),
            }
        }
    }
    cut
}

/// When each member needs each other, over however many edges.
fn within(members: &BTreeSet<&Key>, needs: &BTreeMap<Key, Conditioned>) -> BTreeMap<Key, Conditioned> {
    let mut found = BTreeMap::new();
    for start in members {
        let mut reached = Conditioned::from([((*start).clone(), Condition::always())]);
        let mut open = vec![*start];
        while let Some(key) = open.pop() {
            let Some(above) = reached.get(key).cloned() else { continue };
            let next = needs.get(key).into_iter().flatten();
            for (to, condition) in next.filter(|(to, _)| members.contains(to)) {
                let now = above.and(condition);
                let before = reached.get(to);
                let now = before.map_or_else(|| now.clone(), |before| before.or(&now));
                if before != Some(&now) {
                    reached.insert(to.clone(), now);
                    open.push(to);
                }
            }
        }
        reached.remove(*start);
        found.insert((*start).clone(), reached);
    }
    found
}
