//! When something was sampled, as the frames carry it. Server and load run on one machine and share its clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// Bytes of a stamp in a binary frame.
pub(crate) const STAMP_BYTES: usize = 8;

/// Microseconds since 1970.
pub(crate) fn now_us() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros() as u64)
}

/// The stamp at the front of a frame; `None` when the frame is too short or carries none (zero).
pub(crate) fn read(frame: &[u8]) -> Option<u64> {
    let bytes = frame.first_chunk::<STAMP_BYTES>()?;
    Some(u64::from_le_bytes(*bytes)).filter(|&stamp| stamp != 0)
}

/// A frame of `bytes` bytes, at least a stamp's, with the stamp at its front.
pub(crate) fn frame(stamp_us: u64, bytes: usize) -> Vec<u8> {
    let mut frame = vec![0; bytes.max(STAMP_BYTES)];
    frame[..STAMP_BYTES].copy_from_slice(&stamp_us.to_le_bytes());
    frame
}

/// Milliseconds from a stamp until now.
pub(crate) fn age_ms(stamp_us: u64, now_us: u64) -> f64 {
    now_us.saturating_sub(stamp_us) as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_survives_its_frame_and_zero_is_none() {
        assert_eq!(read(&frame(1_234_567, 90)), Some(1_234_567));
        assert_eq!(frame(1, 90).len(), 90);
        assert_eq!(frame(1, 3).len(), STAMP_BYTES);
        assert_eq!(read(&frame(0, 90)), None);
        assert_eq!(read(&[1, 2, 3]), None);
        assert_eq!(age_ms(1_000, 3_500), 2.5);
    }
}
