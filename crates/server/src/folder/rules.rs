//! Decisions about folders (contract: organization, section 5): pure functions of the tree.

use std::collections::BTreeMap;

use tallystick_wire::Time;
use tallystick_wire::folder::FolderType;

/// How deep folders may lie in each other: readers walk the answer level by level.
pub const DEEPEST: usize = 20;

/// A folder as the rules know it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the names are those of the Folder object, which explains them"
)]
pub struct Folder {
    pub id: String,
    pub name: String,
    pub parent_id: Option<String>,
    /// The parent's name.
    pub parent: Option<String>,
    pub position: i64,
    pub folder_type: FolderType,
    /// How many processes and tasks lie in it.
    pub total: i64,
    pub created_at: Time,
    pub updated_at: Time,
}

/// The parent of each folder of one tree.
pub type Tree = BTreeMap<String, Option<String>>;

/// Why a folder cannot lie in `parent`, if it cannot. `id` is empty for a folder that is not there yet.
#[must_use]
pub fn fault(tree: &Tree, id: &str, parent: &str) -> Option<String> {
    if !tree.contains_key(parent) {
        return Some("There is no such folder of this type".to_owned());
    }
    let mut above = vec![parent];
    while let Some(Some(next)) = above.last().and_then(|last| tree.get(*last)) {
        if above.len() > DEEPEST {
            break;
        }
        above.push(next);
    }
    if above.contains(&id) {
        return Some("A folder cannot lie in itself".to_owned());
    }
    if above.len() + height(tree, id, DEEPEST) > DEEPEST {
        return Some(format!("Folders lie at most {DEEPEST} deep"));
    }
    None
}

/// How many levels a folder and what lies in it take.
fn height(tree: &Tree, id: &str, most: usize) -> usize {
    if most == 0 || id.is_empty() {
        return 1;
    }
    let children = tree
        .iter()
        .filter(|(_, parent)| parent.as_deref() == Some(id));
    1 + children
        .map(|(child, _)| height(tree, child, most - 1))
        .max()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(length: usize) -> Tree {
        (0..length)
            .map(|index| {
                let parent = index.checked_sub(1).map(|above| above.to_string());
                (index.to_string(), parent)
            })
            .collect()
    }

    #[test]
    fn no_circles() {
        let tree = chain(4);
        assert!(fault(&tree, "1", "1").is_some());
        assert!(fault(&tree, "1", "3").is_some());
        assert!(fault(&tree, "3", "0").is_none());
        assert!(fault(&tree, "", "3").is_none());
        assert!(fault(&tree, "", "elsewhere").is_some());
    }

    #[test]
    fn a_depth_that_readers_can_walk() {
        let tree = chain(DEEPEST);
        assert!(fault(&tree, "", "18").is_none());
        assert!(fault(&tree, "", "19").is_some());
        let mut tree = chain(DEEPEST - 1);
        tree.insert("a".to_owned(), None);
        assert!(fault(&tree, "a", "18").is_none());
        tree.insert("b".to_owned(), Some("a".to_owned()));
        assert!(fault(&tree, "a", "18").is_some());
        assert!(fault(&tree, "a", "17").is_none());
    }
}
