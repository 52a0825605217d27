//! The server over real sockets: every test starts a server of its own on loopback, with its own data folder.
//!
//! One binary, so that it is linked once. Must not know what is inside rooms beyond what the protocol tells.

mod acts;
mod api;
mod bad_input;
mod crash;
mod crowd;
mod documented;
mod frames;
mod handshake;
mod health;
mod lanes;
mod longpoll;
mod pages;
mod presence;
mod resume;
mod stopping;
mod supervision;
mod support;
mod voices;
