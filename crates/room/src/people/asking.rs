//! What someone who wants in says, checked before it waits: whoever may not come as they wish never stands in line.

use crate::log::missed::ResumeFrom;
use crate::people::looks::Looks;
use crate::reject::Reject;
use thexr_wire::UserId;
use thexr_wire::message::{Dialect, JoinPayload, Mode, Movements};

/// What a waiting join costs beside what it says, bytes.
const JOIN_BYTES: usize = 512;

/// Someone wants in.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    pub(crate) user: UserId,
    pub(crate) looks: Looks,
    pub(crate) dialect: Dialect,
    pub(crate) mode: Mode,
    pub(crate) movements: Movements,
    pub(crate) interest: bool,
    pub(crate) resume: Option<ResumeFrom>,
    pub(crate) door: u64,
}

impl Join {
    /// A join of a person (as the token says) with what the client sent; joins are admitted in turn over `door`, a number
    /// of the address they come from. Errors: the wished name or avatar cannot be.
    pub fn new(user: UserId, payload: JoinPayload, door: u64) -> Result<Self, Reject> {
        let JoinPayload { dialect, mode, movements, interest, nickname, avatar, .. } = payload;
        let looks = if mode == Mode::Enter { Looks::wanted(nickname, avatar)? } else { Looks::default() };
        Ok(Self { user, looks, dialect, mode, movements, interest, resume: None, door })
    }

    /// Takes up an earlier connection; the shell has checked the token.
    pub fn resuming(self, resume: Option<ResumeFrom>) -> Self {
        Self { resume: resume.filter(|_| self.dialect == Dialect::Thexr1), ..self }
    }

    /// Which dialect it speaks.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What it costs while it waits, bytes.
    pub fn bytes(&self) -> usize {
        JOIN_BYTES + self.looks.bytes() + self.tail_bytes()
    }

    /// What its missed history costs of them.
    pub(crate) fn tail_bytes(&self) -> usize {
        self.resume.as_ref().map_or(0, ResumeFrom::bytes)
    }
}
