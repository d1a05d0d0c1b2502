//! The events of a history that matter to a question, taken out once: a judgement goes through them many times.

use crate::event::Event;

use super::question::{Question, TemplateView};

/// Histories are rarely longer.
const MOST: usize = 8;

/// Room for the few events of a history that matter to a question.
pub(super) struct Few {
    events: [Event; MOST],
}

impl Few {
    pub(super) const fn new() -> Self {
        const NONE: Event = Event { at: None, template: 0, until: None };
        Self { events: [NONE; MOST] }
    }

    /// The events that matter, in their order; none: there are too many.
    #[inline]
    pub(super) fn of(&mut self, history: impl Iterator<Item = Event>, question: &Question) -> Option<&[Event]> {
        let mut len = 0_usize;
        for event in history {
            if matches!(question.template(event.template), TemplateView::Irrelevant) {
                continue;
            }
            *self.events.get_mut(len)? = event;
            len = len.saturating_add(1);
        }
        self.events.get(..len)
    }
}
