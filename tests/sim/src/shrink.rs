//! The least of a plan that still breaks the same rule.

use std::fmt::Debug;

/// Actions of a plan, each with its number, which stays when others are left out.
pub type Numbered<A> = (usize, A);

/// Leaves out actions as long as those that are left still fail.
pub fn shrink<A: Clone>(
    actions: &[Numbered<A>],
    fails: impl Fn(&[Numbered<A>]) -> bool,
) -> Vec<Numbered<A>> {
    let mut least = actions.to_vec();
    let mut chunk = least.len().div_ceil(2).max(1);
    loop {
        let mut at = 0;
        while at < least.len() {
            let mut shorter = least.clone();
            let end = (at + chunk).min(shorter.len());
            shorter.drain(at..end);
            if fails(&shorter) {
                least = shorter;
            } else {
                at += chunk;
            }
        }
        if chunk == 1 {
            return least;
        }
        chunk = chunk.div_ceil(2);
    }
}

/// The numbers of the actions that are left, as `--only` takes them.
pub fn only<A>(actions: &[Numbered<A>]) -> String {
    let numbers: Vec<String> = actions
        .iter()
        .map(|(number, _)| number.to_string())
        .collect();
    numbers.join(",")
}

/// What they are, for a person who wants to know what a seed is about.
pub fn summary<A: Debug>(actions: &[Numbered<A>]) -> String {
    actions
        .iter()
        .map(|(number, action)| format!("  {number}: {action:?}\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_needed_for_a_failure_is_left_out() {
        let actions: Vec<Numbered<char>> = "abcdefghij".chars().enumerate().collect();
        let fails = |some: &[Numbered<char>]| {
            ['c', 'h']
                .iter()
                .all(|needed| some.iter().any(|(_, action)| action == needed))
        };
        let least = shrink(&actions, fails);
        assert_eq!(only(&least), "2,7");
        assert_eq!(summary(&least), "  2: 'c'\n  7: 'h'\n");
    }
}
