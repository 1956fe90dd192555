//! What Stoa knows about orders, money and days, with nothing around it: no SQL, no
//! network, no clock of its own. Builds for the server and for the browser alike, so keep it small.

pub mod audit;
pub mod backups;
pub mod calendar;
pub mod change;
pub mod choices;
pub mod csv;
pub mod customers;
pub mod email;
pub mod feed;
pub mod fields;
#[cfg(test)]
mod fuzz;
pub mod ids;
pub mod imports;
pub mod jobs;
pub mod json;
pub mod limits;
pub mod link;
pub mod mail;
pub mod money;
pub mod numbers;
pub mod orders;
pub mod page;
pub mod people;
pub mod period;
pub mod permission;
pub mod quarter;
pub mod reach;
pub mod settings;
pub mod size;
pub mod slug;
pub mod summaries;
pub mod tenants;
pub mod text;
pub mod text_key;
pub mod webhooks;
pub mod words;
pub mod written_time;
