//! Declarations, imports, annotations.

use pest::iterators::{Pair, Pairs};

use super::expr::unescape;
use super::{Builder, Built, meaningful, next, parts};
use crate::ast::{
    Annotation, AnnotationArgument, AnnotationValue, Attribute, Binding, Declaration,
    DeclarationKind, Function, Import, Name, Override, Rule as RuleNode, RuleRole, Style,
};
use crate::parse::syntax::Rule;
use crate::scan::{Token, TokenKind, scan};

/// What stands between a name and its body.
#[derive(Default)]
struct Header {
    parameters: Option<Vec<Name>>,
    locals: Vec<Binding>,
}

impl Builder<'_> {
    /// `version "..."` with the annotations before it.
    pub(crate) fn version(&mut self, pairs: Pairs<'_, Rule>) -> Built<(Vec<Annotation>, Name)> {
        let mut annotations = Vec::new();
        let mut version = None;
        for pair in pairs.flat_map(parts) {
            match pair.as_rule() {
                Rule::annotation => annotations.push(self.annotation(pair)),
                _ => version = Some(self.string_name(&pair)),
            }
        }
        Ok((annotations, version.expect("the grammar has a string here")))
    }

    /// A declaration, `annotations` before its own; a multiple import gives several.
    pub(crate) fn declaration(
        &mut self,
        pairs: Pairs<'_, Rule>,
        mut annotations: Vec<Annotation>,
    ) -> Built<Vec<Declaration>> {
        let mut kinds = Vec::new();
        for pair in pairs.flat_map(parts) {
            let span = self.span(&pair);
            match pair.as_rule() {
                Rule::annotation => annotations.push(self.annotation(pair)),
                Rule::import => {
                    for item in parts(pair) {
                        let span = self.span(&item);
                        kinds.push((DeclarationKind::Import(self.import(item)?), span));
                    }
                }
                Rule::style => kinds.push((DeclarationKind::Style(self.style(pair)), span)),
                Rule::attribute => kinds.push((self.attribute(pair)?, span)),
                _ => kinds.push((self.definition(pair)?, span)),
            }
        }
        let declare = |(kind, span)| {
            let annotations = std::mem::take(&mut annotations);
            let span = annotations
                .first()
                .map_or(span, |first: &Annotation| first.span.to(span));
            Declaration {
                annotations,
                kind,
                span,
            }
        };
        Ok(kinds.into_iter().map(declare).collect())
    }

    fn import(&mut self, pair: Pair<'_, Rule>) -> Built<Import> {
        let mut inner = parts(pair);
        let id = self.name(&next(&mut inner));
        let mut styles = Vec::new();
        let mut path = next(&mut inner);
        if path.as_rule() == Rule::style_list {
            styles = parts(path).map(|style| self.name(&style)).collect();
            path = next(&mut inner);
        }
        let path = self.string_name(&path);
        let overrides = match inner.next() {
            Some(list) => Some(
                parts(list)
                    .map(|o| self.an_override(o))
                    .collect::<Built<_>>()?,
            ),
            None => None,
        };
        Ok(Import {
            id,
            styles,
            path,
            overrides,
        })
    }

    fn an_override(&mut self, pair: Pair<'_, Rule>) -> Built<Override> {
        let mut inner = parts(pair);
        let first = next(&mut inner);
        if first.as_rule() == Rule::rule_override {
            return Ok(Override::Rule(self.rule_override(first)?));
        }
        let name = self.name(&first);
        Ok(match inner.next() {
            Some(value) => Override::Attribute(name, self.full_expr(value)?),
            None => Override::Protect(name),
        })
    }

    pub(super) fn rule_override(&mut self, pair: Pair<'_, Rule>) -> Built<RuleNode> {
        let mut inner = parts(pair);
        let name = self.name(&next(&mut inner));
        let (header, body) = self.header(&mut inner)?;
        Ok(RuleNode {
            role: RuleRole::Plain,
            name,
            parameters: header.parameters,
            locals: header.locals,
            successor: self.successor(body)?,
        })
    }

    fn style(&self, pair: Pair<'_, Rule>) -> Style {
        let mut inner = parts(pair);
        Style {
            name: self.name(&next(&mut inner)),
            base: inner.next().map(|base| self.name(&base)),
        }
    }

    fn attribute(&mut self, pair: Pair<'_, Rule>) -> Built<DeclarationKind> {
        let mut inner = parts(pair).peekable();
        let constant = inner.next_if(|p| p.as_rule() == Rule::kw_const).is_some();
        let name = self.name(&next(&mut inner));
        let (header, body) = self.header(&mut inner)?;
        Ok(DeclarationKind::Attribute(Attribute {
            constant,
            name,
            parameters: header.parameters,
            locals: header.locals,
            value: self.full_expr(body)?,
        }))
    }

    fn definition(&mut self, pair: Pair<'_, Rule>) -> Built<DeclarationKind> {
        let mut inner = parts(pair).peekable();
        let role = match inner.next_if(|p| p.as_rule() == Rule::role) {
            None => RuleRole::Plain,
            Some(role) if role.as_str().starts_with("start") => RuleRole::Start,
            Some(_) => RuleRole::Extension,
        };
        let name = self.name(&next(&mut inner));
        let (Header { parameters, locals }, body) = self.header(&mut inner)?;
        Ok(if body.as_rule() == Rule::successor {
            DeclarationKind::Rule(RuleNode {
                role,
                name,
                parameters,
                locals,
                successor: self.successor(body)?,
            })
        } else {
            DeclarationKind::Function(Function {
                name,
                parameters,
                locals,
                value: self.full_expr(body)?,
            })
        })
    }

    /// Parameters and locals, then the body.
    fn header<'i>(
        &mut self,
        inner: &mut impl Iterator<Item = Pair<'i, Rule>>,
    ) -> Built<(Header, Pair<'i, Rule>)> {
        let mut header = Header::default();
        loop {
            let pair = next(inner);
            match pair.as_rule() {
                Rule::parameters => {
                    header.parameters = Some(parts(pair).map(|name| self.name(&name)).collect());
                }
                Rule::locals => {
                    header.locals = parts(pair)
                        .map(|binding| self.binding(binding))
                        .collect::<Built<_>>()?;
                }
                _ => return Ok((header, pair)),
            }
        }
    }

    fn binding(&mut self, pair: Pair<'_, Rule>) -> Built<Binding> {
        let mut inner = parts(pair);
        Ok(Binding {
            name: self.name(&next(&mut inner)),
            value: self.full_expr(next(&mut inner))?,
        })
    }

    /// A string literal as a name; its span has the quotes.
    fn string_name(&self, pair: &Pair<'_, Rule>) -> Name {
        Name {
            text: unescape(pair.as_str()),
            span: self.span(pair),
        }
    }

    fn annotation(&self, pair: Pair<'_, Rule>) -> Annotation {
        let span = self.span(&pair);
        let mut inner = meaningful(pair.into_inner());
        let name = self.name(&next(&mut inner));
        let arguments = inner
            .next()
            .map_or_else(Vec::new, |soup| annotation_arguments(soup.as_str()));
        Annotation {
            name,
            arguments,
            span,
        }
    }
}

