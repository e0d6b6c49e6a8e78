//! The decoder of frames, with frames of up to a megabyte: larger than its room, so it has to grow.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| fuzz::frames::check(input, 4096));
