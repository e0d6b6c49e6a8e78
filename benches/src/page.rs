//! The results as one HTML file that needs nothing else: no network, no script.

use std::error::Error;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::crossing::Pays;
use crate::survey::{Measured, Survey, WorkloadResult};
use crate::{figure, tables, words};

const STYLE: &str = "
:root { color-scheme: light dark; --line: #8886; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1rem; }
figure { margin: 1rem 0; background: white; border: 1px solid var(--line); border-radius: 6px; overflow-x: auto; }
svg { display: block; width: 100%; min-width: 40rem; height: auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; }
dl { display: grid; grid-template-columns: max-content auto; gap: 0 1rem; }
dd { margin: 0; }
";

/// The whole page.
///
/// # Errors
///
/// Those of [`figure::svg`].
pub fn page(survey: &Survey) -> Result<String, Box<dyn Error>> {
    let mut sections = Vec::new();
    for result in &survey.workloads {
        sections.push(section(result, survey.workers)?);
    }
    let machine = &survey.machine;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Crossover: where parallel begins to pay" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Where parallel begins to pay" }
                p {
                    "Each figure shows how long one run takes against its number of items, serial and in every "
                    "parallel way with " (survey.workers) " workers. A way pays where its curve is below the "
                    "black one. Far left it shows its overhead: what it costs to do nothing. A ring marks the "
                    "crossover, the size from which it is faster."
                }
                @for section in sections { (section) }
                h2 { "Machine" }
                dl {
                    dt { "processor" } dd { (machine.cpu) ", " (machine.cores) " cores" }
                    dt { "system" } dd { (machine.kernel) }
                    dt { "compiler" } dd { (machine.rustc) }
                    dt { "commit" } dd { (machine.commit) }
                }
                h2 { "How it was measured" }
                p {
                    "Each way ran in a process of its own. Serial and parallel runs took turns; what counts is "
                    "their ratio, pair by pair. Times are medians. The crossover is where the median ratio "
                    "changes sides, interpolated between sizes; its interval comes from a bootstrap over rounds. "
                    "Every answer was compared with the serial one."
                }
            }
        }
    };
    Ok(page.into_string())
}

fn section(result: &WorkloadResult, workers: usize) -> Result<Markup, Box<dyn Error>> {
    let figure = if result.measured().next().is_some() {
        figure::svg(result)?
    } else {
        String::new()
    };
    let table = tables::crossovers(result, workers);
    Ok(html! {
        h2 { (result.name) }
        @if !result.details.is_empty() { p { (result.details) "." } }
        p { (what_to_see(result)) }
        figure { (PreEscaped(figure)) }
        div.wide { table {
            tr { @for title in &table.head { th { (title) } } }
            @for row in &table.rows { tr { @for cell in row { td { (cell) } } } }
        } }
    })
}

/// A sentence on who pays first, and who never does.
fn what_to_see(result: &WorkloadResult) -> String {
    let from = |measured: &Measured| match measured.estimate.pays() {
        Pays::From(crossing) | Pays::Between(Some(crossing), _) => Some(crossing.n),
        Pays::Always(n) => Some(n as f64),
        Pays::Between(None, _) | Pays::Never(_) | Pays::NoDifference(_) => None,
    };
    let first = result
        .measured()
        .filter_map(|(name, measured)| Some((from(measured)?, name)))
        .min_by(|a, b| a.0.total_cmp(&b.0));
    let never: Vec<_> = result
        .measured()
        .filter(|(_, measured)| from(measured).is_none())
        .map(|(name, _)| name)
        .collect();
    let first = match first {
        Some((n, name)) => format!("{name} begins to pay first, at n ≈ {}.", words::count(n)),
        None => "Serial code wins at every size that was measured.".to_owned(),
    };
    match &never[..] {
        [] => first,
        names => format!("{first} Never, at these sizes: {}.", names.join(", ")),
    }
}
