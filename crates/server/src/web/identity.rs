//! The anonymous visitor: a random id in a signed cookie, the same in all tabs. Owns the cookie and the form token.

use crate::app::App;
use crate::auth::{Purpose, Tokens, VISITOR_SECONDS, new_user_id};
use crate::clock::now_s;
use crate::web::address::{Client, host};
use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::request::Parts;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use std::convert::Infallible;
use std::sync::Arc;
use thexr_wire::UserId;

const COOKIE: &str = "thexr_visitor";

/// Who looks at a page.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The visitor's id.
    pub user: UserId,
    /// The address of this server as the visitor's browser has it, such as `https://rooms.example`; empty when it sends none.
    pub origin: String,
    /// Set when the visitor is new: the cookie to send.
    new_cookie: Option<String>,
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let jar = CookieJar::from_headers(&parts.headers);
        let Ok(client) = Client::from_request_parts(parts, app).await;
        let scheme = if client.https { "https" } else { "http" };
        let origin = match host(&parts.headers) {
            "" => String::new(),
            host => format!("{scheme}://{host}"),
        };
        let known =
            jar.get(COOKIE).and_then(|cookie| app.tokens.user(Purpose::Visitor, cookie.value(), now_s()));
        if let Some(user) = known {
            return Ok(Self { user, origin, new_cookie: None });
        }
        let user = new_user_id();
        let token = app.tokens.sign(Purpose::Visitor, &user, None, now_s());
        let cookie = Cookie::build((COOKIE, token)).path("/").http_only(true).same_site(SameSite::Lax);
        let cookie = cookie.secure(client.https).build();
        Ok(Self { user, origin, new_cookie: Some(format!("{cookie}; Max-Age={VISITOR_SECONDS}")) })
    }
}

impl Visitor {
    /// The cookie to set, for a new visitor.
    pub fn cookie(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(self.new_cookie.as_deref()?).ok()
    }

    /// A token that only this visitor's forms carry.
    pub fn form_token(&self, tokens: &Tokens) -> String {
        tokens.sign(Purpose::Form, &self.user, None, now_s())
    }

    /// Whether a form came from one of this visitor's own pages.
    pub fn sent(&self, tokens: &Tokens, form_token: &str) -> bool {
        self.new_cookie.is_none()
            && tokens.user(Purpose::Form, form_token, now_s()).as_ref() == Some(&self.user)
    }
}
