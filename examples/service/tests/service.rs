//! The service over a real socket of the loopback: checks, batches, withdrawals, errors, load, figures, its end.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const AT: &str = "2026-11-23T15:00:00Z";
const MANIFEST: &str = r#"
controller = "acme"
as_of = "2026-11-23T06:00:00Z"
[[controllers]]
id = "acme"
[[controllers]]
id = "beta"
[[purposes]]
id = "own-offers"
class = "marketing"
[[consent_texts]]
id = "web"
form = "electronic"
pre_ticked = false
conditions = { freely_given = true, informed = true, unambiguous = true, revocable = true }
[ledger]
path = "acme.ledger"
[[records]]
path = "records.jsonl"
"#;

fn person(index: u32) -> String {
    format!("+4822300{index:04}")
}

fn consent(number: &str) -> String {
    let digest = "9f".repeat(32);
    format!(
        r#"{{"type":"consent","number":"{number}","at":"2026-02-01T10:00:00Z","controller":"acme","purposes":["own-offers"],"channels":["live_call"],"text":"web","evidence":{{"uri":"forms://1","sha256":"{digest}"}}}}"#
    ) + "\n"
}

/// The service as a process of its own, killed when the test ends.
struct Running {
    child: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// People 0 to 99 have agreed.
fn start() -> Running {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("gate.toml"), MANIFEST).unwrap();
    std::fs::write(at("records.jsonl"), (0..100).map(|index| consent(&person(index))).collect::<String>()).unwrap();
    drop(dialgate::Ledger::create(at("acme.ledger"), None).unwrap());
    dialgate::Manifest::load(at("gate.toml")).unwrap().compile().unwrap().write_to(at("acme.gate")).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_dialgate-service"))
        .args([at("acme.gate"), at("acme.ledger")])
        .args(["127.0.0.1:0", AT])
        .env("RUST_LOG", "debug")
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(at("log")).unwrap())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{}", log(folder.path())));
    Running { address: address.parse().unwrap(), child, _folder: folder }
}

fn log(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("log")).unwrap()
}

impl Running {
    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let (status, kind, text) = self.send(path, "application/json", &body.to_string());
        let expected = if status < 300 { "application/json" } else { "application/problem+json" };
        assert_eq!(kind, expected, "{text}");
        (status, serde_json::from_str(&text).unwrap())
    }

    /// Status, content type and body.
    fn send(&self, path: &str, kind: &str, body: &str) -> (u16, String, String) {
        let agent = ureq::Agent::new_with_config(ureq::Agent::config_builder().http_status_as_error(false).build());
        let url = format!("http://{}{path}", self.address);
        let mut response =
            agent.post(&url).header("content-type", kind).header("x-request-id", "r-1").send(body).unwrap();
        assert_eq!(response.headers()["x-request-id"], "r-1");
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        (response.status().as_u16(), kind, response.body_mut().read_to_string().unwrap())
    }

    fn get(&self, path: &str) -> String {
        ureq::get(format!("http://{}{path}", self.address)).call().unwrap().body_mut().read_to_string().unwrap()
    }

    fn check(&self, number: &str, purpose: &str) -> Value {
        let (status, answer) = self.post("/access/v1/evaluation", &question(number, purpose));
        assert_eq!(status, 200, "{answer}");
        answer
    }
}

fn question(number: &str, purpose: &str) -> Value {
    json!({
        "subject": {"type": "controller", "id": "acme"},
        "action": {"name": "manual_call", "properties": {"purpose": purpose}},
        "resource": {"type": "phone_number", "id": number, "properties": {"region": "PL"}},
        "context": {"ticket": "any"}
    })
}

#[test]
fn a_check_is_answered_in_the_shape_of_the_standard() {
    let service = start();
    let answer = service.check(&person(1), "own-offers");
    assert_eq!((&answer["decision"], &answer["context"]["verdict"]), (&json!(true), &json!("allow")));
    assert_eq!(answer["context"]["basis"], "consent");
    assert!(answer["context"]["obligations"].as_array().unwrap().contains(&json!("identify_caller")), "{answer}");
    let answer = service.check(&person(500), "own-offers");
    assert_eq!((&answer["decision"], &answer["context"]["reason"]), (&json!(false), &json!("consent_missing")));
    assert_eq!(
        answer["context"]["snapshot"],
        serde_json::from_str::<Value>(&service.get("/healthz")).unwrap()["snapshot"]
    );
}

