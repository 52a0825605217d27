//! The Phoenix Channels codec, V2 and V1, text and binary. Owns frames; knows nothing of sockets or what events mean.
//!
//! Source: phoenix 1.8 (`Phoenix.Socket.V2.JSONSerializer`, `V1.JSONSerializer`), npm `phoenix` 1.8.

use crate::json::write_string;
use crate::limits::NAME_BYTES_MAX;
use serde_json::Value;

/// Which envelope a socket speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vsn {
    /// Objects with topic, event, payload, ref.
    V1,
    /// Arrays of five, and binary frames.
    V2,
}

impl Vsn {
    /// Chooses by the `vsn` parameter: `~> 2.0.0`, `~> 1.0.0`; missing means V1; `None` when unsupported.
    pub fn negotiate(vsn: Option<&str>) -> Option<Self> {
        let Some(vsn) = vsn else { return Some(Self::V1) };
        let mut parts = vsn.split('.').map(|part| part.parse::<u32>().ok());
        let triple = (parts.next()??, parts.next()??, parts.next()??);
        match (triple, parts.next()) {
            ((2, 0, _), None) => Some(Self::V2),
            ((1, 0, _), None) => Some(Self::V1),
            _ => None,
        }
    }
}

/// What a frame carries.
#[derive(Debug, Clone, PartialEq)]
pub enum Payload {
    /// Any JSON value.
    Json(Value),
    /// Raw bytes of a binary frame.
    Binary(Vec<u8>),
}

/// A frame from a client; refs, topic and event keep the JSON type they came with.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// Id of the join this frame belongs to, null where none.
    pub join_ref: Value,
    /// Id of this message, null where none.
    pub reference: Value,
    /// Topic, a string in every sensible client.
    pub topic: Value,
    /// Event, a string in every sensible client.
    pub event: Value,
    /// JSON of a text frame, raw bytes of a binary one.
    pub payload: Payload,
}

/// A frame from a server, as clients see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Id of the join, null in broadcasts.
    pub join_ref: Value,
    /// Id of the message answered, null in pushes.
    pub reference: Value,
    /// Names the channel; a frame in which it is no string is refused.
    pub topic: String,
    /// Event (`phx_reply` for a binary reply).
    pub event: String,
    /// JSON of a text frame; binary ones are read as [`BinaryPush`].
    pub payload: Payload,
}

/// Why bytes are not a frame; the socket closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Not JSON, or nested deeper than the parser goes.
    #[error("the message is not JSON")]
    NotJson,
    /// JSON, but not an envelope of this version.
    #[error("the message is not a Phoenix frame")]
    NotAFrame,
    /// A binary frame that is cut short, of an unknown kind, or with text that is not UTF-8.
    #[error("the binary message is not a Phoenix frame")]
    BadBinary,
}

/// Reads a text frame from a client.
pub fn decode_text(vsn: Vsn, text: &str) -> Result<Incoming, FrameError> {
    let value: Value = serde_json::from_str(text).map_err(|_| FrameError::NotJson)?;
    match vsn {
        Vsn::V2 => decode_v2(value),
        Vsn::V1 => decode_v1(value),
    }
}

fn decode_v2(value: Value) -> Result<Incoming, FrameError> {
    let Value::Array(items) = value else { return Err(FrameError::NotAFrame) };
    let mut items = items.into_iter();
    let mut next = || items.next().ok_or(FrameError::NotAFrame);
    Ok(Incoming {
        join_ref: next()?,
        reference: next()?,
        topic: next()?,
        event: next()?,
        payload: Payload::Json(next()?),
    })
}

fn decode_v1(value: Value) -> Result<Incoming, FrameError> {
    let Value::Object(mut map) = value else { return Err(FrameError::NotAFrame) };
    let join_ref = map.remove("join_ref").unwrap_or(Value::Null);
    let mut take = |key: &str| map.remove(key).ok_or(FrameError::NotAFrame);
    Ok(Incoming {
        join_ref,
        reference: take("ref")?,
        topic: take("topic")?,
        event: take("event")?,
        payload: Payload::Json(take("payload")?),
    })
}

/// Splits `bytes` into strings of the given lengths and the rest.
fn strings<const N: usize>(mut bytes: &[u8], lengths: [u8; N]) -> Result<([&str; N], &[u8]), FrameError> {
    let mut out = [""; N];
    for (text, length) in out.iter_mut().zip(lengths) {
        let (head, rest) = bytes.split_at_checked(length as usize).ok_or(FrameError::BadBinary)?;
        *text = std::str::from_utf8(head).map_err(|_| FrameError::BadBinary)?;
        bytes = rest;
    }
    Ok((out, bytes))
}

fn reference(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::from(text) }
}

/// A binary push from a client; an empty ref is null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientPush<'a> {
    /// The ref of its join.
    pub join_ref: &'a str,
    /// Its own ref.
    pub reference: &'a str,
    /// Names the channel; at most 255 bytes, like every text of a binary frame.
    pub topic: &'a str,
    /// What is pushed, such as `pose`.
    pub event: &'a str,
    /// What it carries.
    pub data: &'a [u8],
}

