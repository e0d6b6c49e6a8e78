//! Many seeds at once: the kernel of [`random-squares`](super) that fills one core.
//!
//! # Why it is faster
//!
//! Seeding MT19937 is the chain `s[i] = 1812433253 * (s[i-1] ^ s[i-1] >> 30) + i`: every step waits
//! about a dozen cycles for the one before. But different seeds are independent. So this kernel
//! keeps [`LANES`] seeds side by side in arrays and does each step for all of them; the compiler
//! turns the inner loops into SIMD instructions (16 seeds each with AVX-512, 8 with AVX2, 4 with
//! NEON), and enough of those are in flight to hide the wait.
//!
//! It also does less. Output `k` of the generator depends on states `k`, `k + 1` and `k + 397` only
//! (the twist), so for the first [`DRAWS`] outputs seeding can stop at state `397 + DRAWS - 1`
//! instead of 623, and only `2 * DRAWS + 1` states are kept. A seed whose first [`DRAWS`] draws all
//! exceed 9, which happens to 0.375^8 = 0.04% of them, goes to the plain kernel.
//!
//! Source of the recurrences: Matsumoto and Nishimura, "Mersenne Twister" (1998), and its 2002
//! initialisation `init_genrand`.

use multiversion::multiversion;
use multiversion::target::match_target;

use super::square_of_draw;

/// Seeds that are computed side by side: enough vectors in flight to hide a multiplication's latency,
/// few enough to stay in the first-level cache.
pub const LANES: usize = 128;

/// From this many seeds on, a whole block is faster than the plain kernel for each.
const WORTH_A_BLOCK: usize = 4;

/// Outputs that are tried before a seed is given to the plain kernel.
pub const DRAWS: usize = 8;

/// One number for each seed.
type Lanes = [u32; LANES];

const INIT_MULTIPLIER: u32 = 1_812_433_253;
const TWIST_DISTANCE: usize = 397;
const TWIST_MATRIX: u32 = 0x9908_b0df;
const UPPER_BIT: u32 = 0x8000_0000;

/// What a lane holds that has not drawn a digit yet.
const UNDECIDED: u8 = u8::MAX;

/// Computes the squares of the digits that seeds `first .. first + out.len()` draw.
pub fn fill(first: usize, out: &mut [u8]) {
    let mut seed = first as u32;
    let mut blocks = out.chunks_exact_mut(LANES);
    for block in &mut blocks {
        draw_block(
            seed,
            block
                .try_into()
                .expect("chunks_exact gives blocks of LANES"),
        );
        seed = seed.wrapping_add(LANES as u32);
    }
    let rest = blocks.into_remainder();
    if rest.len() < WORTH_A_BLOCK {
        for (lane, square) in rest.iter_mut().enumerate() {
            *square = square_of_draw(seed.wrapping_add(lane as u32));
        }
    } else {
        let mut block = [0; LANES];
        draw_block(seed, &mut block);
        rest.copy_from_slice(&block[..rest.len()]);
    }
}

/// The instruction set that [`fill`] uses on this machine, for reports.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
pub fn instruction_set() -> &'static str {
    match_target! {
        "x86_64+avx512f" => "AVX-512",
        "x86_64+avx2" => "AVX2",
        "aarch64+neon" => "NEON",
        _ => "no SIMD beyond the baseline",
    }
}

/// Computes one block: the squares for seeds `seed .. seed + LANES`.
fn draw_block(seed: u32, out: &mut [u8; LANES]) {
    draw_lanes(seed, out);
    for (lane, square) in out.iter_mut().enumerate() {
        if *square == UNDECIDED {
            *square = square_of_draw(seed.wrapping_add(lane as u32));
        }
    }
}

/// Seeds all lanes, and leaves in `out` each one's square, or `UNDECIDED`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn draw_lanes(seed: u32, out: &mut [u8; LANES]) {
    let mut low = [[0; LANES]; DRAWS + 1]; // states 0 ..= DRAWS
    let mut high = [[0; LANES]; DRAWS]; // states TWIST_DISTANCE .. TWIST_DISTANCE + DRAWS

    let mut state: Lanes = std::array::from_fn(|lane| seed.wrapping_add(lane as u32));
    low[0] = state;
    for index in 1..TWIST_DISTANCE + DRAWS {
        for s in &mut state {
            *s = INIT_MULTIPLIER
                .wrapping_mul(*s ^ (*s >> 30))
                .wrapping_add(index as u32);
        }
        if let Some(kept) = low.get_mut(index) {
            *kept = state;
        } else if index >= TWIST_DISTANCE {
            high[index - TWIST_DISTANCE] = state;
        }
    }

    out.fill(UNDECIDED);
    for draw in 0..DRAWS {
        for lane in 0..LANES {
            let digit = (temper(twist(
                low[draw][lane],
                low[draw + 1][lane],
                high[draw][lane],
            )) & 15) as u8;
            let undecided = out[lane] == UNDECIDED;
            out[lane] = if undecided && digit <= 9 {
                digit * digit
            } else {
                out[lane]
            };
        }
    }
}

/// The generator's next state `k`, from its states `k`, `k + 1` and `k + 397`.
#[inline]
fn twist(this: u32, next: u32, distant: u32) -> u32 {
    let mixed = (this & UPPER_BIT) | (next & !UPPER_BIT);
    distant ^ (mixed >> 1) ^ ((mixed & 1) * TWIST_MATRIX)
}

/// The output for a state.
#[inline]
fn temper(state: u32) -> u32 {
    let mut y = state;
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c_5680;
    y ^= (y << 15) & 0xefc6_0000;
    y ^ (y >> 18)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_plain_kernel_wherever_a_range_starts_and_ends() {
        for first in [0, 1, 127, 1_000_003, u32::MAX as usize - 300] {
            for len in [0, 1, LANES - 1, LANES, LANES + 1, 1_000] {
                let mut out = vec![0; len];
                fill(first, &mut out);
                let plain: Vec<u8> = (first..first + len)
                    .map(|seed| square_of_draw(seed as u32))
                    .collect();
                assert_eq!(out, plain, "{len} items from {first}");
            }
        }
    }
}
