//! What was measured, in sentences, tables and figures. Nothing here measures.
//!
//! - [`words`]: numbers in words.
//! - [`sentences`]: everything that is said in prose.
//! - [`tables`]: results as tables of text.
//! - [`terminal`]: tables, figures and bars in a terminal.

pub mod sentences;
pub mod tables;
pub mod terminal;
pub mod words;
