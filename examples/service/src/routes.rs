//! The routes, their limits and their figures.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::authzen::{Answer, Evaluation, Evaluations, Semantic};
use crate::problem::{Body, Problem};
use crate::state::Service;
use crate::withdrawals;

/// What a request may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a body.
    pub body: usize,
    /// Questions of a batch.
    pub batch: usize,
    /// Time for a request, the reading of its body included.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body: 512 << 10, batch: 1000, time: Duration::from_secs(10) }
    }
}

/// Answers on this socket until `stop` is done; requests that are under way then are still answered.
///
/// # Errors
/// When the socket fails.
pub async fn serve(
    listener: TcpListener,
    service: Arc<Service>,
    limits: Limits,
    figures: PrometheusHandle,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(service, limits, figures)).with_graceful_shutdown(stop).await
}

fn router(service: Arc<Service>, limits: Limits, figures: PrometheusHandle) -> Router {
    let batch = move |state, body| evaluations(state, body, limits.batch);
    Router::new()
        .route("/access/v1/evaluation", post(evaluation))
        .route("/access/v1/evaluations", post(batch))
        .route("/v1/withdrawals", post(withdrawals::withdraw))
        .route("/healthz", get(health))
        .route(
            "/metrics",
            get(move || async move {
                figures.run_upkeep();
                figures.render()
            }),
        )
        .fallback(|| async { Problem::new(StatusCode::NOT_FOUND, "there is nothing here") })
        .method_not_allowed_fallback(|| async {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this path takes another method")
        })
        .layer(DefaultBodyLimit::max(limits.body))
        .layer(middleware::from_fn(move |request, next| watch(request, next, limits.time)))
        .with_state(service)
}

async fn evaluation(
    State(service): State<Arc<Service>>,
    Body(asked): Body<Evaluation>,
) -> Result<Json<Answer>, Problem> {
    service.answer(asked).map(Json)
}

async fn evaluations(
    State(service): State<Arc<Service>>,
    Body(asked): Body<Evaluations>,
    limit: usize,
) -> Result<Response, Problem> {
    if asked.evaluations.is_empty() {
        // As the standard has it: a batch without questions is one question.
        return service.answer(asked.common).map(|answer| Json(answer).into_response());
    }
    if asked.evaluations.len() > limit {
        let detail = format!("{} questions in one batch, at most {limit} are taken", asked.evaluations.len());
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    let mut answers = Vec::with_capacity(asked.evaluations.len());
    for one in asked.evaluations {
        let answer = service.answer(one.or(&asked.common));
        // One that is no question does not take the others their answers, and is no permission.
        let answer = answer.unwrap_or_else(|problem| Answer::error(problem.status.as_u16(), problem.detail));
        let is_last = match asked.options.evaluations_semantic {
            Semantic::ExecuteAll => false,
            Semantic::DenyOnFirstDeny => !answer.decision,
            Semantic::PermitOnFirstPermit => answer.decision,
        };
        answers.push(answer);
        if is_last {
            break;
        }
    }
    Ok(Json(json!({ "evaluations": answers })).into_response())
}

async fn health(State(service): State<Arc<Service>>) -> Json<Value> {
    Json(json!({"status": "pass", "snapshot": service.snapshot()}))
}

/// Times a request, ends one that takes too long, and gives its id back.
async fn watch(request: Request, next: Next, limit: Duration) -> Response {
    let begun = Instant::now();
    let id = request.headers().get("x-request-id").cloned();
    // The route, not the path: what a client puts into a path is not known.
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let mut response = match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(StatusCode::REQUEST_TIMEOUT, "the request took too long").into_response(),
    };
    if let Some(id) = id {
        response.headers_mut().insert("x-request-id", id);
    }
    let status = response.status().as_u16();
    tracing::info!(route, status, "request");
    metrics::counter!("dialgate_requests_total", "route" => route.clone(), "status" => status.to_string()).increment(1);
    metrics::histogram!("dialgate_request_seconds", "route" => route).record(begun.elapsed().as_secs_f64());
    response
}
