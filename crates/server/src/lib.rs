//! The server: sockets, pages, API, the clock, supervision, configuration, metrics.
//!
//! A thin shell around `room` and `store`. Knows no rule of the world.

pub mod app;
pub mod auth;
pub mod clock;
pub mod config;
pub mod doctor;
pub mod limits;
pub mod pages;
pub mod room_command;
pub mod rooms;
pub mod serve;
mod signing;
pub mod socket;
pub mod voices;
pub mod web;
