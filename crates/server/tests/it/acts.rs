//! Acts, settings and roles over `/api/v1`: a program does what a person in the room could.

use crate::api::{bearer, problem};
use crate::support::{Answer, Person, Server};
use serde_json::{Value, json};
use thexr_server::web::address::Client as Address;

/// A room that this person made.
async fn room_of(server: &Server, maker: &Person) -> String {
    let auth = bearer(&maker.token);
    let wish = json!({"name": "Mine", "template": "empty"});
    let made = server.post_json("/api/v1/rooms", &[("authorization", &auth)], &wish).await.json();
    made["id"].as_str().unwrap().to_owned()
}

async fn send(server: &Server, method: &str, path: &str, token: &str, body: &Value) -> Answer {
    let auth = bearer(token);
    let headers = [("authorization", auth.as_str()), ("content-type", "application/json")];
    server.request(method, &format!("/api/v1/rooms/{path}"), &headers, Some(body.to_string())).await
}

async fn act(server: &Server, room: &str, token: &str, body: Value) -> Answer {
    send(server, "POST", &format!("{room}/acts"), token, &body).await
}

async fn give(server: &Server, room: &str, by: &str, whom: &Person, role: &str) -> Answer {
    send(server, "PUT", &format!("{room}/members/{}", whom.id), by, &json!({"role": role})).await
}

async fn set(server: &Server, room: &str, by: &str, settings: Value) -> Answer {
    send(server, "PUT", &format!("{room}/settings"), by, &settings).await
}

async fn settings(server: &Server, room: &str) -> Value {
    server.get(&format!("/api/v1/rooms/{room}/settings")).await.json()
}

