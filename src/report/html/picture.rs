//! The picture of an account's roles: who may assume them, which policies they hold, which buckets these reach.

mod graph;

use maud::{Markup, html};

use super::parts::shown;
use crate::report::run::Account;
use graph::{Column, Edge, Graph, Mark, Node};

/// Place and size of things. Unit: pixels of the drawing.
const WIDTH: usize = 1226;
const NODE_WIDTH: usize = 268;
const NODE_HEIGHT: usize = 38;
const ROW: usize = 52;
const TOP: usize = 34;
const COLUMN: usize = 318;

/// Longest label that fits a box. Unit: characters.
const LABEL: usize = 31;

/// The picture, and the same in words; nothing where nothing is known of any role. `id` is the section's. The picture
/// is unfolded if `is_open`.
pub(super) fn picture(account: &Account, id: &str, is_open: bool) -> Markup {
    let graph = Graph::of(account);
    if graph.is_empty() {
        return html! {};
    }
    let height = TOP + ROW * graph.rows() + 6;
    html! {
        details.whole open[is_open] {
            summary { "Who may assume the role, and what it may do where" }
            p.legend {
                span { span.key {} "as in the spec" }
                span { span.key.more {} "more than the spec" }
                span { span.key.less {} "missing from the account" }
                span { span.key.deny {} "Deny" }
            }
            div.picture tabindex="0" role="region" aria-label="Picture" {
                svg viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-labelledby={ (id) "-picture" } {
                    title id={ (id) "-picture" } { "Principals, roles, policies and buckets of " (shown(account.label())) }
                    @for (column, title) in Column::ALL { text.head x=(left(column)) y="18" { (title) } }
                    @for edge in graph.edges() { (draw_edge(&edge)) }
                    @for (column, _) in Column::ALL {
                        @for (row, node) in graph.column(column).iter().enumerate() { (draw_node(column, row, node)) }
                    }
                }
            }
            details {
                summary { "The same in words" }
                ul.lines { @for line in graph.words() { li { (shown(&line)) } } }
            }
        }
    }
}

fn left(column: Column) -> usize {
    1 + COLUMN * column.place()
}

fn class(mark: Mark) -> &'static str {
    match mark {
        Mark::Same => "same",
        Mark::More => "more",
        Mark::Less => "less",
    }
}

fn draw_node(column: Column, row: usize, node: &Node) -> Markup {
    let (x, y) = (left(column), TOP + ROW * row);
    let label = shown(&node.label);
    let is_long = label.chars().count() > LABEL;
    let short: String = match is_long {
        true => label.chars().take(LABEL - 1).chain(['…']).collect(),
        false => label.clone(),
    };
    let (text, note) = match node.note.is_empty() {
        true => (y + 24, 0),
        false => (y + 17, y + 31),
    };
    html! {
        g class=(class(node.mark)) {
            title { (label) @if !node.note.is_empty() { ", " (shown(&node.note)) } }
            rect x=(x) y=(y) width=(NODE_WIDTH) height=(NODE_HEIGHT) rx="5" {}
            text x=(x + 10) y=(text) { (short) }
            @if note > 0 { text.small x=(x + 10) y=(note) { (shown(&node.note)) } }
        }
    }
}

fn draw_edge(edge: &Edge) -> Markup {
    let x1 = left(edge.from) + NODE_WIDTH;
    let x2 = left(edge.to);
    let middle = (x1 + x2) / 2;
    let at = |row: usize| TOP + ROW * row + NODE_HEIGHT / 2;
    let (y1, y2) = (at(edge.from_row), at(edge.to_row));
    let class = match edge.is_deny {
        true => "deny",
        false => class(edge.mark),
    };
    let (x, y) = (middle, (y1 + y2) / 2);
    html! {
        path class=(class) d={ "M" (x1) " " (y1) " C" (middle) " " (y1) " " (middle) " " (y2) " " (x2) " " (y2) } {}
        @if edge.is_deny {
            path.cross d={ "M" (x - 6) " " (y - 6) " L" (x + 6) " " (y + 6) " M" (x - 6) " " (y + 6) " L" (x + 6) " " (y - 6) } {}
            text.small.struck x=(x + 9) y=(y.saturating_sub(6)) { "Deny" }
        }
    }
}
