//! How a campaign's resolved names stay in step with the snapshot that is current.
//!
//! A snapshot and what was resolved against it are one value, never two: the answer is read from the same
//! published value that the names were resolved in. A campaign keeps its last resolution together with the
//! generation it belongs to, and a resolution of another generation is never used, only replaced.
//!
//! Wrong orders that this rules out, each kept as a failing case in the model-checked test below: reading the
//! snapshot again after resolving; marking a cached resolution with the generation read after it was made.

use std::ops::Deref;
use std::sync::Arc;

/// A place that holds one shared value and replaces it as a whole.
pub(crate) trait Cell<T> {
    /// Keeps a value alive while it is looked at. No counter that threads share is written for it.
    type Held: Deref<Target = Arc<T>>;

    fn load(&self) -> Self::Held;
    fn store(&self, value: Arc<T>);
    /// A value of one's own, as if it had been loaded.
    fn hold(value: Arc<T>) -> Self::Held;
}

impl<T> Cell<T> for arc_swap::ArcSwap<T> {
    type Held = arc_swap::Guard<Arc<T>>;

    #[inline]
    fn load(&self) -> Self::Held {
        Self::load(self)
    }

    fn store(&self, value: Arc<T>) {
        Self::store(self, value);
    }

    fn hold(value: Arc<T>) -> Self::Held {
        arc_swap::Guard::from_inner(value)
    }
}

/// Something that was published, told apart from everything published before.
pub(crate) trait Generation {
    fn generation(&self) -> u64;
}

/// A resolution with the generation that it was made in.
#[derive(Debug)]
pub(crate) struct Resolved<Q> {
    pub(crate) generation: u64,
    pub(crate) question: Q,
}

/// The current value and a resolution made against that very value.
#[inline]
pub(crate) fn in_step<S, Q, C: Cell<S>, R: Cell<Resolved<Q>>>(
    current: &C,
    cache: &R,
    resolve: impl FnOnce(&S) -> Q,
) -> (C::Held, R::Held)
where
    S: Generation,
{
    let published = current.load();
    let cached = cache.load();
    if cached.generation == published.generation() {
        return (published, cached);
    }
    let fresh = Arc::new(Resolved { generation: published.generation(), question: resolve(&published) });
    // A slower thread may put an older resolution back: it is told by its generation and made anew.
    cache.store(Arc::clone(&fresh));
    (published, R::hold(fresh))
}

#[cfg(test)]
mod tests {
    use super::*;
    use loom::sync::Mutex;

    /// A snapshot whose dictionary is a permutation: the names at each index.
    struct Published {
        generation: u64,
        names: [&'static str; 2],
        consents: [bool; 2],
    }

    impl Generation for Published {
        fn generation(&self) -> u64 {
            self.generation
        }
    }

    struct Held<T>(Mutex<Arc<T>>);

    impl<T> Held<T> {
        fn new(value: T) -> Self {
            Self(Mutex::new(Arc::new(value)))
        }
    }

    impl<T> Cell<T> for Held<T> {
        type Held = Box<Arc<T>>;

        fn load(&self) -> Box<Arc<T>> {
            let value = self.0.lock();
            Box::new(value.map_or_else(|poisoned| Arc::clone(&poisoned.into_inner()), |held| Arc::clone(&held)))
        }

        fn hold(value: Arc<T>) -> Box<Arc<T>> {
            Box::new(value)
        }

        fn store(&self, value: Arc<T>) {
            if let Ok(mut held) = self.0.lock() {
                *held = value;
            }
        }
    }

    type Ask = fn(&Held<Published>, &Held<Resolved<Option<usize>>>) -> bool;

    fn find(published: &Published) -> Option<usize> {
        published.names.iter().position(|name| *name == "acme")
    }

    fn consent(published: &Published, index: Option<usize>) -> bool {
        index.and_then(|index| published.consents.get(index)).copied().unwrap_or(false)
    }

    /// `beta` has a consent, `acme` has none; the second snapshot has them the other way round.
    fn explore(ask: Ask) {
        loom::model(move || {
            let current = loom::sync::Arc::new(Held::new(Published {
                generation: 1,
                names: ["acme", "beta"],
                consents: [false, true],
            }));
            let cache = loom::sync::Arc::new(Held::new(Resolved { generation: 1, question: Some(0) }));
            let publisher = {
                let current = loom::sync::Arc::clone(&current);
                loom::thread::spawn(move || {
                    current.store(Arc::new(Published {
                        generation: 2,
                        names: ["beta", "acme"],
                        consents: [true, false],
                    }));
                })
            };
            let other = {
                let (current, cache) = (loom::sync::Arc::clone(&current), loom::sync::Arc::clone(&cache));
                loom::thread::spawn(move || assert!(!ask(&current, &cache), "another controller's consent was read"))
            };
            assert!(!ask(&current, &cache), "another controller's consent was read");
            publisher.join().ok();
            assert!(other.join().is_ok());
            assert!(!ask(&current, &cache), "another controller's consent was read");
        });
    }

    #[test]
    fn no_campaign_reads_another_controllers_consents() {
        explore(|current, cache| {
            let (published, resolved) = in_step(current, cache, find);
            consent(&published, resolved.question)
        });
    }

    #[test]
    #[should_panic(expected = "another controller's consent was read")]
    fn reading_the_snapshot_again_after_resolving_would_be_wrong() {
        explore(|current, cache| {
            let (_, resolved) = in_step(current, cache, find);
            consent(&current.load(), resolved.question)
        });
    }

    #[test]
    #[should_panic(expected = "another controller's consent was read")]
    fn marking_a_resolution_with_a_generation_read_later_would_be_wrong() {
        explore(|current, cache| {
            let published = current.load();
            let cached = cache.load();
            let resolved = if cached.generation == published.generation {
                cached
            } else {
                let question = find(&published);
                let fresh = Arc::new(Resolved { generation: current.load().generation, question });
                cache.store(Arc::clone(&fresh));
                Box::new(fresh)
            };
            if cache.load().generation == published.generation {
                consent(&published, cache.load().question)
            } else {
                consent(&current.load(), resolved.question)
            }
        });
    }
}
