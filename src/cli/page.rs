//! Text as wide as the terminal: long lines and tables that wrap.

use std::io::{self, Write};

/// Below this nothing is squeezed further.
const NARROWEST: usize = 40;
const GAP: usize = 2;

/// The columns that there are: what `COLUMNS` says, else the terminal; none where neither tells.
#[cfg(unix)]
pub(super) fn width(stream: &impl std::os::fd::AsFd) -> Option<usize> {
    told().or_else(|| Some(usize::from(terminal_size::terminal_size_of(stream)?.0.0)))
}

#[cfg(not(unix))]
pub(super) fn width<T>(_stream: &T) -> Option<usize> {
    told().or_else(|| Some(usize::from(terminal_size::terminal_size()?.0.0)))
}

fn told() -> Option<usize> {
    std::env::var("COLUMNS").ok()?.parse().ok().filter(|columns| *columns > 0)
}

/// The columns of standard output.
pub(super) fn columns() -> Option<usize> {
    width(&io::stdout())
}

/// Wraps the lines that are written to it, at spaces; what follows is indented like the last cell of the line.
pub(super) struct Page<W> {
    out: W,
    width: Option<usize>,
    line: Vec<u8>,
}

impl<W: Write> Page<W> {
    /// Without a width everything goes through as it is.
    pub(super) const fn new(out: W, width: Option<usize>) -> Self {
        Self { out, width, line: Vec::new() }
    }
}

impl<W: Write> Write for Page<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.width.is_none() {
            return self.out.write(bytes);
        }
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                let text = wrapped(&String::from_utf8_lossy(&self.line), self.width);
                self.line.clear();
                self.out.write_all(text.as_bytes())?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let text = wrapped(&String::from_utf8_lossy(&self.line), self.width);
        self.line.clear();
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

/// The lines of a text, wrapped at spaces; a word that is longer than a line stays whole.
pub(super) fn wrapped(text: &str, width: Option<usize>) -> String {
    let Some(width) = width.map(|width| width.max(NARROWEST)) else { return text.to_owned() };
    let mut page = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if seen(line.trim_end_matches('\n')) <= width { page.push_str(line) } else { wrap(line, width, &mut page) }
    }
    page
}

fn wrap(line: &str, width: usize, page: &mut String) {
    let indent = hanging(line, width);
    let mut column = 0_usize;
    // Each word with the spaces before it, which stay where the line is not broken.
    let body = line.trim_end_matches('\n');
    let mut rest = body;
    while !rest.is_empty() {
        let spaces = rest.len().saturating_sub(rest.trim_start_matches(' ').len());
        let (gap, from_word) = rest.split_at(spaces);
        let end = from_word.find(' ').unwrap_or(from_word.len());
        let (word, after) = from_word.split_at(end);
        rest = after;
        let needed = column.saturating_add(spaces).saturating_add(seen(word));
        if column > indent && needed > width && !word.is_empty() {
            page.push('\n');
            page.push_str(&" ".repeat(indent));
            page.push_str(word);
            column = indent.saturating_add(seen(word));
        } else {
            page.push_str(gap);
            page.push_str(word);
            column = needed;
        }
    }
    if line.ends_with('\n') {
        page.push('\n');
    }
}

/// Where the further lines begin: under the last cell that begins in the left half, else two in from the line.
fn hanging(line: &str, width: usize) -> usize {
    let start = line.chars().take_while(|sign| *sign == ' ').count();
    let (mut column, mut spaces, mut found) = (0_usize, 0_usize, start.saturating_add(GAP));
    let mut is_escape = false;
    for sign in line.chars() {
        match sign {
            '\u{1b}' => is_escape = true,
            'm' if is_escape => is_escape = false,
            _ if is_escape => {}
            ' ' => {
                spaces = spaces.saturating_add(1);
                column = column.saturating_add(1);
            }
            _ => {
                if spaces >= GAP && column > start && column <= width / 2 {
                    found = column;
                }
                spaces = 0;
                column = column.saturating_add(1);
            }
        }
    }
    found
}

/// The columns that a text takes on a terminal.
fn seen(text: &str) -> usize {
    let mut is_escape = false;
    text.chars()
        .filter(|sign| {
            let was_escape = is_escape;
            is_escape = *sign == '\u{1b}' || (is_escape && *sign != 'm');
            !was_escape && !is_escape
        })
        .count()
}

/// Aligned columns, for people: the header, then the rows. Where they do not fit, wide cells wrap; where that does
/// not help either, the cells of a row stand under one another.
pub(super) fn table(out: &mut impl Write, header: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    table_in(out, header, rows, columns())
}

fn table_in(out: &mut impl Write, header: &[&str], rows: &[Vec<String>], width: Option<usize>) -> io::Result<()> {
    let mut widths: Vec<usize> = header.iter().map(|cell| seen(cell)).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(seen(cell));
        }
    }
    let is_fit = width.is_none_or(|width| squeeze(&mut widths, width.max(NARROWEST), header, rows));
    if !is_fit {
        return rows.iter().try_for_each(|row| stacked(out, header, row));
    }
    let header: Vec<String> = header.iter().map(|cell| (*cell).to_owned()).collect();
    std::iter::once(&header).chain(rows).try_for_each(|row| cells(out, &widths, row))
}

