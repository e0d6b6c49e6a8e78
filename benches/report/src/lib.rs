//! What was measured, in sentences, tables and figures. Nothing here measures.
//!
//! - [`words`]: numbers in words.
//! - [`sentences`]: everything that is said in prose.
//! - [`tables`]: results as tables of text.
//! - [`page`]: HTML pages, with figures of curves and bars.
//! - [`terminal`]: tables, figures and bars in a terminal.

mod chart;
pub mod page;
pub mod sentences;
pub mod tables;
pub mod terminal;
#[cfg(test)]
mod tests;
pub mod words;