#[test]
fn what_cannot_be_read_is_denied_and_what_is_no_question_is_a_problem() {
    let service = start();
    let answer = service.check(&person(1), "own-ofers");
    assert_eq!((&answer["decision"], &answer["context"]["reason"]), (&json!(false), &json!("question_unknown")));
    assert!(answer["context"]["hint"].as_str().unwrap().contains("not declared"), "{answer}");
    let answer = service.check("call me", "own-offers");
    assert_eq!((&answer["decision"], &answer["context"]["reason"]), (&json!(false), &json!("number_invalid")));
    let mut zone = question(&person(1), "own-offers");
    zone["resource"]["properties"]["time_zone"] = json!("Europe/Warszawa");
    assert_eq!(service.post("/access/v1/evaluation", &zone).1["decision"], false, "a bad zone is not ignored");

    let mut misspelt = question(&person(1), "own-offers");
    misspelt["resource"]["properties"]["timezone"] = json!("Europe/Warsaw");
    let mut other = question(&person(1), "own-offers");
    other["resource"]["type"] = json!("document");
    for (body, told) in [(misspelt, "timezone"), (other, "phone_number"), (json!({}), "subject"), (json!([1]), "JSON")]
    {
        let (status, problem) = service.post("/access/v1/evaluation", &body);
        assert_eq!((status, &problem["status"]), (400, &json!(400)));
        assert!(problem["detail"].as_str().unwrap().contains(told), "{problem}");
    }
    let broken = format!("{{\"resource\": {{\"id\": \"{}\" \"", person(1));
    for (kind, body, status) in [
        ("application/json", broken.as_str(), 400),
        ("application/json", "", 400),
        ("application/json", r#"{"resource": {"type": "phone_number", "id": 48223000001}}"#, 400),
        ("text/plain", "{}", 415),
    ] {
        let (given, _, text) = service.send("/access/v1/evaluation", kind, body);
        assert_eq!(given, status, "{text}");
        assert!(!text.contains("4822300"), "an error tells no number: {text}");
    }
    for path in ["/", "/access/v1/nothing"] {
        assert_eq!(service.post(path, &json!({})).0, 404);
    }
    assert_eq!(service.post("/metrics", &json!({})).0, 405);
}

#[test]
fn a_batch_shares_what_its_questions_leave_out() {
    let service = start();
    let resource = |number: &str| json!({"resource": {"type": "phone_number", "id": number}});
    let mut batch = question("", "own-offers");
    batch["evaluations"] = json!([
        resource(&person(1)),
        resource(&person(500)),
        {"resource": {"type": "document", "id": "1"}},
        {"resource": {"type": "phone_number", "id": person(2)},
         "action": {"name": "manual_call", "properties": {"purpose": "nothing"}}},
        resource(&person(3)),
    ]);
    let (status, answers) = service.post("/access/v1/evaluations", &batch);
    assert_eq!(status, 200, "{answers}");
    let decisions = |answers: &Value| -> Vec<bool> {
        answers["evaluations"].as_array().unwrap().iter().map(|one| one["decision"].as_bool().unwrap()).collect()
    };
    assert_eq!(decisions(&answers), [true, false, false, false, true]);
    assert_eq!(answers["evaluations"][2]["context"]["error"]["status"], 400);
    assert_eq!(answers["evaluations"][3]["context"]["reason"], "question_unknown");
    for (semantic, expected) in
        [("deny_on_first_deny", &[true, false][..]), ("permit_on_first_permit", &[true]), ("execute_all", &[true; 0])]
    {
        batch["options"] = json!({"evaluations_semantic": semantic});
        let answered = decisions(&service.post("/access/v1/evaluations", &batch).1);
        assert!(answered == expected || (semantic == "execute_all" && answered.len() == 5), "{semantic}: {answered:?}");
    }
    let one = service.post("/access/v1/evaluations", &question(&person(1), "own-offers")).1;
    assert_eq!(one["decision"], true, "a batch without questions is one question");
}

#[test]
fn bodies_and_batches_are_limited() {
    let service = start();
    let mut batch = question(&person(1), "own-offers");
    batch["evaluations"] = Value::Array(vec![json!({}); 1000]);
    assert_eq!(service.post("/access/v1/evaluations", &batch).1["evaluations"].as_array().unwrap().len(), 1000);
    batch["evaluations"] = Value::Array(vec![json!({}); 1001]);
    let (status, problem) = service.post("/access/v1/evaluations", &batch);
    assert!(status == 413 && problem["detail"].as_str().unwrap().contains("at most 1000"), "{problem}");
    batch["context"] = json!("x".repeat(600_000));
    let (status, problem) = service.post("/access/v1/evaluations", &batch);
    assert!(status == 413 && problem["detail"].as_str().unwrap().contains("smaller batches"), "{problem}");
}

#[test]
fn a_withdrawal_counts_at_the_next_check() {
    let service = start();
    for index in 0..20 {
        assert_eq!(service.check(&person(index), "own-offers")["decision"], true);
        let withdrawal = json!({"number": person(index), "controller": "acme", "id": format!("w-{index}")});
        let (status, answer) = service.post("/v1/withdrawals", &withdrawal);
        assert_eq!((status, &answer["recorded"]), (201, &json!(true)), "{answer}");
        let answer = service.check(&person(index), "own-offers");
        assert_eq!((&answer["decision"], &answer["context"]["reason"]), (&json!(false), &json!("withdrawn")));
        let (status, answer) = service.post("/v1/withdrawals", &withdrawal);
        assert_eq!((status, &answer["recorded"]), (200, &json!(false)), "the same again");
    }
    let elsewhere = json!({"number": person(50), "controller": "nobody"});
    let (status, problem) = service.post("/v1/withdrawals", &elsewhere);
    assert!(status == 422 && problem["detail"].as_str().unwrap().contains("acme, beta"), "{problem}");
    for body in [json!({"number": "no number"}), json!({"controller": "acme"}), json!({"number": person(50), "at": AT})]
    {
        assert_eq!(service.post("/v1/withdrawals", &body).0, 400);
    }
    assert_eq!(service.check(&person(50), "own-offers")["decision"], true);
    let all = json!({"number": person(50)});
    assert_eq!(service.post("/v1/withdrawals", &all).0, 201);
    assert_eq!(service.check(&person(50), "own-offers")["context"]["reason"], "withdrawn", "it binds every controller");
}

#[test]
fn many_clients_at_once_are_answered_and_no_number_is_logged_or_counted() {
    let service = start();
    let (clients, requests) = (16, 40);
    std::thread::scope(|threads| {
        for client in 0..clients {
            let service = &service;
            threads.spawn(move || {
                // Each client has a person of its own, who withdraws half way.
                let own = person(client);
                for round in 0..requests {
                    if round == requests / 2 {
                        assert_eq!(
                            service.post("/v1/withdrawals", &json!({"number": own, "controller": "acme"})).0,
                            201
                        );
                    }
                    let answer = service.check(&own, "own-offers");
                    assert_eq!(answer["decision"], round < requests / 2, "{answer}");
                }
            });
        }
    });
    let figures = service.get("/metrics");
    let line = |start: &str| {
        let found = figures.lines().find(|line| line.starts_with(start));
        found.unwrap_or_else(|| panic!("{start} in {figures}")).rsplit(' ').next().unwrap().to_owned()
    };
    let half = (clients * requests / 2).to_string();
    assert_eq!(line("dialgate_decisions_total{verdict=\"allow\""), half);
    assert_eq!(line("dialgate_decisions_total{verdict=\"deny\",reason=\"withdrawn\""), half);
    assert_eq!(line("dialgate_withdrawals_total"), clients.to_string());
    assert!(figures.contains("dialgate_request_seconds_bucket"), "{figures}");
    let log = log(service._folder.path());
    assert!(log.contains("consent.may_contact") && log.contains("own-offers"), "{log}");
    assert!(!log.contains("4822300") && !figures.contains("4822300"), "a number was told");
}

#[test]
fn told_to_stop_it_answers_what_has_begun_and_ends() {
    let mut service = start();
    let body = question(&person(1), "own-offers").to_string();
    let mut slow = TcpStream::connect(service.address).unwrap();
    let head = format!(
        "POST /access/v1/evaluation HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let (first, rest) = body.split_at(10);
    slow.write_all(head.as_bytes()).unwrap();
    slow.write_all(first.as_bytes()).unwrap();
    // What comes after it has been answered, so that this one has begun.
    assert_eq!(service.check(&person(2), "own-offers")["decision"], true);
    std::thread::sleep(Duration::from_millis(200));
    let pid = service.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let begun = Instant::now();
    while TcpStream::connect(service.address).is_ok() && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
    }
    slow.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"decision\":true"), "{answer}");
    assert!(service.child.wait().unwrap().success());
}

#[test]
fn a_slow_body_does_not_hold_a_connection_for_ever() {
    let service = start();
    let mut slow = TcpStream::connect(service.address).unwrap();
    let head = "POST /access/v1/evaluation HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{";
    slow.write_all(head.as_bytes()).unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut answer = [0; 12];
    slow.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408");
}
