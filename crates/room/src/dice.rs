//! Randomness from a seed in the room's state: the same room makes the same ids and places on every machine.

use smol_str::SmolStr;
use thexr_wire::ids::base62;

/// One of many independent numbers of a seed; `stream` is a seq or another thing that never repeats.
///
/// Source: SplitMix64, Steele, Lea, Flood, "Fast splittable pseudorandom number generators".
pub fn roll(seed: u64, stream: u64, index: u64) -> u64 {
    let mixed = mix(seed ^ mix(stream.wrapping_add(0x9e37_79b9_7f4a_7c15)));
    mix(mixed.wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
}

fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number in `0.0..1.0`.
pub fn unit(seed: u64, stream: u64, index: u64) -> f32 {
    (roll(seed, stream, index) >> 40) as f32 / (1u64 << 24) as f32
}

/// An entity id of five base62 characters.
pub fn entity_id(seed: u64, stream: u64, index: u64) -> SmolStr {
    base62(u128::from(roll(seed, stream, index)), 5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_same_seed_rolls_the_same() {
        assert_eq!(roll(1, 2, 3), roll(1, 2, 3));
        assert_ne!(roll(1, 2, 3), roll(1, 3, 2));
    }

    #[test]
    fn ten_thousand_ids_hardly_ever_repeat() {
        let ids: BTreeSet<_> = (0..10_000).map(|seq| entity_id(7, seq, 0)).collect();
        assert!(ids.len() > 9_995, "{}", ids.len());
    }
}
