//! The frame of a report: one HTML file that needs nothing else, no network and no script.
//!
//! A [`Page`] is a list of [`Section`]s. Each says what to see, shows a figure, and has the figure's
//! numbers as a table under it, for those who do not see the figure and those who want to check it.
//! The style is one sheet for desk, phone, night and paper. What is long is folded by `details`, which
//! needs no script.

mod crossovers;
pub mod report;
pub mod versus;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::chart::{self, Figure};
use crate::machine::Machine;
use crate::tables;

pub use crossovers::page;

/// Tables with more rows than this are folded.
const ROWS_IN_SIGHT: usize = 12;

/// A whole page.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its heading, and its name in the browser.
    pub title: String,
    /// What stands before the first section.
    pub lead: Markup,
    /// In the order of reading, and of the navigation.
    pub sections: Vec<Section>,
    /// What the numbers were taken on.
    pub machine: Machine,
}

/// One thing to see.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// For links, unique in the page: letters, digits and hyphens.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What there is to see.
    pub text: Markup,
    /// Where to see it.
    pub figure: Option<Figure>,
    /// The numbers in the figure.
    pub table: Option<Table>,
    /// What follows them: remarks, how it was measured.
    pub after: Markup,
}

/// Numbers in rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Above each column: its name, and the side on which its cells stand.
    pub head: Vec<(String, Side)>,
    /// The cells. The last cell of a row that is too short spans the columns that are left.
    pub rows: Vec<Vec<String>>,
}

/// Where a column's cells stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// For words.
    Left,
    /// For numbers.
    Right,
}

impl From<tables::Table> for Table {
    fn from(table: tables::Table) -> Self {
        let side = |k| if k == 0 { Side::Left } else { Side::Right };
        let head = table.head.into_iter().enumerate();
        Self {
            head: head.map(|(k, name)| (name, side(k))).collect(),
            rows: table.rows,
        }
    }
}

impl Page {
    /// The page as HTML.
    pub fn html(&self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) }
                    style { (PreEscaped(chart::style())) (PreEscaped(include_str!("page.css"))) }
                }
                body {
                    // The list is long: folded on a phone, in sight at a desk.
                    nav.folded aria-label="Sections" {
                        details { summary { "On this page" } (self.contents()) }
                    }
                    nav.open aria-label="Sections" { p { "On this page" } (self.contents()) }
                    main {
                        h1 { (self.title) }
                        (self.lead)
                        @for section in &self.sections { (section.html()) }
                        section id="machine" {
                            h2 { "Machine" }
                            (machine(&self.machine))
                        }
                    }
                }
            }
        };
        page.into_string()
    }

    /// A link to each section.
    fn contents(&self) -> Markup {
        html! {
            ul {
                @for section in &self.sections {
                    li { a href={ "#" (section.id) } { (section.title) } }
                }
                li { a href="#machine" { "Machine" } }
            }
        }
    }
}

impl Section {
    fn html(&self) -> Markup {
        html! {
            section id=(self.id) {
                h2 { (self.title) }
                (self.text)
                @if let Some(figure) = &self.figure {
                    figure {
                        div.wide { (PreEscaped(&figure.wide)) }
                        div.narrow { (PreEscaped(&figure.narrow)) }
                    }
                }
                @if let Some(table) = &self.table { (table.html()) }
                (self.after)
            }
        }
    }
}

impl Table {
    fn html(&self) -> Markup {
        let table = html! {
            div.scroll { table {
                thead { tr {
                    @for (name, side) in &self.head { th scope="col" class=[side.class()] { (name) } }
                } }
                tbody { @for row in &self.rows { (self.row(row)) } }
            } }
        };
        if self.rows.len() <= ROWS_IN_SIGHT {
            return table;
        }
        html! {
            details {
                summary { "The numbers: " (self.rows.len()) " rows" }
                (table)
            }
        }
    }

    fn row(&self, cells: &[String]) -> Markup {
        let missing = self.head.len().saturating_sub(cells.len());
        let span = |k: usize| (missing > 0 && k + 1 == cells.len()).then_some(missing + 1);
        html! {
            tr {
                @for (k, (cell, (_, side))) in cells.iter().zip(&self.head).enumerate() {
                    @match span(k) {
                        Some(columns) => td colspan=(columns) { (cell) },
                        None => td class=[side.class()] { (cell) },
                    }
                }
            }
        }
    }
}

impl Side {
    fn class(self) -> Option<&'static str> {
        (self == Self::Right).then_some("right")
    }
}

fn machine(machine: &Machine) -> Markup {
    html! {
        dl {
            dt { "processor" } dd { (machine.cpu) ", " (machine.cores) " cores" }
            dt { "system" } dd { (machine.kernel) }
            dt { "compiler" } dd { (machine.rustc) }
            dt { "commit" } dd { (machine.commit) }
        }
    }
}
