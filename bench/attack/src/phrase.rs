//! Phoenix V2 texts as far as an attack needs them: pushes written, replies recognised. Knows no socket.

use serde_json::Value;
use thexr_wire::phoenix::{Payload, decode_server_text};

/// What a reply says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    pub(crate) reference: u64,
    /// The response, or the reason of a refusal.
    pub(crate) outcome: Result<Value, String>,
}

/// Where a frame's event stands at the latest: behind two refs and a topic.
const HEAD_BYTES: usize = 120;

/// A push; `payload` is JSON text.
pub(crate) fn push(join_ref: u64, reference: u64, topic: &str, event: &str, payload: &str) -> String {
    format!("[\"{join_ref}\",\"{reference}\",\"{topic}\",\"{event}\",{payload}]")
}

/// A heartbeat.
pub(crate) fn heartbeat(reference: u64) -> String {
    format!("[null,\"{reference}\",\"phoenix\",\"heartbeat\",{{}}]")
}

/// A text's event: looked for in its head alone, since the rest may be a megabyte.
pub(crate) fn is(text: &str, event: &str) -> bool {
    let mut end = text.len().min(HEAD_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].contains(&format!("\"{event}\""))
}

/// The reply that a text is; `None` when it is another message.
pub(crate) fn reply(text: &str) -> Option<Reply> {
    if !is(text, "phx_reply") {
        return None;
    }
    let frame = decode_server_text(text).ok()?;
    let Payload::Json(mut payload) = frame.payload else { return None };
    let reference = frame.reference.as_str()?.parse().ok()?;
    let response = payload["response"].take();
    let outcome = if payload["status"] == "ok" {
        Ok(response)
    } else {
        Err(response["reason"].as_str().unwrap_or("no reason").to_owned())
    };
    Some(Reply { reference, outcome })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_push_and_its_reply_are_frames() {
        assert_eq!(push(1, 7, "room:abcde", "say", "{}"), r#"["1","7","room:abcde","say",{}]"#);
        let ok = r#"["1","7","room:abcde","phx_reply",{"response":{"seq":3},"status":"ok"}]"#;
        assert_eq!(reply(ok), Some(Reply { reference: 7, outcome: Ok(json!({"seq": 3})) }));
        let error =
            r#"["1","8","room:abcde","phx_reply",{"status":"error","response":{"reason":"rate_limited"}}]"#;
        assert_eq!(reply(error), Some(Reply { reference: 8, outcome: Err("rate_limited".into()) }));
    }

    #[test]
    fn other_messages_are_no_replies_whatever_they_hold() {
        let told = format!(r#"["1",null,"room:abcde","stoc",{{"x":"{}phx_reply"}}]"#, "é".repeat(100));
        assert_eq!(reply(&told), None);
        assert!(is(&told, "stoc") && !is("", "stoc"));
    }
}
