//! Canonical JSON: sorted keys, finite numbers, `1` = `1.0`. Owns the spelling of everything stored, hashed or compared.

use serde_json::Value;
use std::fmt::Write;

/// Largest float that is still spelt as an integer: every integer up to here is exact.
const INTEGER_MAX: f64 = 9_007_199_254_740_992.0;

/// What a piece of the heap costs beside what is in it, and what the smallest one costs.
const HEAP_BYTES: usize = 16;
const HEAP_BYTES_MIN: usize = 32;
/// A node of an object's map: room for eleven members, however few they are.
const MAP_NODE_BYTES: usize = 640;
/// How many members a node of a larger map has at least, as keys come in order.
const MAP_NODE_FILLED: usize = 6;

/// Room for the text of most values: it is asked for once for each change.
const CANONICAL_BYTES_USUAL: usize = 64;

/// Counts what is written to it.
struct Length(usize);

impl Write for Length {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

/// The canonical text of a value.
pub fn canonical(value: &Value) -> String {
    let mut out = String::with_capacity(CANONICAL_BYTES_USUAL);
    write_canonical(value, &mut out);
    out
}

/// How many bytes the canonical text of a value has; the text is not made.
pub fn canonical_bytes(value: &Value) -> usize {
    let mut length = Length(0);
    write_canonical(value, &mut length);
    length.0
}

/// Appends the canonical text of a value.
pub fn write_canonical(value: &Value, out: &mut impl Write) {
    write_value(value, out).unwrap_or_else(|_| unreachable!("{NEVER_FULL}"));
}

/// Appends a JSON string.
pub fn write_string(text: &str, out: &mut impl Write) {
    write_text(text, out).unwrap_or_else(|_| unreachable!("{NEVER_FULL}"));
}

const NEVER_FULL: &str = "a text takes whatever is written to it";

fn write_value(value: &Value, out: &mut impl Write) -> std::fmt::Result {
    match value {
        Value::Null => out.write_str("null"),
        Value::Bool(flag) => out.write_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => write_number(number, out),
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.write_char('[')?;
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.write_char(',')?;
                }
                write_value(item, out)?;
            }
            out.write_char(']')
        }
        Value::Object(map) => {
            // serde_json's map may keep insertion order when some crate asks it to: sort here, whatever it does.
            let mut members: Vec<(&String, &Value)> = map.iter().collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            out.write_char('{')?;
            for (index, (key, item)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.write_char(',')?;
                }
                write_text(key, out)?;
                out.write_char(':')?;
                write_value(item, out)?;
            }
            out.write_char('}')
        }
    }
}

fn write_text(text: &str, out: &mut impl Write) -> std::fmt::Result {
    let plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if text.bytes().all(plain) {
        out.write_char('"')?;
        out.write_str(text)?;
        return out.write_char('"');
    }
    out.write_str(&serde_json::to_string(text).unwrap_or_else(|_| unreachable!("a str is always JSON")))
}

fn write_number(number: &serde_json::Number, out: &mut impl Write) -> std::fmt::Result {
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() <= INTEGER_MAX => {
            write!(out, "{}", float as i64)
        }
        _ => write!(out, "{number}"),
    }
}

/// Whether two values are the same JSON: `1` equals `1.0`, key order does not matter.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// Whether a value nests deeper than `levels` arrays and objects; never recurses deeper than that itself.
pub fn deeper_than(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(|item| deeper_than(item, levels - 1)),
        Value::Object(map) => levels == 0 || map.values().any(|item| deeper_than(item, levels - 1)),
        _ => false,
    }
}

/// JSON values in this one, itself included: each item of an array and each member of an object counts.
pub fn nodes(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(nodes).sum::<usize>(),
        Value::Object(map) => 1 + map.values().map(nodes).sum::<usize>(),
        _ => 1,
    }
}

/// Bytes of memory that a value takes, about, and rather more than less.
pub fn memory(value: &Value) -> usize {
    let heap = match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text_memory(text),
        Value::Array(items) => HEAP_BYTES + items.iter().map(memory).sum::<usize>(),
        Value::Object(map) => {
            let members = map.iter().map(|(key, item)| text_memory(key) + memory(item));
            map.len().div_ceil(MAP_NODE_FILLED) * MAP_NODE_BYTES + members.sum::<usize>()
        }
    };
    size_of::<Value>() + heap
}

fn text_memory(text: &str) -> usize {
    if text.is_empty() { 0 } else { (HEAP_BYTES + text.len()).max(HEAP_BYTES_MIN) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_and_whole_floats_are_integers() {
        let value = json!({"b": 1.0, "a": [-0.0, 0.5, 1e300], "c": {"z": null, "y": "ü\n"}});
        assert_eq!(canonical(&value), r#"{"a":[0,0.5,1e+300],"b":1,"c":{"y":"ü\n","z":null}}"#);
    }

    #[test]
    fn one_is_one_point_zero() {
        assert!(same(&json!({"a": [1]}), &json!({"a": [1.0]})));
        assert!(!same(&json!({"a": [1]}), &json!({"a": [1], "b": 2})));
    }

    #[test]
    fn depth_is_counted_in_arrays_and_objects() {
        assert!(!deeper_than(&json!([[1]]), 2));
        assert!(deeper_than(&json!([[[1]]]), 2));
        assert!(!deeper_than(&json!(1), 0));
    }

    #[test]
    fn every_item_and_every_member_is_a_node() {
        for (value, count) in [
            (json!(null), 1),
            (json!("text"), 1),
            (json!([]), 1),
            (json!([1, 2]), 3),
            (json!({"a": [1, {"b": null}], "c": {}}), 6),
            (json!([{"": 0}, {"": 0}]), 5),
        ] {
            assert_eq!(nodes(&value), count, "{value}");
        }
    }

    #[test]
    fn small_objects_take_the_memory_of_their_maps() {
        let objects = json!(vec![json!({"": 0}); 1_000]);
        assert!(memory(&objects) > 600 * 1_000, "text of some 7,000 bytes");
        let text = json!("x".repeat(60_000));
        assert!((60_000..60_100).contains(&memory(&text)));
        assert!((3_200..3_300).contains(&memory(&json!(vec![1; 100]))));
    }

    proptest! {
        #[test]
        fn a_string_is_spelt_as_any_json_writer_does(text in any::<String>()) {
            let spelt = canonical(&json!(text));
            prop_assert_eq!(canonical_bytes(&json!(text)), spelt.len());
            prop_assert_eq!(spelt, serde_json::to_string(&text).unwrap());
        }

        #[test]
        fn canonical_text_reads_back_as_the_same_value(number in any::<f64>().prop_filter("finite", |n| n.is_finite())) {
            let value = json!({"n": number});
            let back: Value = serde_json::from_str(&canonical(&value)).unwrap();
            prop_assert!(same(&value, &back));
            prop_assert_eq!(canonical(&back), canonical(&value));
            prop_assert_eq!(canonical_bytes(&value), canonical(&value).len());
        }
    }
}
