//! Who hears a room, and from where they may be heard.

use crate::people::People;
use crate::rights::{Permission, Rights};
use thexr_wire::message::Mode;
use thexr_wire::{PeerId, UserId};

/// Somebody who hears a room: inside, or watching.
#[derive(Debug, Clone, PartialEq)]
pub struct Listener {
    /// Their connection.
    pub peer: PeerId,
    /// Who they are.
    pub user: UserId,
    /// Where their head is, metres; `None` before somebody who watches has said whence.
    pub head: Option<[f32; 3]>,
    /// Whether they may be heard: they are inside with this connection, and may talk.
    pub speaks: bool,
}

impl People {
    /// Everyone who hears the room, in the order of peers; lobbies do not.
    pub fn listeners(&self, rights: &Rights) -> impl Iterator<Item = Listener> {
        self.peers.iter().filter(|(_, peer)| !peer.is_preview()).map(|(id, peer)| {
            let inside = self
                .persons
                .get(&peer.user)
                .filter(|person| peer.mode == Mode::Enter && person.entered.contains(id));
            let [x, y, z, ..] = match inside {
                Some(person) => person.pose.head,
                None => peer.camera.unwrap_or([f32::NAN; 7]),
            };
            let speaks = inside.is_some() && rights.permit(&peer.user, Permission::Talk).is_ok();
            Listener { peer: *id, user: peer.user.clone(), head: x.is_finite().then_some([x, y, z]), speaks }
        })
    }
}
