//! What the primitives cost: the least that this machine allows, and what is built on it.

use laboratory::floors::{Floor, Floors, Group};
use maud::html;

use super::{Chapter, Section};
use crate::chart::{Axis, Bar, Bars, Scale};
use crate::{sentences, tables, words};

const TIME: Axis = Axis::new("time of one operation", Scale::Log, words::time);
const COPIED: Axis = Axis::new("bytes copied in a second", Scale::Linear, words::rate);

/// A section for each group of floors.
pub(super) fn chapter(floors: Option<&Floors>) -> Chapter {
    let sections = floors.map_or_else(Vec::new, |floors| {
        let mut sections = Group::ALL.map(|group| section(floors, group));
        sections[Group::ALL.len() - 1].remarks = sentences::floors::what_is_absent(floors);
        sections.to_vec()
    });
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
        ..Chapter::default()
    }
}

fn section(floors: &Floors, group: Group) -> Section {
    let title = sentences::floors::title(group);
    let of_group = floors.floors.iter().filter(|floor| floor.group == group);
    let copied = group == Group::Copying;
    let bars = Bars {
        title: title.to_owned(),
        x: if copied { COPIED } else { TIME },
        rows: of_group.flat_map(bars).collect(),
        parts: Vec::new(),
    };
    Section {
        id: format!("floors-{}", group as usize),
        title: title.to_owned(),
        text: html! { p { (sentences::floors::what_to_see(group)) } },
        figures: vec![bars.figure()],
        table: tables::floors(floors, group),
        ..Section::default()
    }
}

/// A bar for the floor, and one for each thing that is built on it.
fn bars(floor: &Floor) -> Vec<Bar> {
    let Some(seconds) = floor.seconds().map(|range| range.median) else {
        return Vec::new();
    };
    let place = floor.placement.map_or_else(String::new, |placement| {
        format!(", {}", sentences::floors::cores(placement))
    });
    let (length, note) = match floor.bytes {
        Some(bytes) => (bytes as f64 / seconds, words::rate(bytes as f64 / seconds)),
        None => (seconds, words::time(seconds)),
    };
    let least = Bar {
        label: format!("{}{place}", floor.name),
        parts: vec![length],
        note,
    };
    let built = tables::built_on(floor).map(|(name, place)| {
        let (time, ratio) = (place.rival.median, place.ratio.median);
        Bar {
            label: format!("→ {name}"),
            parts: vec![time],
            note: format!("{} = {}", words::time(time), words::times(ratio)),
        }
    });
    std::iter::once(least).chain(built).collect()
}
