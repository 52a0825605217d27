//! Whom a STUN request is for, read before anything is spent on it.

/// Type of the attribute that names both ends, and the constant that every message has (RFC 8489 sections 5 and 14.3).
const USERNAME: u16 = 0x0006;
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const HEAD: usize = 20;

/// Whether this datagram is one of STUN.
pub(crate) fn is_stun(bytes: &[u8]) -> bool {
    bytes.len() >= HEAD && bytes[0] < 4 && bytes[4..8] == COOKIE
}

/// The name of our end in a request: what stands before the colon of its username.
pub(crate) fn ufrag(bytes: &[u8]) -> Option<&str> {
    if !is_stun(bytes) {
        return None;
    }
    let mut rest = &bytes[HEAD..];
    while let [t0, t1, l0, l1, after @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*l0, *l1]));
        let value = after.get(..length)?;
        if u16::from_be_bytes([*t0, *t1]) == USERNAME {
            return std::str::from_utf8(value).ok()?.split(':').next();
        }
        rest = after.get(length.next_multiple_of(4)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn request(attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![0, 1, 0, 0];
        bytes.extend(COOKIE);
        bytes.extend([7; 12]);
        for (kind, value) in attributes {
            bytes.extend(kind.to_be_bytes());
            bytes.extend((value.len() as u16).to_be_bytes());
            bytes.extend(*value);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
        bytes
    }

    #[test]
    fn a_request_names_our_end_before_the_colon() {
        let bytes = request(&[(0x24, &[1, 2, 3, 4]), (USERNAME, b"ours:theirs")]);
        assert_eq!(ufrag(&bytes), Some("ours"));
        assert_eq!(ufrag(&request(&[(0x24, &[1])])), None);
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_is_not(bytes in prop::collection::vec(any::<u8>(), 0..80), head in any::<bool>()) {
            let mut told = if head { request(&[]) } else { Vec::new() };
            told.extend(bytes);
            let _ = ufrag(&told);
        }
    }
}
