//! What leads back to itself.

use std::collections::HashMap;

use petgraph::algo::kosaraju_scc;
use petgraph::prelude::DiGraphMap;

/// Which circle each part belongs to, of those that are in one: parts of the same number lead to each other.
pub fn circles<'c>(leads: impl IntoIterator<Item = (&'c str, &'c str)>) -> HashMap<&'c str, usize> {
    let graph: DiGraphMap<&str, ()> = leads.into_iter().collect();
    let mut found = HashMap::new();
    for (number, together) in kosaraju_scc(&graph).into_iter().enumerate() {
        let alone = together.len() == 1;
        if !alone || graph.contains_edge(together[0], together[0]) {
            found.extend(together.into_iter().map(|part| (part, number)));
        }
    }
    found
}
