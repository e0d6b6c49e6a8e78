//! Memory with a name: programs that know only the name use the same number.
//!
//! A mapping without a name (`shared_mapping`) is for a process and the children that it forks.
//! Memory with a name can be opened by any program of the same user. On Linux the name is that of
//! a file in `/dev/shm`, and it stays until it is removed, even when no program uses it. So it
//! has an owner, the process that created it, which removes the name when its value is dropped.
//! An owner that is killed drops nothing. Then other processes find the name, and the id of a
//! process that has ended.
//!
//! Run: `cargo run --example shared_named_segment`
//!
//! Expected output:
//!
//! ```text
//! owner:   the number of visitors is 0
//! visitor: I know only the name, and I make it 1
//! visitor: I know only the name, and I make it 2
//! owner:   the number of visitors is 2
//! opened as another type: /visitors-[..] holds [..]AtomicU64, and not [..]AtomicI64
//! after the owner's drop: there is no segment /visitors-[..]
//! an owner is killed:     its name is still in /dev/shm
//! created a second time:  the name /visitors-[..] is taken by a segment of [..], which has ended[..]
//! remove_left_behind:     has found it, and removed it
//! ```
//!
//! Try: write `std::mem::forget(visitors);` for `drop(visitors);`. The name is not removed, so the
//! check after it fails. Then look for the name with `ls /dev/shm`, and remove it with `rm`.

#![cfg_attr(not(target_os = "linux"), allow(unused, reason = "see `needs_linux`"))]

use std::process::{self, Command, ExitStatus};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::{env, fs, io};

#[cfg(target_os = "linux")]
use examples_shared_memory::{Shared, remove_left_behind};
use nix::sys::signal::{Signal::SIGKILL, raise};
use workloads::println;

examples_shared_memory::needs_linux!();

#[cfg(target_os = "linux")]
fn main() -> io::Result<()> {
    let words: Vec<String> = env::args().collect();
    match &words[..] {
        [_program, role, name] if role == "visit" => return visit(name),
        [_program, _role, name] => {
            let _visitors = Shared::create(name, AtomicU64::new(0))?;
            return Ok(raise(SIGKILL)?); // It does not return.
        }
        _ => {}
    }
    let name = format!("/visitors-{}", process::id());
    let visitors = Shared::create(&name, AtomicU64::new(0))?;
    let number = || visitors.load(Relaxed);
    println!("owner:   the number of visitors is {}", number());
    assert!(run("visit", &name)?.success() && run("visit", &name)?.success());
    println!("owner:   the number of visitors is {}", number());

    let error = Shared::<AtomicI64>::open(&name).expect_err("it is an `AtomicU64`");
    println!("opened as another type: {error}");
    drop(visitors);
    let error = Shared::<AtomicU64>::open(&name).expect_err("the name is removed");
    println!("after the owner's drop: {error}");

    assert!(!run("own", &name)?.success());
    assert!(fs::exists(format!("/dev/shm{name}"))?);
    println!("an owner is killed:     its name is still in /dev/shm");
    let error = Shared::create(&name, AtomicU64::new(0)).expect_err("the name is taken");
    println!("created a second time:  {error}");
    assert_eq!(remove_left_behind(&name)?, [&*name]);
    assert!(!fs::exists(format!("/dev/shm{name}"))?);
    println!("remove_left_behind:     has found it, and removed it");
    Ok(())
}

/// Runs this program once more. It knows the name, and nothing else.
#[cfg(target_os = "linux")]
fn run(role: &str, name: &str) -> io::Result<ExitStatus> {
    Command::new(env::current_exe()?)
        .args([role, name])
        .status()
}

#[cfg(target_os = "linux")]
fn visit(name: &str) -> io::Result<()> {
    let visitors = Shared::<AtomicU64>::open(name)?;
    let before = visitors.fetch_add(1, Relaxed);
    println!(
        "visitor: I know only the name, and I make it {}",
        before + 1
    );
    Ok(())
}
