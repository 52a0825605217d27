//! Small things of the whole store that are overwritten in place: settings, the probe row.

use crate::StoreError;
use sqlx::SqliteConnection;

pub(super) async fn setting(
    connection: &mut SqliteConnection,
    key: &str,
) -> Result<Option<String>, StoreError> {
    let value = sqlx::query_scalar("SELECT value FROM settings WHERE key = $1").bind(key);
    Ok(value.fetch_optional(connection).await?)
}

pub(super) async fn setting_or_insert(
    connection: &mut SqliteConnection,
    key: &str,
    value: &str,
) -> Result<String, StoreError> {
    // The update that changes nothing makes RETURNING answer with the value that was first.
    let stored = sqlx::query_scalar(
        "INSERT INTO settings (key, value) VALUES ($1, $2)
         ON CONFLICT (key) DO UPDATE SET value = settings.value RETURNING value",
    );
    Ok(stored.bind(key).bind(value).fetch_one(connection).await?)
}

pub(super) async fn probe(connection: &mut SqliteConnection, now_ms: i64) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO probe (id, at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET at = excluded.at")
        .bind(now_ms)
        .execute(connection)
        .await?;
    Ok(())
}
