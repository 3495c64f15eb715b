//! `gable show`: the stages of the compiler as text.

use gable_grammar::{SourceId, parse};
use gable_world::json_of;

use crate::cli::ShowArguments;
use crate::failure::Failure;
use crate::say::{say, say_text, tell_text};

use super::build;

/// Runs it.
pub(crate) fn run(arguments: &ShowArguments) -> Result<(), Failure> {
    if arguments.ast {
        return show_ast(arguments);
    }
    if arguments.ir {
        let compiled = build::compile_quietly(&arguments.rules)?;
        if let Some(program) = &compiled.program {
            say_text!("{}", gable_compiler::ir::show(program));
            return Ok(());
        }
    }
    let artifact = build::compile_loudly(&arguments.rules)?;
    if arguments.manifest {
        say!("{}", manifest(&artifact.manifest));
    } else {
        say_text!("{}", gable_compiler::show_wat(&artifact));
    }
    Ok(())
}

fn show_ast(arguments: &ShowArguments) -> Result<(), Failure> {
    let source = gable_world::library::grammar(&arguments.rules).map_err(Failure::Input)?;
    let (file, diagnostics) = parse(&source, SourceId(0));
    say_text!("{file}");
    if !diagnostics.has_errors() {
        return Ok(());
    }
    let mut sources = gable_grammar::SourceMap::default();
    sources.add(source);
    let list = diagnostics.into_sorted();
    tell_text!("{}", gable_grammar::render(&sources, &list, build::style()));
    Err(Failure::Grammar)
}

/// What a user interface needs to know, as JSON.
fn manifest(manifest: &gable_kernel::manifest::Manifest) -> serde_json::Value {
    let attributes: Vec<_> = manifest
        .attributes
        .iter()
        .filter(|attribute| attribute.settable)
        .map(|attribute| {
            serde_json::json!({
                "name": attribute.name,
                "type": format!("{:?}", attribute.ty),
                "hidden": attribute.hidden,
                "default": attribute.default.as_ref().map(json_of),
                "annotations": annotations(&attribute.annotations),
            })
        })
        .collect();
    let rules: Vec<_> = manifest
        .rules
        .iter()
        .filter(|rule| rule.params.is_empty())
        .map(|rule| serde_json::json!({ "name": rule.name, "start": rule.start, "annotations": annotations(&rule.annotations) }))
        .collect();
    serde_json::json!({
        "kernel": gable_runtime::hash::hex(&manifest.kernel),
        "attributes": attributes,
        "rules": rules,
        "assets": manifest.assets,
    })
}

fn annotations(list: &[gable_kernel::manifest::Annotation]) -> Vec<serde_json::Value> {
    list.iter()
        .map(|annotation| {
            let arguments: Vec<_> = annotation
                .arguments
                .iter()
                .map(
                    |(key, argument)| serde_json::json!({ "key": key, "value": json_of(argument) }),
                )
                .collect();
            serde_json::json!({ "name": annotation.name, "arguments": arguments })
        })
        .collect()
}
