//! Parts worked on by several threads, their results taken in order.

use super::build::BuildError;

/// Is told how many steps of building are done.
pub(super) type Tell<'a> = &'a (dyn Fn(u64) + Sync);

/// Works on `count` parts, as many at a time as there are threads, and commits what comes out part by part, in order,
/// while the next ones are worked on.
pub(super) fn rounds<T: Send>(
    count: usize,
    threads: usize,
    tell: Tell<'_>,
    work: impl Fn(usize) -> Result<T, BuildError> + Sync,
    mut commit: impl FnMut(usize, T) -> Result<(), BuildError>,
) -> Result<(), BuildError> {
    if threads < 2 {
        return (0..count).try_for_each(|part| {
            commit(part, work(part)?)?;
            tell(1);
            Ok(())
        });
    }
    let work = &work;
    let mut done: Vec<(usize, T)> = Vec::new();
    for first in (0..count).step_by(threads) {
        let last = first.saturating_add(threads).min(count);
        done = std::thread::scope(|scope| {
            let workers: Vec<_> = (first..last).map(|part| (part, scope.spawn(move || work(part)))).collect();
            let committed = done.drain(..).try_for_each(|(part, result)| commit(part, result));
            let mut fresh = Vec::with_capacity(threads);
            for (part, worker) in workers {
                let result = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                fresh.push((part, result));
            }
            committed?;
            tell(fresh.len() as u64);
            fresh.into_iter().map(|(part, result)| Ok((part, result?))).collect::<Result<Vec<_>, BuildError>>()
        })?;
    }
    done.into_iter().try_for_each(|(part, result)| commit(part, result))
}
