//! Refuses modules that our compiler could not have made.
//!
//! A grammar module may define types, functions and exports, import functions of the kernel with exactly the types of
//! the ABI table, and carry custom sections. It has no memory, table, global, data, element or start section, so that
//! all it can do is compute and call the kernel.

use gable_kernel::abi::{self, ValueType};
use gable_kernel::manifest::{Manifest, SECTION};
use wasmparser::{CompositeInnerType, Parser, Payload, TypeRef, ValType, Validator, WasmFeatures};

use crate::error::GenerateError;

/// The largest module accepted, in bytes.
const LARGEST: usize = 4 << 20;

/// The features a grammar module may use.
fn features() -> WasmFeatures {
    WasmFeatures::LIME1 | WasmFeatures::REFERENCE_TYPES | WasmFeatures::SIMD
}

/// Validates a module and reads its manifest.
///
/// # Errors
/// [`GenerateError::Module`] naming what is not allowed, [`GenerateError::Decode`] for a damaged manifest.
pub fn inspect(bytes: &[u8]) -> Result<Manifest, GenerateError> {
    if bytes.len() > LARGEST {
        return refuse(format!("it has {} bytes, more than {LARGEST}", bytes.len()));
    }
    if let Err(error) = Validator::new_with_features(features()).validate_all(bytes) {
        return refuse(format!("it is not valid WebAssembly: {error}"));
    }
    let mut types = Vec::new();
    let mut manifest = None;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|error| refusal(error.to_string()))? {
            Payload::TypeSection(section) => {
                for group in section {
                    let group = group.map_err(|error| refusal(error.to_string()))?;
                    types.extend(group.into_types().map(|ty| ty.composite_type.inner));
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.map_err(|error| refusal(error.to_string()))?;
                    check_import(&import, &types)?;
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export.map_err(|error| refusal(error.to_string()))?;
                    if export.name != "generate" {
                        return refuse(format!("it exports `{}`", export.name));
                    }
                }
            }
            Payload::CustomSection(section) if section.name() == SECTION => {
                let decoded = Manifest::from_bytes(section.data()).map_err(|source| {
                    GenerateError::Decode {
                        what: "manifest",
                        source,
                    }
                })?;
                manifest = Some(decoded);
            }
            Payload::Version { .. }
            | Payload::FunctionSection(_)
            | Payload::CodeSectionStart { .. }
            | Payload::CodeSectionEntry(_)
            | Payload::CustomSection(_)
            | Payload::End(_) => {}
            other => {
                return refuse(format!(
                    "it has a section that grammars do not need: {other:?}"
                ));
            }
        }
    }
    manifest.ok_or_else(|| refusal(format!("it has no `{SECTION}` section")))
}

/// An import must be a function of the ABI table with exactly its type.
fn check_import(
    import: &wasmparser::Import<'_>,
    types: &[CompositeInnerType],
) -> Result<(), GenerateError> {
    let name = import.name;
    let Some(function) = abi::table::FUNCTIONS
        .iter()
        .find(|f| import.module == abi::MODULE && f.export == name)
    else {
        return refuse(format!("it imports `{}.{name}`", import.module));
    };
    let TypeRef::Func(ty) = import.ty else {
        return refuse(format!("its import `{name}` is not a function"));
    };
    let Some(CompositeInnerType::Func(found)) = types.get(ty as usize) else {
        return refuse(format!("its import `{name}` has no function type"));
    };
    let params: Vec<ValType> = function.params.iter().map(|&ty| value_type(ty)).collect();
    let results: Vec<ValType> = function.result.iter().map(|&ty| value_type(ty)).collect();
    if found.params() != params || found.results() != results {
        return refuse(format!(
            "its import `{name}` has another type than the kernel's"
        ));
    }
    Ok(())
}

fn value_type(ty: ValueType) -> ValType {
    match ty {
        ValueType::I32 => ValType::I32,
        ValueType::F64 => ValType::F64,
    }
}

fn refusal(reason: String) -> GenerateError {
    GenerateError::Module { reason }
}

fn refuse<T>(reason: String) -> Result<T, GenerateError> {
    Err(refusal(reason))
}
