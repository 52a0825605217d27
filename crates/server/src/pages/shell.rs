//! The page around a room: what the room client reads at its start, and what a visitor sees until it runs.
//!
//! Must not know what the client does with it.

use super::picture::Svg;
use super::{Page, render};
use askama::Template;

/// GET /rooms/{id}.
#[derive(Debug, Clone, Template)]
#[template(path = "room.html")]
pub struct RoomShellView {
    /// Styles, scripts, token.
    pub page: Page,
    /// The signed token that sockets and APIs take.
    pub user_token: String,
    /// The visitor's id.
    pub user_id: String,
    /// The room's id.
    pub room_id: String,
    /// The room's name.
    pub room_name: String,
    /// The room's description, perhaps empty.
    pub room_description: String,
    /// The room's picture (`Framing::Hero`, without a label) while the client loads.
    pub picture: Svg,
}

/// The room page before its client runs.
pub fn render_room_shell(view: &RoomShellView) -> String {
    render(view)
}
