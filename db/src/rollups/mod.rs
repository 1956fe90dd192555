//! Maintained figures.
