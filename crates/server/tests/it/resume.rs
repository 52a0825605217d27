//! Rules 2.6 and 3.5: taking up where one was, and commands that are done once.

use crate::support::{Client, Person, Server};
use serde_json::{Value, json};

async fn rejoin(server: &Server, person: &Person, room: &str, token: &Value, seq: u64) -> (Client, Value) {
    let mut client = server.connect_as(person).await;
    let resume = json!({"token": token, "seq": seq});
    let response = client.join(room, json!({"dialect": "thexr.1", "version": 4, "resume": resume})).await;
    (client, response)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_was_away_gets_what_it_missed_and_nothing_else() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut stays = server.connect().await;
    stays.join_thexr(&room, json!({})).await;
    let mut leaves = server.connect().await;
    let (joined, _) = leaves.join_thexr(&room, json!({})).await;
    let (person, id) = (leaves.person.clone(), json!(leaves.person.id));
    drop(leaves);
    assert_eq!(stays.event("away").await, json!({"away": [id], "back": []}));
    let missed = stays.ok("create_entity", json!({"components": {"color": "#00ff00"}})).await;
    let seq = joined["seq"].as_u64().unwrap();
    let (mut back, response) = rejoin(&server, &person, &room, &joined["resume_token"], seq).await;
    assert_eq!((&response["resumed"], &response["seq"]), (&json!(true), &missed["seq"]));
    let restate = back.next_text().await;
    assert_eq!((&restate[3], &restate[4]["away"]), (&json!("restate"), &json!([])));
    assert!(restate[4]["slots"][&person.id].is_u64() && restate[4]["poses"][&person.id]["head"].is_array());
    let patch = back.next_text().await;
    assert_eq!((&patch[3], &patch[4]["ops"][0]["entity"]), (&json!("state_patch"), &missed["entity"]));
    assert_eq!(back.next_text().await[4]["event"], "entity_created");
    assert!(back.until_heartbeat().await.iter().all(|received| received.event() != "snapshot_chunk"));
    assert_eq!(stays.event("away").await, json!({"away": [], "back": [id]}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_resumes_after_a_restart_of_the_server() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut client = server.connect().await;
    let (joined, _) = client.join_thexr(&room, json!({})).await;
    let seen = client.ok("create_entity", json!({"components": {}})).await["seq"].as_u64().unwrap();
    let mut other = server.enter(&room).await;
    let unseen = other.ok("create_entity", json!({"components": {}})).await;
    let person = client.person.clone();
    let server = server.stop().await.start_again().await;
    let (mut back, response) = rejoin(&server, &person, &room, &joined["resume_token"], seen).await;
    assert_eq!(response["resumed"], true);
    assert_ne!(response["incarnation"], joined["incarnation"]);
    let restate = back.event("restate").await;
    assert_eq!(restate["incarnation"], response["incarnation"]);
    let patch = back.event("state_patch").await;
    assert!(patch["ops"].as_array().unwrap().iter().any(|op| op["entity"] == unseen["entity"]), "{patch}");
    let (mut known, mut last) = (seen, 0);
    for run in patch["runs"].as_array().unwrap() {
        assert!(run[0].as_u64().unwrap() > known, "{patch}");
        known = run[0].as_u64().unwrap();
        last = known;
    }
    assert!(last <= response["seq"].as_u64().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resume_token_of_someone_else_or_from_the_future_gives_the_whole_state() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut client = server.connect().await;
    let (joined, _) = client.join_thexr(&room, json!({})).await;
    let token = joined["resume_token"].clone();
    let seq = joined["seq"].as_u64().unwrap();
    let stranger = server.person();
    let person = client.person.clone();
    let cases = [(&stranger, &token, seq), (&person, &token, seq + 1000), (&person, &json!("forged"), seq)];
    for (person, token, seq) in cases {
        let (mut client, response) = rejoin(&server, person, &room, token, seq).await;
        assert_eq!(response["resumed"], false);
        client.event("snapshot_chunk").await;
    }
    let elsewhere = server.room().await;
    let (_, response) = rejoin(&server, &person, &elsewhere, &token, 1).await;
    assert_eq!(response["resumed"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_command_gets_the_first_reply_again_also_after_a_restart() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut client = server.enter(&room).await;
    let person = client.person.clone();
    let command = json!({"id": "cmd-1", "components": {"color": "#0000ff"}});
    let first = client.ok("create_entity", command.clone()).await;
    assert_eq!(client.ok("create_entity", command.clone()).await, first);
    let mut other = server.enter(&room).await;
    assert_ne!(other.ok("create_entity", command.clone()).await, first, "ids are a person's own");
    let server = server.stop().await.start_again().await;
    let mut client = server.connect_as(&person).await;
    client.join(&room, json!({})).await;
    assert_eq!(client.ok("create_entity", command).await, first);
}
