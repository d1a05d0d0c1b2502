//! `dialgate-service GATE LEDGER [LISTEN [AT]]`: answers questions over HTTP until it is told to stop.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use dialgate::{Gate, Ledger};
use dialgate_service::{Limits, Service, serve};
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (gate, ledger, listen, at) = match &arguments[..] {
        [gate, ledger] => (gate, ledger, "127.0.0.1:8080", None),
        [gate, ledger, listen] => (gate, ledger, listen.as_str(), None),
        [gate, ledger, listen, at] => (gate, ledger, listen.as_str(), Some(at)),
        _ => bail!("usage: dialgate-service GATE LEDGER [LISTEN [AT]]; AT freezes the clock, for sample data"),
    };
    let key = format!("{ledger}.key");
    let ledger = Ledger::open(ledger, None).with_context(|| format!("cannot open the ledger `{ledger}`"))?;
    let mut options = Gate::options();
    // A snapshot that holds something of a ledger opens with the ledger's key.
    if Path::new(&key).exists() {
        options = options.key_file(&key);
    }
    let opened = options.open(gate).with_context(|| format!("cannot open the snapshot `{gate}`"))?;
    let mut service = Service::new(opened, ledger).context("cannot follow the ledger")?;
    if let Some(at) = at {
        service = service.frozen_at(at.parse().context("AT is an instant in RFC 3339, as 2026-11-23T15:00:00Z")?);
    }
    let figures = PrometheusBuilder::new()
        .set_buckets(&[0.0001, 0.001, 0.01, 0.1, 1.0, 10.0])
        .and_then(PrometheusBuilder::install_recorder)
        .context("cannot set up the figures")?;
    let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on `{listen}`"))?;
    let mut terminate = signal(SignalKind::terminate())?;
    // Whoever started it with port 0 reads here which it is.
    println!("listening on {}", listener.local_addr()?);
    serve(listener, Arc::new(service), Limits::default(), figures, async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    })
    .await?;
    println!("stopped; every request that had begun was answered");
    Ok(())
}
