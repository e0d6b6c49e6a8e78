//! The values that an engine keeps between calls.

use std::any::{Any, type_name};
use std::collections::BTreeMap;

/// Values by their names, on one engine.
///
/// They stay there until the engine ends. Functions of a [direct view](super::DirectView) are given them, and
/// `push`, `pull`, `scatter` and `gather` move them.
#[derive(Debug, Default)]
pub struct Names(BTreeMap<String, (Box<dyn Any>, &'static str)>);

impl Names {
    /// Gives a value a name. If the name had a value, that one is dropped.
    pub fn set<T: 'static>(&mut self, name: &str, value: T) {
        self.0
            .insert(name.to_owned(), (Box::new(value), type_name::<T>()));
    }

    /// The value of this name.
    ///
    /// # Panics
    ///
    /// If there is none, or it has another type. The panic of a function is the error of its call, which names the line
    /// of this call.
    #[track_caller]
    pub fn get<T: 'static>(&self, name: &str) -> &T {
        let Some((value, its_type)) = self.0.get(name) else {
            panic!("this engine has no value `{name}`");
        };
        match value.downcast_ref() {
            Some(value) => value,
            None => wrong_type::<T>(name, its_type),
        }
    }

    /// The value of this name, to change it.
    ///
    /// # Panics
    ///
    /// As [`get`](Self::get).
    #[track_caller]
    pub fn get_mut<T: 'static>(&mut self, name: &str) -> &mut T {
        let Some((value, its_type)) = self.0.get_mut(name) else {
            panic!("this engine has no value `{name}`");
        };
        match value.downcast_mut() {
            Some(value) => value,
            None => wrong_type::<T>(name, its_type),
        }
    }

    /// Drops the value of this name, if there is one.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }
}

#[track_caller]
fn wrong_type<T>(name: &str, its_type: &str) -> ! {
    panic!("`{name}` is a {its_type}, not a {}", type_name::<T>())
}
