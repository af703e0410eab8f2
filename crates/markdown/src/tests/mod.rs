//! Behaviour of the whole crate, seen through its public functions.

mod agreement;
mod hostile;
mod limits;
mod properties;
mod rendering;
mod safety;
mod specification;
mod text;
mod url_policy;

use crate::{RenderOptions, Rendered, render};

fn rendered(source: &str) -> Rendered {
    render(source, &RenderOptions::default())
}

fn html(source: &str) -> String {
    rendered(source).html
}
