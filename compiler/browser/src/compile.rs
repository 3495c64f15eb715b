//! A text and the files that it imports, to a module and what is wrong with them.

use std::collections::BTreeMap;
use std::path::Path;

use gable_compiler::{Artifact, Compiled, Options, about};
use gable_grammar::{Diagnostic, Label, Severity, Source, SourceMap, Sources, Span, normal};
use gable_tileset::attributes::{self, Attribute};
use serde::{Deserialize, Serialize};

use crate::offset::Utf16;

/// What is compiled.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Project {
    /// The path of the main file.
    pub main: String,
    /// Texts by their paths; imports look here, beside the file that names them.
    pub files: BTreeMap<String, String>,
    /// SHA-256 of the kernel that the module is for.
    pub kernel: [u8; 32],
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The module; none when there are errors.
    #[serde(skip)]
    pub artifact: Option<Artifact>,
    /// Errors and warnings, by place.
    diagnostics: Vec<Told>,
    /// Paths of the files that were read, the main one first.
    files: Vec<String>,
    /// What one may set; null when there are errors.
    attributes: Option<Vec<Attribute>>,
    /// The rules that one may start with.
    rules: Vec<String>,
    /// Of these, the one that is started with unless another is named.
    start: Option<String>,
}

/// A diagnostic.
#[derive(Debug, Serialize)]
struct Told {
    severity: &'static str,
    code: &'static str,
    title: String,
    #[serde(flatten)]
    place: Place,
    help: Option<String>,
    also: Vec<Place>,
}

/// A place with a remark.
#[derive(Debug, Serialize)]
struct Place {
    path: String,
    /// UTF-16 offsets.
    start: u32,
    end: u32,
    /// From 1, as people count.
    line: u32,
    column: u32,
    label: String,
}

/// Compiles the main file of a project.
pub fn compile(project: &Project) -> Outcome {
    let main = Source {
        path: project.main.clone(),
        text: project
            .files
            .get(&project.main)
            .cloned()
            .unwrap_or_default(),
    };
    let options = Options {
        kernel_sha256: project.kernel,
        ..Options::default()
    };
    let Compiled {
        artifact,
        program: _,
        sources,
        diagnostics,
    } = gable_compiler::compile(main, &Files(&project.files), &options);
    let manifest = artifact.as_ref().map(|artifact| &artifact.manifest);
    let rules = manifest.map(about::start_rules).unwrap_or_default();
    let start = manifest.and_then(|manifest| Some(&manifest.rules[manifest.default_start()?]));
    Outcome {
        diagnostics: diagnostics.iter().map(|it| told(&sources, it)).collect(),
        files: sources
            .iter()
            .map(|(_, source)| source.path.clone())
            .collect(),
        attributes: manifest.map(|manifest| attributes::read(&about::attributes(manifest))),
        rules: rules.into_iter().map(str::to_owned).collect(),
        start: start.map(|rule| rule.name.clone()),
        artifact,
    }
}

/// The files of a project.
struct Files<'a>(&'a BTreeMap<String, String>);

impl Sources for Files<'_> {
    fn import(&self, importer: &str, path: &str) -> Result<Source, String> {
        let folder = Path::new(importer).parent().unwrap_or(Path::new(""));
        let path = normal(&folder.join(path.replace('\\', "/")));
        let text = self.0.get(&path).cloned();
        let text = text.ok_or_else(|| format!("there is no file `{path}` here"))?;
        Ok(Source { path, text })
    }
}

fn told(sources: &SourceMap, diagnostic: &Diagnostic) -> Told {
    let also = diagnostic.secondary.iter();
    Told {
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        code: diagnostic.code.0,
        title: diagnostic.title.clone(),
        place: place(sources, &diagnostic.primary),
        help: diagnostic.help.clone(),
        also: also.map(|label| place(sources, label)).collect(),
    }
}

fn place(sources: &SourceMap, Label { span, text }: &Label) -> Place {
    let Span { source, start, end } = *span;
    let source = sources.source(source);
    let position = source.position(start);
    let mut offset = Utf16::new(&source.text);
    Place {
        path: source.path.clone(),
        start: offset.of(start as usize),
        end: offset.of(end as usize),
        line: position.line,
        column: position.column,
        label: text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiled(files: &[(&str, &str)]) -> (Outcome, serde_json::Value) {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        let project = Project {
            main: "main.cga".to_owned(),
            files: files.collect(),
            kernel: [7; 32],
        };
        let outcome = compile(&project);
        let json = serde_json::to_value(&outcome).expect("plain data");
        (outcome, json)
    }

    #[test]
    fn a_good_text_gives_a_module_and_what_one_may_set() {
        let main = "import f : \"lib/f.cga\"\n@Range(min=1, max=9) attr height = 3\nA(n) --> extrude(n)\nLot --> A(height)";
        let (outcome, json) = compiled(&[
            ("main.cga", main),
            ("lib/f.cga", "import g : \"../g.cga\"\nF --> NIL"),
            ("g.cga", "G --> NIL"),
        ]);
        let artifact = outcome.artifact.expect("a module");
        assert_eq!(artifact.manifest.kernel, [7; 32]);
        assert_eq!(
            json["files"],
            serde_json::json!(["main.cga", "lib/f.cga", "g.cga"])
        );
        assert_eq!(json["attributes"][0]["name"], "height");
        assert_eq!(json["attributes"][0]["default"], 3.0);
        assert_eq!(json["start"], "Lot");
        assert_eq!(json["rules"][0], "Lot");
    }

    #[test]
    fn what_is_wrong_has_a_place_in_javascript_s_units() {
        let main = "// 😀\nattr height = 1 Lot --> extrude(hight)";
        let (outcome, json) = compiled(&[("main.cga", main)]);
        assert!(outcome.artifact.is_none());
        assert!(json["attributes"].is_null());
        let told = &json["diagnostics"][0];
        assert_eq!(
            (&told["severity"], &told["path"]),
            (&"error".into(), &"main.cga".into())
        );
        assert_eq!((&told["line"], &told["column"]), (&2.into(), &33.into()));
        let units: Vec<u16> = main.encode_utf16().collect();
        let range = told["start"].as_u64().expect("a number") as usize
            ..told["end"].as_u64().expect("a number") as usize;
        assert_eq!(String::from_utf16(&units[range]).expect("whole"), "hight");
        assert!(
            told["help"]
                .as_str()
                .is_some_and(|help| help.contains("height")),
            "{told}"
        );
    }

    #[test]
    fn a_missing_import_is_said() {
        let (_, json) = compiled(&[("main.cga", "import f : \"f.cga\"\nLot --> NIL")]);
        let title = json["diagnostics"][0]["title"].as_str().expect("a title");
        assert!(title.contains("there is no file `f.cga` here"), "{title}");
    }
}
