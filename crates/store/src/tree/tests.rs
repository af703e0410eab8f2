use proptest::prelude::*;
use sheaf_model::Revision;

use super::{MAX_PATH, Tree};

fn rev(text: &str) -> Revision {
    Revision::parse(text).unwrap()
}

fn revs(texts: &[&str]) -> Vec<Revision> {
    texts.iter().map(|text| rev(text)).collect()
}

fn leaves(tree: &Tree) -> Vec<String> {
    let mut leaves: Vec<String> = tree
        .leaves()
        .map(|at| tree.node(at).revision.to_string())
        .collect();
    leaves.sort();
    leaves
}

#[test]
fn a_later_revision_replaces_the_leaf_it_continues() {
    let mut tree = Tree::default();
    tree.graft(&rev("1-a"), &[], false);
    tree.graft(&rev("3-c"), &revs(&["2-b", "1-a"]), false);
    assert_eq!(leaves(&tree), ["3-c"]);
    assert_eq!(tree.len(), 3);
}

#[test]
fn what_was_held_alone_is_joined_when_its_history_arrives() {
    let mut tree = Tree::default();
    tree.graft(&rev("3-c"), &[], false);
    tree.graft(&rev("2-x"), &revs(&["1-a"]), false);
    let joined = tree.graft(&rev("4-d"), &revs(&["3-c", "2-b", "1-a"]), false);
    assert!(joined.new);
    assert_eq!(joined.joined.len(), 1);
    assert_eq!(leaves(&tree), ["2-x", "4-d"]);
    let common = tree.last_common_ancestor(
        tree.find(&rev("4-d")).unwrap(),
        tree.find(&rev("2-x")).unwrap(),
    );
    assert_eq!(tree.node(common.unwrap()).revision, rev("1-a"));
}

#[test]
fn the_winner_is_the_live_leaf_of_the_highest_generation_and_hash() {
    let mut tree = Tree::default();
    tree.graft(&rev("9-z"), &[], true);
    tree.graft(&rev("10-a"), &[], false);
    tree.graft(&rev("9-b"), &[], false);
    let order: Vec<_> = tree
        .live_leaves()
        .into_iter()
        .map(|at| tree.node(at).revision.to_string())
        .collect();
    assert_eq!(order, ["10-a", "9-b"]);
    assert_eq!(tree.node(tree.winner().unwrap()).revision, rev("10-a"));
}

#[test]
fn a_history_that_goes_in_circles_is_believed_up_to_the_circle() {
    let mut tree = Tree::default();
    tree.graft(&rev("2-a"), &revs(&["1-b", "2-a", "1-b"]), false);
    tree.graft(&rev("3-c"), &revs(&["5-x", "2-a"]), false);
    assert_eq!(leaves(&tree), ["2-a", "3-c"]);
    assert_eq!(tree.path(tree.find(&rev("2-a")).unwrap()).count(), 2);
}

#[test]
fn histories_are_kept_to_a_thousand() {
    let mut tree = Tree::default();
    let ancestors: Vec<_> = (1..3000).rev().map(|n| rev(&format!("{n}-a"))).collect();
    tree.graft(&rev("3000-a"), &ancestors, false);
    assert_eq!(tree.len(), MAX_PATH);
}

#[test]
fn the_text_another_device_may_still_have_edited_is_kept() {
    let mut tree = Tree::default();
    let mut history = Vec::new();
    for generation in 1..=5 {
        let revision = rev(&format!("{generation}-a"));
        tree.graft(&revision, &history, false);
        history.insert(0, revision);
    }
    for (generation, known) in [(1, true), (2, true), (3, true), (4, false), (5, false)] {
        let at = tree.find(&rev(&format!("{generation}-a"))).unwrap();
        tree.node_mut(at).known = known;
    }
    let mut needed: Vec<_> = tree
        .needed_texts(None)
        .into_iter()
        .map(|at| tree.node(at).revision.generation())
        .collect();
    needed.sort_unstable();
    // 3 is what the remote has; 4 and 5 were offered and not answered for.
    assert_eq!(needed, [3, 4, 5]);
}

/// A random tree as (parent or none, deleted) per node; parents come earlier.
fn trees() -> impl Strategy<Value = Vec<(Option<usize>, bool)>> {
    prop::collection::vec((any::<prop::sample::Index>(), 0..5u8, any::<bool>()), 1..24).prop_map(
        |nodes| {
            let node =
                |(place, (parent, root, deleted)): (usize, (prop::sample::Index, u8, bool))| {
                    let parent = (place > 0 && root > 0).then(|| parent.index(place));
                    (parent, deleted)
                };
            nodes.into_iter().enumerate().map(node).collect()
        },
    )
}

fn histories(shape: &[(Option<usize>, bool)]) -> Vec<(Revision, Vec<Revision>, bool)> {
    let mut all: Vec<(Revision, Vec<Revision>, bool)> = Vec::new();
    for (place, (parent, deleted)) in shape.iter().enumerate() {
        let ancestors = parent.map_or_else(Vec::new, |parent| {
            let (revision, ancestors, _) = &all[parent];
            std::iter::once(revision)
                .chain(ancestors)
                .cloned()
                .collect()
        });
        let revision = rev(&format!("{}-{place:032x}", ancestors.len() + 1));
        all.push((revision, ancestors, *deleted));
    }
    all
}

proptest! {
    #[test]
    fn every_order_of_arrival_gives_the_same_tree(
        shape in trees(),
        seed in any::<u64>(),
        repeated in any::<prop::sample::Index>(),
    ) {
        let paths = histories(&shape);
        // Only leaves travel, any of them twice; ancestors come with them.
        let mut in_order = Tree::default();
        for (revision, ancestors, deleted) in &paths {
            in_order.graft(revision, ancestors, *deleted);
        }
        let mut shuffled: Vec<_> = paths.iter().collect();
        shuffled.push(&paths[repeated.index(paths.len())]);
        shuffled.sort_by_key(|(revision, ..)| {
            let hash = revision.hash().bytes().fold(seed, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
            hash.rotate_left(17)
        });
        let mut other = Tree::default();
        for (revision, ancestors, deleted) in shuffled {
            let leaf = in_order.is_leaf(in_order.find(revision).unwrap());
            if leaf {
                other.graft(revision, ancestors, *deleted);
            }
        }
        prop_assert_eq!(leaves(&in_order), leaves(&other));
        let winner = |tree: &Tree| tree.winner().map(|at| tree.node(at).revision.clone());
        prop_assert_eq!(winner(&in_order), winner(&other));
        prop_assert_eq!(in_order.len(), other.len());
    }
}
