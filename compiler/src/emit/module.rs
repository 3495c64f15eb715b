//! Sections of the module, and the manifest.

use std::borrow::Cow;
use std::collections::BTreeMap;

use gable_kernel::abi;
use gable_kernel::manifest::{self, Manifest};
use gable_kernel::recipe::Value;
use wasm_encoder::{
    CodeSection, CustomSection, EntityType, ExportKind, ExportSection, FunctionSection,
    ImportSection, Module, NameMap, NameSection, Section as _, TypeSection, ValType,
};

use super::code::value_type;
use super::function::Emitted;
use super::{Artifact, Emitter};

/// The type of a function.
type Signature = (Vec<ValType>, Option<ValType>);

/// Function types without repeats.
#[derive(Default)]
struct Types {
    section: TypeSection,
    numbers: BTreeMap<Vec<u8>, u32>,
}

impl Types {
    fn number(&mut self, (params, result): Signature) -> u32 {
        let letter = |ty: &ValType| if *ty == ValType::F64 { b'f' } else { b'i' };
        let mut key: Vec<u8> = params.iter().map(letter).collect();
        key.push(b'>');
        key.extend(result.iter().map(letter));
        let next = u32::try_from(self.numbers.len()).expect("types are fewer than functions");
        *self.numbers.entry(key).or_insert_with(|| {
            self.section.ty().function(params, result);
            next
        })
    }
}

/// Puts the module together.
pub(super) fn assemble(
    mut emitter: Emitter<'_>,
    functions: &[Emitted],
    kernel: [u8; 32],
) -> Artifact {
    let mut types = Types::default();
    let mut imports = ImportSection::new();
    let mut names = Vec::new();
    for function in emitter.imports.keys() {
        let entry = function.entry();
        let params = entry.params.iter().map(|ty| value_type(*ty)).collect();
        let number = types.number((params, entry.result.map(value_type)));
        imports.import(abi::MODULE, entry.export, EntityType::Function(number));
        names.push(entry.name.to_owned());
    }
    let (mut declared, mut code) = (FunctionSection::new(), CodeSection::new());
    for function in functions {
        declared.function(types.number((function.params.clone(), function.result)));
        code.function(&function.code);
        names.push(function.name.clone());
    }
    let mut exports = ExportSection::new();
    exports.export("generate", ExportKind::Func, emitter.generate_index());
    let manifest = manifest(&mut emitter, kernel);
    let mut module = Module::new();
    module
        .section(&types.section)
        .section(&imports)
        .section(&declared)
        .section(&exports)
        .section(&code);
    let bytes = manifest.to_bytes();
    module.section(&CustomSection {
        name: Cow::Borrowed(manifest::SECTION),
        data: Cow::Borrowed(&bytes),
    });
    Artifact {
        wasm: module.finish(),
        manifest,
        names,
    }
}

impl Artifact {
    /// The module with the names of its functions in it, as browsers and printers of modules show them.
    pub fn named_wasm(&self) -> Vec<u8> {
        let mut names = NameMap::new();
        for (name, index) in self.names.iter().zip(0..) {
            names.append(index, name);
        }
        let mut section = NameSection::new();
        section.functions(&names);
        let mut wasm = self.wasm.clone();
        section.append_to(&mut wasm);
        wasm
    }
}

fn manifest(emitter: &mut Emitter<'_>, kernel: [u8; 32]) -> Manifest {
    let program = emitter.program;
    let attributes = program.attributes.iter().map(|it| manifest::Attribute {
        name: it.name.clone(),
        ty: it.ty.manifest(),
        settable: it.settable,
        hidden: it.hidden,
        default: it.default.clone(),
        annotations: it.annotations.clone(),
    });
    let attributes = attributes.collect();
    let rules = program.rules.iter().map(|it| manifest::Rule {
        name: it.name.clone(),
        params: Emitter::params(&it.locals[..it.params]),
        start: it.start,
        annotations: it.annotations.clone(),
    });
    let rules = rules.collect();
    for attribute in &program.attributes {
        if let Some(Value::String(text)) = &attribute.default {
            emitter.strings.number(text);
        }
    }
    let strings = std::mem::take(&mut emitter.strings.list);
    let assets = strings.iter().filter(|text| is_asset(text));
    let assets = assets.cloned().collect();
    let uses = |functions: &[&str]| {
        let mut imports = emitter.imports.keys();
        imports.any(|function| functions.contains(&function.entry().name))
    };
    Manifest {
        kernel,
        queries: program.queries(),
        tags: uses(TAG_FUNCTIONS) || program.splits_groups(),
        edge_attributes: uses(EDGE_FUNCTIONS),
        strings,
        attributes,
        rules,
        sources: emitter
            .sources
            .iter()
            .map(|(_, source)| source.path.clone())
            .collect(),
        sites: emitter.sites.drain(..).collect(),
        assets,
    }
}

/// Kernel functions that need tags to be kept.
const TAG_FUNCTIONS: &[&str] = &[
    "tag",
    "delete_tags",
    "set_tags_from_edge_attributes",
    "geometry_has_tags",
    "geometry_tags",
    "geometry_groups",
    "is_tagged",
];

/// Kernel functions that need edge attributes of initial shapes.
const EDGE_FUNCTIONS: &[&str] = &[
    "set_tags_from_edge_attributes",
    "edge_attribute_f",
    "edge_attribute_b",
    "edge_attribute_s",
];

/// Whether a string names a model or an image.
fn is_asset(text: &str) -> bool {
    const EXTENSIONS: &[&str] = &[
        "obj", "glb", "gltf", "dae", "fbx", "png", "jpg", "jpeg", "tif", "tiff", "tga", "bmp",
        "gif", "webp",
    ];
    let extension = text
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    !text.contains(['*', '\n'])
        && extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
}
