//! The order of steps in which a gate follows its ledger.
//!
//! Whoever changes what questions see holds the state alone from reading the ledger to publishing. A record is
//! acknowledged after it was taken in. A new snapshot is published together with everything that was committed
//! since it was compiled, read while nobody else publishes.
//!
//! Wrong orders that this rules out, each kept as a failing case in the model-checked tests below: acknowledging
//! before taking in; publishing after the state was let go; reading the ledger for a new snapshot before the
//! state is held; publishing a new snapshot first and what happened since after it.

/// What follows a ledger.
pub(super) trait Follow {
    /// What was read so far, and on which snapshot.
    type State;
    /// Why the ledger cannot be read.
    type Error;

    /// Runs `work` while nobody else does.
    fn alone<R>(&self, work: impl FnOnce(&mut Self::State) -> R) -> R;

    /// Takes in whatever was committed before the call.
    fn read_on(&self, state: &mut Self::State) -> Result<(), Self::Error>;

    /// Shows the state to questions.
    fn publish(&self, state: &Self::State);
}

/// Whatever was committed before the call is seen by every question after it.
pub(super) fn catch_up<F: Follow>(follower: &F) -> Result<(), F::Error> {
    follower.alone(|state| {
        follower.read_on(state)?;
        follower.publish(state);
        Ok(())
    })
}

