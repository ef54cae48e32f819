use crate::clock::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "camelCase")]
pub enum Request {
    Load(Load),
    Run(Run),
    Unload { module: u64 },
    End,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Load {
    pub path: String,
    pub from: From,
    pub store_to: Option<String>,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub enum From {
    Wasm,
    Artefact,
}

#[derive(Deserialize)]
pub struct Run {
    pub module: u64,
    #[serde(flatten)]
    pub job: Job,
    pub stdin: Option<String>,
    pub stdout: Option<String>,
    pub stderr: Option<String>,
}

/// What a guest is given, and what to call.
#[derive(Deserialize)]
pub struct Job {
    pub args: Vec<String>,
    pub env: BTreeMap<String, String>,
    pub dirs: Vec<Folder>,
    pub invoke: Option<Invoke>,
}

/// A folder that the guest may see, under the name that it sees.
#[derive(Deserialize)]
pub struct Folder {
    pub host: String,
    pub guest: String,
}

#[derive(Deserialize)]
pub struct Invoke {
    pub name: String,
    pub args: Vec<String>,
    #[serde(default)]
    pub calls: u32,
}

/// A job by the file of its module.
#[derive(Deserialize)]
pub struct Once {
    pub module: String,
    #[serde(flatten)]
    pub job: Job,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ready {
    pub ready: bool,
    pub version: String,
    pub started_ns: i64,
    pub ready_ns: i64,
}

#[derive(Serialize)]
#[serde(untagged)]
pub enum Answer {
    Loaded(Loaded),
    Ran(Ran),
    Done { done: bool },
    Failed(Failure),
}

#[derive(Serialize)]
pub struct Loaded {
    pub module: u64,
    pub phases: LoadPhases,
}

#[derive(Serialize)]
pub struct LoadPhases {
    pub read: Span,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compile: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load: Option<Span>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ran {
    pub phases: RunPhases,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steady_ns: Option<Vec<i64>>,
    pub end: End,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunPhases {
    pub instantiate: Span,
    pub first_call: Span,
    pub teardown: Span,
}

/// How a guest ended.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum End {
    Exit { code: i32 },
    Returned,
    Trap { message: String },
}

/// A request that failed, the host still being well.
#[derive(Serialize, Debug)]
pub struct Failure {
    pub failed: &'static str,
    pub message: String,
}

impl Failure {
    /// The engine does not take this module, for the reason that it gives.
    pub fn refused(message: impl ToString) -> Self {
        Failure { failed: "refused", message: message.to_string() }
    }

    pub fn unsupported(message: impl ToString) -> Self {
        Failure { failed: "unsupported", message: message.to_string() }
    }

    pub fn internal(message: impl ToString) -> Self {
        Failure { failed: "internal", message: message.to_string() }
    }
}
