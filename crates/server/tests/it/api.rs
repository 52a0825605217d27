//! `/api/v1`: visitors and rooms for programs.

use crate::support::{Answer, Server};
use serde_json::{Value, json};

/// The reason of a refusal, which is a problem of RFC 9457.
pub fn problem(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let body = answer.json();
    assert_eq!(body["status"], json!(status));
    assert!(
        body["title"].is_string() && body["detail"].as_str().is_some_and(|detail| !detail.is_empty()),
        "{body}"
    );
    body["reason"].as_str().unwrap().to_owned()
}

pub fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

// Rule 1.4
#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_gets_an_id_and_a_token_that_opens_a_room() {
    let server = Server::start().await;
    let answer = server.request("POST", "/api/v1/visitors", &[], Some(String::new())).await;
    assert_eq!(answer.status, 201);
    let visitor = answer.json();
    let query = format!("vsn=2.0.0&token={}", visitor["token"].as_str().unwrap());
    let mut client = crate::support::Client::connect(server.address(), &query, &[]).await.unwrap();
    let joined = client.join(&server.room().await, json!({})).await;
    assert_eq!(joined["user_id"], visitor["user_id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_visitors_come_as_were_asked_for() {
    let server = Server::start().await;
    let visitors = server.post_json("/api/v1/visitors", &[], &json!({"count": 2000})).await.json();
    let ids: std::collections::BTreeSet<&str> =
        visitors.as_array().unwrap().iter().map(|visitor| visitor["user_id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2000);
    assert_eq!(
        server
            .post_json("/api/v1/visitors", &[], &json!({"count": 1}))
            .await
            .json()
            .as_array()
            .unwrap()
            .len(),
        1
    );
    for body in [json!({"count": 0}), json!({"count": 2001})] {
        assert_eq!(problem(&server.post_json("/api/v1/visitors", &[], &body).await, 422), "bad_payload");
    }
    for body in [json!({"count": -1}), json!({"count": "many"}), json!({"cuont": 1}), json!([])] {
        assert_eq!(problem(&server.post_json("/api/v1/visitors", &[], &body).await, 400), "bad_payload");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_makes_so_many_visitors_a_minute_and_the_operator_any() {
    let server =
        Server::start_with(|config| config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()]).await;
    let from = ("x-forwarded-for", "192.0.2.1");
    let count = json!({"count": 600});
    assert_eq!(server.post_json("/api/v1/visitors", &[from], &count).await.status, 201);
    let refused = server.post_json("/api/v1/visitors", &[from], &count).await;
    assert_eq!(problem(&refused, 429), "rate_limited");
    assert_eq!(refused.header("retry-after"), "60");
    let other = ("x-forwarded-for", "192.0.2.1, 192.0.2.2");
    assert_eq!(server.post_json("/api/v1/visitors", &[other], &count).await.status, 201, "another address");
    let key = bearer(&server.app().operator_key);
    assert_eq!(
        server.post_json("/api/v1/visitors", &[from, ("authorization", &key)], &count).await.status,
        201
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_are_made_listed_shown_and_deleted_by_their_maker() {
    let server = Server::start().await;
    let (maker, other) = (bearer(&server.person().token), bearer(&server.person().token));
    let wish = json!({"name": "A <room>", "description": "of mine", "template": "blocks"});
    let created = server.post_json("/api/v1/rooms", &[("authorization", &maker)], &wish).await;
    assert_eq!(created.status, 201);
    let room = created.json();
    let path = format!("/api/v1/rooms/{}", room["id"].as_str().unwrap());
    assert_eq!(created.header("location"), path);
    assert_eq!(
        (&room["name"], &room["description"], &room["people"]),
        (&json!("A <room>"), &json!("of mine"), &json!(0))
    );
    assert_eq!(server.get(&path).await.json(), room);
    assert_eq!(server.get("/api/v1/rooms").await.json(), json!({"rooms": [room]}));
    assert_eq!(problem(&server.request("DELETE", &path, &[], None).await, 401), "unauthorized");
    let refused = server.request("DELETE", &path, &[("authorization", &other)], None).await;
    assert_eq!(problem(&refused, 403), "not_yours");
    assert_eq!(server.request("DELETE", &path, &[("authorization", &maker)], None).await.status, 204);
    assert_eq!(problem(&server.get(&path).await, 404), "room_not_found");
    let again = server.request("DELETE", &path, &[("authorization", &maker)], None).await;
    assert_eq!(problem(&again, 404), "room_not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operators_key_may_do_everything_and_lies_in_the_data_folder() {
    let server = Server::start().await;
    let file = server.config().data.join("operator.key");
    let key = std::fs::read_to_string(&file).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let maker = bearer(&server.person().token);
    let wish = json!({"name": "Someone's"});
    let room = server.post_json("/api/v1/rooms", &[("authorization", &maker)], &wish).await.json();
    let path = format!("/api/v1/rooms/{}", room["id"].as_str().unwrap());
    let key = bearer(&key);
    assert_eq!(server.request("DELETE", &path, &[("authorization", &key)], None).await.status, 204);
    assert_eq!(server.post_json("/api/v1/rooms", &[("authorization", &key)], &wish).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_for_a_room_that_cannot_be_says_why() {
    let server = Server::start().await;
    let token = bearer(&server.person().token);
    let auth = ("authorization", token.as_str());
    let anonymous = server.post_json("/api/v1/rooms", &[], &json!({"name": "x"})).await;
    assert_eq!(problem(&anonymous, 401), "unauthorized");
    assert_eq!(anonymous.header("www-authenticate"), "Bearer");
    let cases: [(Value, u16); 5] = [
        (json!({"name": ""}), 422),
        (json!({"name": "n".repeat(10_000)}), 422),
        (json!({"name": "x", "template": "castle"}), 422),
        (json!({}), 422),
        (json!({"name": "x", "owner": "me"}), 422),
    ];
    for (wish, status) in cases {
        let answer = server.post_json("/api/v1/rooms", &[auth], &wish).await;
        assert_eq!(problem(&answer, status), "bad_payload", "{}", answer.body);
    }
    let headers = [auth, ("content-type", "application/json")];
    let broken = server.request("POST", "/api/v1/rooms", &headers, Some("{\"name\":".into())).await;
    assert_eq!(problem(&broken, 400), "bad_payload");
    let headers = [auth, ("content-type", "text/plain")];
    let plain = server.request("POST", "/api/v1/rooms", &headers, Some("{}".into())).await;
    assert_eq!(problem(&plain, 415), "bad_payload");
    let large = json!({"name": "x", "description": "d".repeat(300_000)});
    assert_eq!(problem(&server.post_json("/api/v1/rooms", &[auth], &large).await, 413), "bad_payload");
}