/// The arguments in `(...)`, split at commas outside inner brackets.
fn annotation_arguments(soup: &str) -> Vec<AnnotationArgument> {
    let tokens: Vec<Token> = scan(soup).into_iter().filter(|t| !t.is_comment()).collect();
    let inside = &tokens[1..tokens.len() - 1];
    let mut arguments = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    for (at, token) in inside.iter().enumerate() {
        match token.text(soup) {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            "," if depth == 0 => {
                arguments.extend(annotation_argument(soup, &inside[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    arguments.extend(annotation_argument(soup, &inside[start..]));
    arguments
}

fn annotation_argument(soup: &str, tokens: &[Token]) -> Option<AnnotationArgument> {
    let word = |at: usize| tokens.get(at).map_or("", |t: &Token| t.text(soup));
    let keyed = tokens.first()?.kind == TokenKind::Word && word(1) == "=";
    let values = if keyed { &tokens[2..] } else { tokens };
    Some(AnnotationArgument {
        key: keyed.then(|| word(0).to_owned()),
        value: annotation_value(soup, values),
    })
}

fn annotation_value(soup: &str, tokens: &[Token]) -> AnnotationValue {
    let text = match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => &soup[first.start..last.end],
        _ => "",
    };
    let number = |text: &str| text.parse().ok().map(AnnotationValue::Number);
    let literal = match tokens {
        [one] => match one.kind {
            TokenKind::Number => number(text),
            TokenKind::String => Some(AnnotationValue::String(unescape(text))),
            _ => text.parse().ok().map(AnnotationValue::Bool),
        },
        [sign, digits]
            if digits.kind == TokenKind::Number && matches!(sign.text(soup), "-" | "+") =>
        {
            number(&format!("{}{}", sign.text(soup), digits.text(soup)))
        }
        _ => None,
    };
    literal.unwrap_or_else(|| AnnotationValue::Text(text.to_owned()))
}
