//! What a POST carries: lines, each a frame. Knows what a line costs to look at before it is read.

use crate::limits::POLL_LINES_MAX;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;
use thexr_wire::limits::{MESSAGE_BYTES_MAX, NAME_BYTES_MAX};
use thexr_wire::phoenix::{Incoming, Payload, Vsn, decode_binary, decode_client_push, decode_text};

/// Characters of base64 that hold all names of a binary frame: 4 for every 3 bytes.
const BINARY_HEAD_CHARS: usize = (5 + 4 * NAME_BYTES_MAX).div_ceil(3) * 4;

/// One frame as it came, unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted<'a> {
    /// A text frame.
    Text(&'a str),
    /// A binary frame in base64.
    Base64(&'a str),
}

/// The frames of a POST; a body of another type than lines is one text frame.
pub fn lines(ndjson: bool, body: &str) -> impl Iterator<Item = Posted<'_>> {
    let whole = (!ndjson).then_some(Posted::Text(body));
    let parts = if ndjson { body } else { "" }.lines().filter(|line| !line.is_empty()).map(Posted::of);
    whole.into_iter().chain(parts).take(POLL_LINES_MAX)
}

impl<'a> Posted<'a> {
    fn of(text: &'a str) -> Self {
        if text.starts_with(['[', '{']) { Self::Text(text) } else { Self::Base64(text) }
    }

    /// What it counts against the rate, bytes.
    pub fn bytes(self) -> usize {
        let (Self::Text(text) | Self::Base64(text)) = self;
        text.len()
    }

    /// Whether the frame is larger than one message may be.
    pub fn is_too_long(self) -> bool {
        match self {
            Self::Text(text) => text.len() > MESSAGE_BYTES_MAX,
            Self::Base64(text) => text.trim_end_matches('=').len() / 4 * 3 > MESSAGE_BYTES_MAX,
        }
    }

    /// Reads the frame; `None`: it is none.
    pub fn read(self, vsn: Vsn) -> Option<Incoming> {
        match self {
            Self::Text(text) => decode_text(vsn, text).ok(),
            Self::Base64(text) => decode_binary(&STANDARD.decode(text).ok()?).ok(),
        }
    }

    /// Reads the frame without its payload: that costs no memory, whatever is in it.
    pub fn head(self, vsn: Vsn) -> Option<Incoming> {
        match self {
            Self::Text(text) => match (vsn, serde_json::from_str(text).ok()?) {
                (Vsn::V2, Head::Array(head)) | (Vsn::V1, Head::Object(head)) => Some(head),
                _ => None,
            },
            Self::Base64(text) => {
                let head = text.get(..BINARY_HEAD_CHARS).unwrap_or(text);
                let bytes = STANDARD.decode(head).ok()?;
                Some(Incoming {
                    payload: Payload::Json(Value::Null),
                    ..Incoming::from(decode_client_push(&bytes).ok()?)
                })
            }
        }
    }
}

/// A value as far as it names something: texts and numbers; anything else is null.
struct Brief(Value);

impl<'de> Deserialize<'de> for Brief {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BriefVisitor).map(Self)
    }
}

struct BriefVisitor;

impl<'de> Visitor<'de> for BriefVisitor {
    type Value = Value;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("anything")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Null)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Null)
    }
}

/// A frame of either envelope without its payload.
enum Head {
    Array(Incoming),
    Object(Incoming),
}

impl<'de> Deserialize<'de> for Head {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(HeadVisitor)
    }
}

fn incoming([join_ref, reference, topic, event]: [Value; 4]) -> Incoming {
    Incoming { join_ref, reference, topic, event, payload: Payload::Json(Value::Null) }
}

struct HeadVisitor;

