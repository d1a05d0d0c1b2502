//! `dncl-xml` and `ftc-xml`: `<list><ac val='416'><ph val='1234567'/>..</ac></list>`.
//!
//! The tags are verified for Canada's list only; the FTC's most likely uses the same. Another tag or a
//! missing `val` is an error: nothing is guessed.

use std::io::{self, BufRead, BufReader, Read};

use quick_xml::events::{BytesStart, Event};

use super::feed::Feed;
use crate::compile::archive;
use crate::compile::error::{CompileError, Finding};

pub(super) fn read(reader: &mut dyn Read, feed: &mut Feed<'_>) -> Result<(), CompileError> {
    let source = feed.source().to_owned();
    let lines = Lines { inner: BufReader::with_capacity(1 << 18, reader), line: 1 };
    let mut xml = quick_xml::Reader::from_reader(lines);
    let mut buffer = Vec::new();
    let mut place = Place::default();
    loop {
        buffer.clear();
        let event = xml.read_event_into(&mut buffer);
        let line = xml.get_ref().line;
        let unexpected = |what: &str| {
            let expected = "`list`, in it `ac val`, in it `ph val`, all closed";
            CompileError::from(Finding::new(&source, what, expected, "check the file and its `format`").at_line(line))
        };
        match event {
            Err(quick_xml::Error::Io(error)) => return Err(archive::broken(&source, &error)),
            Err(_) => return Err(unexpected("the XML is broken")),
            Ok(Event::Start(tag)) => {
                place.open(&tag, feed, line)?.map_err(unexpected)?;
                place.depth = place.depth.saturating_add(1);
            }
            Ok(Event::Empty(tag)) => place.open(&tag, feed, line)?.map_err(unexpected)?,
            Ok(Event::End(_)) => place.depth = place.depth.saturating_sub(1),
            Ok(Event::Text(text)) if !text.trim().is_empty() => {
                return Err(unexpected("text between the tags"));
            }
            Ok(Event::CData(_) | Event::GeneralRef(_)) => return Err(unexpected("text between the tags")),
            Ok(Event::Eof) if place.has_list && place.depth == 0 => return Ok(()),
            Ok(Event::Eof) => return Err(unexpected("the list is missing or cut off")),
            Ok(_) => {}
        }
    }
}

/// Where in the tree the reader is.
#[derive(Default)]
struct Place {
    depth: u32,
    has_list: bool,
    area: String,
}

impl Place {
    /// Enters a tag; the inner error says what is not expected of it.
    fn open(
        &mut self,
        tag: &BytesStart<'_>,
        feed: &mut Feed<'_>,
        line: u64,
    ) -> Result<Result<(), &'static str>, CompileError> {
        match (self.depth, tag.local_name().as_ref()) {
            (0, "list") if !self.has_list => self.has_list = true,
            (1, "ac") => match value(tag) {
                Some(area) => self.area = area,
                None => return Ok(Err("an `ac` without `val`")),
            },
            (2, "ph") => match value(tag) {
                Some(number) => {
                    let mut text = self.area.clone();
                    text.push_str(&number);
                    feed.text(line, text.as_bytes(), text.as_bytes())?;
                }
                None => return Ok(Err("a `ph` without `val`")),
            },
            _ => return Ok(Err("a tag that is not known here")),
        }
        Ok(Ok(()))
    }
}

fn value(tag: &BytesStart<'_>) -> Option<String> {
    tag.try_get_attribute("val").ok().flatten().map(|attribute| attribute.value.into_owned())
}

/// Counts lines as they are consumed.
struct Lines<R> {
    inner: BufReader<R>,
    line: u64,
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
    }
}

impl<R: Read> BufRead for Lines<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        let consumed = self.inner.buffer().get(..amount).unwrap_or_default();
        let breaks = memchr::memchr_iter(b'\n', consumed).count();
        self.line = self.line.saturating_add(breaks as u64);
        self.inner.consume(amount);
    }
}
