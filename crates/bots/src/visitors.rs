//! Visitors from the server's public API: who the bots are. Blocking HTTP on a thread of its own; knows no socket.

use crate::limits::{VISITORS_PER_REQUEST, VISITORS_TIMEOUT};
use serde::{Deserialize, Serialize};
use serde_json::json;
use thexr_wire::UserId;

/// Someone who may open a socket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Visitor {
    /// Who it is.
    pub user_id: UserId,
    /// What the socket asks for.
    pub token: String,
}

/// Why there are no visitors.
#[derive(Debug, thiserror::Error)]
pub enum VisitorsError {
    /// The request failed: unreachable, refused, or an answer that is none.
    #[error("{url}: {source}")]
    Request {
        /// Where it went.
        url: String,
        /// What happened.
        source: Box<ureq::Error>,
    },
    /// Another number than asked for.
    #[error("{url} gave {got} visitors instead of {asked}")]
    Count {
        /// Where it went.
        url: String,
        /// How many came.
        got: usize,
        /// How many were asked for.
        asked: usize,
    },
    /// The thread that asked is gone.
    #[error("the request for visitors was cut off")]
    CutOff,
}

/// Asks `POST {url}/api/v1/visitors` for `count` visitors, in batches; `key` is the operator's.
pub async fn visitors(url: &str, count: usize, key: Option<String>) -> Result<Vec<Visitor>, VisitorsError> {
    let url = format!("{}/api/v1/visitors", url.trim_end_matches('/'));
    let asking = tokio::task::spawn_blocking(move || {
        let mut all = Vec::with_capacity(count);
        while all.len() < count {
            all.extend(ask(&url, (count - all.len()).min(VISITORS_PER_REQUEST), key.as_deref())?);
        }
        Ok(all)
    });
    asking.await.map_err(|_| VisitorsError::CutOff)?
}

fn ask(url: &str, count: usize, key: Option<&str>) -> Result<Vec<Visitor>, VisitorsError> {
    let failed = |source| VisitorsError::Request { url: url.to_owned(), source: Box::new(source) };
    let mut request = ureq::post(url).config().timeout_global(Some(VISITORS_TIMEOUT)).build();
    if let Some(key) = key {
        request = request.header("Authorization", format!("Bearer {key}"));
    }
    let mut response = request.send_json(json!({"count": count})).map_err(failed)?;
    let visitors: Vec<Visitor> = response.body_mut().read_json().map_err(failed)?;
    if visitors.len() != count {
        return Err(VisitorsError::Count { url: url.to_owned(), got: visitors.len(), asked: count });
    }
    Ok(visitors)
}
