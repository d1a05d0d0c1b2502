//! A withdrawal goes on record, and counts at the next check.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use dialgate::{LedgerError, Number};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::problem::{Body, Problem};
use crate::state::Service;

/// Who withdraws what. Without `controller` it binds every one, without `purposes` and `channels` all of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Withdrawal {
    number: Number,
    controller: Option<String>,
    purposes: Option<Vec<String>>,
    channels: Option<Vec<String>>,
    via: Option<String>,
    /// The same id is the same withdrawal, sent again.
    id: Option<String>,
}

/// It is durable, and counts.
#[derive(Serialize)]
pub(crate) struct Recorded {
    /// False: a withdrawal with this id was on record.
    recorded: bool,
    position: u64,
}

pub(crate) async fn withdraw(
    State(service): State<Arc<Service>>,
    Body(asked): Body<Withdrawal>,
) -> Result<(StatusCode, Json<Recorded>), Problem> {
    let dictionary = service.gate().dictionary();
    if let Some(controller) = asked.controller.as_deref()
        && !dictionary.controllers.iter().any(|known| known.id == controller)
    {
        let known: Vec<_> = dictionary.controllers.iter().map(|known| known.id.as_str()).collect();
        let detail = format!("the controller is not declared, expected one of {}", known.join(", "));
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
    }
    let mut record = json!({"type": "withdrawal", "number": asked.number, "at": service.now()});
    let optional = [
        ("controller", json!(asked.controller)),
        ("purposes", json!(asked.purposes)),
        ("channels", json!(asked.channels)),
        ("via", json!(asked.via)),
        ("id", json!(asked.id)),
    ];
    for (name, value) in optional.into_iter().filter(|(_, value)| !value.is_null()) {
        record[name] = value;
    }
    let (ledger, record) = (service.ledger(), record.to_string());
    // It waits for the disk. A client that goes away meanwhile does not take it back.
    let appended = tokio::task::spawn_blocking(move || ledger.record(&[record])).await;
    let appended = appended.map_err(|_| unknown())?.map_err(|error| match error {
        LedgerError::Busy { .. } => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the ledger is busy, nothing was recorded; send it again")
        }
        _ => unknown(),
    })?;
    if let Some((_, reason)) = appended.refused.first() {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, *reason));
    }
    metrics::counter!("dialgate_withdrawals_total").increment(appended.recorded);
    let status = if appended.recorded > 0 { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(Recorded { recorded: appended.recorded > 0, position: appended.position })))
}

/// After a failed write the gate denies everything until the service is started again.
fn unknown() -> Problem {
    let detail =
        "it is not known whether the withdrawal was recorded: treat the person as withdrawn, and send it again";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
}
