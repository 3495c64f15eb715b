//! The module's functions. Each task takes the input that was written last; what it gives stays until the next task.
//!
//! | export | does |
//! |---|---|
//! | `memory` | input is written to it, output read from it |
//! | `alloc(len) -> ptr` | room for the input of the next task |
//! | `compile() -> status` | a [`Project`] as JSON to an [`Outcome`](crate::Outcome) as JSON, and a module |
//! | `recipe() -> status` | an [`Order`] as JSON for the last module to a recipe |
//! | `layout() -> status` | a text to the same in the one layout |
//! | `marks() -> status` | a text to three 32-bit numbers for each [`Mark`](crate::Mark): kind, start, end |
//! | `output_ptr()`, `output_len()` | what the task gave |
//! | `module_ptr()`, `module_len()` | the module that was compiled last |
//!
//! Status 0 is good. With 1 the output is a sentence that says why, except that of `compile` and `layout`: an outcome without a
//! module, and nothing. A trap means a fault of ours, or that memory ran out: the instance is done for, another one works.

use std::fmt::Display;
use std::sync::{Mutex, PoisonError};

use gable_compiler::Artifact;
use serde::de::DeserializeOwned;

use crate::{Mark, Order, Project};

/// All state of the module.
struct Host {
    input: Vec<u8>,
    output: Vec<u8>,
    artifact: Option<Artifact>,
}

static HOST: Mutex<Host> = Mutex::new(Host {
    input: Vec::new(),
    output: Vec::new(),
    artifact: None,
});

impl Host {
    /// Does a task with the input; an error is given as text.
    fn task(&mut self, task: impl FnOnce(&mut Self, Vec<u8>) -> Result<Vec<u8>, Vec<u8>>) -> i32 {
        let input = std::mem::take(&mut self.input);
        let (status, output) = match task(self, input) {
            Ok(output) => (0, output),
            Err(output) => (1, output),
        };
        self.output = output;
        status
    }

    fn compile(&mut self, input: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
        let project: Project = read(input)?;
        let mut outcome = crate::compile(&project);
        self.artifact = outcome.artifact.take();
        let json = serde_json::to_vec(&outcome).map_err(|error| said(&error))?;
        match self.artifact {
            Some(_) => Ok(json),
            None => Err(json),
        }
    }

    fn recipe(&self, input: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
        let order: Order = read(input)?;
        let artifact = self.artifact.as_ref();
        let artifact = artifact.ok_or_else(|| said(&"there is no module"))?;
        let recipe = crate::recipe(artifact, &order).map_err(|error| said(&error))?;
        Ok(recipe.to_bytes())
    }

    fn module(&self) -> &[u8] {
        self.artifact
            .as_ref()
            .map_or(&[], |artifact| &artifact.wasm)
    }
}

fn read<T: DeserializeOwned>(input: &[u8]) -> Result<T, Vec<u8>> {
    serde_json::from_slice(input).map_err(|error| said(&error))
}

fn said(error: &dyn Display) -> Vec<u8> {
    error.to_string().into_bytes()
}

fn text(input: Vec<u8>) -> String {
    String::from_utf8(input).unwrap_or_default()
}

fn numbers(marks: &[Mark]) -> Vec<u8> {
    let numbers = marks
        .iter()
        .flat_map(|mark| [mark.kind as u32, mark.start, mark.end]);
    numbers.flat_map(u32::to_le_bytes).collect()
}

/// Declares the exports.
macro_rules! exports {
    ($( $(#[doc = $doc:literal])+ fn $name:ident($($arg:ident: $ty:ty),*) -> $result:ty = $body:expr; )*) => {
        $( $(#[doc = $doc])+
        #[expect(unsafe_code, reason = "exporting a function by name is how Wasm links")]
        #[unsafe(no_mangle)]
        extern "C" fn $name($($arg: $ty),*) -> $result {
            let body: fn(&mut Host $(, $ty)*) -> $result = $body;
            body(&mut HOST.lock().unwrap_or_else(PoisonError::into_inner) $(, $arg)*)
        } )*
    };
}

exports! {
    /// Room for an input.
    fn alloc(len: usize) -> *const u8 = |host, len| {
        host.input = vec![0; len];
        host.input.as_ptr()
    };
    /// Compiles a project.
    fn compile() -> i32 = |host| host.task(|host, input| host.compile(&input));
    /// Makes a recipe.
    fn recipe() -> i32 = |host| host.task(|host, input| host.recipe(&input));
    /// Gives a text the one layout.
    fn layout() -> i32 =
        |host| host.task(|_, input| crate::layout(text(input)).map(String::into_bytes).ok_or_else(Vec::new));
    /// Tells what the words of a text are.
    fn marks() -> i32 = |host| host.task(|_, input| Ok(numbers(&crate::marks(&text(input)))));
    /// Where the output is.
    fn output_ptr() -> *const u8 = |host| host.output.as_ptr();
    /// Its bytes.
    fn output_len() -> usize = |host| host.output.len();
    /// Where the module is.
    fn module_ptr() -> *const u8 = |host| host.module().as_ptr();
    /// Its bytes.
    fn module_len() -> usize = |host| host.module().len();
}
