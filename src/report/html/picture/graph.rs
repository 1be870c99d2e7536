//! What a picture shows, before it is drawn.

use super::difference::Mark;

/// Most boxes of a column; the last says how many more there are.
const MOST: usize = 14;

/// A column, from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Principals,
    Roles,
    Policies,
    Buckets,
}

impl Column {
    pub(super) const ALL: [(Self, &'static str); 4] = [
        (Self::Principals, "Principals"),
        (Self::Roles, "Role"),
        (Self::Policies, "Policies"),
        (Self::Buckets, "Buckets"),
    ];

    /// From 0.
    pub(super) fn place(self) -> usize {
        match self {
            Self::Principals => 0,
            Self::Roles => 1,
            Self::Policies => 2,
            Self::Buckets => 3,
        }
    }
}

/// A box at its place.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) column: Column,
    /// From the top, in halves of a row.
    pub(super) half_row: usize,
    pub(super) label: String,
    /// A second line; may be empty.
    pub(super) note: String,
    pub(super) mark: Mark,
}

/// A line between boxes of neighbouring columns.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) from: Column,
    pub(super) from_half_row: usize,
    pub(super) to: Column,
    pub(super) to_half_row: usize,
    pub(super) mark: Mark,
    pub(super) is_deny: bool,
}

#[derive(Debug, Default)]
pub(super) struct Graph {
    principals: Vec<Thing>,
    roles: Vec<Thing>,
    policies: Vec<Thing>,
    buckets: Vec<Thing>,
    edges: Vec<Link>,
}

/// What a box stands for.
#[derive(Debug)]
struct Thing {
    label: String,
    note: String,
    mark: Mark,
}

/// A line, with rows as if the columns had no end.
#[derive(Debug, PartialEq, Eq)]
struct Link {
    from: Column,
    rows: (usize, usize),
    mark: Mark,
    is_deny: bool,
    /// What it stands for, in words.
    words: String,
}

impl Link {
    fn to(&self) -> Column {
        match self.from {
            Column::Principals => Column::Roles,
            Column::Roles => Column::Policies,
            Column::Policies | Column::Buckets => Column::Buckets,
        }
    }
}

impl Graph {
    /// Moves what differs from the spec to the top of the columns that are too long to be drawn as a whole.
    pub(super) fn show_differences(&mut self) {
        for (column, _) in Column::ALL {
            self.sort(column);
        }
    }

    fn sort(&mut self, column: Column) {
        let all = self.things(column);
        if all.len() <= MOST {
            return;
        }
        let mut old: Vec<(usize, Thing)> = std::mem::take(all).into_iter().enumerate().collect();
        old.sort_by_key(|(_, thing)| thing.mark.rank());
        let places: Vec<usize> = old.iter().map(|(place, _)| *place).collect();
        *all = old.into_iter().map(|(_, thing)| thing).collect();
        let moved = |row: usize| places.iter().position(|place| *place == row).unwrap_or(row);
        for link in &mut self.edges {
            if link.from == column {
                link.rows.0 = moved(link.rows.0);
            }
            if link.to() == column {
                link.rows.1 = moved(link.rows.1);
            }
        }
    }

    fn things(&mut self, column: Column) -> &mut Vec<Thing> {
        match column {
            Column::Principals => &mut self.principals,
            Column::Roles => &mut self.roles,
            Column::Policies => &mut self.policies,
            Column::Buckets => &mut self.buckets,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.roles.is_empty()
    }

    /// How many rows the longest column has.
    pub(super) fn rows(&self) -> usize {
        let longest = Column::ALL.map(|(column, _)| self.drawn(column));
        longest.into_iter().max().unwrap_or(0)
    }

    /// The boxes that are drawn.
    pub(super) fn nodes(&self) -> Vec<Node> {
        let columns = Column::ALL.into_iter();
        columns
            .flat_map(|(column, _)| self.column(column))
            .collect()
    }

    /// Of a column that is too long, the last box stands for all that follow.
    fn column(&self, column: Column) -> Vec<Node> {
        let all = self.all(column);
        let node = |row: usize, label: &str, note: &str, mark: Mark| Node {
            column,
            half_row: self.half_row(column, row),
            label: label.to_owned(),
            note: note.to_owned(),
            mark,
        };
        let (shown, rest) = match all.len() > MOST {
            true => all.split_at(MOST - 1),
            false => (all, &[][..]),
        };
        let things = shown.iter().enumerate();
        let mut nodes: Vec<Node> = things
            .map(|(row, thing)| node(row, &thing.label, &thing.note, thing.mark))
            .collect();
        // They are in the order of their marks.
        if let Some(first) = rest.first() {
            let label = format!("and {} more", rest.len());
            nodes.push(node(MOST - 1, &label, "", first.mark));
        }
        nodes
    }

    fn drawn(&self, column: Column) -> usize {
        self.all(column).len().min(MOST)
    }

    /// Where the box of a row is. A short column stands in the middle.
    fn half_row(&self, column: Column, row: usize) -> usize {
        self.rows() - self.drawn(column) + 2 * row.min(MOST - 1)
    }

    /// The lines between boxes that are drawn.
    pub(super) fn edges(&self) -> Vec<Edge> {
        let drawn = self.edges.iter().map(|link| {
            let to = link.to();
            Edge {
                from: link.from,
                from_half_row: self.half_row(link.from, link.rows.0),
                to,
                to_half_row: self.half_row(to, link.rows.1),
                mark: link.mark,
                is_deny: link.is_deny,
            }
        });
        drawn.collect()
    }

    /// The lines in words.
    pub(super) fn words(&self, of_mark: impl Fn(Mark) -> &'static str) -> Vec<String> {
        let words = self.edges.iter().map(|link| match link.mark {
            Mark::Same => link.words.clone(),
            mark => format!("{} ({})", link.words, of_mark(mark)),
        });
        words.collect()
    }

    fn all(&self, column: Column) -> &[Thing] {
        match column {
            Column::Principals => &self.principals,
            Column::Roles => &self.roles,
            Column::Policies => &self.policies,
            Column::Buckets => &self.buckets,
        }
    }

    /// The row of a box, which is made if there is none with this label. A mark that says more stays.
    pub(super) fn node(&mut self, column: Column, label: &str, note: &str, mark: Mark) -> usize {
        let nodes = self.things(column);
        let is_same = |node: &Thing| match column {
            // RAM takes names in any case as the same.
            Column::Roles | Column::Policies => node.label.eq_ignore_ascii_case(label),
            Column::Principals | Column::Buckets => node.label == label,
        };
        let known = nodes.iter().position(is_same);
        known.unwrap_or_else(|| {
            nodes.push(Thing {
                label: label.to_owned(),
                note: note.to_owned(),
                mark,
            });
            nodes.len() - 1
        })
    }

    pub(super) fn link(
        &mut self,
        from: Column,
        rows: (usize, usize),
        mark: Mark,
        is_deny: bool,
        words: String,
    ) {
        let link = Link {
            from,
            rows,
            mark,
            is_deny,
            words,
        };
        if !self.edges.contains(&link) {
            self.edges.push(link);
        }
    }
}
