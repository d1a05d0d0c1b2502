//! How a campaign's resolved names stay in step with the snapshot that is current.
//!
//! A campaign keeps the indices that its names have, and the generation of the data in which they have them, in one
//! word. A question reads the published state once, takes the indices if they are of that very generation, and resolves
//! the names in that very state otherwise. Everything else that was made of a question lies in the state itself.
//!
//! Wrong orders that this rules out, each kept as a failing case in the model-checked test below: reading the
//! snapshot again after resolving; marking indices with the generation read after they were resolved.

use std::sync::atomic::Ordering;

use super::word::Word;

/// Something that was published, told apart from everything published before.
pub(crate) trait Generation {
    fn generation(&self) -> u64;
}

/// Controller and purpose, as indices of one generation.
pub(crate) type Indices = [u16; 2];

/// The indices in this very state; none: it does not hold the names.
#[inline]
pub(crate) fn in_step<S: Generation>(
    published: &S,
    kept: &impl Word,
    resolve: impl FnOnce(&S) -> Option<Indices>,
) -> Option<Indices> {
    let word = kept.load(Ordering::Relaxed);
    if word >> 32 == published.generation() {
        return Some([(word >> 16) as u16, word as u16]);
    }
    let indices = resolve(published)?;
    let [controller, purpose] = indices.map(u64::from);
    // A slower thread may put older indices back: they are told by their generation and resolved anew. A generation that
    // finds no room is never met again; the first one is 1.
    let generation = u32::try_from(published.generation()).unwrap_or(0);
    kept.store(u64::from(generation) << 32 | controller << 16 | purpose, Ordering::Relaxed);
    Some(indices)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicU64;

    use loom::sync::Mutex;

    use super::super::word::Watched;
    use super::*;

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

    struct Current(Mutex<Arc<Published>>);

    impl Current {
        fn load(&self) -> Arc<Published> {
            self.0.lock().map_or_else(|poisoned| Arc::clone(&poisoned.into_inner()), |held| Arc::clone(&held))
        }

        fn store(&self, value: Published) {
            if let Ok(mut held) = self.0.lock() {
                *held = Arc::new(value);
            }
        }
    }

    type Ask = fn(&Current, &Watched) -> bool;

    fn find(published: &Published) -> Option<Indices> {
        let index = published.names.iter().position(|name| *name == "acme")?;
        Some([u16::try_from(index).ok()?, 0])
    }

    fn consent(published: &Published, indices: Option<Indices>) -> bool {
        indices.and_then(|[index, _]| published.consents.get(usize::from(index))).copied().unwrap_or(false)
    }

    /// `beta` has a consent, `acme` has none; the second snapshot has them the other way round.
    fn explore(ask: Ask) {
        loom::model(move || {
            let current = loom::sync::Arc::new(Current(Mutex::new(Arc::new(Published {
                generation: 1,
                names: ["acme", "beta"],
                consents: [false, true],
            }))));
            let kept = loom::sync::Arc::new(Watched::new(1 << 32));
            let publisher = {
                let current = loom::sync::Arc::clone(&current);
                loom::thread::spawn(move || {
                    current.store(Published { generation: 2, names: ["beta", "acme"], consents: [true, false] });
                })
            };
            let other = {
                let (current, kept) = (loom::sync::Arc::clone(&current), loom::sync::Arc::clone(&kept));
                loom::thread::spawn(move || assert!(!ask(&current, &kept), "another controller's consent was read"))
            };
            assert!(!ask(&current, &kept), "another controller's consent was read");
            publisher.join().ok();
            assert!(other.join().is_ok());
            assert!(!ask(&current, &kept), "another controller's consent was read");
        });
    }

    #[test]
    fn no_campaign_reads_another_controllers_consents() {
        explore(|current, kept| {
            let published = current.load();
            consent(&published, in_step(published.as_ref(), kept, find))
        });
    }

    #[test]
    #[should_panic(expected = "another controller's consent was read")]
    fn reading_the_snapshot_again_after_resolving_would_be_wrong() {
        explore(|current, kept| {
            let indices = in_step(current.load().as_ref(), kept, find);
            consent(&current.load(), indices)
        });
    }

    #[test]
    #[should_panic(expected = "another controller's consent was read")]
    fn marking_indices_with_a_generation_read_later_would_be_wrong() {
        explore(|current, kept| {
            let published = current.load();
            let indices = find(&published);
            let [controller, purpose] = indices.unwrap_or_default().map(u64::from);
            kept.store(current.load().generation << 32 | controller << 16 | purpose, Ordering::Relaxed);
            let published = current.load();
            consent(&published, in_step(published.as_ref(), kept, find))
        });
    }

    #[test]
    fn indices_of_a_generation_that_finds_no_room_are_not_kept() {
        let kept = AtomicU64::new(0);
        let late = Published { generation: 1 << 40 | 7, names: ["beta", "acme"], consents: [true, false] };
        let soon = Published { generation: 7, names: ["acme", "beta"], consents: [false, true] };
        assert_eq!(in_step(&late, &kept, find), Some([1, 0]));
        assert_eq!(in_step(&soon, &kept, find), Some([0, 0]));
        assert_eq!(in_step(&soon, &kept, |_| None), Some([0, 0]), "kept");
        assert_eq!(in_step(&late, &kept, find), Some([1, 0]));
    }
}