impl From<ClientPush<'_>> for Incoming {
    fn from(push: ClientPush<'_>) -> Self {
        Self {
            join_ref: reference(push.join_ref),
            reference: reference(push.reference),
            topic: Value::from(push.topic),
            event: Value::from(push.event),
            payload: Payload::Binary(push.data.to_vec()),
        }
    }
}

/// Reads a binary push from a client in place: `00 | 4 lengths | join_ref | ref | topic | event | data`.
pub fn decode_client_push(bytes: &[u8]) -> Result<ClientPush<'_>, FrameError> {
    let (head, rest) = bytes.split_first_chunk::<5>().ok_or(FrameError::BadBinary)?;
    let [0, join_ref, reference, topic, event] = *head else { return Err(FrameError::BadBinary) };
    let ([join_ref, reference, topic, event], data) = strings(rest, [join_ref, reference, topic, event])?;
    Ok(ClientPush { join_ref, reference, topic, event, data })
}

/// Reads a binary push from a client as any other frame.
pub fn decode_binary(bytes: &[u8]) -> Result<Incoming, FrameError> {
    decode_client_push(bytes).map(Incoming::from)
}

/// Writes a text frame; `payload` is JSON text already. V1 carries `reference` or, for close and error, the join's.
pub fn encode_text(
    vsn: Vsn,
    join_ref: &Value,
    reference: &Value,
    topic: &str,
    event: &str,
    payload: &str,
) -> String {
    let mut out = String::with_capacity(payload.len() + topic.len() + event.len() + 48);
    match vsn {
        Vsn::V2 => {
            out.push('[');
            out.push_str(&join_ref.to_string());
            out.push(',');
            out.push_str(&reference.to_string());
            out.push(',');
            write_string(topic, &mut out);
            out.push(',');
            write_string(event, &mut out);
            out.push(',');
            out.push_str(payload);
            out.push(']');
        }
        Vsn::V1 => {
            out.push_str("{\"topic\":");
            write_string(topic, &mut out);
            out.push_str(",\"event\":");
            write_string(event, &mut out);
            out.push_str(",\"payload\":");
            out.push_str(payload);
            out.push_str(",\"ref\":");
            out.push_str(&reference.to_string());
            out.push('}');
        }
    }
    out
}

/// Writes a reply's payload: `{"status": …, "response": …}`.
pub fn reply_payload(status: &str, response: &str) -> String {
    let mut out = String::with_capacity(response.len() + status.len() + 28);
    out.push_str("{\"status\":");
    write_string(status, &mut out);
    out.push_str(",\"response\":");
    out.push_str(response);
    out.push('}');
    out
}