impl<'de> Visitor<'de> for HeadVisitor {
    type Value = Head;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a frame")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Head, A::Error> {
        let mut names = [const { Value::Null }; 4];
        for name in &mut names {
            let Some(Brief(value)) = items.next_element()? else { return Err(A::Error::custom("cut short")) };
            *name = value;
        }
        if items.next_element::<IgnoredAny>()?.is_none() {
            return Err(A::Error::custom("no payload"));
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Head::Array(incoming(names)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Head, A::Error> {
        let mut names = [const { Value::Null }; 4];
        while let Some(Brief(key)) = fields.next_key()? {
            let known = ["join_ref", "ref", "topic", "event"].iter().position(|name| key == *name);
            match known {
                Some(at) => names[at] = fields.next_value::<Brief>()?.0,
                None => drop(fields.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Head::Object(incoming(names)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use thexr_wire::phoenix::encode_client_push;

    fn base64(data: &[u8]) -> String {
        STANDARD.encode(encode_client_push("1", "2", "room:x", "e", data))
    }

    #[test]
    fn a_body_of_lines_holds_text_and_binary_frames() {
        let body = format!("[null,\"1\",\"phoenix\",\"heartbeat\",{{}}]\r\n\n{}\n", base64(&[7]));
        let frames: Vec<Incoming> = lines(true, &body).map(|line| line.read(Vsn::V2).unwrap()).collect();
        assert_eq!(frames.len(), 2);
        assert_eq!(frames[1].topic, json!("room:x"));
    }

    #[test]
    fn a_body_of_another_type_is_one_frame_and_more_than_a_hundred_lines_are_ignored() {
        let body = "[null,\"1\",\n\"phoenix\",\"heartbeat\",{}]";
        let read: Vec<_> = lines(false, body).map(|line| line.read(Vsn::V2).unwrap()).collect();
        assert_eq!(read.len(), 1);
        assert_eq!(lines(true, &"[]\n".repeat(150)).count(), POLL_LINES_MAX);
        assert_eq!(lines(true, "").count(), 0);
    }

    #[test]
    fn a_line_holds_a_whole_message_in_either_form_and_no_more() {
        let text = |bytes: usize| format!("[{}]", " ".repeat(bytes - 2));
        assert!(!Posted::Text(&text(MESSAGE_BYTES_MAX)).is_too_long());
        assert!(Posted::Text(&text(MESSAGE_BYTES_MAX + 1)).is_too_long());
        let encoded = |bytes: usize| STANDARD.encode(vec![0; bytes]);
        assert!(!Posted::Base64(&encoded(MESSAGE_BYTES_MAX)).is_too_long());
        assert!(Posted::Base64(&encoded(MESSAGE_BYTES_MAX + 3)).is_too_long());
    }

    #[test]
    fn a_head_says_of_a_frame_what_reading_it_says_but_for_its_payload() {
        let large = "[".repeat(100) + &"]".repeat(100);
        let texts = [
            (Vsn::V2, "[null,\"1\",\"phoenix\",\"heartbeat\",{}]".to_owned()),
            (Vsn::V2, format!("[\"1\",2,\"room:x\",\"say\",{large}]")),
            (Vsn::V2, format!("[\"1\",2.5,\"room:ü\\n\",\"say\",{large},\"one more\"]")),
            (Vsn::V1, format!("{{\"payload\":{large},\"ref\":\"7\",\"event\":\"e\",\"topic\":\"t\"}}")),
            (Vsn::V1, "{\"topic\":\"t\",\"event\":\"e\",\"payload\":1,\"ref\":-4,\"join_ref\":3}".to_owned()),
        ];
        let (small, whole) = (base64(&[]), base64(&[9; 100_000]));
        let texts = texts.iter().map(|(vsn, text)| (*vsn, Posted::Text(text)));
        for (vsn, line) in texts.chain([&small, &whole].map(|text| (Vsn::V2, Posted::Base64(text)))) {
            let payload = Payload::Json(Value::Null);
            assert_eq!(line.head(vsn), Some(Incoming { payload, ..line.read(vsn).unwrap() }), "{line:?}");
        }
    }

    #[test]
    fn what_is_no_frame_has_no_head() {
        for text in ["", "1", "[1,2", "[1,2,3,4]", "{\"ref\":", "\"text\"", "[1,2,3,4,5"] {
            assert_eq!(Posted::Text(text).head(Vsn::V2), None, "{text}");
        }
        let of_the_other_version = "{\"topic\":\"t\",\"event\":\"e\",\"payload\":1,\"ref\":1}";
        assert_eq!(Posted::Text(of_the_other_version).head(Vsn::V2), None);
        assert_eq!(Posted::Text("[1,2,3,4,5]").head(Vsn::V1), None);
        for text in ["!!!!", "AAAA", ""] {
            assert_eq!(Posted::Base64(text).head(Vsn::V2), None, "{text}");
        }
    }

    #[test]
    fn a_head_keeps_nothing_of_a_name_that_is_no_name() {
        let odd = "[[[1]],{\"a\":{}},true,null,0]";
        let head = Posted::Text(odd).head(Vsn::V2).unwrap();
        assert_eq!([head.join_ref, head.reference, head.topic, head.event], [const { Value::Null }; 4]);
    }
}
