//! Presence as json clients see it: who is there, by which connections.

use crate::support::{Client, Server};
use serde_json::{Value, json};

fn refs(map: &Value, person: &str) -> Vec<String> {
    let metas = map[person]["metas"].as_array().cloned().unwrap_or_default();
    metas.iter().map(|meta| meta["phx_ref"].as_str().unwrap().to_owned()).collect()
}

/// The next diff that names a person.
async fn diff_of(client: &mut Client, person: &str) -> Value {
    client
        .find("a presence_diff", |received| {
            let diff = &received.text().filter(|frame| frame[3] == "presence_diff")?[4];
            assert!(diff["joins"].is_object() && diff["leaves"].is_object(), "both keys, always: {diff}");
            let named = diff["joins"].get(person).or(diff["leaves"].get(person)).is_some();
            named.then(|| diff.clone())
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_hear_of_each_other_coming_and_going() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut ann = server.enter(&room).await;
    let state = ann.event("presence_state").await;
    assert_eq!(refs(&state, &ann.person.id).len(), 1, "one is there oneself");
    let bob = server.enter(&room).await;
    let id = bob.person.id.clone();
    let joined = diff_of(&mut ann, &id).await;
    let came = refs(&joined["joins"], &id);
    assert_eq!((came.len(), &joined["leaves"]), (1, &json!({})));
    bob.close().await;
    let left = diff_of(&mut ann, &id).await;
    assert_eq!((refs(&left["leaves"], &id), &left["joins"]), (came, &json!({})));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_gets_a_state_and_no_diff_of_its_own_join() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut ann = server.enter(&room).await;
    let mut bob = server.enter(&room).await;
    let state = bob.event("presence_state").await;
    assert_eq!(refs(&state, &ann.person.id).len() + refs(&state, &bob.person.id).len(), 2);
    let own = diff_of(&mut ann, &bob.person.id).await;
    assert_eq!(refs(&own["joins"], &bob.person.id), refs(&state, &bob.person.id));
    let heard = bob.until_heartbeat().await;
    assert!(heard.iter().all(|received| received.event() != "presence_diff"), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_with_two_tabs_is_one_person_with_two_metas() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut ann = server.enter(&room).await;
    let bob = server.person();
    let mut first = server.connect_as(&bob).await;
    first.join(&room, json!({})).await;
    diff_of(&mut ann, &bob.id).await;
    let mut second = server.connect_as(&bob).await;
    second.join(&room, json!({})).await;
    let state = second.event("presence_state").await;
    assert_eq!(refs(&state, &bob.id).len(), 2);
    let joined = diff_of(&mut ann, &bob.id).await;
    second.close().await;
    let left = diff_of(&mut ann, &bob.id).await;
    assert_eq!(refs(&left["leaves"], &bob.id), refs(&joined["joins"], &bob.id));
    let mut late = server.enter(&room).await;
    assert_eq!(refs(&late.event("presence_state").await, &bob.id).len(), 1);
    assert!(late.event("snapshot").await.get(&bob.id).is_some(), "the avatar stays with the first tab");
    drop(first);
}

#[tokio::test(flavor = "multi_thread")]
async fn observers_are_not_there_and_thexr_clients_are() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut observes = server.connect().await;
    observes.join(&room, json!({"mode": "observe"})).await;
    let mut thexr = server.connect().await;
    thexr.join_thexr(&room, json!({})).await;
    diff_of(&mut observes, &thexr.person.id).await;
    let mut late = server.enter(&room).await;
    let state = late.event("presence_state").await;
    assert_eq!((refs(&state, &observes.person.id).len(), refs(&state, &thexr.person.id).len()), (0, 1));
    assert_eq!(observes.refusal("say", json!({"text": "boo"})).await, "not_inside");
}
