//! A torn read: two fields that belong together, one read before a change and one after it.

use crate::platform::{Mutex, note, together};

/// Each field has a lock of its own.
pub fn broken() {
    let write = |point: &[Mutex<u32>; 2], me| {
        for field in point {
            *field.lock() = 1;
            note(me, "writes a field");
        }
    };
    let read = |point: &[Mutex<u32>; 2], me| {
        let x = *point[0].lock();
        note(me, format!("reads x = {x}"));
        let y = *point[1].lock();
        note(me, format!("reads y = {y}"));
        assert!(x == y, "x and y do not belong together");
    };
    together([Mutex::new(0), Mutex::new(0)], [write, read]);
}

/// Both fields have the same lock.
pub fn mended() {
    let write = |point: &Mutex<[u32; 2]>, me| {
        *point.lock() = [1, 1];
        note(me, "writes both");
    };
    let read = |point: &Mutex<[u32; 2]>, me| {
        let [x, y] = *point.lock();
        note(me, format!("reads {x} and {y}"));
        assert!(x == y, "x and y do not belong together");
    };
    together(Mutex::new([0, 0]), [write, read]);
}
