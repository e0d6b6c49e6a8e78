//! What the machine allows at least, and what is built on it.

use maud::html;

use crate::chart::{Axis, Bars, Row, Scale, Unit};
use crate::floors::{Copying, Floors, Group, Placement};
use crate::page::Section;
use crate::{tables, words};

/// What the machine allows at least, and what is built on it.
pub(super) fn sections(floors: Option<&Floors>) -> Vec<Section> {
    let Some(floors) = floors else {
        return Vec::new();
    };
    let section = |group: Group| {
        let bars = if group == Group::Copying {
            let row = |copying: &Copying| Row {
                label: copying.name.clone(),
                parts: vec![(0, copying.bytes_per_second)],
                note: words::rate(copying.bytes_per_second),
            };
            Bars {
                title: group.title().to_owned(),
                x: Axis::new(
                    "bytes copied in a second",
                    Scale::Linear,
                    Unit::BytesPerSecond,
                ),
                rows: floors.copying.iter().map(row).collect(),
                parts: Vec::new(),
            }
        } else {
            let rows = floors
                .rows
                .iter()
                .filter(|row| row.group == group)
                .flat_map(|floor| {
                    let place = floor.placement.map_or("", |place| match place {
                        Placement::OneCore => ", one core",
                        Placement::TwoCores => ", two cores",
                    });
                    let least = Row {
                        label: format!("{}{place}", floor.name),
                        parts: vec![(0, floor.median())],
                        note: words::time(floor.median()),
                    };
                    let ours = floor.ours.iter().map(|ours| Row {
                        label: format!("→ {}", ours.name),
                        parts: vec![(0, ours.median())],
                        note: format!(
                            "{} = {:.2}×",
                            words::time(ours.median()),
                            ours.multiple_of(floor).estimate
                        ),
                    });
                    std::iter::once(least).chain(ours).collect::<Vec<_>>()
                });
            Bars {
                title: group.title().to_owned(),
                x: Axis::new("time of one operation", Scale::Log, Unit::Seconds),
                rows: rows.collect(),
                parts: Vec::new(),
            }
        };
        if bars.rows.is_empty() {
            return None;
        }
        let id = group
            .title()
            .split(' ')
            .next()
            .unwrap_or_default()
            .to_lowercase();
        Some(Section {
            id: format!("floors-{id}-{}", group as usize),
            title: format!("Floors: {}", group.title()),
            text: html! {
                p {
                    (group.what_to_see()) " An arrow marks what is built on the floor above it, and how many times as "
                    "long it takes."
                }
            },
            figure: Some(bars.figure()),
            table: Some(tables::floors(floors, group).into()),
            ..Section::default()
        })
    };
    let mut sections: Vec<_> = Group::ALL.into_iter().filter_map(section).collect();
    if let Some(last) = sections.last_mut() {
        last.after = html! { @for sentence in floors.what_is_absent() { p.remark { (sentence) } } };
    }
    sections
}
