//! Redis over its Unix socket: one hash of lists and one of consents.
//!
//! The few lines of its protocol that are needed are spoken here, so that no client's cost is counted against it.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use dialgate::Number;

use crate::contest::{Effort, Peer};
use crate::plan::{Answer, Given, Plan, Tally};
use crate::server::ServerClock;

/// Numbers that are asked for in one round trip of a batch.
const TOGETHER: usize = 512;

pub struct Redis {
    server: BufReader<UnixStream>,
    sent: Vec<u8>,
    clock: ServerClock,
    bytes: u64,
}

impl Redis {
    /// Fills an empty server.
    pub fn new(plan: &Plan, socket: &Path) -> io::Result<Self> {
        let server = BufReader::with_capacity(1 << 16, UnixStream::connect(socket)?);
        let mut redis = Self { server, sent: Vec::new(), clock: ServerClock::of(socket)?, bytes: 0 };
        let before = redis.memory()?;
        let mut waiting = 0;
        for (digits, answer) in plan.answers() {
            if let Some(lists) = answer.lists {
                redis.command(&[b"HSET", b"lists", &text(digits), &text(lists.into())]);
                waiting += 1;
            }
            if let Some(given) = answer.consent {
                redis.command(&[b"HSET", b"consents", &text(digits), &text(packed(given))]);
                waiting += 1;
            }
            if waiting >= TOGETHER {
                redis.filled(waiting)?;
                waiting = 0;
            }
        }
        redis.filled(waiting)?;
        redis.bytes = redis.memory()? - before;
        Ok(redis)
    }

    fn command(&mut self, words: &[&[u8]]) {
        self.begin(words.len());
        words.iter().for_each(|word| self.word(word));
    }

    fn begin(&mut self, words: usize) {
        self.sent.extend_from_slice(b"*");
        self.sent.extend_from_slice(&text(words as u64));
        self.sent.extend_from_slice(b"\r\n");
    }

    fn word(&mut self, word: &[u8]) {
        self.sent.extend_from_slice(b"$");
        self.sent.extend_from_slice(&text(word.len() as u64));
        self.sent.extend_from_slice(b"\r\n");
        self.sent.extend_from_slice(word);
        self.sent.extend_from_slice(b"\r\n");
    }

    fn send(&mut self) -> io::Result<()> {
        self.server.get_mut().write_all(&self.sent)?;
        self.sent.clear();
        Ok(())
    }

    fn filled(&mut self, commands: usize) -> io::Result<()> {
        self.send()?;
        (0..commands).try_for_each(|_| match self.line()? {
            (b':', _) => Ok(()),
            other => Err(unexpected(&other)),
        })
    }

    /// A line of an answer: its mark, and its figure (none where it has none).
    fn line(&mut self) -> io::Result<(u8, Option<i64>)> {
        let mut line = Vec::new();
        self.server.read_until(b'\n', &mut line)?;
        let [mark, figure @ .., b'\r', b'\n'] = line.as_slice() else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        Ok((*mark, std::str::from_utf8(figure).ok().and_then(|figure| figure.parse().ok())))
    }

    fn text(&mut self) -> io::Result<Option<Vec<u8>>> {
        let (mark, len) = self.line()?;
        match (mark, len) {
            (b'$', Some(-1)) => Ok(None),
            (b'$', Some(len)) => {
                let mut text = vec![0; len as usize + 2];
                self.server.read_exact(&mut text)?;
                text.truncate(len as usize);
                Ok(Some(text))
            }
            other => Err(unexpected(&other)),
        }
    }

    fn value(&mut self) -> io::Result<Option<u64>> {
        let text = self.text()?;
        Ok(text.and_then(|text| std::str::from_utf8(&text).ok()?.parse().ok()))
    }

    fn memory(&mut self) -> io::Result<u64> {
        self.command(&[b"INFO", b"memory"]);
        self.send()?;
        let info = String::from_utf8_lossy(&self.text()?.unwrap_or_default()).into_owned();
        let used = info.lines().find_map(|line| line.strip_prefix("used_memory:")?.parse().ok());
        used.ok_or_else(|| io::Error::other("no used_memory in its INFO"))
    }

    fn ask_one(&mut self, number: Number) -> io::Result<Answer> {
        let digits = text(number.as_u64());
        self.command(&[b"HGET", b"lists", &digits]);
        self.command(&[b"HGET", b"consents", &digits]);
        self.send()?;
        Ok(Answer { lists: self.value()?.map(|lists| lists as u8), consent: self.value()?.map(unpacked) })
    }

    fn ask_many(&mut self, asked: &[Number], tally: &mut Tally) -> io::Result<()> {
        for hash in [b"lists".as_slice(), b"consents"] {
            self.begin(asked.len() + 2);
            self.word(b"HMGET");
            self.word(hash);
            asked.iter().for_each(|number| self.word(&text(number.as_u64())));
        }
        self.send()?;
        for lists in [true, false] {
            match self.line()? {
                (b'*', Some(values)) if values == asked.len() as i64 => {}
                other => return Err(unexpected(&other)),
            }
            for _ in asked {
                let value = self.value()?;
                tally.add(match lists {
                    true => Answer { lists: value.map(|lists| lists as u8), consent: None },
                    false => Answer { lists: None, consent: value.map(unpacked) },
                });
            }
        }
        Ok(())
    }
}

fn unexpected(answer: &(u8, Option<i64>)) -> io::Error {
    io::Error::other(format!("an answer that begins with `{}`", char::from(answer.0)))
}

fn text(figure: u64) -> Vec<u8> {
    figure.to_string().into_bytes()
}

fn packed(given: Given) -> u64 {
    u64::from(given.template) << 32 | u64::from(given.at)
}

fn unpacked(value: u64) -> Given {
    Given { template: (value >> 32) as u32, at: value as u32 }
}

impl Peer for Redis {
    fn name(&self) -> &'static str {
        "Redis"
    }

    fn effort(&self) -> Effort {
        Effort { single: 1 << 13, batch: Some(1 << 16), ..Effort::IN_PROCESS }
    }

    fn server(&self) -> Option<ServerClock> {
        Some(self.clock)
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Two commands in one round trip a number.
    fn single(&mut self, asked: &[Number]) -> Tally {
        let answers = asked.iter().map(|number| self.ask_one(*number).unwrap_or_else(|error| panic!("Redis: {error}")));
        Tally::of(answers)
    }

    /// Two `HMGET` in one round trip for many numbers.
    fn batch(&mut self, asked: &[Number]) -> Tally {
        let mut tally = Tally::default();
        for numbers in asked.chunks(TOGETHER) {
            self.ask_many(numbers, &mut tally).unwrap_or_else(|error| panic!("Redis: {error}"));
        }
        tally
    }
}
