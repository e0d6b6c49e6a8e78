//! Everything at a glance: workloads × paradigms, one cell for each.

use laboratory::survey::{CellResult, Survey, WorkloadResult};
use maud::{Markup, html};

use super::prose;
use crate::{sentences, words};

/// The table, and how to read it.
pub(super) fn lead(survey: &Survey) -> Markup {
    html! {
        p {
            "The first line of each cell says how much work it takes until the paradigm wins: the time that " em { "serial" }
            " code takes at the crossover. The second line is the speedup at the largest size with "
            (words::number_of(survey.workers, "worker")) ", after " q { "=" } " where its 95% interval holds 1, so that "
            "the difference is too small to call, and after " q { "≈" } " where there were too few rounds for an interval. "
            "A stronger shade means a higher speedup."
        }
        @if let Some(sentence) = sentences::pause(survey.pause) { p { (prose(&sentence)) } }
        @if let Some(sentence) = sentences::busy(&survey.busy) { p.remark { (prose(&sentence)) } }
        div.scroll { table.summary {
            thead {
                tr {
                    td {}
                    @for result in &survey.workloads {
                        th scope="col" { a href={ "#" (result.name) } { (result.name) } }
                    }
                }
                tr {
                    th scope="row" { "largest size" }
                    @for result in &survey.workloads {
                        td { (result.largest().map_or("–".to_owned(), |n| words::count(n as f64))) }
                    }
                }
            }
            tbody {
                @for paradigm in paradigms(survey) {
                    tr {
                        // A name may be broken after its first part.
                        th scope="row" {
                            @for (k, part) in paradigm.split('/').enumerate() { @if k > 0 { "/" wbr; } (part) }
                        }
                        @for result in &survey.workloads { (cell(result, paradigm, survey.workers)) }
                    }
                }
            }
        } }
    }
}

/// Every paradigm that was run on any of the workloads, each once.
fn paradigms(survey: &Survey) -> Vec<&str> {
    let mut paradigms = Vec::new();
    for CellResult { paradigm, .. } in survey.workloads.iter().flat_map(|result| &result.cells) {
        if !paradigms.contains(&paradigm.as_str()) {
            paradigms.push(paradigm);
        }
    }
    paradigms
}

fn cell(result: &WorkloadResult, paradigm: &str, workers: usize) -> Markup {
    let cell = result.cells.iter().find(|cell| cell.paradigm == paradigm);
    let measured = match cell.map(|cell| &cell.outcome) {
        None => return html! { td { "–" } },
        Some(Err(_)) => return html! { td { "failed" } },
        Some(Ok(measured)) => measured,
    };
    let estimate = &measured.estimate;
    let largest = estimate.largest();
    let share = shade(largest.speedup().median, workers);
    let in_serial_time = |n| words::time(estimate.base_time_at(n));
    html! {
        td style={ "--share:" (share) "%" } {
            (sentences::short_answer(estimate, "", in_serial_time)) br;
            b { (sentences::speedup(largest)) }
        }
    }
}

/// How strong the shade of a cell is, in percent: 0 where it loses or nothing is gained, 100 where each worker counts
/// in full.
fn shade(speedup: f64, workers: usize) -> i32 {
    let full = (workers as f64).max(2.0).ln();
    (100.0 * (speedup.ln() / full).clamp(0.0, 1.0)).round() as i32
}
