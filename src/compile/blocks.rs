//! A stream cut at line ends into blocks that several threads work on; what comes out is taken in order.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::{Mutex, PoisonError, mpsc};

use super::lists::lines::MAX_LINE;

/// Lines that belong together on their way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Piece {
    /// Whole lines; the last of the stream may lack its end.
    Lines(Vec<u8>),
    /// A line longer than [`MAX_LINE`]: as many of its bytes.
    TooLong(Vec<u8>),
}

/// Cuts a stream.
struct Cutter<'a> {
    reader: &'a mut dyn Read,
    /// The start of a line whose end has not been read.
    carried: Vec<u8>,
    is_skipping: bool,
    is_over: bool,
    /// Buffers that are not needed any more.
    spare: Vec<Vec<u8>>,
}

impl Cutter<'_> {
    fn next(&mut self) -> io::Result<Option<Piece>> {
        while !self.is_over {
            let mut block = self.spare.pop().unwrap_or_else(|| Vec::with_capacity(MAX_LINE));
            block.clear();
            block.extend_from_slice(&self.carried);
            self.carried.clear();
            let wanted = MAX_LINE.saturating_sub(block.len());
            let read = Read::take(&mut *self.reader, wanted as u64).read_to_end(&mut block)?;
            self.is_over = read < wanted;
            if self.is_skipping {
                match memchr::memchr(b'\n', &block) {
                    None => continue,
                    Some(end) => {
                        block.drain(..=end);
                        self.is_skipping = false;
                    }
                }
            }
            let end = memchr::memrchr(b'\n', &block).map_or(0, |end| end.saturating_add(1));
            if end == 0 && block.len() >= MAX_LINE {
                self.is_skipping = true;
                return Ok(Some(Piece::TooLong(block)));
            }
            if !self.is_over {
                self.carried.extend_from_slice(block.get(end..).unwrap_or_default());
                block.truncate(end);
            }
            if !block.is_empty() {
                return Ok(Some(Piece::Lines(block)));
            }
        }
        Ok(None)
    }
}

