//! The decoder of frames, with frames of up to 255 bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| fuzz::frames::check(input, 1));
