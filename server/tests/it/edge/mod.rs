//! What arrives before any handler sees it: text that is none, bodies without an end, requests that name nobody, crowds; and
//! that nothing of what is secret stays behind.

mod bodies;
mod crowded;
mod secrets;
mod texts;
mod whom;
