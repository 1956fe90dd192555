//! What people see. Islands are built for the server and for the browser; everything else is rendered on the
//! server only, so that the browser build never reads it.

// The types of views nest as deeply as their markup. Larger sections are an `AnyView` of their own: as one type, a page
// would keep the compiler busy for long.
#![recursion_limit = "256"]

pub mod islands;
pub mod search;

#[cfg(feature = "ssr")]
pub mod document;
#[cfg(feature = "ssr")]
pub mod frame;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(test)]
mod render;
#[cfg(feature = "ssr")]
pub mod ui;
#[cfg(feature = "ssr")]
pub mod url;
