//! What was measured, in sentences, tables and figures. Nothing here measures.
//!
//! - [`words`]: numbers in words.
//! - [`sentences`]: everything that is said in prose.
//! - [`tables`]: results as tables of text.
//! - [`chart`]: figures of curves and bars.
//! - [`page`]: HTML pages.
//! - [`terminal`]: tables, figures and bars in a terminal.

pub mod chart;
#[cfg(test)]
mod made_up;
pub mod page;
pub mod sentences;
pub mod tables;
pub mod terminal;
pub mod words;
