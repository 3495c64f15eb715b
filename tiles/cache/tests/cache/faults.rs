//! Nothing that happens to the folder makes a request fail, or gives it content that is not whole.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gable_cache::{Cache, CacheError};

use crate::common::{bytes_on_disk, files, key, on_disk, options, value};

/// Names the folder to a test that runs again in a process of its own.
const FOLDER: &str = "GABLE_CACHE_TEST_FOLDER";

/// The folder, in the process started for a test.
fn given_folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// This test binary with one test, under a shell that first does what `script` says.
fn again(test: &str, script: &str, folder: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", script])
        .arg(std::env::current_exe().expect("this binary"))
        .args([&format!("faults::{test}"), "--exact", "--nocapture"])
        .env(FOLDER, folder);
    command
}

fn run_again(test: &str, script: &str, folder: &Path) {
    let output = again(test, script, folder).output().expect("a shell");
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{errors}");
    assert!(text.contains("1 passed"), "{text}{errors}");
}

/// Sizes of entries in the kill test: none, less than a block, many blocks.
fn length(number: u64) -> usize {
    [0, 100, 5000, 300_000][number as usize % 4]
}

#[tokio::test]
async fn after_a_kill_at_any_moment_every_entry_is_whole() {
    const BOUND: u64 = 20 << 20;
    if let Some(folder) = given_folder() {
        let cache = on_disk(&folder, BOUND);
        for number in 0.. {
            cache.put(
                key(number),
                value(number, length(number)),
                1.0 + (number % 7) as f64,
            );
            // One line a put: the parent counts them.
            println!("{number}");
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut read = 0;
    for round in 0..25_usize {
        let mut child = again(
            "after_a_kill_at_any_moment_every_entry_is_whole",
            r#"exec "$0" "$@""#,
            folder.path(),
        )
        .stdout(Stdio::piped())
        .spawn()
        .expect("this binary");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let puts = 5 + round * 97 % 800;
        assert_eq!(lines.take(puts).filter(Result::is_ok).count(), puts);
        // SIGKILL.
        child.kill().expect("it runs until killed");
        child.wait().expect("killed");
        // As it was at that moment, half-written files included.
        assert!(bytes_on_disk(folder.path()) <= BOUND);
        let cache = on_disk(folder.path(), BOUND);
        cache.flush();
        for number in 0..3000 {
            if let Some(got) = cache.get(&key(number)).await {
                assert_eq!(got, value(number, length(number)));
                read += 1;
            }
        }
        let statistics = cache.statistics();
        assert_eq!((statistics.damaged, statistics.disk_errors), (0, 0));
    }
    assert!(read > 100, "{read} entries survived");
}

/// A folder with ten entries, closed.
fn ten_entries() -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = on_disk(folder.path(), 1 << 20);
    for number in 0..10 {
        assert!(cache.put(key(number), value(number, 300), 1.0));
    }
    drop(cache);
    let files = files(folder.path());
    assert_eq!(files.len(), 10);
    (folder, files)
}

/// What is served after a change of the files: the values that were put, at least `least` of them.
async fn served(cache: &Cache) -> usize {
    let mut count = 0;
    for number in 0..10 {
        if let Some(got) = cache.get(&key(number)).await {
            assert_eq!(got, value(number, 300));
            count += 1;
        }
    }
    count
}

#[tokio::test]
async fn a_flipped_bit_in_any_byte_of_a_file_is_not_served_and_the_file_is_removed() {
    let (folder, files) = ten_entries();
    let whole = fs::read(&files[0]).expect("an entry");
    for at in 0..whole.len() {
        let mut broken = whole.clone();
        broken[at] ^= 1 << (at % 8);
        fs::write(&files[0], broken).expect("writable");
        let cache = on_disk(folder.path(), 1 << 20);
        assert_eq!(served(&cache).await, 9, "byte {at}");
        assert_eq!(cache.statistics().damaged, 1);
        cache.flush();
        assert!(!files[0].exists());
    }
}

#[tokio::test]
async fn a_damaged_entry_can_be_put_again() {
    let (folder, files) = ten_entries();
    for file in &files {
        fs::write(file, vec![0; 380]).expect("writable");
    }
    let cache = on_disk(folder.path(), 1 << 20);
    assert_eq!(served(&cache).await, 0);
    for number in 0..10 {
        assert!(cache.put(key(number), value(number, 300), 1.0));
    }
    cache.flush();
    assert_eq!(served(&cache).await, 10);
}

#[tokio::test]
async fn truncated_empty_enlarged_and_swapped_files_are_not_served() {
    let (folder, files) = ten_entries();
    let cut = |file: &Path, length: u64| {
        let file = fs::File::options().write(true).open(file);
        file.and_then(|file| file.set_len(length))
            .expect("writable");
    };
    cut(&files[0], 0);
    cut(&files[1], 79);
    cut(&files[2], 80);
    cut(&files[3], 379);
    cut(&files[4], 381);
    // Far larger than anything that was written, and without blocks.
    cut(&files[5], 1 << 40);
    fs::copy(&files[7], &files[6]).expect("writable");
    let cache = on_disk(folder.path(), 1 << 20);
    assert_eq!(served(&cache).await, 3);
    cache.flush();
    assert_eq!(crate::common::files(folder.path()).len(), 3);
}

#[tokio::test]
async fn folders_links_and_foreign_files_are_removed_and_counted() {
    let (folder, files) = ten_entries();
    let root = folder.path().join("gable-cache-1");
    let outside = folder.path().join("mine.txt");
    fs::write(&outside, "not the cache's").expect("writable");
    fs::remove_file(&files[0]).expect("writable");
    fs::create_dir_all(files[0].join("deep")).expect("writable");
    fs::remove_file(&files[1]).expect("writable");
    std::os::unix::fs::symlink(&outside, &files[1]).expect("writable");
    fs::write(root.join("00/README"), "hello").expect("writable");
    fs::write(root.join("stranger"), "hello").expect("writable");
    fs::write(root.join("new/3"), "half an ent").expect("writable");
    let cache = on_disk(folder.path(), 1 << 20);
    assert_eq!(cache.statistics().damaged, 4);
    assert_eq!(served(&cache).await, 8);
    assert!(!files[0].exists() && !files[1].is_symlink());
    assert!(!root.join("new/3").exists());
    assert!(outside.exists(), "what is beside our folder is left alone");
}

#[tokio::test]
async fn a_file_in_place_of_a_folder_is_replaced() {
    let (folder, files) = ten_entries();
    let fan = files[0].parent().expect("a folder");
    fs::remove_dir_all(fan).expect("writable");
    fs::write(fan, "a file").expect("writable");
    let cache = on_disk(folder.path(), 1 << 20);
    assert!(served(&cache).await >= 8);
    for number in 0..10 {
        assert!(cache.put(key(number), value(number, 300), 1.0));
    }
    cache.flush();
    assert_eq!(served(&cache).await, 10);
    assert_eq!(cache.statistics().disk_errors, 0);
}

#[tokio::test]
async fn files_that_vanish_while_the_server_runs_are_misses() {
    let (folder, files) = ten_entries();
    let cache = on_disk(folder.path(), 1 << 20);
    fs::remove_file(&files[0]).expect("writable");
    fs::remove_file(&files[1]).expect("writable");
    fs::create_dir(&files[1]).expect("writable");
    assert_eq!(served(&cache).await, 8);
    assert_eq!(cache.statistics().damaged, 2);
    fs::remove_dir_all(folder.path().join("gable-cache-1")).expect("writable");
    assert_eq!(served(&cache).await, 0);
    assert!(cache.put(key(1), value(1, 300), 1.0), "nobody can know yet");
    cache.flush();
    assert_eq!(served(&cache).await, 0);
    let statistics = cache.statistics();
    assert_eq!((statistics.disk_errors, statistics.disk_entries), (1, 0));
}

#[tokio::test]
async fn a_full_disk_refuses_entries_and_no_request_and_is_used_again_when_it_has_room() {
    const NAME: &str =
        "a_full_disk_refuses_entries_and_no_request_and_is_used_again_when_it_has_room";
    // A small file system where that can be mounted, else files of 8 KB at most.
    const SCRIPT: &str = r#"
        mount='mount -t tmpfs -o size=512k none "$GABLE_CACHE_TEST_FOLDER"'
        if unshare -rm sh -c "$mount" 2>/dev/null; then
            exec unshare -rm sh -c "$mount && exec \"\$0\" \"\$@\"" "$0" "$@"
        fi
        trap "" XFSZ; ulimit -f 16; exec "$0" "$@""#;
    let Some(folder) = given_folder() else {
        let folder = tempfile::tempdir().expect("a folder");
        return run_again(NAME, SCRIPT, folder.path());
    };
    let cache = on_disk(&folder, 1 << 30);
    let length = |number| if number % 2 == 0 { 100 } else { 20_000 };
    for number in 0..200 {
        cache.put(key(number), value(number, length(number)), 1.0);
        // One after the other, so that those after a failure are left out.
        cache.flush();
    }
    let full = cache.statistics();
    assert!(full.disk_errors > 0 && full.disk_entries > 0, "{full:?}");
    assert_eq!(files(&folder).len() as u64, full.disk_entries);
    let half_written = fs::read_dir(folder.join("gable-cache-1/new")).expect("a folder");
    assert_eq!(half_written.count(), 0);
    for number in 0..200 {
        let kept = cache.contains(&key(number));
        let got = cache.get(&key(number)).await;
        assert_eq!(got, kept.then(|| value(number, length(number))));
        cache.remove(&key(number));
    }
    let again = (1000..3000).find(|number| {
        cache.put(key(*number), value(*number, 100), 1.0);
        cache.flush();
        cache.contains(&key(*number))
    });
    assert!(again.is_some(), "{:?}", cache.statistics());
    assert_eq!(cache.statistics().damaged, 0);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_to_is_still_read() {
    // Read-only for this process where that can be mounted, else by its permissions.
    const SCRIPT: &str = r#"
        mount='mount --bind "$GABLE_CACHE_TEST_FOLDER" "$GABLE_CACHE_TEST_FOLDER" &&
               mount -o remount,bind,ro "$GABLE_CACHE_TEST_FOLDER"'
        if unshare -rm sh -c "$mount" 2>/dev/null; then
            exec unshare -rm sh -c "$mount && exec \"\$0\" \"\$@\"" "$0" "$@"
        fi
        chmod -R a-w "$GABLE_CACHE_TEST_FOLDER"; exec "$0" "$@""#;
    let Some(folder) = given_folder() else {
        let (folder, files) = ten_entries();
        run_again(
            "a_folder_that_cannot_be_written_to_is_still_read",
            SCRIPT,
            folder.path(),
        );
        let command = Command::new("chmod")
            .args(["-R", "u+w"])
            .arg(folder.path())
            .status();
        assert!(command.is_ok_and(|status| status.success()));
        return assert!(files.iter().all(|file| file.exists()));
    };
    let probe = fs::write(folder.join("probe"), "");
    assert!(
        probe.is_err(),
        "this test needs user namespaces, or a user other than root"
    );
    let cache = on_disk(&folder, 1 << 20);
    assert_eq!(served(&cache).await, 10);
    for number in 10..50 {
        cache.put(key(number), value(number, 300), 1.0);
    }
    cache.flush();
    assert_eq!(served(&cache).await, 10);
    let statistics = cache.statistics();
    assert_eq!((statistics.disk_errors, statistics.disk_entries), (40, 10));
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error_with_cause_and_cure() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("writable");
    let error = Cache::open(&options(&file.join("cache"), 1 << 20, 0)).expect_err("not a folder");
    assert!(matches!(error, CacheError::Folder { .. }), "{error}");
    assert!(error.to_string().contains("give a folder"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_readers_and_writers_at_once_see_only_what_was_put() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = on_disk(folder.path(), 40 * 4096);
    let tasks: Vec<_> = (0..8_u64)
        .map(|task| {
            let cache = cache.clone();
            tokio::spawn(async move {
                for step in 0..400 {
                    let number = (task * 31 + step * 17) % 100;
                    if let Some(got) = cache.get(&key(number)).await {
                        assert_eq!(got, value(number, 300));
                    } else {
                        cache.put(key(number), value(number, 300), 1.0 + (step % 5) as f64);
                    }
                    if step % 50 == task {
                        cache.remove(&key(number));
                        cache.flush();
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no wrong value");
    }
    cache.flush();
    let statistics = cache.statistics();
    assert_eq!(
        (
            statistics.damaged,
            statistics.disk_errors,
            statistics.waiting_bytes
        ),
        (0, 0, 0)
    );
    assert_eq!(files(folder.path()).len() as u64, statistics.disk_entries);
    let mode = fs::metadata(folder.path())
        .expect("there")
        .permissions()
        .mode();
    assert_ne!(mode & 0o700, 0);
}
