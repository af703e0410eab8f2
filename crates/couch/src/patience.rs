//! How long a question to the changes feed may stay open. Most servers say every so often that they are still there, and
//! one question lasts until something happens. Behind others something does not like to wait, or holds back what is not a
//! whole answer: then questions are asked that end by themselves before anybody loses patience. Pure.

use std::time::Duration;

pub(crate) const HEARTBEAT: Duration = Duration::from_secs(15);
/// Below the minute after which most proxies cut an idle connection, and below what the others
/// have been seen to allow.
const POLLS: [Duration; 4] = [
    Duration::from_secs(25),
    Duration::from_secs(10),
    Duration::from_secs(4),
    Duration::from_secs(2),
];
/// After so many questions in a row that were left to end by themselves a longer one is tried.
const GOOD_WAITS: u32 = 4;
/// Where each longer one was cut, it is tried this seldom.
const MOST_GOOD_WAITS: u32 = 64;

/// Between questions to a server that does not wait.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// The server says every so often that it is still there.
    Heartbeat,
    /// It answers by itself after that time.
    Polling(Duration),
    /// The person chose to ask so often.
    Asking(Duration),
}

/// What was learned about the patience of whatever lies between here and the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Patience {
    chosen: Option<Duration>,
    /// `None`: heartbeats.
    poll: Option<usize>,
    good_waits: u32,
    /// Good waits that it takes until a longer one is tried.
    needed: u32,
    /// The length of now is one that nobody knows to be allowed.
    on_trial: bool,
    /// Questions in a row that were answered at once, with nothing.
    hasty_answers: u32,
}

impl Patience {
    pub(crate) fn new(chosen: Option<Duration>) -> Self {
        Self {
            chosen,
            poll: None,
            good_waits: 0,
            needed: GOOD_WAITS,
            on_trial: false,
            hasty_answers: 0,
        }
    }

    pub(crate) fn waiting(&self) -> Waiting {
        match (self.chosen, self.poll) {
            (Some(every), _) => Waiting::Asking(every),
            (None, Some(place)) => Waiting::Polling(POLLS[place]),
            (None, None) => Waiting::Heartbeat,
        }
    }

    /// A question was cut, and it was its length that somebody did not like. Answers whether the next one is shorter.
    pub(crate) fn was_cut(&mut self) -> bool {
        if self.on_trial {
            self.needed = (self.needed * 2).min(MOST_GOOD_WAITS);
        }
        self.on_trial = false;
        self.good_waits = 0;
        let shorter = self.poll.map_or(0, |place| place + 1);
        if self.chosen.is_some() || shorter >= POLLS.len() {
            return false;
        }
        self.poll = Some(shorter);
        true
    }

    /// There was news.
    pub(crate) fn was_answered(&mut self) {
        self.hasty_answers = 0;
    }

    /// Nothing, and at once: whoever answers does not know how to wait, and would be asked as fast as it answers. How long
    /// to wait in its place.
    pub(crate) fn was_not_waited_for(&mut self) -> Duration {
        let pause = SHORTEST_PAUSE.saturating_mul(1 << self.hasty_answers.min(8));
        self.hasty_answers += 1;
        pause.min(LONGEST_PAUSE)
    }

    /// A question ended by itself, as late as it was to.
    pub(crate) fn was_kept(&mut self) {
        self.hasty_answers = 0;
        self.on_trial = false;
        self.good_waits += 1;
        if self.good_waits < self.needed {
            return;
        }
        self.good_waits = 0;
        if let Some(place) = self.poll {
            self.poll = place.checked_sub(1);
            self.on_trial = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(patience: &mut Patience, times: u32) {
        (0..times).for_each(|_| patience.was_kept());
    }

    #[test]
    fn each_wait_that_was_cut_makes_the_next_one_shorter_down_to_the_last() {
        let mut patience = Patience::new(None);
        assert_eq!(patience.waiting(), Waiting::Heartbeat);
        for poll in POLLS {
            assert!(patience.was_cut());
            assert_eq!(patience.waiting(), Waiting::Polling(poll));
        }
        assert!(!patience.was_cut());
        assert_eq!(patience.waiting(), Waiting::Polling(POLLS[3]));
        assert!(POLLS.is_sorted_by(|longer, shorter| longer > shorter));
    }

    /// One bad minute used to make every later question of the session a short one.
    #[test]
    fn waits_grow_again_where_nobody_cuts_them_any_more() {
        let mut patience = Patience::new(None);
        while patience.was_cut() {}
        for poll in POLLS.iter().rev().skip(1) {
            kept(&mut patience, GOOD_WAITS);
            assert_eq!(patience.waiting(), Waiting::Polling(*poll));
        }
        kept(&mut patience, GOOD_WAITS);
        assert_eq!(patience.waiting(), Waiting::Heartbeat);
    }

    #[test]
    fn a_length_that_is_cut_whenever_it_is_tried_is_tried_ever_more_seldom() {
        let mut patience = Patience::new(None);
        patience.was_cut();
        patience.was_cut();
        let allowed = patience.waiting();
        let mut tries = Vec::new();
        for _ in 0..6 {
            let mut good = 0;
            while patience.waiting() == allowed {
                patience.was_kept();
                good += 1;
            }
            tries.push(good);
            assert!(patience.was_cut());
            assert_eq!(patience.waiting(), allowed);
        }
        assert_eq!(tries, [4, 8, 16, 32, 64, 64]);
    }

    /// Such a server was asked without end, as fast as the line allowed.
    #[test]
    fn a_server_that_does_not_wait_is_not_asked_as_fast_as_it_answers() {
        let mut patience = Patience::new(None);
        let pauses: Vec<u64> = (0..7)
            .map(|_| patience.was_not_waited_for().as_secs())
            .collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
        patience.was_answered();
        assert_eq!(patience.was_not_waited_for(), SHORTEST_PAUSE);
    }

    #[test]
    fn what_a_person_chose_stays() {
        let every = Duration::from_mins(1);
        let mut patience = Patience::new(Some(every));
        assert!(!patience.was_cut());
        kept(&mut patience, 200);
        assert_eq!(patience.waiting(), Waiting::Asking(every));
    }
}
