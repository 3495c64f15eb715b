//! Draws diagnostics: source excerpts for people, JSON for editors and scripts.

use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Label, Severity};
use crate::source::{Source, SourceMap};
use crate::span::{Position, Span};

/// How diagnostics are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenderStyle {
    /// Text only.
    Plain,
    /// With ANSI colours, for terminals.
    Colour,
}

/// Draws diagnostics one after another, each with the lines it points at; a line with the totals ends it.
pub fn render(sources: &SourceMap, diagnostics: &[Diagnostic], style: RenderStyle) -> String {
    let renderer = match style {
        RenderStyle::Plain => Renderer::plain(),
        RenderStyle::Colour => Renderer::styled(),
    };
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&renderer.render(&[report(sources, diagnostic)]));
        text.push_str("\n\n");
    }
    let count = |severity| {
        diagnostics
            .iter()
            .filter(|d| d.severity == severity)
            .count()
    };
    let totals = [
        (count(Severity::Error), "error"),
        (count(Severity::Warning), "warning"),
    ];
    let totals: Vec<_> = totals
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}{}", if *count == 1 { "" } else { "s" }))
        .collect();
    if !totals.is_empty() {
        let _ = writeln!(text, "{}", totals.join(", "));
    }
    text
}

fn report<'a>(sources: &'a SourceMap, diagnostic: &'a Diagnostic) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = level
        .primary_title(diagnostic.title.as_str())
        .id(diagnostic.code.0)
        .element(snippet(sources, diagnostic));
    for label in &diagnostic.secondary {
        if label.span.source != diagnostic.primary.span.source {
            let excerpt = Excerpt::of(sources.source(label.span.source), &[label.span]);
            let context = excerpt.annotate(label, AnnotationKind::Context);
            group = group.element(excerpt.snippet.annotation(context));
        }
    }
    match &diagnostic.help {
        Some(help) => group.element(Level::HELP.message(help.as_str())),
        None => group,
    }
}

/// The excerpt with the primary label and those of the same source.
fn snippet<'a>(
    sources: &'a SourceMap,
    diagnostic: &'a Diagnostic,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let primary = &diagnostic.primary;
    let here: Vec<&Label> = diagnostic
        .secondary
        .iter()
        .filter(|label| label.span.source == primary.span.source)
        .collect();
    let mut spans = vec![primary.span];
    spans.extend(here.iter().map(|label| label.span));
    let excerpt = Excerpt::of(sources.source(primary.span.source), &spans);
    let mut annotations = vec![excerpt.annotate(primary, AnnotationKind::Primary)];
    for label in here {
        annotations.push(excerpt.annotate(label, AnnotationKind::Context));
    }
    excerpt.snippet.annotations(annotations)
}

/// The lines of a source around some spans, so that drawing does not read the whole file.
struct Excerpt<'a> {
    snippet: Snippet<'a, annotate_snippets::Annotation<'a>>,
    start: usize,
    text: &'a str,
}

impl<'a> Excerpt<'a> {
    fn of(source: &'a Source, spans: &[Span]) -> Self {
        let text = source.text.as_str();
        let first = spans.iter().map(|s| s.start as usize).min().unwrap_or(0);
        let last = spans.iter().map(|s| s.end as usize).max().unwrap_or(0);
        let (first, last) = (boundary(text, first), boundary(text, last));
        let start = text[..first].rfind('\n').map_or(0, |at| at + 1);
        let end = text[last..].find('\n').map_or(text.len(), |at| last + at);
        let line = text[..start].bytes().filter(|&b| b == b'\n').count() + 1;
        let text = &text[start..end];
        Self {
            snippet: Snippet::source(text)
                .line_start(line)
                .path(source.path.as_str()),
            start,
            text,
        }
    }

    fn annotate(
        &self,
        label: &'a Label,
        kind: AnnotationKind,
    ) -> annotate_snippets::Annotation<'a> {
        let annotation = kind.span(self.range(label.span));
        match label.text.as_str() {
            "" => annotation,
            text => annotation.label(text),
        }
    }

    fn range(&self, span: Span) -> Range<usize> {
        let offset = |at: u32| boundary(self.text, (at as usize).saturating_sub(self.start));
        offset(span.start)..offset(span.end)
    }
}

/// The last character boundary at or before `at`.
fn boundary(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}

/// The diagnostics as a JSON array of objects: `severity`, `code`, `title`, `path`, `line`, `column`,
/// `endLine`, `endColumn` (from 1, end exclusive), `label`, `help` (or null) and `secondary`, an array of
/// the same places and labels.
pub fn to_json(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let objects: Vec<_> = diagnostics.iter().map(|d| object(sources, d)).collect();
    format!("[{}]", objects.join(","))
}

fn object(sources: &SourceMap, diagnostic: &Diagnostic) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let secondary: Vec<_> = diagnostic
        .secondary
        .iter()
        .map(|label| format!("{{{}}}", place(sources, label)))
        .collect();
    format!(
        "{{\"severity\":\"{severity}\",\"code\":{},\"title\":{},{},\"help\":{},\"secondary\":[{}]}}",
        quoted(diagnostic.code.0),
        quoted(&diagnostic.title),
        place(sources, &diagnostic.primary),
        diagnostic
            .help
            .as_deref()
            .map_or_else(|| "null".to_owned(), quoted),
        secondary.join(",")
    )
}

fn place(sources: &SourceMap, label: &Label) -> String {
    let source = sources.source(label.span.source);
    let Position { line, column } = source.position(label.span.start);
    let end = source.position(label.span.end);
    format!(
        "\"path\":{},\"line\":{line},\"column\":{column},\"endLine\":{},\"endColumn\":{},\"label\":{}",
        quoted(&source.path),
        end.line,
        end.column,
        quoted(&label.text)
    )
}

fn quoted(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    result.push('"');
    for c in text.chars() {
        match c {
            '"' => result.push_str("\\\""),
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            c if c < ' ' => {
                let _ = write!(result, "\\u{:04x}", u32::from(c));
            }
            c => result.push(c),
        }
    }
    result.push('"');
    result
}
