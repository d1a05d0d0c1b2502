//! What happened: consents, denials, relationships, attempts.

use serde_json::{Value, json};

use super::instants::past;
use super::{CHANNELS, DAY, Dice, HOUR, NAMED, rfc3339};

pub(super) fn record(as_of: i64, dice: &mut Dice) -> Value {
    let controller = dice.pick(&["acme", "acme", "acme", "acme", "acme", "beta", "beta", "gamma"]);
    let at = past(as_of, dice);
    let mut fields = json!({ "at": rfc3339(at), "controller": controller });
    let erasure = if dice.one_in(3) { "erasure" } else { "consent" };
    let restriction = if dice.one_in(2) { "restriction" } else { "restriction_lifted" };
    let kind = dice.pick(&[
        "consent",
        "consent",
        "consent",
        "consent",
        "consent",
        "consent",
        "consent",
        "relationship",
        "relationship",
        "relationship",
        "relationship",
        "relationship_end",
        "withdrawal",
        "objection",
        "opt_out",
        erasure,
        restriction,
        "reassigned",
        "attempt",
        "attempt",
    ]);
    fields["type"] = json!(kind);
    let denial = matches!(kind, "withdrawal" | "objection" | "opt_out" | "erasure" | "restriction");
    if denial && dice.one_in(8) {
        fields["at"] = json!(rfc3339(as_of + 3 * DAY));
    }
    if denial && dice.one_in(6) {
        fields["controller"] = json!("*");
    }
    match kind {
        "consent" => consent(&mut fields, at, dice),
        "withdrawal" | "opt_out" => {
            if dice.one_in(2) {
                fields["purposes"] = match dice.below(5) {
                    0 => json!(["*"]),
                    1 => json!(["no-such-purpose"]),
                    _ => json!(dice.few(NAMED)),
                };
            }
            if fields["purposes"] != json!(["no-such-purpose"]) && dice.one_in(3) {
                fields["channels"] = json!(dice.few(CHANNELS));
            }
            if kind == "opt_out" && dice.one_in(2) {
                fields["until"] = json!(rfc3339(as_of + 2 * DAY));
            }
            if dice.one_in(2) {
                fields["via"] = json!(dice.pick(&["sms", "manual_call"]));
            }
        }
        "objection" => fields["scope"] = json!(dice.pick(&["marketing", "all"])),
        "relationship" => {
            fields["kind"] = json!(dice.pick(&["contract", "order", "purchase", "inquiry", "debt"]));
            if dice.one_in(2) {
                fields["purposes"] = json!(dice.few(NAMED));
                fields["soft_opt_in"] = json!(dice.one_in(2));
            }
            if fields["kind"] == "contract" && dice.one_in(3) {
                fields["ends_at"] = json!(rfc3339(at + dice.pick(&[5, 50, 1000]) * DAY));
            }
        }
        "relationship_end" => fields["kind"] = json!(dice.pick(&["contract", "contract", "debt"])),
        "attempt" => {
            fields["controller"] = json!(dice.pick(&["acme", "beta"]));
            fields["channel"] = json!(dice.pick(CHANNELS));
            fields["outcome"] = json!(dice.pick(&["answered", "no_answer", "no_answer", "refused", "conversation"]));
            let days = dice.pick(&[0, 1, 2, 3, 4, 6, 7, 8, 29, 30, 55, 60, 200]);
            fields["at"] = json!(rfc3339(if dice.one_in(4) { past(as_of, dice) } else { as_of - days * DAY }));
            if dice.one_in(2) {
                let purposes = ["dunning", "debt_collection", "opt_out_confirmation", "own-offers", "marketing"];
                fields["purpose"] = json!(dice.pick(&purposes));
            }
        }
        _ => {}
    }
    fields
}

/// One of many calls: most are for this purpose, by voice.
pub(super) fn call(as_of: i64, purpose: &str, dice: &mut Dice) -> Value {
    let at = as_of - dice.pick(&[1, 2, 5, 5, 8, 20, 23, 24, 30, 72, 96, 144, 160, 200, 480, 700]) * HOUR;
    let mut fields = json!({ "type": "attempt", "at": rfc3339(at), "controller": "acme" });
    fields["purpose"] = json!(if dice.one_in(6) { dice.pick(&["dunning", "own-offers"]) } else { purpose });
    fields["channel"] = json!(dice.pick(&["manual_call", "manual_call", "manual_call", "automated_call", "sms"]));
    let outcome = if dice.one_in(8) { dice.pick(&["refused", "conversation"]) } else { "no_answer" };
    fields["outcome"] = json!(outcome);
    fields
}

fn consent(fields: &mut Value, at: i64, dice: &mut Dice) {
    let mut yes = || !dice.one_in(16);
    fields["conditions"] =
        json!({ "freely_given": yes(), "informed": yes(), "unambiguous": yes(), "revocable": yes() });
    fields["pre_ticked"] = json!(!yes());
    fields["purposes"] = json!(dice.few(NAMED));
    fields["channels"] = json!(dice.few(&["live_call", "live_call", "manual_call", "sms", "automated_call"]));
    fields["form"] = json!(dice.pick(&["electronic", "written", "electronic", "oral", "oral", "implied"]));
    fields["evidence"] =
        if dice.one_in(16) { Value::Null } else { json!({ "uri": "recording://1", "sha256": "9f".repeat(32) }) };
    if dice.one_in(3) {
        fields["expires_at"] = json!(rfc3339(at + dice.pick(&[7, 90, 1000]) * DAY));
    }
}
