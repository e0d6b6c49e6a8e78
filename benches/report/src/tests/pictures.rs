//! Figures that are SVG files of their own.

use std::time::Duration;

use laboratory::machine::Machine;
use laboratory::survey::Survey;

use super::made_up::{CALM, all_kinds, cell, result};
use super::{assert_has, page};
use crate::chart::INKS;

fn pictures() -> Vec<(String, String)> {
    let survey = Survey {
        machine: Machine::this(),
        busy: CALM,
        workers: 2,
        pause: Duration::ZERO,
        noise_floor: 0.01,
        workloads: vec![all_kinds(), result(vec![cell("b", Err("it failed"))])],
    };
    let pictures = page::crossover_pictures(&survey);
    pictures.map(|(name, it)| (name.to_owned(), it)).collect()
}

/// The tags of a picture, without their brackets, and the texts between them. No text has a bracket in it, escaped ones
/// apart.
fn tags_and_texts(picture: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut tags, mut texts) = (Vec::new(), Vec::new());
    for piece in picture.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag ends");
        assert!(!text.contains('>'), "{text}");
        tags.push(tag);
        texts.push(text);
    }
    (tags, texts)
}

#[test]
fn what_was_measured_has_a_picture_with_every_name() {
    let pictures = pictures();
    assert_eq!(pictures.len(), 1, "of the other one nothing was measured");
    let (name, picture) = &pictures[0];
    assert_eq!(name, "squares");
    let names = ["serial", "b", "&lt;f&gt; &amp; &quot;g&quot;", "k"];
    let others = ["squares: time of one run", "starts to win", "stops winning"];
    let names = names.iter().chain(&others).map(|it| format!(">{it}<"));
    let names: Vec<_> = names.collect();
    assert_has(
        picture,
        &names.iter().map(String::as_str).collect::<Vec<_>>(),
    );
}

#[test]
fn a_picture_is_well_formed_xml() {
    for (_, picture) in pictures() {
        assert!(picture.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
        let (tags, texts) = tags_and_texts(&picture);
        let mut open = Vec::new();
        for (k, tag) in tags.iter().enumerate() {
            let name = tag.split([' ', '\n']).next().expect("there is one");
            if let Some(name) = name.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name), "{tag}");
            } else if !tag.ends_with('/') {
                open.push(name);
            }
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
            assert_eq!(
                open.is_empty(),
                k + 1 == tags.len(),
                "one element has all others"
            );
        }
        for part in tags.into_iter().chain(texts) {
            for (at, _) in part.match_indices('&') {
                let known = ["&lt;", "&gt;", "&amp;", "&quot;"];
                assert!(known.iter().any(|it| part[at..].starts_with(it)), "{part}");
            }
        }
    }
}

#[test]
fn every_ink_and_class_of_a_picture_has_a_style() {
    for (_, picture) in pictures() {
        assert_has(&picture, &[INKS, "prefers-color-scheme: dark"]);
        let (mut tags, _) = tags_and_texts(&picture);
        tags.retain(|tag| !tag.contains(" opacity=\"0\"")); // not to be seen
        let values = |attribute: &str| -> Vec<&str> {
            let rests = tags
                .iter()
                .filter_map(|tag| Some(tag.split_once(attribute)?.1));
            rests.filter_map(|rest| rest.split('"').next()).collect()
        };
        assert_eq!(values(" class=\""), ["card"]);
        assert_has(INKS, &[".card {"]);
        for kind in ["fill", "stroke"] {
            let inks = values(&format!(" {kind}=\""));
            assert!(inks.len() > 20, "{kind}");
            for ink in inks.into_iter().filter(|&ink| ink != "none") {
                // Of a curve's ink, the last digit says how it is dashed.
                let mut rules = [6, 7]
                    .map(|end| format!("[{kind}^=\"{}\"]", &ink[..end]))
                    .into_iter();
                assert!(rules.any(|rule| INKS.contains(&rule)), "{kind} {ink}");
            }
        }
    }
}
