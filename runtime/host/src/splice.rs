//! Makes one module of kernel and grammar.
//!
//! The grammar's types and functions are appended after the kernel's, so that the kernel's indices and code bytes stay
//! as they are; the grammar's imports become direct calls. The result has no imports: it can be instantiated in
//! microseconds, and the half that is not ours cannot name anything but the kernel's functions.

use std::collections::BTreeMap;

use wasm_encoder::reencode::{Error as ReencodeError, Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, FunctionSection, Module, RawSection, SectionId,
    TypeSection,
};
use wasmparser::{ExternalKind, FunctionBody, Parser, Payload, TypeRef};

/// Numbers of the grammar's functions and types in the merged module.
struct Renumber {
    functions: Vec<u32>,
    first_type: u32,
}

impl Reencode for Renumber {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, ReencodeError<Self::Error>> {
        Ok(self.functions[function as usize])
    }

    fn type_index(&mut self, ty: u32) -> Result<u32, ReencodeError<Self::Error>> {
        Ok(self.first_type + ty)
    }
}

/// One module as its sections.
#[derive(Default)]
struct Parts<'a> {
    types: Option<wasmparser::TypeSectionReader<'a>>,
    type_count: u32,
    imports: Vec<(&'a str, u32)>,
    functions: Vec<u32>,
    exports: Vec<(&'a str, ExternalKind, u32)>,
    bodies: Vec<FunctionBody<'a>>,
    /// Sections copied as they are: tables, memories, globals, elements, data count, data.
    raw: BTreeMap<u8, &'a [u8]>,
}

/// Splices two valid modules: the kernel, and a grammar that passed [`crate::inspect`].
///
/// # Errors
/// A sentence, when one of them is not what it should be.
pub(crate) fn splice(kernel: &[u8], grammar: &[u8]) -> Result<Vec<u8>, String> {
    let kernel = read(kernel)?;
    let grammar = read(grammar)?;
    if !kernel.imports.is_empty() {
        return Err("the kernel imports something".to_owned());
    }
    let kernel_count = count(kernel.functions.len());
    let mut functions = Vec::with_capacity(grammar.imports.len() + grammar.functions.len());
    for (name, _) in &grammar.imports {
        let export = kernel
            .exports
            .iter()
            .find(|(export, kind, _)| export == name && *kind == ExternalKind::Func);
        functions.push(
            export
                .ok_or_else(|| format!("the kernel has no function `{name}`"))?
                .2,
        );
    }
    functions.extend((0..count(grammar.functions.len())).map(|k| kernel_count + k));
    let mut renumber = Renumber {
        functions,
        first_type: kernel.type_count,
    };

    let mut module = Module::new();
    module.section(&types(&kernel, &grammar, &mut renumber)?);
    let mut function_section = FunctionSection::new();
    for &ty in &kernel.functions {
        function_section.function(ty);
    }
    for &ty in &grammar.functions {
        function_section.function(renumber.first_type + ty);
    }
    module.section(&function_section);
    for id in [SectionId::Table, SectionId::Memory, SectionId::Global] {
        raw_section(&mut module, &kernel, id);
    }
    module.section(&exports(&kernel, &grammar, &renumber));
    for id in [SectionId::Element, SectionId::DataCount] {
        raw_section(&mut module, &kernel, id);
    }
    let mut code = CodeSection::new();
    for body in &kernel.bodies {
        code.raw(body.as_bytes());
    }
    for body in grammar.bodies {
        renumber
            .parse_function_body(&mut code, body)
            .map_err(|error| format!("{error:?}"))?;
    }
    module.section(&code);
    raw_section(&mut module, &kernel, SectionId::Data);
    Ok(module.finish())
}

fn types(
    kernel: &Parts<'_>,
    grammar: &Parts<'_>,
    renumber: &mut Renumber,
) -> Result<TypeSection, String> {
    let mut types = TypeSection::new();
    if let Some(section) = kernel.types.clone() {
        RoundtripReencoder
            .parse_type_section(&mut types, section)
            .map_err(|error| format!("{error:?}"))?;
    }
    if let Some(section) = grammar.types.clone() {
        renumber
            .parse_type_section(&mut types, section)
            .map_err(|error| format!("{error:?}"))?;
    }
    Ok(types)
}

/// The kernel's memory and the functions that hosts call, and the grammar's `generate`.
fn exports(kernel: &Parts<'_>, grammar: &Parts<'_>, renumber: &Renumber) -> ExportSection {
    let mut exports = ExportSection::new();
    for &(name, kind, index) in &kernel.exports {
        match kind {
            ExternalKind::Func if !name.starts_with("k_") => {
                exports.export(name, ExportKind::Func, index)
            }
            ExternalKind::Memory => exports.export(name, ExportKind::Memory, index),
            _ => continue,
        };
    }
    for &(name, kind, index) in &grammar.exports {
        if kind == ExternalKind::Func {
            exports.export(name, ExportKind::Func, renumber.functions[index as usize]);
        }
    }
    exports
}

fn raw_section(module: &mut Module, parts: &Parts<'_>, id: SectionId) {
    let id = u8::from(id);
    if let Some(data) = parts.raw.get(&id) {
        module.section(&RawSection { id, data });
    }
}

fn read(bytes: &[u8]) -> Result<Parts<'_>, String> {
    let mut parts = Parts::default();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|error| error.to_string())?;
        read_section(&mut parts, bytes, payload).map_err(|error| error.to_string())?;
    }
    Ok(parts)
}

fn read_section<'a>(
    parts: &mut Parts<'a>,
    bytes: &'a [u8],
    payload: Payload<'a>,
) -> Result<(), wasmparser::BinaryReaderError> {
    match payload {
        Payload::TypeSection(section) => {
            for group in section.clone() {
                parts.type_count += count(group?.into_types().len());
            }
            parts.types = Some(section);
        }
        Payload::ImportSection(section) => {
            for import in section.into_imports() {
                let import = import?;
                if let TypeRef::Func(ty) = import.ty {
                    parts.imports.push((import.name, ty));
                }
            }
        }
        Payload::FunctionSection(section) => {
            parts.functions = section.into_iter().collect::<Result<_, _>>()?;
        }
        Payload::ExportSection(section) => {
            for export in section {
                let export = export?;
                parts.exports.push((export.name, export.kind, export.index));
            }
        }
        Payload::CodeSectionEntry(body) => parts.bodies.push(body),
        Payload::TableSection(_)
        | Payload::MemorySection(_)
        | Payload::GlobalSection(_)
        | Payload::ElementSection(_)
        | Payload::DataCountSection { .. }
        | Payload::DataSection(_) => {
            if let Some((id, range)) = payload.as_section() {
                let place =
                    |offset: u64| usize::try_from(offset).expect("the section lies in memory");
                parts
                    .raw
                    .insert(id, &bytes[place(range.start)..place(range.end)]);
            }
        }
        _ => {}
    }
    Ok(())
}

fn count(n: usize) -> u32 {
    u32::try_from(n).expect("modules have fewer than 2^32 entries")
}