fn a_thing(id: &str) -> Value {
    json!({"command": "create_entity", "payload": {"entity": id, "components": {"color": "#00ff00"}}})
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_program_builds_is_told_to_those_inside_and_stays() {
    let server = Server::start().await;
    let (room, person) = (server.room().await, server.person());
    let first = act(&server, &room, &person.token, a_thing("first")).await;
    assert_eq!(first.status, 200, "a room that nobody is in: {}", first.body);
    assert_eq!(first.json()["entity"], "first");
    let mut inside = server.enter(&room).await;
    let made = act(&server, &room, &person.token, a_thing("thing")).await.json();
    let told = inside.fact("entity_created").await;
    assert_eq!(told["payload"]["entity"], "thing", "{told}");
    assert_eq!(made["seq"], json!(server.last_seq(&room).await), "it is stored when it is answered");
    let server = server.stop().await.start_again().await;
    assert_eq!(problem(&act(&server, &room, &person.token, a_thing("thing")).await, 409), "id_taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_of_an_act_gets_the_first_answer() {
    let server = Server::start().await;
    let (room, person) = (server.room().await, server.person());
    let once = json!({"command": "create_entity", "payload": {"components": {}}, "id": "once"});
    let first = act(&server, &room, &person.token, once.clone()).await.json();
    assert_eq!(act(&server, &room, &person.token, once.clone()).await.json(), first);
    let in_the_payload = json!({"command": "create_entity", "payload": {"components": {}, "id": "once"}});
    assert_eq!(act(&server, &room, &person.token, in_the_payload).await.json(), first, "as a push has it");
    let other = act(&server, &room, &server.person().token, once).await.json();
    assert_ne!(other["entity"], first["entity"], "ids are each person's own");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_is_inside_is_heard_also_through_a_program() {
    let server = Server::start().await;
    let maker = server.person();
    let room = room_of(&server, &maker).await;
    let mut listener = server.enter(&room).await;
    let heard = [
        json!({"command": "say", "payload": {"text": "hello"}}),
        json!({"command": "emote", "payload": {"emote": "wave"}}),
        json!({"command": "event", "payload": {"event_name": "confetti"}}),
        json!({"command": "shout", "payload": {"loud": true}}),
        json!({"command": "set_nickname", "payload": {"nickname": "Nobody"}}),
        json!({"command": "block", "payload": {"user_id": listener.person.id}}),
    ];
    let outside = server.last_seq(&room).await;
    for body in &heard {
        let refused = act(&server, &room, &maker.token, body.clone()).await;
        assert_eq!(problem(&refused, 403), "not_inside", "{body}");
    }
    assert_eq!(server.last_seq(&room).await, outside);
    let mut window = server.connect_as(&maker).await;
    window.join(&room, json!({})).await;
    for body in &heard {
        let answer = act(&server, &room, &maker.token, body.clone()).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.body);
    }
    assert_eq!(listener.fact("message_said").await["payload"]["text"], "hello");
    assert_eq!(listener.event("shout").await["loud"], true);
    let drive = act(&server, &room, &maker.token, json!({"command": "drive"})).await;
    assert_eq!(problem(&drive, 403), "not_inside", "a program has no connection to move anyone");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_for_everyone_to_read_and_for_owners_and_the_operator_to_change() {
    let server = Server::start().await;
    let (maker, stranger) = (server.person(), server.person());
    let room = room_of(&server, &maker).await;
    let open = json!({"who_may_build": "visitor", "who_may_save": "visitor"});
    assert_eq!(settings(&server, &room).await, open);
    let closed = json!({"who_may_build": "builder"});
    assert_eq!(problem(&set(&server, &room, &stranger.token, closed.clone()).await, 403), "forbidden");
    assert_eq!(settings(&server, &room).await, open);
    let now = json!({"who_may_build": "builder", "who_may_save": "visitor"});
    assert_eq!(set(&server, &room, &maker.token, closed.clone()).await.json(), now);
    assert_eq!(set(&server, &room, &maker.token, closed).await.status, 200, "it is so already");
    assert_eq!(settings(&server, &room).await, now);
    assert_eq!(problem(&act(&server, &room, &stranger.token, a_thing("thing")).await, 403), "forbidden");
    let server = server.stop().await.start_again().await;
    assert_eq!(settings(&server, &room).await, now, "of a room that does not run");
    assert_eq!(problem(&act(&server, &room, &stranger.token, a_thing("thing")).await, 403), "forbidden");
    let key = server.app().operator_key.clone();
    let save = json!({"who_may_save": "owner"});
    let both = json!({"who_may_build": "builder", "who_may_save": "owner"});
    assert_eq!(set(&server, &room, &key, save).await.json(), both);
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_given_and_taken_and_decide_what_one_may() {
    let server = Server::start().await;
    let (maker, other) = (server.person(), server.person());
    let room = room_of(&server, &maker).await;
    set(&server, &room, &maker.token, json!({"who_may_build": "builder"})).await;
    assert_eq!(problem(&give(&server, &room, &other.token, &other, "owner").await, 403), "forbidden");
    let given = give(&server, &room, &maker.token, &other, "builder").await;
    assert_eq!((given.status, given.json()), (200, json!({"user_id": other.id, "role": "builder"})));
    assert_eq!(act(&server, &room, &other.token, a_thing("thing")).await.status, 200);
    assert_eq!(problem(&give(&server, &room, &maker.token, &maker, "visitor").await, 409), "last_owner");
    let key = server.app().operator_key.clone();
    assert_eq!(give(&server, &room, &key, &other, "owner").await.status, 200);
    assert_eq!(give(&server, &room, &other.token, &maker, "visitor").await.status, 200);
    assert_eq!(problem(&act(&server, &room, &maker.token, a_thing("other")).await, 403), "forbidden");
    let delete = |token: &str| {
        let auth = bearer(token);
        let (server, path) = (&server, format!("/api/v1/rooms/{room}"));
        async move { server.request("DELETE", &path, &[("authorization", &auth)], None).await }
    };
    assert_eq!(problem(&delete(&maker.token).await, 403), "not_yours", "who made it has given it away");
    assert_eq!(delete(&other.token).await.status, 204, "an owner by role");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_shows_no_token_of_ours_does_nothing() {
    let server = Server::start().await;
    let room = server.room().await;
    let (person, key) = (server.person(), server.app().operator_key.clone());
    for token in ["", "forged", &person.token[1..], &key[1..]] {
        for answer in [
            act(&server, &room, token, a_thing("thing")).await,
            set(&server, &room, token, json!({"who_may_build": "owner"})).await,
            give(&server, &room, token, &person, "owner").await,
        ] {
            assert_eq!(problem(&answer, 401), "unauthorized");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
    }
    assert_eq!(server.last_seq(&room).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_that_cannot_be_says_why() {
    let server = Server::start().await;
    let (room, person) = (server.room().await, server.person());
    let transact = |conditions: Value, ops: Value| json!({"command": "transact", "payload": {"conditions": conditions, "ops": ops}});
    let set = json!([{"op": "set", "entity": "nothing", "components": {"n": 1}}]);
    let cases = [
        (json!({}), 422, "bad_payload"),
        (json!({"command": 5}), 422, "bad_payload"),
        (json!({"command": "say", "text": "x"}), 422, "bad_payload"),
        (json!({"command": "explode"}), 422, "unknown_event"),
        (json!({"command": "phx_join"}), 422, "unknown_event"),
        (json!({"command": "create_entity"}), 422, "bad_payload"),
        (json!({"command": "create_entity", "payload": []}), 422, "bad_payload"),
        (json!({"command": "create_entity", "payload": {"components": {}}, "id": ""}), 422, "bad_payload"),
        (json!({"command": "create_entity", "payload": {"components": {}}, "id": 5}), 422, "bad_payload"),
        (json!({"command": "delete_entity", "payload": {"entity": "nothing"}}), 404, "unknown_entity"),
        (json!({"command": "restore_snapshot", "payload": {"name": "never"}}), 404, "snapshot_not_found"),
        (transact(json!([{"entity": "nothing", "exists": true}]), set.clone()), 409, "condition_failed"),
        (transact(json!([]), set), 404, "unknown_entity"),
        (
            json!({"command": "create_entity", "payload": {"components": {"c": "x".repeat(70_000)}}}),
            413,
            "component_too_large",
        ),
        (json!({"command": "shout", "payload": {"x": "x".repeat(17_000)}}), 413, "payload_too_large"),
        (
            json!({"command": "event", "payload": {"event_name": "e", "payload": {"x": "x".repeat(70_000)}}}),
            413,
            "payload_too_large",
        ),
        (json!({"command": "create_entity", "payload": {"components": {"score": 1}}}), 403, "server_only"),
        (json!({"command": "mute", "payload": {"user_id": person.id}}), 403, "forbidden"),
        (json!({"command": "set_role", "payload": {"user_id": "me", "role": "owner"}}), 422, "bad_payload"),
    ];
    for (body, status, reason) in cases {
        let shown: String = body.to_string().chars().take(200).collect();
        let answer = act(&server, &room, &person.token, body).await;
        assert_eq!(problem(&answer, status), reason, "{shown}");
    }
    for path in ["abcde/acts", "x/acts", "a%2Fb/acts"] {
        let answer = send(&server, "POST", path, &person.token, &json!({"command": "list_snapshots"})).await;
        assert_eq!(problem(&answer, 404), "room_not_found", "{path}");
    }
    assert_eq!(server.last_seq(&room).await, 1, "nothing has come about");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_none_is_a_problem_at_each_of_these_addresses() {
    let server = Server::start().await;
    let maker = server.person();
    let room = room_of(&server, &maker).await;
    let auth = bearer(&maker.token);
    let (auth, json_type) = (("authorization", auth.as_str()), ("content-type", "application/json"));
    let large = format!("{{\"command\": \"say\", \"payload\": {{\"text\": \"{}\"}}}}", "x".repeat(300_000));
    let deep =
        format!("{{\"command\": \"shout\", \"payload\": {}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let member = format!("members/{}", server.person().id);
    for (method, place) in [("POST", "acts"), ("PUT", "settings"), ("PUT", member.as_str())] {
        let path = format!("/api/v1/rooms/{room}/{place}");
        for (body, status) in [
            ("{\"command\":", 400),
            ("", 400),
            ("[]", 422),
            ("null", 422),
            ("[\"say\", {}]", 422),
            ("{\"who\": \"everyone\"}", 422),
            (large.as_str(), 413),
            (deep.as_str(), 400),
        ] {
            let answer = server.request(method, &path, &[auth, json_type], Some(body.to_owned())).await;
            let shown = &body[..body.len().min(40)];
            assert_eq!(problem(&answer, status), "bad_payload", "{place} {shown}");
        }
        let plain = [auth, ("content-type", "text/plain")];
        let answer = server.request(method, &path, &plain, Some("{}".into())).await;
        assert_eq!(problem(&answer, 415), "bad_payload", "{place}");
    }
    for body in [
        json!({}),
        json!({"who_may_build": null}),
        json!({"who_may_build": "emperor"}),
        json!({"who_may_build": 3, "who_may_save": "owner"}),
        json!({"who_may_build": "owner", "who_may_dance": "owner"}),
    ] {
        assert_eq!(
            problem(&set(&server, &room, &maker.token, body.clone()).await, 422),
            "bad_payload",
            "{body}"
        );
    }
    for (user, role) in
        [("me", json!("member")), (maker.id.as_str(), json!("king")), (&maker.id, json!(null))]
    {
        let path = format!("{room}/members/{user}");
        let answer = send(&server, "PUT", &path, &maker.token, &json!({"role": role})).await;
        assert_eq!(problem(&answer, 422), "bad_payload", "{user} {role}");
    }
    assert_eq!(server.last_seq(&room).await, 1, "nothing has come about");
    assert_eq!(problem(&server.get("/api/v1/rooms/abcde/settings").await, 404), "room_not_found");
    assert_eq!(problem(&server.get("/api/v1/rooms/x/settings").await, 404), "room_not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_asks_so_much_a_minute_and_others_do_not_notice() {
    let server =
        Server::start_with(|config| config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()]).await;
    let room = server.room().await;
    let auth = bearer(&server.person().token);
    let busy = Address {
        address: "192.0.2.1".parse().unwrap(),
        direct_loopback: false,
        operator: false,
        https: false,
    };
    let path = format!("/api/v1/rooms/{room}/acts");
    let ask = async |from: &str| {
        // Whatever has come back since is taken first.
        while server.app().limits.may_act(&busy) {}
        let headers = [("authorization", auth.as_str()), ("x-forwarded-for", from)];
        server.post_json(&path, &headers, &json!({"command": "list_snapshots"})).await
    };
    // A request takes longer than a twentieth of a second now and then: one of many finds nothing left.
    let mut refused = ask("192.0.2.1").await;
    for _ in 0..50 {
        if refused.status == 429 {
            break;
        }
        refused = ask("192.0.2.1").await;
    }
    assert_eq!(problem(&refused, 429), "rate_limited");
    assert_eq!(refused.header("retry-after"), "60");
    assert_eq!(ask("192.0.2.2").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_everyone_can_be_told_is_refused_for_now() {
    let server = Server::start().await;
    let room = server.room().await;
    let big = json!({"command": "create_entity", "payload": {"components": {"c": "x".repeat(60_000)}}});
    let mut refused = None;
    for _ in 0..200 {
        // Each one is somebody else: together they have no more than the room's own share.
        let answer = act(&server, &room, &server.person().token, big.clone()).await;
        if answer.status != 200 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("200 strangers may not make everyone hear 12 MB");
    assert_eq!(problem(&refused, 429), "rate_limited");
    assert_eq!(refused.header("retry-after"), "1");
}
