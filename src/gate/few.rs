//! The events of a history that matter to a question, taken out once: a judgement goes through them many times.

use crate::event::Event;

use super::question::{Question, TemplateView};

/// Histories are rarely longer.
const MOST: usize = 8;

/// The few events of a history that matter to a question.
pub(super) struct Few {
    events: [Event; MOST],
    len: usize,
}

impl Few {
    /// None: there are too many.
    pub(super) fn of(history: impl Iterator<Item = Event>, question: &Question) -> Option<Self> {
        const NONE: Event = Event { at: None, template: 0, until: None };
        let mut few = Self { events: [NONE; MOST], len: 0 };
        for event in history {
            if matches!(question.template(event.template), TemplateView::Irrelevant) {
                continue;
            }
            *few.events.get_mut(few.len)? = event;
            few.len = few.len.saturating_add(1);
        }
        Some(few)
    }

    /// In their order.
    pub(super) fn as_slice(&self) -> &[Event] {
        self.events.get(..self.len).unwrap_or_default()
    }

    /// In their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Event> + Clone {
        self.as_slice().iter().copied()
    }
}
