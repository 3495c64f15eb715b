//! How a run fails, told so that an author can find the place.

use crate::Kernel;
use crate::limits::Stop;
use crate::manifest::Manifest;
use crate::output::json::Json;
use crate::recipe::Recipe;

/// Why a run cannot begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartError {
    /// The module has no rule that could be a start rule.
    NoRule,
    /// An initial shape names a start rule that the module does not have.
    UnknownStartRule {
        /// Its name.
        rule: String,
    },
    /// A start rule must not have parameters.
    StartRuleWithParameters {
        /// Its name.
        rule: String,
    },
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoRule => f.write_str("the grammar has no rule without parameters to start with"),
            Self::UnknownStartRule { rule } => write!(f, "the grammar has no rule named `{rule}`"),
            Self::StartRuleWithParameters { rule } => {
                write!(
                    f,
                    "the start rule `{rule}` has parameters: only rules without can start"
                )
            }
        }
    }
}

impl std::error::Error for StartError {}

/// Whether every initial shape has a start rule.
pub(super) fn check_start(manifest: &Manifest, recipe: &Recipe) -> Result<(), StartError> {
    for shape in &recipe.shapes {
        start_rule(manifest, &shape.start_rule)?;
    }
    Ok(())
}

/// The number of the rule a shape starts with; an empty name means the module's default.
pub(super) fn start_rule(manifest: &Manifest, name: &str) -> Result<usize, StartError> {
    if name.is_empty() {
        return manifest.default_start().ok_or(StartError::NoRule);
    }
    let mut named = manifest
        .rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| rule.name == name)
        .peekable();
    if named.peek().is_none() {
        return Err(StartError::UnknownStartRule {
            rule: name.to_owned(),
        });
    }
    match named.find(|(_, rule)| rule.params.is_empty()) {
        Some((number, _)) => Ok(number),
        None => Err(StartError::StartRuleWithParameters {
            rule: name.to_owned(),
        }),
    }
}

/// A run that was ended, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Why.
    pub stop: Stop,
    /// Number in the manifest's sites.
    pub site: u32,
    /// Path of the source file; empty when unknown.
    pub source: String,
    /// Line from 1; 0 when unknown.
    pub line: u32,
    /// Column from 1; 0 when unknown.
    pub column: u32,
    /// Number of the initial shape.
    pub initial_shape: u32,
    /// Name of the initial shape.
    pub shape_name: String,
    /// The rule that ran; empty for attributes.
    pub rule: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.line > 0 {
            write!(f, "{}:{}:{}: ", self.source, self.line, self.column)?;
        }
        write!(f, "{}", self.stop)?;
        if !self.rule.is_empty() {
            write!(
                f,
                " (in rule {}, initial shape {})",
                self.rule, self.initial_shape
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

impl Failure {
    /// As JSON: `{"kind":"depth","text":"...","source":"a.cga","line":3,"column":5,"rule":"Lot","shape":0,"name":"..."}`.
    pub fn to_json(&self) -> String {
        let mut json = Json::default();
        json.object(|json| {
            json.field("kind", self.stop.kind());
            json.field("text", self.stop.to_string().as_str());
            json.field("source", self.source.as_str());
            json.field("line", &self.line);
            json.field("column", &self.column);
            json.field("rule", self.rule.as_str());
            json.field("shape", &self.initial_shape);
            json.field("name", self.shape_name.as_str());
        });
        json.finish()
    }
}

impl Stop {
    /// A short name for programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Gas => "gas",
            Self::Shapes => "shapes",
            Self::Depth => "depth",
            Self::FunctionDepth => "functionDepth",
            Self::Vertices => "vertices",
            Self::Values => "values",
            Self::OutputBytes => "outputBytes",
            Self::Misuse(_) => "misuse",
        }
    }
}

impl Kernel {
    /// Where the run was when it stopped.
    pub fn failure(&self, stop: Stop) -> Failure {
        let site = self.manifest.sites.get(self.site);
        let source = site.and_then(|site| self.manifest.sources.get(site.source as usize));
        let initial_shape = self.initial_number();
        let rule = self
            .running_rule()
            .and_then(|rule| self.manifest.rules.get(rule as usize));
        Failure {
            stop,
            site: self.site,
            source: source.cloned().unwrap_or_default(),
            line: site.map_or(0, |site| site.line),
            column: site.map_or(0, |site| site.column),
            initial_shape,
            shape_name: self
                .recipe
                .shapes
                .get(initial_shape as usize)
                .map(|s| s.name.clone())
                .unwrap_or_default(),
            rule: rule.map(|rule| rule.name.clone()).unwrap_or_default(),
        }
    }
}
