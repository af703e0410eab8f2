//! A program that dies.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

/// A future that is abandoned after so many turns: what a crash looks like from inside.
pub(crate) struct Mortal<F> {
    pub(crate) life: F,
    pub(crate) turns_left: u32,
}

impl<F: Future + Unpin> Future for Mortal<F> {
    /// `None`: it died.
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.turns_left == 0 {
            return Poll::Ready(None);
        }
        self.turns_left -= 1;
        Pin::new(&mut self.life).poll(context).map(Some)
    }
}
