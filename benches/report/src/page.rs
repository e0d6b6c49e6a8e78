//! The pages: each is one HTML file that needs nothing else, no network and no script.
//!
//! A page is a list of `Chapter`s, a chapter is a list of `Section`s. A section says what to see, shows figures, and
//! has their numbers as tables below, for readers who cannot see a figure, or want to check it. The style is
//! one sheet for wide and narrow screens, light and dark ones, and paper. What is long is folded by `details`, which
//! needs no script.

mod crossovers;
mod primitives;
mod report;
pub(crate) mod scaling;
mod summary;
mod versus;

use laboratory::catalogue;
use laboratory::machine::Machine;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::chart::{INKS, Look};
use crate::tables::Table;

pub use crossovers::{page as crossover, pictures as crossover_pictures};
pub use report::{IN_SECONDS, Results, report};
pub use versus::page as versus;

/// Some things to see that answer one question.
struct Chapter {
    /// For links: letters, digits and hyphens.
    id: &'static str,
    title: &'static str,
    lead: Markup,
    /// The options of `cargo run --release` that measure it.
    command: &'static str,
    sections: Vec<Section>,
}

/// One thing to see.
#[derive(Default)]
struct Section {
    id: String,
    title: String,
    text: Markup,
    figures: Vec<Markup>,
    table: Table,
    remarks: Vec<String>,
    /// More numbers, folded, with what they are.
    more: Option<(&'static str, Table)>,
}

/// A sentence in which `code` may stand between backticks.
fn prose(sentence: &str) -> Markup {
    html! {
        @for (k, piece) in sentence.split('`').enumerate() {
            @if k % 2 == 1 { code { (piece) } } @else { (piece) }
        }
    }
}

/// A whole page.
fn html(title: &str, lead: &Markup, chapters: &[Chapter], machine: &Machine) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(INKS)) (PreEscaped(include_str!("page.css"))) }
            }
            body {
                nav aria-label="Chapters" {
                    @for chapter in chapters { a href={ "#" (chapter.id) } { (chapter.title) } " " }
                    a href="#machine" { "Machine" }
                }
                main {
                    h1 { (title) }
                    (lead)
                    @for chapter in chapters { (chapter.html()) }
                    section id="machine" {
                        h2 { "How it was measured, and on what" }
                        p {
                            "Each paradigm ran in processes of its own, in many short rounds that were spread over the "
                            "whole run. Runs of both sides took turns, and each pair of runs gives one ratio. The "
                            "crossover is the size at which the paradigm wins half of the pairs. Its 95% interval holds "
                            "every size that the rounds do not exclude. Every answer was compared with the serial one."
                        }
                        dl {
                            dt { "processor" } dd { (machine.cpu) ", " (machine.cores) " cores" }
                            dt { "system" } dd { (machine.kernel) }
                            dt { "compiler" } dd { (machine.rustc) }
                            dt { "commit" } dd { (machine.commit) }
                        }
                    }
                }
            }
        }
    };
    page.into_string()
}

impl Chapter {
    fn html(&self) -> Markup {
        html! {
            section.chapter id=(self.id) {
                h2 { (self.title) }
                (self.lead)
                @if self.sections.is_empty() {
                    p.remark { "Not measured yet: run " code { "cargo run --release " (self.command) } "." }
                }
                @for section in &self.sections { (section.html()) }
            }
        }
    }
}

impl Section {
    fn html(&self) -> Markup {
        html! {
            section id=(self.id) {
                h3 { (self.title) }
                (self.text)
                div.figures { @for figure in &self.figures { (figure) } }
                @if !self.table.rows.is_empty() { (table(&self.table)) }
                @for remark in &self.remarks { p.remark { (prose(remark)) } }
                @if let Some((what, numbers)) = &self.more {
                    details { summary { (what) } (table(numbers)) }
                }
            }
        }
    }
}

/// A table whose first column is text, in a box that scrolls sideways within itself.
fn table(table: &Table) -> Markup {
    html! {
        div.scroll { table {
            thead { tr { @for name in &table.head { th scope="col" { (prose(name)) } } } }
            tbody {
                @for row in &table.rows { tr { @for cell in row { td { (prose(cell)) } } } }
            }
        } }
    }
}

/// How a paradigm looks: the same in every figure.
fn look(paradigm: &str) -> Look {
    let all = [catalogue::paradigms(), catalogue::paradigms_on_request()].concat();
    let position = all.iter().position(|entry| entry.name == paradigm);
    Look::Nth(position.unwrap_or(all.len()))
}
