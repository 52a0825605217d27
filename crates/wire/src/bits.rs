//! Bit packing, most significant bit first. Owns nothing but the cursor.

/// Writes bit fields into a zeroed byte buffer.
pub struct BitWriter<'a> {
    bytes: &'a mut [u8],
    at: usize,
}

impl<'a> BitWriter<'a> {
    /// Starts at the first bit of a zeroed buffer.
    pub fn new(bytes: &'a mut [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Appends the low `width` bits (≤ 32). Panics beyond the buffer's end: record layouts are fixed.
    pub fn write(&mut self, value: u32, width: u32) {
        let mut left = width;
        while left > 0 {
            let free = 8 - (self.at % 8) as u32;
            let take = left.min(free);
            let bits = value >> (left - take) & ((1 << take) - 1);
            self.bytes[self.at / 8] |= (bits << (free - take)) as u8;
            self.at += take as usize;
            left -= take;
        }
    }
}

/// Reads bit fields.
pub struct BitReader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> BitReader<'a> {
    /// Starts at the first bit.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Reads `width` bits (≤ 32). Panics beyond the buffer's end: callers check the record's length first.
    pub fn read(&mut self, width: u32) -> u32 {
        let (mut value, mut left) = (0, width);
        while left > 0 {
            let free = 8 - (self.at % 8) as u32;
            let take = left.min(free);
            let bits = u32::from(self.bytes[self.at / 8]) >> (free - take) & ((1 << take) - 1);
            value = value << take | bits;
            self.at += take as usize;
            left -= take;
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_back_in_order() {
        let mut bytes = [0; 8];
        let mut writer = BitWriter::new(&mut bytes);
        for (value, width) in [(5, 3), (0xffff, 16), (0, 1), (0xdead_beef, 32)] {
            writer.write(value, width);
        }
        let mut reader = BitReader::new(&bytes);
        assert_eq!([3, 16, 1, 32].map(|width| reader.read(width)), [5, 0xffff, 0, 0xdead_beef]);
    }
}
