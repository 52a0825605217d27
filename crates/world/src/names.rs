//! What components, and events of makers' own, may be called.

/// Most characters of a component's name.
pub const NAME_CHARS_MAX: usize = 64;

/// Whether a component may be called so: lower-case letters, digits and `_`, at most 64.
pub fn is_name(name: &str) -> bool {
    (1..=NAME_CHARS_MAX).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
