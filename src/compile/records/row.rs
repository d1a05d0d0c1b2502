//! One record: from fields to what happened.

use super::value::{Field, Fields};
use super::{Known, is_sha256};
use crate::compile::date;
use crate::compile::input::{Body, Consent, Record, Scope};
use crate::compile::lists::national::Plan;
use crate::vocabulary::{Channel, ChannelSet, Condition, ConditionSet, Form, Outcome, RelationshipKind};
use crate::{Number, Timestamp};

/// What became of a row.
#[derive(PartialEq, Debug)]
pub(super) enum Taken {
    /// It was read. A denial whose date cannot be read is two records: one that binds from the start of
    /// time, and one that is as new as the data, so that no consent outlives it.
    Record { records: Vec<Record>, widened: Option<&'static str> },
    /// Not taken: it could only have allowed something, or names no possible number.
    Rejected(&'static str),
    /// Not taken, although it may have been a denial.
    Lost(&'static str),
}

/// Why a row that is no denial is not taken.
type Defect = &'static str;

pub(super) struct Row<'a> {
    fields: Fields,
    known: &'a Known<'a>,
    widened: Option<&'static str>,
}

impl<'a> Row<'a> {
    pub(super) fn new(fields: Fields, known: &'a Known<'a>) -> Self {
        Self { fields, known, widened: None }
    }

    pub(super) fn read(mut self) -> Taken {
        let Ok(Some(kind)) = self.fields.text("type") else { return Taken::Lost("no `type` that can be read") };
        let denies =
            matches!(kind.as_str(), "withdrawal" | "objection" | "opt_out" | "erasure" | "restriction" | "reassigned");
        // An attempt that is lost could lift a cap or a silence; an end that is lost a relationship.
        let binds = denies || matches!(kind.as_str(), "attempt" | "relationship_end");
        let permits =
            matches!(kind.as_str(), "consent" | "relationship" | "notice" | "recording" | "restriction_lifted");
        if !binds && !permits {
            return Taken::Lost("a `type` that is not known");
        }
        let number = match self.fields.text("number") {
            Ok(Some(text)) => Plan::International.read(text.as_bytes()),
            _ => Err(crate::compile::lists::national::Defect::Unreadable),
        };
        let number = match number {
            Ok(number) => number,
            Err(defect) => {
                use crate::compile::lists::national::Defect;
                return match defect {
                    Defect::Impossible => Taken::Rejected(defect.reason()),
                    _ if binds => Taken::Lost("a number that cannot be read: expected E.164 with `+`"),
                    _ => Taken::Rejected("a number that cannot be read: expected E.164 with `+`"),
                };
            }
        };
        if denies {
            return self.denial(&kind, number);
        }
        match self.record(&kind, number) {
            Ok(record) => Taken::Record { records: vec![record], widened: None },
            Err(defect) if binds => Taken::Lost(defect),
            Err(defect) => Taken::Rejected(defect),
        }
    }

    fn denial(mut self, kind: &str, number: Number) -> Taken {
        // A date before all telephones is none.
        let at = self.fields.text("at").ok().flatten().and_then(|text| date::instant(&text));
        let at = at.filter(|at| *at >= Timestamp::from_seconds(0));
        let controller = self.denial_controller();
        let id = self.id().unwrap_or_else(|_| self.widen("an `id` that cannot be read"));
        let _unused = self.fields.take("recorded_at");
        let body = match kind {
            "withdrawal" => Body::Withdrawal { scope: self.denial_scope(), via: self.via() },
            "opt_out" => Body::OptOut { scope: self.denial_scope(), until: self.until(at), via: self.via() },
            "objection" => Body::Objection {
                all: match self.fields.text("scope") {
                    Ok(Some(scope)) if scope == "marketing" => false,
                    Ok(Some(scope)) if scope == "all" => true,
                    _ => {
                        let _: Option<()> = self.widen("an objection's `scope` that cannot be read: taken as `all`");
                        true
                    }
                },
            },
            "erasure" => Body::Erasure {
                keep_suppression: self
                    .fields
                    .bool("keep_suppression")
                    .unwrap_or_else(|()| self.widen("`keep_suppression` that cannot be read: taken as true"))
                    .unwrap_or(true),
            },
            "restriction" => Body::Restriction,
            _ => Body::Reassigned,
        };
        let body = if self.fields.is_empty() {
            body
        } else {
            let _: Option<()> = self.widen("a field that this type has not: taken for all purposes and channels");
            widest(body)
        };
        let late = at.is_none_or(|at| at > self.known.latest);
        let body = match body {
            // What is not clear forgets nothing: the tombstone stays.
            Body::Erasure { keep_suppression: false } if late || self.widened.is_some() => {
                let _: Option<()> = self.widen("an erasure without suppression that is not clear: it leaves one");
                Body::Erasure { keep_suppression: true }
            }
            body => body,
        };
        if at.is_some_and(|at| at > self.known.latest) {
            let _: Option<()> = self.widen("dated later than the data: it counts at once");
        }
        let controller = if kind == "reassigned" { None } else { controller };
        let records = match at {
            Some(at) => vec![Record { number, at, controller, id, body }],
            None => {
                let _: Option<()> = self.widen("a date that cannot be read: taken as old and as new as can be");
                // No consent is later than the latest that is taken; and what has no date confirms nothing.
                let body = unconfirmable(body);
                [Timestamp::from_seconds(0), self.known.latest]
                    .map(|at| Record { number, at, controller: controller.clone(), id: None, body: body.clone() })
                    .into()
            }
        };
        Taken::Record { records, widened: self.widened }
    }

    fn record(&mut self, kind: &str, number: Number) -> Result<Record, Defect> {
        let at = self.date("at", "`at` missing or not RFC 3339")?.ok_or("`at` missing or not RFC 3339")?;
        let controller = self.controller()?;
        let id = self.id().map_err(|()| "an `id` that cannot be read")?;
        self.date("recorded_at", "`recorded_at` that cannot be read")?;
        let body = match kind {
            "consent" => Body::Consent(self.consent(at)?),
            "restriction_lifted" => Body::RestrictionLifted,
            "relationship" => Body::Relationship {
                kind: self.kind()?.ok_or("a relationship without `kind`")?,
                purposes: self.words("purposes", "`purposes` that cannot be read")?.unwrap_or_default(),
                ends_at: self.date("ends_at", "`ends_at` that cannot be read")?,
                soft_opt_in: self
                    .fields
                    .bool("soft_opt_in")
                    .map_err(|()| "`soft_opt_in` that is no boolean")?
                    .unwrap_or(false),
            },
            "relationship_end" => {
                let (kind, of) = (self.kind()?, self.some_text("of", "`of` that cannot be read")?);
                if kind.is_some() == of.is_some() {
                    return Err("a relationship's end: expected either `kind` or `of`");
                }
                Body::RelationshipEnd { kind, of }
            }
            "notice" => Body::Notice {
                version: self
                    .some_text("version", "`version` that cannot be read")?
                    .ok_or("a notice without `version`")?,
            },
            "recording" => Body::Recording {
                uri: self.some_text("uri", "`uri` that cannot be read")?.ok_or("a recording without `uri`")?,
                reason: self
                    .some_text("reason", "`reason` that cannot be read")?
                    .filter(|reason| matches!(reason.as_str(), "proof" | "quality"))
                    .ok_or("a recording's `reason`: expected `proof` or `quality`")?,
                retain_until: self.date("retain_until", "`retain_until` that cannot be read")?,
            },
            "attempt" => Body::Attempt {
                channel: self
                    .some_text("channel", "`channel` that cannot be read")?
                    .and_then(|channel| attempt_channel(&channel))
                    .ok_or("an attempt without a `channel` that is known")?,
                purpose: self.some_text("purpose", "`purpose` that cannot be read")?,
                outcome: self
                    .some_text("outcome", "`outcome` that cannot be read")?
                    .and_then(|outcome| Outcome::from_slug(&outcome))
                    .ok_or("an attempt without an `outcome` that is known")?,
            },
            _ => return Err("a `type` that is not known"),
        };
        if !self.fields.is_empty() {
            return Err("a field that this type has not");
        }
        let must_name = !matches!(kind, "attempt" | "restriction_lifted" | "relationship_end" | "recording");
        if must_name && controller.is_none() && self.known.controllers.is_some() {
            return Err("no `controller`, and several are declared");
        }
        Ok(Record { number, at, controller, id, body })
    }

    fn consent(&mut self, at: Timestamp) -> Result<Consent, Defect> {
        if at > self.known.latest {
            return Err("a consent dated after the date of the data");
        }
        let purposes = self.words("purposes", "`purposes` that cannot be read")?.unwrap_or_default();
        let channels = self.words("channels", "`channels` that cannot be read")?.unwrap_or_default();
        if purposes.is_empty() || channels.is_empty() {
            return Err("a consent without `purposes` or `channels`");
        }
        let channels = channel_set(&channels).ok_or("a channel that is not known")?;
        let text = self.some_text("text", "`text` that cannot be read")?;
        let known_text = match &text {
            None => None,
            Some(id) => Some(self.known.text(id).ok_or("a `text` that is not declared")?),
        };
        if known_text.and_then(|text| text.from).is_some_and(|from| at < from) {
            return Err("a consent from before its `text` was in use");
        }
        let form = match self.some_text("form", "`form` that cannot be read")? {
            Some(form) => Some(Form::from_slug(&form).ok_or("a `form` that is not known")?),
            None => known_text.and_then(|text| text.form),
        };
        let form = form.ok_or("a consent without `form`, and no `text` that gives it")?;
        let pre_ticked = self.fields.bool("pre_ticked").map_err(|()| "`pre_ticked` that is no boolean")?;
        let pre_ticked = pre_ticked
            .or(known_text.and_then(|text| text.pre_ticked))
            .ok_or("a consent without `pre_ticked`, and no `text` that gives it")?;
        let missing = self.missing(known_text.and_then(|text| text.conditions), form, pre_ticked)?;
        let expires_at = self.date("expires_at", "`expires_at` that cannot be read")?;
        if expires_at.is_some_and(|end| end <= at) {
            return Err("a consent that expires before it is given");
        }
        Ok(Consent {
            purposes,
            channels,
            form,
            missing,
            text,
            expires_at,
            notice_version: self.some_text("notice_version", "`notice_version` that cannot be read")?,
            double_opt_in_at: self.date("double_opt_in_at", "`double_opt_in_at` that cannot be read")?,
        })
    }

    /// The conditions that a consent misses; a record's own word counts before its text's.
    fn missing(&mut self, text: Option<ConditionSet>, form: Form, pre_ticked: bool) -> Result<ConditionSet, Defect> {
        let of_text = text.unwrap_or(ConditionSet::EMPTY);
        if self.fields.take("conditions").is_some_and(|value| value != Field::Object) {
            return Err("`conditions` that are no object");
        }
        let mut met = ConditionSet::of(&[Condition::Specific]);
        for (name, condition) in [
            ("conditions.freely_given", Condition::FreelyGiven),
            ("conditions.informed", Condition::Informed),
            ("conditions.unambiguous", Condition::Unambiguous),
            ("conditions.revocable", Condition::Revocable),
        ] {
            let own = self.fields.bool(name).map_err(|()| "a condition that is no boolean")?;
            if own.unwrap_or(of_text.contains(condition)) {
                met = met.with(condition);
            }
        }
        if pre_ticked || form == Form::Implied {
            met = met.without(Condition::Unambiguous);
        }
        if let Some(evidence) = self.fields.take("evidence") {
            if evidence != Field::Object {
                return Err("`evidence` that is no object");
            }
            let uri = self.some_text("evidence.uri", "evidence that cannot be read")?;
            let sha256 = self.some_text("evidence.sha256", "evidence that cannot be read")?;
            match (uri, sha256) {
                (Some(uri), Some(sha256)) if !uri.trim().is_empty() && is_sha256(&sha256) => {
                    met = met.with(Condition::Documented);
                }
                _ => return Err("evidence without `uri` or a `sha256` of 64 hexadecimal digits"),
            }
        }
        Ok(Condition::ALL.iter().copied().filter(|condition| !met.contains(*condition)).collect())
    }

    /// Which controller a denial binds: one that cannot be told is every one.
    fn denial_controller(&mut self) -> Option<String> {
        match self.fields.text("controller") {
            Ok(None) => self.known.only_controller.map(str::to_owned),
            Ok(Some(id)) if id == "*" => None,
            Ok(Some(id)) if self.known.is_controller(&id) => Some(id),
            _ => self.widen("a `controller` that is not declared: binds all"),
        }
    }

    fn controller(&mut self) -> Result<Option<String>, Defect> {
        match self.fields.text("controller") {
            Ok(None) => Ok(self.known.only_controller.map(str::to_owned)),
            Ok(Some(id)) if self.known.is_controller(&id) => Ok(Some(id)),
            _ => Err("a `controller` that is not declared"),
        }
    }

    fn denial_scope(&mut self) -> Scope {
        let purposes = self.fields.words("purposes");
        let channels = self.fields.words("channels");
        let readable_channels = match &channels {
            Ok(None) => true,
            Ok(Some(names)) => !names.is_empty() && channel_set(names).is_some(),
            Err(()) => false,
        };
        let readable_purposes = match &purposes {
            Ok(None) => true,
            Ok(Some(names)) => !names.is_empty(),
            Err(()) => false,
        };
        // What cannot be read in either widens that part to all.
        let mut scope = Scope { purposes: purposes.ok().flatten(), channels: channels.ok().flatten() };
        if !readable_purposes {
            let _: Option<()> = self.widen("purposes that cannot be read: taken for all");
            scope.purposes = Some(vec![Scope::UNREADABLE.to_owned()]);
        }
        if !readable_channels {
            let _: Option<()> = self.widen("channels that cannot be read: taken for all");
            scope.channels = None;
        }
        scope
    }

    fn until(&mut self, at: Option<Timestamp>) -> Option<Timestamp> {
        let text = match self.fields.text("until") {
            Ok(None) => return None,
            Ok(Some(text)) => text,
            Err(()) => return self.widen("an end that cannot be read: kept without end"),
        };
        match date::instant(&text) {
            Some(until) if at.is_none_or(|at| until > at) => Some(until),
            _ => self.widen("an end that cannot be read or lies before the start: kept without end"),
        }
    }

    fn via(&mut self) -> Option<String> {
        self.fields.text("via").unwrap_or_else(|()| self.widen("a `via` that cannot be read"))
    }

    fn id(&mut self) -> Result<Option<String>, ()> {
        self.fields.text("id").map(|id| id.filter(|id| !id.is_empty()))
    }

    fn kind(&mut self) -> Result<Option<RelationshipKind>, Defect> {
        self.some_text("kind", "`kind` that cannot be read")?
            .map(|kind| RelationshipKind::from_slug(&kind).ok_or("a `kind` that is not known"))
            .transpose()
    }

    fn words(&mut self, name: &str, defect: Defect) -> Result<Option<Vec<String>>, Defect> {
        self.fields.words(name).map_err(|()| defect)
    }

    fn some_text(&mut self, name: &str, defect: Defect) -> Result<Option<String>, Defect> {
        self.fields.text(name).map_err(|()| defect)
    }

    fn date(&mut self, name: &str, defect: Defect) -> Result<Option<Timestamp>, Defect> {
        match self.fields.text(name).map_err(|()| defect)? {
            None => Ok(None),
            Some(text) => date::instant(&text).map(Some).ok_or(defect),
        }
    }

    /// Notes that a denial was kept without a part of it; always none.
    fn widen<T>(&mut self, reason: &'static str) -> Option<T> {
        self.widened.get_or_insert(reason);
        None
    }
}

/// The same denial for all purposes and channels, without end.
fn widest(body: Body) -> Body {
    let scope = Scope { purposes: Some(vec![Scope::UNREADABLE.to_owned()]), channels: None };
    match body {
        Body::Withdrawal { via, .. } => Body::Withdrawal { scope, via },
        Body::OptOut { via, .. } => Body::OptOut { scope, until: None, via },
        Body::Objection { .. } => Body::Objection { all: true },
        other => other,
    }
}

/// The same without the way it came: nothing can be confirmed of which nobody knows when it was.
fn unconfirmable(body: Body) -> Body {
    match body {
        Body::Withdrawal { scope, .. } => Body::Withdrawal { scope, via: None },
        Body::OptOut { scope, until, .. } => Body::OptOut { scope, until, via: None },
        other => other,
    }
}

fn channel_set(names: &[String]) -> Option<ChannelSet> {
    names.iter().try_fold(ChannelSet::EMPTY, |set, name| Some(set.union(ChannelSet::from_slug(name)?)))
}

/// An attempt's channel; `live_call` counts as the first of the two, as both are voice.
fn attempt_channel(name: &str) -> Option<Channel> {
    ChannelSet::from_slug(name)?.iter().next()
}
