//! The sample call centre asks about three numbers: `cargo run --example quickstart`.

use dialgate::vocabulary::Channel;
use dialgate::{Gate, Manifest, Number};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let snapshot = Manifest::load("examples/acme/gate.toml")?.compile()?;
    let gate = Gate::from_bytes(snapshot.as_bytes())?;
    let campaign = gate.campaign().purpose("own-offers").channel(Channel::ManualCall).prepare()?;
    let at = "2026-11-23T15:00:00Z".parse()?;

    for text in ["+48223000002", "+48223000005", "+442079460011"] {
        let number: Number = text.parse()?;
        let decision = campaign.may_contact_at(number, at);
        if decision.is_allowed() {
            println!("{number}: dial, and {:?}", decision.obligations());
        } else {
            println!("{number}: {} because {:?}", decision.verdict(), decision.reasons());
        }
    }
    Ok(())
}
