//! Policy engines with one rule: not suppressed, a consent, and the hour within the window.
//!
//! They are told the facts and decide about them. What dialgate does beside that (finding the facts: the number's lists,
//! history, country and clock; reasons, duties, validity) is not asked of them.

use std::error::Error;
use std::str::FromStr;

use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi, Model};
use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request, RestrictedExpression};
use regorus::Value;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;

/// What an engine is told about a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Facts {
    pub suppressed: bool,
    pub consent: bool,
    pub hour: i64,
}

impl Facts {
    /// The rule itself.
    pub fn allow(self) -> bool {
        !self.suppressed && self.consent && (9..20).contains(&self.hour)
    }
}

/// One that decides about facts.
pub trait Engine {
    fn name(&self) -> &'static str;

    fn decide(&mut self, facts: Facts) -> Result<bool, Box<dyn Error>>;
}

/// Cedar; the request is made for each call, as a caller must.
pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    uids: [EntityUid; 3],
}

impl Cedar {
    pub fn new() -> Result<Self, Box<dyn Error>> {
        let policies = PolicySet::from_str(
            r#"permit (principal, action == Action::"call", resource)
               when { !context.suppressed && context.consent && context.hour >= 9 && context.hour < 20 };"#,
        )?;
        let uid = |text: &str| EntityUid::from_str(text);
        let uids = [uid(r#"Controller::"acme""#)?, uid(r#"Action::"call""#)?, uid(r#"Lead::"lead""#)?];
        Ok(Self { authorizer: Authorizer::new(), policies, entities: Entities::empty(), uids })
    }
}

impl Engine for Cedar {
    fn name(&self) -> &'static str {
        "Cedar"
    }

    fn decide(&mut self, facts: Facts) -> Result<bool, Box<dyn Error>> {
        let context = Context::from_pairs([
            ("suppressed".to_owned(), RestrictedExpression::new_bool(facts.suppressed)),
            ("consent".to_owned(), RestrictedExpression::new_bool(facts.consent)),
            ("hour".to_owned(), RestrictedExpression::new_long(facts.hour)),
        ])?;
        let [principal, action, resource] = self.uids.clone();
        let request = Request::new(principal, action, resource, context, None)?;
        Ok(self.authorizer.is_authorized(&request, &self.policies, &self.entities).decision() == Decision::Allow)
    }
}

/// Rego, compiled for regorus' machine, which is kept from call to call.
pub struct Regorus {
    machine: RegoVM,
    names: [Value; 3],
}

impl Regorus {
    pub fn new() -> Result<Self, Box<dyn Error>> {
        let policy = "package gate\nimport rego.v1\ndefault allow := false\n\
                      allow if {\n not input.suppressed\n input.consent\n input.hour >= 9\n input.hour < 20\n}\n";
        let mut engine = regorus::Engine::new();
        engine.add_policy("gate.rego".to_owned(), policy.to_owned())?;
        let entry = "data.gate.allow";
        let compiled = engine.compile_with_entrypoint(&entry.into())?;
        let program = Compiler::compile_from_policy(&compiled, &[entry])?;
        let mut machine = RegoVM::new();
        machine.load_program(program);
        Ok(Self { machine, names: ["suppressed", "consent", "hour"].map(Value::from) })
    }
}

impl Engine for Regorus {
    fn name(&self) -> &'static str {
        "regorus"
    }

    fn decide(&mut self, facts: Facts) -> Result<bool, Box<dyn Error>> {
        let mut input = Value::new_object();
        let object = input.as_object_mut()?;
        let values = [Value::from(facts.suppressed), Value::from(facts.consent), Value::from(facts.hour)];
        for (name, value) in self.names.iter().zip(values) {
            object.insert(name.clone(), value);
        }
        self.machine.set_input(input);
        Ok(*self.machine.execute()?.as_bool()?)
    }
}

/// casbin, the facts as arguments of the request.
pub struct Casbin {
    enforcer: Enforcer,
}

impl Casbin {
    pub fn new() -> Result<Self, Box<dyn Error>> {
        let mut model = DefaultModel::default();
        model.add_def("r", "r", "act, suppressed, consent, hour");
        model.add_def("p", "p", "act");
        model.add_def("e", "e", "some(where (p.eft == allow))");
        model.add_def("m", "m", "r.act == p.act && !r.suppressed && r.consent && r.hour >= 9 && r.hour < 20");
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let enforcer = runtime.block_on(async {
            let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
            enforcer.add_policy(vec!["call".to_owned()]).await?;
            Ok::<_, casbin::Error>(enforcer)
        })?;
        Ok(Self { enforcer })
    }
}

impl Engine for Casbin {
    fn name(&self) -> &'static str {
        "casbin"
    }

    fn decide(&mut self, facts: Facts) -> Result<bool, Box<dyn Error>> {
        Ok(self.enforcer.enforce(("call", facts.suppressed, facts.consent, facts.hour))?)
    }
}

/// The rule as a program, for scale: the facts are in hand.
pub struct Program;

impl Engine for Program {
    fn name(&self) -> &'static str {
        "the rule in Rust"
    }

    fn decide(&mut self, facts: Facts) -> Result<bool, Box<dyn Error>> {
        Ok(std::hint::black_box(facts).allow())
    }
}

/// Every engine, and every combination of facts put to it once: it must know the rule.
pub fn all() -> Result<Vec<Box<dyn Engine>>, Box<dyn Error>> {
    let mut engines: Vec<Box<dyn Engine>> =
        vec![Box::new(Program), Box::new(Cedar::new()?), Box::new(Regorus::new()?), Box::new(Casbin::new()?)];
    for engine in &mut engines {
        for case in 0..4 * 24 {
            let facts = Facts { suppressed: case & 1 > 0, consent: case & 2 > 0, hour: case >> 2 };
            let decided = engine.decide(facts)?;
            assert_eq!(decided, facts.allow(), "{} decides wrongly about {facts:?}", engine.name());
        }
    }
    Ok(engines)
}