/// Works on a stream block by block, on so many threads, and takes what comes out in the order of the stream. Stops before
/// the first piece that is not `accepted`: what was read of the stream and not worked on comes back.
pub(crate) fn in_order<T: Send, E>(
    reader: &mut dyn Read,
    threads: usize,
    broken: impl Fn(io::Error) -> E,
    accepted: impl Fn(&Piece) -> bool,
    work: impl Fn(&Piece) -> T + Sync,
    mut take: impl FnMut(&Piece, T) -> Result<(), E>,
) -> Result<Option<Vec<u8>>, E> {
    let mut cutter = Cutter { reader, carried: Vec::new(), is_skipping: false, is_over: false, spare: Vec::new() };
    let mut refused = None;
    let mut next = |cutter: &mut Cutter<'_>| -> Result<Option<Piece>, E> {
        match cutter.next().map_err(&broken)? {
            Some(piece) if accepted(&piece) => Ok(Some(piece)),
            other => {
                refused = other;
                Ok(None)
            }
        }
    };
    let mut first = next(&mut cutter)?;
    if threads < 2 || cutter.is_over {
        while let Some(piece) = first {
            let worked = work(&piece);
            take(&piece, worked)?;
            cutter.spare.push(into_bytes(piece));
            first = next(&mut cutter)?;
        }
    } else {
        let (jobs, taken) = mpsc::channel::<(usize, Piece)>();
        let (done, results) = mpsc::channel::<(usize, Piece, T)>();
        let taken = Mutex::new(taken);
        std::thread::scope(|scope| -> Result<(), E> {
            let jobs = jobs;
            for _ in 0..threads {
                let (done, taken, work) = (done.clone(), &taken, &work);
                scope.spawn(move || {
                    loop {
                        let job = taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
                        let Ok((place, piece)) = job else { break };
                        let worked = work(&piece);
                        if done.send((place, piece, worked)).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(done);
            let most = threads.saturating_mul(2);
            let (mut sent, mut due) = (0_usize, 0_usize);
            let mut waiting = BTreeMap::new();
            loop {
                while sent.saturating_sub(due) < most
                    && let Some(piece) = first.take()
                {
                    // INVARIANT: the workers end when this sender does, not before.
                    let _ = jobs.send((sent, piece));
                    sent = sent.saturating_add(1);
                    first = next(&mut cutter)?;
                }
                if sent == due {
                    return Ok(());
                }
                // A worker that panics ends the scope with its panic.
                let Ok((place, piece, worked)) = results.recv() else { return Ok(()) };
                waiting.insert(place, (piece, worked));
                while let Some((piece, worked)) = waiting.remove(&due) {
                    due = due.saturating_add(1);
                    take(&piece, worked)?;
                    cutter.spare.push(into_bytes(piece));
                }
            }
        })?;
    }
    Ok(refused.map(|piece| {
        let mut bytes = into_bytes(piece);
        bytes.append(&mut cutter.carried);
        bytes
    }))
}

/// As much of a line that is too long as may be told.
pub(crate) fn told(line: &[u8]) -> &[u8] {
    line.get(..64).unwrap_or(line)
}

fn into_bytes(piece: Piece) -> Vec<u8> {
    match piece {
        Piece::Lines(bytes) | Piece::TooLong(bytes) => bytes,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

    use super::*;

    /// Gives a few bytes at a time.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let len = self.1.min(into.len()).min(self.0.len());
            into.get_mut(..len).unwrap().copy_from_slice(&self.0[..len]);
            self.0 = &self.0[len..];
            Ok(len)
        }
    }

    fn text() -> Vec<u8> {
        let mut text: Vec<u8> = (0..400_000).flat_map(|row| format!("row {row}\n").into_bytes()).collect();
        text.extend(std::iter::repeat_n(b'x', 3 * MAX_LINE));
        text.extend_from_slice(b"\nafter\nlast");
        text
    }

    #[test]
    fn every_line_comes_once_and_in_order() {
        let text = text();
        for threads in [1, 2, 5] {
            for drop in [1013, usize::MAX] {
                let (mut lines, mut too_long) = (Vec::new(), 0);
                let rest = in_order(
                    &mut Drops(&text, drop),
                    threads,
                    |error| error,
                    |_| true,
                    |piece| matches!(piece, Piece::TooLong(_)),
                    |piece, is_too_long| {
                        match piece {
                            Piece::Lines(bytes) => lines.extend_from_slice(bytes),
                            Piece::TooLong(start) => assert!(start == &[b'x'; MAX_LINE]),
                        }
                        too_long += usize::from(is_too_long);
                        Ok(())
                    },
                );
                assert_eq!((rest.unwrap(), too_long), (None, 1));
                let (before, after) = (text.len() - 3 * MAX_LINE - 11, text.len() - 10);
                assert!(lines == [&text[..before], &text[after..]].concat());
            }
        }
    }

    #[test]
    fn what_is_not_accepted_and_all_behind_it_comes_back() {
        let text = text();
        let has_mark = |piece: &Piece| match piece {
            Piece::Lines(lines) => memchr::memmem::find(lines, b"row 210000\n").is_some(),
            Piece::TooLong(_) => false,
        };
        let is_too_long = |piece: &Piece| matches!(piece, Piece::TooLong(_));
        let refusals: [&dyn Fn(&Piece) -> bool; 2] = [&has_mark, &is_too_long];
        for threads in [1, 3] {
            for refused in refusals {
                let (mut reader, mut lines) = (Drops(&text, usize::MAX), Vec::new());
                let take = |piece: &Piece, ()| {
                    lines.extend(into_bytes(piece.clone()));
                    Ok(())
                };
                let rest = in_order(&mut reader, threads, |error| error, |piece| !refused(piece), |_| (), take);
                let mut all = lines.clone();
                all.extend(rest.unwrap().unwrap());
                all.extend_from_slice(reader.0);
                assert!(!lines.is_empty() && all == text);
            }
        }
    }

    #[test]
    fn an_error_ends_the_work() {
        let text = text();
        let mut taken = 0;
        let ended = in_order(
            &mut Drops(&text, usize::MAX),
            2,
            |error| error,
            |_| true,
            |_| (),
            |_, ()| {
                taken += 1;
                Err(io::ErrorKind::Other.into())
            },
        );
        assert!(ended.is_err() && taken == 1);
    }
}