/// A ref as the text that binary frames carry: strings bare, null empty, numbers in decimal.
pub fn reference_text(reference: &Value) -> String {
    match reference {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Appends the head of a binary push to one client: `00 | 3 lengths | join_ref | topic | event`; data follows.
///
/// Returns `false` and writes nothing when a field exceeds 255 bytes.
pub fn write_push_head(out: &mut Vec<u8>, join_ref: &str, topic: &str, event: &str) -> bool {
    if [join_ref, topic, event].iter().any(|text| text.len() > NAME_BYTES_MAX) {
        return false;
    }
    out.extend_from_slice(&[0, join_ref.len() as u8, topic.len() as u8, event.len() as u8]);
    for text in [join_ref, topic, event] {
        out.extend_from_slice(text.as_bytes());
    }
    true
}

/// Writes a binary push as a client sends it: `00 | 4 lengths | join_ref | ref | topic | event | data`.
///
/// Panics when a field exceeds 255 bytes: our own clients choose them.
pub fn encode_client_push(join_ref: &str, reference: &str, topic: &str, event: &str, data: &[u8]) -> Vec<u8> {
    let mut out = vec![0];
    for text in [join_ref, reference, topic, event] {
        assert!(text.len() <= NAME_BYTES_MAX, "a field of a binary frame has at most 255 bytes");
        out.push(text.len() as u8);
    }
    for text in [join_ref, reference, topic, event] {
        out.extend_from_slice(text.as_bytes());
    }
    out.extend_from_slice(data);
    out
}

/// Reads a V2 text frame from a server.
pub fn decode_server_text(text: &str) -> Result<Outgoing, FrameError> {
    let frame = decode_text(Vsn::V2, text)?;
    let (Value::String(topic), Value::String(event)) = (frame.topic, frame.event) else {
        return Err(FrameError::NotAFrame);
    };
    Ok(Outgoing {
        join_ref: frame.join_ref,
        reference: frame.reference,
        topic,
        event,
        payload: frame.payload,
    })
}

/// A binary frame from a server without copying its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BinaryPush<'a> {
    /// Id of the join; empty in broadcasts.
    pub join_ref: &'a str,
    /// Names the channel; in broadcasts nothing else does.
    pub topic: &'a str,
    /// What is pushed; `pose` for frames of the latest lane.
    pub event: &'a str,
    /// What follows the head, to the end of the frame; may be empty.
    pub data: &'a [u8],
}

/// Reads a binary push or broadcast from a server; binary replies are not used by this protocol.
pub fn decode_server_binary(bytes: &[u8]) -> Result<BinaryPush<'_>, FrameError> {
    match bytes {
        [0, a, b, c, rest @ ..] => {
            let ([join_ref, topic, event], data) = strings(rest, [*a, *b, *c])?;
            Ok(BinaryPush { join_ref, topic, event, data })
        }
        [2, a, b, rest @ ..] => {
            let ([topic, event], data) = strings(rest, [*a, *b])?;
            Ok(BinaryPush { join_ref: "", topic, event, data })
        }
        _ => Err(FrameError::BadBinary),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn versions_are_negotiated_like_phoenix_does() {
        assert_eq!(Vsn::negotiate(None), Some(Vsn::V1));
        assert_eq!(Vsn::negotiate(Some("2.0.0")), Some(Vsn::V2));
        assert_eq!(Vsn::negotiate(Some("2.0.5")), Some(Vsn::V2));
        assert_eq!(Vsn::negotiate(Some("1.0.0")), Some(Vsn::V1));
        for bad in ["2.1.0", "3.0.0", "2", "abc", "", "2.0.0.0"] {
            assert_eq!(Vsn::negotiate(Some(bad)), None, "{bad}");
        }
    }

    #[test]
    fn refs_keep_their_json_type() {
        let frame = decode_text(Vsn::V2, r#"[0,1,"room:x","ping",null,"extra"]"#).unwrap();
        assert_eq!((frame.join_ref, frame.reference), (json!(0), json!(1)));
        assert_eq!(frame.payload, Payload::Json(Value::Null));
    }

    #[test]
    fn a_v1_frame_needs_its_four_keys() {
        let text = r#"{"topic":"t","event":"e","payload":{},"ref":null,"join_ref":"1"}"#;
        assert_eq!(decode_text(Vsn::V1, text).unwrap().join_ref, json!("1"));
        assert_eq!(decode_text(Vsn::V1, r#"{"topic":"t"}"#), Err(FrameError::NotAFrame));
    }

    #[test]
    fn malformed_text_is_an_error() {
        for text in ["", "{", "5", "[]", "[1,2,3,4]", "\"x\""] {
            assert!(decode_text(Vsn::V2, text).is_err(), "{text}");
        }
        assert_eq!(decode_text(Vsn::V2, &"[".repeat(100_000)), Err(FrameError::NotJson));
    }

    #[test]
    fn the_measured_binary_push_decodes() {
        let bytes = b"\x00\x01\x01\x0b\x0812room:x11365echo_bin\x01\x02\xff";
        let frame = decode_binary(bytes).unwrap();
        assert_eq!(frame.topic, json!("room:x11365"));
        assert_eq!((frame.join_ref, frame.reference), (json!("1"), json!("2")));
        assert_eq!(frame.payload, Payload::Binary(vec![1, 2, 255]));
        assert_eq!(encode_client_push("1", "2", "room:x11365", "echo_bin", &[1, 2, 255]), bytes);
    }

    #[test]
    fn the_measured_server_push_is_written() {
        let mut out = Vec::new();
        assert!(write_push_head(&mut out, "1", "room:x11365", "pushed_bin"));
        out.extend_from_slice(&[9, 9]);
        assert_eq!(out, b"\x00\x01\x0b\x0a1room:x11365pushed_bin\x09\x09");
        assert_eq!(decode_server_binary(&out).unwrap().data, [9, 9]);
    }

    #[test]
    fn frames_are_written_as_phoenix_writes_them() {
        let payload = reply_payload("ok", "{}");
        assert_eq!(
            encode_text(Vsn::V2, &json!("3"), &json!("4"), "room:x", "phx_reply", &payload),
            r#"["3","4","room:x","phx_reply",{"status":"ok","response":{}}]"#
        );
        let v1: Value =
            serde_json::from_str(&encode_text(Vsn::V1, &json!("3"), &json!("4"), "room:x", "e", "{}"))
                .unwrap();
        assert_eq!(v1, json!({"topic": "room:x", "event": "e", "payload": {}, "ref": "4"}));
    }

    proptest! {
        #[test]
        fn any_bytes_give_an_answer_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = decode_binary(&bytes);
            let _ = decode_server_binary(&bytes);
            if let Ok(text) = std::str::from_utf8(&bytes) {
                let _ = decode_text(Vsn::V1, text);
                let _ = decode_text(Vsn::V2, text);
            }
        }

        #[test]
        fn a_binary_push_survives_the_round_trip(join in "[0-9]{0,5}", topic in "\\PC{0,40}", data: Vec<u8>) {
            let bytes = encode_client_push(&join, "7", &topic, "e", &data);
            let frame = decode_binary(&bytes).unwrap();
            prop_assert_eq!(frame.topic, Value::from(topic));
            prop_assert_eq!(frame.payload, Payload::Binary(data));
        }
    }
}
