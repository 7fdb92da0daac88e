//! Tables of aligned columns.

use super::style::{Meaning, clean};

/// A cell: text and what it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    text: String,
    meaning: Meaning,
}

impl Cell {
    /// A cell of some meaning.
    pub(crate) fn new(text: impl ToString, meaning: Meaning) -> Self {
        Self { text: clean(&text.to_string()), meaning }
    }

    /// The text where there is one, else a dash.
    pub(crate) fn optional<T: ToString>(text: Option<T>, meaning: Meaning) -> Self {
        text.map_or_else(|| Self::new("-", Meaning::Faint), |text| Self::new(text, meaning))
    }

    fn width(&self) -> usize {
        self.text.chars().count()
    }

    /// The cell in at most so many characters.
    fn cut(&self, width: usize) -> Self {
        if self.width() <= width {
            return self.clone();
        }
        let kept: String = self.text.chars().take(width.saturating_sub(1)).collect();
        Self { text: format!("{}…", kept.trim_end()), meaning: self.meaning }
    }
}

impl<T: ToString> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text, Meaning::Plain)
    }
}

/// Lines the rows up under their headings. Nothing is cut, so that what is shown can be copied.
pub(crate) fn table(headings: &[&str], rows: &[Vec<Cell>]) -> String {
    let head: Vec<Cell> = headings.iter().map(|text| Cell::new(text, Meaning::Strong)).collect();
    let widths = widths(&head, rows);
    std::iter::once(&head).chain(rows).map(|row| line(row, &widths)).collect()
}

/// The same in lines that are not longer than a terminal is wide: what does not fit is cut from one column.
pub(crate) fn table_within(width: Option<usize>, headings: &[&str], rows: &[Vec<Cell>], elastic: usize) -> String {
    let Some(width) = width else { return table(headings, rows) };
    let head: Vec<Cell> = headings.iter().map(Cell::from).collect();
    let widths = widths(&head, rows);
    let others = widths.iter().enumerate().filter(|(at, _)| *at != elastic).map(|(_, width)| width + GAP).sum();
    let left = width.saturating_sub(others).max(LEAST);
    let cut = |row: &Vec<Cell>| {
        row.iter().enumerate().map(|(at, it)| if at == elastic { it.cut(left) } else { it.clone() }).collect()
    };
    table(headings, &rows.iter().map(cut).collect::<Vec<_>>())
}

/// Blanks between columns.
const GAP: usize = 2;

/// A column that is cut keeps so many characters, however narrow the terminal is.
const LEAST: usize = 12;

fn widths(head: &[Cell], rows: &[Vec<Cell>]) -> Vec<usize> {
    let mut widths: Vec<usize> = head.iter().map(Cell::width).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    widths
}

fn line(row: &[Cell], widths: &[usize]) -> String {
    let last = row.iter().rposition(|cell| !cell.text.is_empty()).unwrap_or(0);
    let mut line = String::new();
    for (index, (cell, width)) in row.iter().zip(widths).take(last + 1).enumerate() {
        line.push_str(&cell.meaning.paint(&cell.text));
        if index < last {
            line.push_str(&" ".repeat(width - cell.width() + GAP));
        }
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_lines_end_without_blanks() {
        let plain = |text: &str| anstream::adapter::strip_str(text).to_string();
        let rows = [vec![Cell::from("a"), "é".into(), "".into()], vec!["long".into(), "x".into(), "y".into()]];
        assert_eq!(plain(&table(&["ONE", "B", ""], &rows)), "ONE   B\na     é\nlong  x  y\n");
    }

    #[test]
    fn lines_fit_the_terminal_and_one_column_pays_for_it() {
        let plain = |text: &str| anstream::adapter::strip_str(text).to_string();
        let rows = [vec![Cell::from("a"), "fix: the whole of a long sentence".into(), "x".into()]];
        let within = |width| plain(&table_within(width, &["ONE", "WHY", "END"], &rows, 1));
        assert_eq!(within(Some(25)), "ONE  WHY              END\na    fix: the whole…  x\n");
        assert_eq!(within(Some(5)), "ONE  WHY           END\na    fix: the wh…  x\n");
        assert!(within(None).contains("sentence  x\n") && within(Some(200)).contains("sentence  x\n"));
    }
}
