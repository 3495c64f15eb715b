//! `gable grammars`: what comes with the command.

use std::path::Path;

use gable_world::library::bundle;

use crate::cli::GrammarsArguments;
use crate::failure::Failure;
use crate::say::{say, say_text};
use crate::table;

/// Runs it.
pub(crate) fn run(arguments: &GrammarsArguments) -> Result<(), Failure> {
    if let Some(folder) = &arguments.copy_to {
        return copy(folder);
    }
    match &arguments.name {
        None => {
            for (name, summary) in bundle::grammars() {
                say!("  {name:<18} {summary}");
            }
            say!(
                "\nPrint one with `gable grammars NAME`, copy all with `gable grammars --copy-to DIR`."
            );
            Ok(())
        }
        Some(name) => {
            let text = bundle::grammar(&format!("{}.cga", name.trim_end_matches(".cga")));
            let text = text
                .ok_or_else(|| Failure::Input(format!("there is no bundled grammar `{name}`")))?;
            say_text!("{}", String::from_utf8_lossy(text));
            Ok(())
        }
    }
}

fn copy(folder: &Path) -> Result<(), Failure> {
    let mut written = 0;
    for (name, dir) in [
        ("grammars", &bundle::GRAMMARS),
        ("models", &bundle::MODELS),
        ("textures", &bundle::TEXTURES),
    ] {
        let target = folder.join(name);
        std::fs::create_dir_all(&target)
            .map_err(|error| Failure::file("create", &target, &error))?;
        dir.extract(&target)
            .map_err(|error| Failure::file("write", &target, &error))?;
        written += dir.files().count();
    }
    table::print(&[vec![
        format!("{} files", written),
        folder.display().to_string(),
    ]]);
    Ok(())
}
