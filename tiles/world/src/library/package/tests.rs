//! Packages that are made here: good ones, incomplete ones, hostile ones.

use std::io::Cursor;

use gable_compiler::{Options, compile};
use sevenz_rust2::{ArchiveEntry, ArchiveWriter};

use super::super::{GrammarFiles, grammar};
use super::*;

/// Writes a package of these files.
fn package(folder: &Path, name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
    for (name, bytes) in files {
        let entry = ArchiveEntry::new_file(name);
        writer.push_archive_entry(entry, Some(*bytes)).unwrap();
    }
    let path = folder.join(name);
    std::fs::write(&path, writer.finish().unwrap().into_inner()).unwrap();
    path
}

const TOWER: &[u8] = b"import f : \"rules/parts/facade.cga\"\n\
    import p : \"/Library/rules/plants.cga\"\nimport o : \"/Towers/rules/own.cga\"\n\
    Lot --> extrude(10) f.Facade p.Plant o.Own";

const FILES: &[(&str, &[u8])] = &[
    ("rules/towers/tower.cga", TOWER),
    // Windows-1252.
    (
        "rules/parts/facade.cga",
        b"Facade --> print(\"H\xf6he\") X.",
    ),
    ("rules/own.cga", b"Own --> X."),
    (
        ".ws/Library/rules/plants.cga",
        b"import q : \"rules/more.cga\"\nPlant --> q.More",
    ),
    (".ws/Library/rules/more.cga", b"More --> i(\"oak.obj\") X."),
    (".ws/Library/assets/oak.obj", b"v 0 0 0"),
    ("assets/roof/tiles.jpg", b"jpeg"),
    ("maps/table.csv", b"a,b"),
    ("readme.pdf", b"no asset"),
    ("bin/towers/tower.cgb", b"closed"),
    ("bin/towers/tower$f.cgb", b"closed"),
];

#[test]
fn rules_and_imports_are_read_from_inside() {
    let folder = tempfile::tempdir().unwrap();
    let path = package(folder.path(), "towers.rpk", FILES);
    let source = grammar(&path).unwrap();
    assert!(source.path.ends_with("/towers.rpk/rules/towers/tower.cga"));
    let compiled = compile(source, &GrammarFiles, &Options::default());
    assert_eq!(compiled.diagnostics, []);
    let manifest = compiled.artifact.unwrap().manifest;
    let inside = manifest.sources.iter();
    let inside: Vec<String> = inside
        .map(|path| split(Path::new(path)).unwrap().1)
        .collect();
    assert_eq!(
        inside,
        [
            "rules/towers/tower.cga",
            "rules/parts/facade.cga",
            ".ws/Library/rules/plants.cga",
            ".ws/Library/rules/more.cga",
            "rules/own.cga",
        ]
    );
    assert!(manifest.strings.iter().any(|text| text == "Höhe"));
    // A file inside can be named, and one that is not there is refused with those that are.
    let facade = grammar(&path.join("rules/parts/facade.cga")).unwrap();
    assert!(facade.text.starts_with("Facade"));
    let message = grammar(&path.join("rules/no.cga")).unwrap_err();
    assert!(
        message.ends_with(
            "has no rule file `rules/no.cga` (it has: rules/own.cga, rules/parts/facade.cga, rules/towers/tower.cga)"
        ),
        "{message}"
    );
}

#[test]
fn assets_have_the_names_that_grammars_use() {
    let folder = tempfile::tempdir().unwrap();
    let path = package(folder.path(), "towers.rpk", FILES);
    let mut names: Vec<String> = assets(&path).unwrap().into_iter().map(|it| it.0).collect();
    names.sort();
    assert_eq!(
        names,
        [
            "/Library/assets/oak.obj",
            "maps/table.csv",
            "roof/tiles.jpg"
        ]
    );
}

#[test]
fn a_package_written_anew_is_read_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = package(folder.path(), "a.rpk", &[("rules/a.cga", b"A --> X.")]);
    assert_eq!(grammar(&path).unwrap().text, "A --> X.");
    package(folder.path(), "a.rpk", &[("rules/a.cga", b"B --> X.")]);
    let later = SystemTime::now() + std::time::Duration::from_secs(60);
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(later)
        .unwrap();
    assert_eq!(grammar(&path).unwrap().text, "B --> X.");
}

#[test]
fn packages_without_sources_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let message = |name: &str, files: &[(&str, &[u8])]| {
        grammar(&package(folder.path(), name, files)).unwrap_err()
    };
    let closed = message("closed.rpk", &[("bin/a.cgb", b"closed")]);
    assert!(
        closed.contains("(bin/a.cgb), which are closed bytecode"),
        "{closed}"
    );
    let empty = message("empty.rpk", &[("assets/a.png", b"png")]);
    assert!(
        empty.ends_with("there are no rules in the rule package"),
        "{empty}"
    );
    let two: &[(&str, &[u8])] = &[("rules/a.cga", b""), ("rules/b.cga", b"")];
    let choice = message("two.rpk", two);
    assert!(choice.contains("two.rpk/rules/a.cga, "), "{choice}");
}

#[test]
fn damaged_and_hostile_packages_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = package(folder.path(), "good.rpk", FILES);
    let good = std::fs::read(&path).unwrap();
    let path = folder.path().join("bad.rpk");
    let read = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        assets(&path)
    };
    let zip = read(b"PK\x03\x04 a zip").unwrap_err().to_string();
    assert!(
        zip.contains("cannot be unpacked: it is no 7z archive"),
        "{zip}"
    );
    assert!(matches!(
        read(&good[..good.len() / 2]),
        Err(PackageError::Archive { .. })
    ));
    let mut state = 1_u64;
    for _ in 0..100 {
        let mut bytes = good.clone();
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let place = (state >> 33) as usize % bytes.len();
        bytes[place] ^= 1 << (state >> 60 & 7);
        // Every answer is one, but a panic or an abort.
        let _answer = read(&bytes);
    }
    // Small archives that unpack to more than they may.
    let zeros = vec![0; 100_000];
    let files: &[(&str, &[u8])] = &[("assets/a.png", &zeros), ("assets/b.png", &zeros)];
    let path = package(folder.path(), "bomb.rpk", files);
    assert!(std::fs::metadata(&path).unwrap().len() < 1000);
    let refused = |limits: Limits| match unpack_within(&limits, &path, |_| true) {
        Err(PackageError::Archive { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    let file = refused(Limits {
        file: 99_999,
        ..LIMITS
    });
    assert_eq!(file, "assets/a.png has more than 99999 bytes");
    let whole = refused(Limits {
        package: 199_999,
        ..LIMITS
    });
    assert_eq!(whole, "it has more than 100000 files or 199999 bytes");
    let memory = refused(Limits {
        memory_kib: 64,
        ..LIMITS
    });
    assert_eq!(memory, "it needs more than 64 KiB of memory");
}
