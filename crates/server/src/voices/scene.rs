//! What voices need to know of a room: who stands where, who may speak, who must not hear whom, and who shares onto which screen.

use std::collections::BTreeSet;
use thexr_media::{Person, Scene, Screen};
use thexr_room::{Room, Shared};
use thexr_wire::UserId;

/// The scene of a room as it is now.
pub fn of_room(room: &Room) -> Scene {
    let mut scene = Scene::default();
    for listener in room.listeners() {
        let Some(ear) = listener.head else { continue };
        let mouth = listener.speaks.then_some(ear);
        let (zone, stage) = (listener.zone, listener.stage);
        scene.people.push(Person { line: listener.peer, user: listener.user, ear, mouth, zone, stage });
    }
    let present: BTreeSet<UserId> = scene.people.iter().map(|person| person.user.clone()).collect();
    for user in &present {
        for blocked in room.rights().blocked(user).filter(|blocked| present.contains(*blocked)) {
            scene.part(user, blocked);
        }
    }
    scene.screens = room
        .shared_screens()
        .map(|Shared { screen, peer, place }| Screen { entity: screen, line: peer, place })
        .collect();
    scene
}
