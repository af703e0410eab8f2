//! The one status machine behind icon, panel, log and command line: what the sync worker tells
//! happened goes in, what people see comes out. Times are instants handed in by the worker.

use sheaf_model::Millis;

use crate::Fault;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Status {
    #[default]
    Off,
    Idle,
    Connecting,
    Pushing {
        done: u32,
        total: u32,
    },
    Pulling {
        done: u32,
        total: u32,
    },
    /// In step, and conflicts wait for a decision.
    Attention,
    Offline {
        retry_at: Millis,
    },
    Error {
        fault: Fault,
        retry_at: Millis,
    },
    /// Needs a person; nothing is tried until then.
    Blocked {
        fault: Fault,
    },
    Paused,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    SwitchedOff,
    /// A remote was configured, the person resumed or answered, or a retry is due.
    Started,
    Pushing {
        done: u32,
        total: u32,
    },
    Pulling {
        done: u32,
        total: u32,
    },
    /// Both directions are in step.
    InStep {
        conflicts: u32,
    },
    Failed {
        fault: Fault,
        retry_at: Millis,
    },
    Paused,
}

impl Status {
    /// The status after `event`. Progress and failures of a round that was still ending when the
    /// person paused or switched off do not bring the status back to life.
    #[must_use]
    pub fn after(&self, event: &Event) -> Self {
        use crate::Class;
        let stopped = matches!(self, Self::Off | Self::Paused);
        match *event {
            Event::SwitchedOff => Self::Off,
            Event::Started => Self::Connecting,
            Event::Paused if *self == Self::Off => Self::Off,
            Event::Paused => Self::Paused,
            _ if stopped => self.clone(),
            Event::Pushing { done, total } => Self::Pushing {
                done,
                total: total.max(done),
            },
            Event::Pulling { done, total } => Self::Pulling {
                done,
                total: total.max(done),
            },
            Event::InStep { conflicts: 0 } => Self::Idle,
            Event::InStep { .. } => Self::Attention,
            Event::Failed { fault, retry_at } => match fault.class() {
                Class::NeedsPerson => Self::Blocked { fault },
                Class::Transient if fault.is_offline() => Self::Offline { retry_at },
                Class::Transient | Class::Document => Self::Error { fault, retry_at },
            },
        }
    }

    /// Whether a worker is doing something right now, as opposed to waiting.
    pub const fn is_busy(&self) -> bool {
        matches!(
            self,
            Self::Connecting | Self::Pushing { .. } | Self::Pulling { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(events: &[Event]) -> Status {
        events
            .iter()
            .fold(Status::Off, |status, event| status.after(event))
    }

    fn failed(fault: Fault) -> Event {
        Event::Failed { fault, retry_at: 7 }
    }

    #[test]
    fn a_round_goes_from_connecting_to_idle() {
        let pulling = Event::Pulling { done: 3, total: 9 };
        assert_eq!(after(&[Event::Started]), Status::Connecting);
        assert_eq!(
            after(&[Event::Started, pulling.clone()]),
            Status::Pulling { done: 3, total: 9 }
        );
        assert_eq!(
            after(&[Event::Started, pulling, Event::InStep { conflicts: 0 }]),
            Status::Idle
        );
    }

    #[test]
    fn conflicts_ask_for_attention_only_once_in_step() {
        assert_eq!(
            after(&[Event::Started, Event::InStep { conflicts: 2 }]),
            Status::Attention
        );
    }

    #[test]
    fn each_class_of_fault_has_its_status() {
        let of = |fault| after(&[Event::Started, failed(fault)]);
        assert_eq!(of(Fault::HostNotFound), Status::Offline { retry_at: 7 });
        assert_eq!(
            of(Fault::ServerFault),
            Status::Error {
                fault: Fault::ServerFault,
                retry_at: 7
            }
        );
        assert_eq!(
            of(Fault::Unauthorised),
            Status::Blocked {
                fault: Fault::Unauthorised
            }
        );
    }

    #[test]
    fn what_was_still_ending_does_not_undo_a_pause_or_switching_off() {
        for stop in [Event::Paused, Event::SwitchedOff] {
            let stopped = after(&[Event::Started, stop.clone()]);
            let late = [
                Event::Pushing { done: 1, total: 2 },
                failed(Fault::TimedOut),
                Event::InStep { conflicts: 0 },
            ];
            for event in late {
                assert_eq!(stopped.after(&event), stopped, "{event:?} after {stop:?}");
            }
        }
    }

    #[test]
    fn pausing_what_is_off_leaves_it_off() {
        assert_eq!(after(&[Event::Paused]), Status::Off);
    }

    #[test]
    fn a_total_that_grew_while_counting_is_never_below_done() {
        assert_eq!(
            after(&[Event::Started, Event::Pushing { done: 5, total: 3 }]),
            Status::Pushing { done: 5, total: 5 }
        );
    }
}