/// Puts another state in place, with whatever was committed before the call.
pub(super) fn replace<F: Follow>(follower: &F, mut next: F::State) -> Result<(), F::Error> {
    follower.alone(|state| {
        follower.read_on(&mut next)?;
        *state = next;
        follower.publish(state);
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// A ledger of revocations, and what is published of it: questions see one value.
    struct World<M: Shared> {
        ledger: M::Cell<Vec<u8>>,
        state: M::Cell<State>,
        published: M::Cell<BTreeSet<u8>>,
        /// A revoked number passed. Outside of what is explored: a panic would end it half way.
        wrong: std::sync::Arc<AtomicBool>,
    }

    /// How far the ledger was read, from which snapshot on, and who is revoked.
    #[derive(Clone, Default)]
    struct State {
        position: usize,
        revoked: BTreeSet<u8>,
    }

    /// The primitives of a model checker.
    trait Shared: Sized + 'static {
        type Cell<T: Send + 'static>: Send + Sync;
        fn cell<T: Send>(value: T) -> Self::Cell<T>;
        fn with<T: Send, R>(cell: &Self::Cell<T>, work: impl FnOnce(&mut T) -> R) -> R;
    }

    impl<M: Shared> World<M> {
        fn new(wrong: &std::sync::Arc<AtomicBool>) -> Self {
            Self {
                wrong: std::sync::Arc::clone(wrong),
                ledger: M::cell(Vec::new()),
                state: M::cell(State::default()),
                published: M::cell(BTreeSet::new()),
            }
        }

        fn commit(&self, number: u8) {
            M::with(&self.ledger, |ledger| ledger.push(number));
        }

        /// A snapshot of all that is in the ledger.
        fn compile(&self) -> State {
            M::with(&self.ledger, |ledger| State { position: ledger.len(), revoked: ledger.iter().copied().collect() })
        }

        /// Asks about a number that was revoked.
        fn look(&self, number: u8) {
            if M::with(&self.published, |revoked| !revoked.contains(&number)) {
                self.wrong.store(true, Ordering::SeqCst);
            }
        }

        fn read(&self, state: &mut State) {
            M::with(&self.ledger, |ledger| {
                state.revoked.extend(ledger.iter().skip(state.position));
                state.position = ledger.len();
            });
        }

        fn show(&self, revoked: BTreeSet<u8>) {
            M::with(&self.published, |published| *published = revoked);
        }
    }

    impl<M: Shared> Follow for World<M> {
        type State = State;
        type Error = Infallible;

        fn alone<R>(&self, work: impl FnOnce(&mut State) -> R) -> R {
            M::with(&self.state, work)
        }

        fn read_on(&self, state: &mut State) -> Result<(), Infallible> {
            self.read(state);
            Ok(())
        }

        fn publish(&self, state: &State) {
            self.show(state.revoked.clone());
        }
    }

    type CatchUp<M> = fn(&World<M>);
    type Replace<M> = fn(&World<M>, State);

    /// Records, and asks once that was acknowledged.
    fn revoke<M: Shared>(world: &World<M>, number: u8, catch_up: CatchUp<M>) {
        world.commit(number);
        catch_up(world);
        world.look(number);
    }

    /// Compiles, swaps, and asks about what had been revoked before.
    fn swap<M: Shared>(world: &World<M>, replace: Replace<M>) {
        let snapshot = world.compile();
        let before = snapshot.revoked.clone();
        replace(world, snapshot);
        before.into_iter().for_each(|number| world.look(number));
    }

    fn right_catch_up<M: Shared>(world: &World<M>) {
        catch_up(world).unwrap_or_default();
    }

    fn right_replace<M: Shared>(world: &World<M>, next: State) {
        replace(world, next).unwrap_or_default();
    }

    fn publish_before_reading_on<M: Shared>(world: &World<M>, next: State) {
        world.alone(|state| {
            *state = next;
            world.publish(state);
        });
        right_catch_up(world);
    }

    mod exhaustive {
        use super::*;
        use loom::sync::{Arc, Mutex};
        use loom::thread;

        pub(super) struct Loom;

        impl Shared for Loom {
            type Cell<T: Send + 'static> = Mutex<T>;

            fn cell<T: Send>(value: T) -> Mutex<T> {
                Mutex::new(value)
            }

            fn with<T: Send, R>(cell: &Mutex<T>, work: impl FnOnce(&mut T) -> R) -> R {
                work(&mut cell.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
            }
        }

        /// Runs them beside each other in every order that there is, or in every one with so many preemptions.
        fn explore(preemptions: Option<usize>, others: &'static [Work], own: Work) -> bool {
            let wrong = std::sync::Arc::new(AtomicBool::new(false));
            let seen = std::sync::Arc::clone(&wrong);
            let mut model = loom::model::Builder::new();
            model.preemption_bound = preemptions;
            model.check(move || {
                let world = Arc::new(World::<Loom>::new(&seen));
                let threads: Vec<_> = others
                    .iter()
                    .map(|other| {
                        let world = Arc::clone(&world);
                        thread::spawn(move || other(&world))
                    })
                    .collect();
                own(&world);
                assert!(threads.into_iter().all(|thread| thread.join().is_ok()));
            });
            !wrong.load(Ordering::SeqCst)
        }

        type Work = fn(&World<Loom>);

        fn revoke_one(world: &World<Loom>) {
            revoke(world, 1, right_catch_up);
        }

        fn revoke_two(world: &World<Loom>) {
            revoke(world, 2, right_catch_up);
        }

        fn swap_once(world: &World<Loom>) {
            swap(world, right_replace);
        }

        #[test]
        fn no_revoked_number_passes_with_two_writers() {
            assert!(explore(None, &[revoke_one], revoke_two));
        }

        #[test]
        fn no_revoked_number_passes_while_a_snapshot_is_put_in_place() {
            assert!(explore(None, &[revoke_one], swap_once));
        }

        #[test]
        fn no_revoked_number_passes_with_two_writers_and_a_new_snapshot() {
            assert!(explore(Some(2), &[revoke_one, swap_once], revoke_two));
        }

        #[test]
        fn acknowledging_before_taking_in_would_be_wrong() {
            // What was recorded is taken in by the next one who reads.
            assert!(!explore(None, &[|world| revoke(world, 1, |_| {})], revoke_two));
        }

        #[test]
        fn publishing_after_the_state_was_let_go_would_be_wrong() {
            fn publish_late(world: &World<Loom>) {
                let revoked = world.alone(|state| {
                    world.read(state);
                    state.revoked.clone()
                });
                world.show(revoked);
            }
            assert!(!explore(None, &[|world| revoke(world, 1, publish_late)], |world| revoke(world, 2, publish_late)));
        }

        #[test]
        fn reading_for_a_new_snapshot_before_the_state_is_held_would_be_wrong() {
            fn read_early(world: &World<Loom>, mut next: State) {
                world.read(&mut next);
                world.alone(|state| {
                    *state = next;
                    world.publish(state);
                });
            }
            assert!(!explore(None, &[revoke_one], |world| swap(world, read_early)));
        }

        #[test]
        fn publishing_a_new_snapshot_before_what_happened_since_would_be_wrong() {
            assert!(!explore(None, &[revoke_one], |world| swap(world, publish_before_reading_on)));
        }
    }

    mod at_random {
        use super::*;
        use shuttle::sync::{Arc, Mutex};
        use shuttle::thread;

        struct Shuttle;

        impl Shared for Shuttle {
            type Cell<T: Send + 'static> = Mutex<T>;

            fn cell<T: Send>(value: T) -> Mutex<T> {
                Mutex::new(value)
            }

            fn with<T: Send, R>(cell: &Mutex<T>, work: impl FnOnce(&mut T) -> R) -> R {
                work(&mut cell.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
            }
        }

        /// More threads and more steps than can be explored in full.
        fn explore(replace: Replace<Shuttle>) -> bool {
            let wrong = std::sync::Arc::new(AtomicBool::new(false));
            let seen = std::sync::Arc::clone(&wrong);
            let run = move || {
                let world = Arc::new(World::<Shuttle>::new(&seen));
                let writers = (0..4_u8).map(|writer| {
                    let world = Arc::clone(&world);
                    thread::spawn(move || {
                        (0..4).for_each(|step| {
                            revoke(&world, writer * 4 + step, right_catch_up);
                            (0..step).for_each(|former| world.look(writer * 4 + former));
                        });
                    })
                });
                let writers: Vec<_> = writers.collect();
                let swappers = (0..2).map(|_| {
                    let world = Arc::clone(&world);
                    thread::spawn(move || (0..3).for_each(|_| swap(&world, replace)))
                });
                let swappers: Vec<_> = swappers.collect();
                assert!(writers.into_iter().chain(swappers).all(|thread| thread.join().is_ok()));
                (0..16).for_each(|number| world.look(number));
            };
            shuttle::check_random(run, 2_000);
            !wrong.load(Ordering::SeqCst)
        }

        #[test]
        fn no_revoked_number_passes_among_many_threads() {
            assert!(explore(right_replace));
        }

        #[test]
        fn among_many_threads_too_a_snapshot_must_be_published_with_what_happened_since() {
            assert!(!explore(publish_before_reading_on));
        }
    }
}
