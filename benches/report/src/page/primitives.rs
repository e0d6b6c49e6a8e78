//! What the primitives cost: the least that this machine allows, and what is built on it.

use laboratory::floors::{self, ContestResult, Floors};
use maud::html;

use super::{Chapter, Section};
use crate::chart::{Axis, Bar, Bars, Scale};
use crate::{sentences, tables, words};

const TIME: Axis = Axis::new("time of one operation", Scale::Log, words::time);
const COPIED: Axis = Axis::new("bytes copied per second", Scale::Linear, words::rate);

/// A section for each group of floors.
pub(super) fn chapter(floors: Option<&Floors>) -> Chapter {
    let mut sections = Vec::new();
    if let Some(floors) = floors {
        sections.extend(floors.groups().map(section));
        if let Some(last) = sections.last_mut() {
            last.remarks = sentences::floors::what_is_absent(floors);
        }
    }
    Chapter {
        id: "primitives",
        title: "What the primitives cost",
        lead: html! {
            p {
                "A floor is the least time that this machine allows for one operation: the bare system call or instruction. "
                "An arrow marks what is built on the floor above it, and how many times as long that takes."
            }
        },
        command: "--example floors",
        sections,
    }
}

fn section(of_group: &[ContestResult]) -> Section {
    let group = of_group[0].contest.group;
    let (title, what_to_see) = sentences::floors::about(group);
    let figure = Bars {
        title: title.to_owned(),
        x: if group.is_of_bytes() { COPIED } else { TIME },
        rows: bars(of_group),
        parts: Vec::new(),
    };
    Section {
        id: format!("floors-{}", group as usize),
        title: title.to_owned(),
        text: html! { p { (what_to_see) } },
        figures: vec![figure.figure()],
        table: tables::floors(of_group),
        ..Section::default()
    }
}

/// A bar for each floor, and below it one for each thing that is built on it.
fn bars(of_group: &[ContestResult]) -> Vec<Bar> {
    let bar = |label, length, note| Bar {
        label,
        parts: vec![length],
        note,
    };
    let mut bars = Vec::new();
    for floor in of_group.chunk_by(|a, b| a.contest.has_floor_of(&b.contest)) {
        for (k, (contest, place)) in floors::measured(floor).enumerate() {
            if k == 0 {
                let label = sentences::floors::name(contest);
                let seconds = place.base.median;
                let rate = contest.bytes as f64 / seconds;
                bars.push(if contest.group.is_of_bytes() {
                    bar(label, rate, words::rate(rate))
                } else {
                    bar(label, seconds, words::time(seconds))
                });
            }
            if let Some(rival) = &contest.rival {
                let (time, ratio) = (place.rival.median, place.ratio.median);
                let note = format!("{} = {}", words::time(time), words::times(ratio));
                bars.push(bar(format!("→ {rival}"), time, note));
            }
        }
    }
    bars
}
