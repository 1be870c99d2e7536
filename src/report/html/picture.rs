//! The picture of an account's roles: who may assume them, which policies they hold, which buckets these reach.
//!
//! A fleet has many pictures, so one is made of few elements: a path for all boxes that are marked alike, one for all
//! lines, and a text for each line of a label.

mod difference;
mod graph;
mod label;
mod roles;

use std::fmt::Write;

use maud::{Markup, html};

use super::parts::shown;
use crate::report::run::Account;
use difference::Mark;
use graph::{Column, Edge, Node};

/// Place and size of things. Unit: pixels of the drawing.
const WIDTH: usize = 1226;
const NODE_WIDTH: usize = 260;
const NODE_HEIGHT: usize = 48;
const ROW: usize = 58;
const TOP: usize = 30;
const COLUMN: usize = 321;
const LINE_HEIGHT: usize = 14;

/// The picture, and the same in words; nothing where nothing is known of any role. `id` is the section's. The picture
/// is unfolded if `is_open`.
pub(super) fn picture(account: &Account, kind: &str, id: &str, is_open: bool) -> Markup {
    let graph = roles::graph(account, kind);
    if graph.is_empty() {
        return html! {};
    }
    let edges = graph.edges();
    let nodes = graph.nodes();
    let height = TOP + ROW * graph.rows() - (ROW - NODE_HEIGHT) + 1;
    let has = |mark: Mark| nodes.iter().any(|node| node.mark == mark);
    let has_deny = edges.iter().any(|edge| edge.is_deny);
    html! {
        details.whole open[is_open] {
            summary { "Who may assume the role, and what it may do where" }
            p.legend {
                @for mark in Mark::ALL { @if has(mark) { span class=(class(mark)) { (words(kind, mark)) } } }
                @if has_deny { span.deny { "denied" } }
            }
            div.picture tabindex="0" role="region" aria-label="Picture" {
                svg viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-labelledby={ (id) "-picture" } {
                    title id={ (id) "-picture" } { "Principals, roles, policies and buckets of " (shown(account.label())) }
                    @for (column, title) in Column::ALL { text.head x=(left(column)) y="16" { (title) } }
                    (lines(&edges))
                    @for mark in Mark::ALL { (boxes(&nodes, mark)) }
                    @for node in &nodes { (labels(node)) }
                }
            }
            details {
                summary { "The same in words" }
                ul.lines { @for line in graph.words(|mark| words(kind, mark)) { li { (shown(&line)) } } }
            }
        }
    }
}

fn left(column: Column) -> usize {
    1 + COLUMN * column.place()
}

/// Of a box. Rows are counted in halves, as short columns stand in the middle.
fn top(half_row: usize) -> usize {
    TOP + ROW * half_row / 2
}

fn class(mark: Mark) -> &'static str {
    match mark {
        Mark::Same => "same",
        Mark::More => "more",
        Mark::Less => "less",
    }
}

/// What a mark means, in the words of the command.
fn words(kind: &str, mark: Mark) -> &'static str {
    match (kind, mark) {
        ("plan", Mark::Same) => "stays",
        ("plan", Mark::More) => "to be removed",
        ("plan", Mark::Less) => "to be added",
        (_, Mark::Same) => "as in the spec",
        (_, Mark::More) => "more than the spec",
        (_, Mark::Less) => "missing from the account",
    }
}

fn boxes(nodes: &[Node], mark: Mark) -> Markup {
    let mut path = String::new();
    for node in nodes.iter().filter(|node| node.mark == mark) {
        let (x, y) = (left(node.column), top(node.half_row));
        let _ = write!(path, "M{x} {y}h{NODE_WIDTH}v{NODE_HEIGHT}h-{NODE_WIDTH}z");
    }
    html! { @if !path.is_empty() { path class={ "box " (class(mark)) } d=(path) {} } }
}

/// Label and note, as lines around the middle of the box.
fn labels(node: &Node) -> Markup {
    let label = shown(&node.label);
    let lines = label::lines(&label);
    let is_cut = lines.concat() != label;
    let note = Some(&node.note).filter(|note| !note.is_empty());
    let count = lines.len() + usize::from(note.is_some());
    let x = left(node.column) + 8;
    // The letters of a line stand on its base, 4 below its middle.
    let first = top(node.half_row) + NODE_HEIGHT / 2 + 4 - (count - 1) * LINE_HEIGHT / 2;
    let y = |line: usize| first + line * LINE_HEIGHT;
    html! {
        @for (at, line) in lines.iter().enumerate() {
            text x=(x) y=(y(at)) { @if is_cut && at == 0 { title { (label) } } (line) }
        }
        @if let Some(note) = note { text.small x=(x) y=(y(lines.len())) { (shown(note)) } }
    }
}

/// All lines, what is denied above the rest and struck through.
fn lines(edges: &[Edge]) -> Markup {
    let curves = |wanted: &dyn Fn(&Edge) -> bool| -> String {
        edges
            .iter()
            .filter(|edge| wanted(edge))
            .map(curve)
            .collect()
    };
    let denied: Vec<&Edge> = edges.iter().filter(|edge| edge.is_deny).collect();
    let crosses: String = denied.iter().map(|edge| cross(edge)).collect();
    html! {
        @for mark in Mark::ALL {
            @let path = curves(&|edge| edge.mark == mark && !edge.is_deny);
            @if !path.is_empty() { path class=(class(mark)) d=(path) {} }
        }
        @if !denied.is_empty() {
            path.deny d=(curves(&|edge| edge.is_deny)) {}
            path.cross d=(crosses) {}
        }
    }
}

/// From the middle of one box's right side to the middle of the other's left.
fn curve(edge: &Edge) -> String {
    let (x1, x2) = (left(edge.from) + NODE_WIDTH, left(edge.to));
    let middle = usize::midpoint(x1, x2);
    let at = |half_row: usize| top(half_row) + NODE_HEIGHT / 2;
    let (y1, y2) = (at(edge.from_half_row), at(edge.to_half_row));
    match y1 == y2 {
        true => format!("M{x1} {y1}H{x2}"),
        false => format!("M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"),
    }
}

fn cross(edge: &Edge) -> String {
    let x = usize::midpoint(left(edge.from) + NODE_WIDTH, left(edge.to));
    let y = usize::midpoint(top(edge.from_half_row), top(edge.to_half_row)) + NODE_HEIGHT / 2;
    format!("M{} {}l12 12m0-12l-12 12", x - 6, y - 6)
}
