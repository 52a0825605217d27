//! PNG files of plain pixels. Source: W3C, "Portable Network Graphics (PNG) Specification", third edition.

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use std::io::Write;

/// Eight bits of red, green and blue, no palette, not interlaced.
const FORMAT: [u8; 5] = [8, 2, 0, 0, 0];
/// Each row is what differs from the row above: floors and skies become almost nothing.
const FILTER_UP: u8 = 2;

/// A file of rows of red, green and blue.
///
/// # Panics
/// When there are not `width` times 3 bytes in each row: a defect of ours.
pub(super) fn encoded(width: u32, rows: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let height = rows.len() as u32;
    chunk(&mut file, b"IHDR", &[&width.to_be_bytes()[..], &height.to_be_bytes(), &FORMAT].concat());
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    let mut above = vec![0; width as usize * 3];
    for row in rows {
        assert_eq!(row.len(), above.len(), "a row of the picture");
        let changes: Vec<u8> = row.iter().zip(&above).map(|(now, above)| now.wrapping_sub(*above)).collect();
        packed
            .write_all(&[FILTER_UP])
            .and_then(|()| packed.write_all(&changes))
            .expect("a Vec takes any bytes");
        above.clone_from(row);
    }
    chunk(&mut file, b"IDAT", &packed.finish().expect("a Vec takes any bytes"));
    chunk(&mut file, b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let mut sum = Crc::new();
    sum.update(kind);
    sum.update(data);
    file.extend((data.len() as u32).to_be_bytes());
    file.extend(kind);
    file.extend(data);
    file.extend(sum.sum().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_file_holds_its_size_and_its_pixels() {
        let rows = vec![vec![1, 2, 3, 250, 251, 252], vec![2, 2, 2, 0, 0, 0]];
        let file = encoded(2, &rows);
        assert!(file.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x02"));
        let data = file.windows(4).position(|kind| kind == b"IDAT").unwrap() + 4;
        let mut bytes = Vec::new();
        flate2::read::ZlibDecoder::new(&file[data..]).read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, [2, 1, 2, 3, 250, 251, 252, 2, 1, 0, 255, 6, 5, 4]);
        assert!(file.ends_with(b"IEND\xae\x42\x60\x82"), "a checksum that every reader knows");
    }
}