/// Takes from the widest column until all fit; words are not broken. Do they fit?
fn squeeze(widths: &mut [usize], width: usize, header: &[&str], rows: &[Vec<String>]) -> bool {
    let gaps = widths.len().saturating_sub(1).saturating_mul(GAP);
    let longest_word = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(String::as_str);
        let words = header.get(column).copied().into_iter().chain(cells).flat_map(|cell| cell.split(' '));
        words.map(seen).max().unwrap_or(0)
    };
    let floors: Vec<usize> = (0..widths.len()).map(longest_word).collect();
    loop {
        let total = widths.iter().fold(gaps, |sum, width| sum.saturating_add(*width));
        if total <= width {
            return true;
        }
        let over = total.saturating_sub(width);
        let widest = widths.iter_mut().zip(&floors).filter(|(width, floor)| **width > **floor).max_by_key(|(w, _)| **w);
        let Some((widest, floor)) = widest else { return false };
        *widest = widest.saturating_sub(over.min(widest.saturating_sub(*floor)).clamp(1, 4));
    }
}

/// One row, in as many lines as its longest cell needs.
fn cells(out: &mut impl Write, widths: &[usize], row: &[String]) -> io::Result<()> {
    let broken: Vec<Vec<String>> = row.iter().zip(widths).map(|(cell, width)| lines(cell, *width)).collect();
    let height = broken.iter().map(Vec::len).max().unwrap_or(1);
    for line in 0..height {
        let mut text = String::new();
        for (cell, width) in broken.iter().zip(widths) {
            let part = cell.get(line).map_or("", String::as_str);
            text.push_str(part);
            text.push_str(&" ".repeat(width.saturating_sub(seen(part)).saturating_add(GAP)));
        }
        writeln!(out, "{}", text.trim_end())?;
    }
    Ok(())
}

fn lines(cell: &str, width: usize) -> Vec<String> {
    if seen(cell) <= width {
        return vec![cell.to_owned()];
    }
    let mut lines = vec![String::new()];
    for word in cell.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if seen(line).saturating_add(1).saturating_add(seen(word)) <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// The first cell as a heading, the others under it with their names.
fn stacked(out: &mut impl Write, header: &[&str], row: &[String]) -> io::Result<()> {
    let label = header.iter().map(|name| seen(name)).max().unwrap_or(0);
    for (index, (name, cell)) in header.iter().zip(row).enumerate() {
        match index {
            0 => writeln!(out, "{}", cell.trim_end())?,
            _ if cell.is_empty() => {}
            _ => writeln!(out, "    {name:<label$}  {cell}")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

    use super::*;

    fn widest(text: &str) -> usize {
        text.lines().map(seen).max().unwrap()
    }

    #[test]
    fn lines_wrap_under_their_last_cell_and_lose_no_word() {
        let line = "       120  registry_listed        it is on a public do-not-call registry, and nothing lifts it\n";
        for width in [60, 80, 200] {
            let text = wrapped(line, Some(width));
            assert!(widest(&text) <= width, "{text}");
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&text), words(line));
        }
        assert!(wrapped(line, Some(80)).lines().nth(1).unwrap().starts_with(&" ".repeat(35)));
        assert!(wrapped(line, Some(60)).lines().nth(1).unwrap().starts_with(&" ".repeat(12)));
        assert_eq!((wrapped(line, Some(200)).as_str(), wrapped(line, None).as_str()), (line, line));
    }

    #[test]
    fn a_word_longer_than_a_line_and_a_colour_stay_whole() {
        let digest = "ab".repeat(50);
        assert!(wrapped(&format!("  digest    {digest}\n"), Some(60)).contains(&digest));
        let coloured = "\u{1b}[1;31mdeny\u{1b}[0m: no\n";
        assert_eq!((wrapped(coloured, Some(60)).as_str(), seen("\u{1b}[1;31mdeny\u{1b}[0m")), (coloured, 4));
    }

    #[test]
    fn a_page_passes_lines_on_however_they_are_cut() {
        let text = format!("{}\nshort\nno end", "word ".repeat(30).trim_end());
        let mut page = Page::new(Vec::new(), Some(60));
        text.as_bytes().chunks(7).for_each(|part| page.write_all(part).unwrap());
        page.flush().unwrap();
        let written = String::from_utf8(page.out).unwrap();
        assert_eq!(written, wrapped(&text, Some(60)));
        assert!(widest(&written) <= 60 && written.ends_with("\nshort\nno end"));
    }

    #[test]
    fn a_table_fits_by_wrapping_and_else_stands_on_end() {
        let header = ["id", "copy of", "covers"];
        let rows =
            vec![vec!["us-ndnc".to_owned(), "2026-11-20".to_owned(), "+1312 +1773 ".repeat(12).trim().to_owned()]];
        let drawn = |width| {
            let mut out = Vec::new();
            table_in(&mut out, &header, &rows, width).unwrap();
            String::from_utf8(out).unwrap()
        };
        for width in [60, 80, 200] {
            assert!(widest(&drawn(Some(width))) <= width, "{}", drawn(Some(width)));
            assert_eq!(drawn(Some(width)).matches("+1773").count(), 12);
        }
        assert!(drawn(Some(60)).lines().count() > 2 && drawn(Some(200)).lines().count() == 2);
        let rows = vec![vec!["a".repeat(20), "b".repeat(20), "c".repeat(20)]];
        let mut out = Vec::new();
        table_in(&mut out, &header, &rows, Some(50)).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap().lines().nth(2).unwrap().trim(),
            format!("covers   {}", "c".repeat(20))
        );
        assert!(drawn(None).lines().count() == 2, "a pipe gets a row a line");
    }
}
