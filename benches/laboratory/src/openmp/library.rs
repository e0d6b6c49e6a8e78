//! Compiles `openmp/region.c`, loads it, and calls it.

#![expect(
    unsafe_code,
    reason = "calling C, and letting it call back with references"
)]

use std::env;
use std::ffi::{CStr, CString, c_int, c_void};
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::mem::transmute;
use std::num::NonZero;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio, id};
use std::sync::LazyLock;

use nix::libc::{RTLD_NOW, dlerror, dlopen, dlsym};
use xxhash_rust::xxh3::xxh3_64;

/// The C code.
const SOURCE: &str = include_str!("../../openmp/region.c");

/// How it is compiled.
const FLAGS: [&str; 4] = ["-O3", "-fopenmp", "-shared", "-fPIC"];

/// The loaded functions. They stay loaded until the process ends: OpenMP's threads may be in them.
#[derive(Clone, Copy)]
pub(super) struct Regions {
    region: Region,
    end: unsafe extern "C" fn() -> c_int,
}

/// What `crossover_region` is.
type Region =
    unsafe extern "C" fn(usize, usize, extern "C" fn(*mut c_void, usize), data: *mut c_void);

/// A result that is kept for the next caller: why there is none is a kind and a sentence.
type Kept<T> = LazyLock<Result<T, (ErrorKind, String)>>;

fn keep<T>(result: io::Result<T>) -> Result<T, (ErrorKind, String)> {
    result.map_err(|error| (error.kind(), error.to_string()))
}

fn kept<T: Clone>(kept: &Kept<T>) -> io::Result<T> {
    let result = (**kept).clone();
    result.map_err(|(kind, sentence)| io::Error::new(kind, sentence))
}

/// Compiles the C file, if that has not been done by any process before, and returns the path of the library.
///
/// # Errors
///
/// [`ErrorKind::NotFound`] if there is no gcc; else one sentence that says what is wrong.
pub fn compiled() -> io::Result<PathBuf> {
    static COMPILED: Kept<PathBuf> = LazyLock::new(|| keep(compile()));
    kept(&COMPILED)
}

fn compile() -> io::Result<PathBuf> {
    // target / profile / examples or deps / executable
    let executable = env::current_exe()?;
    let target = executable.ancestors().nth(3).unwrap_or(Path::new(""));
    let number = xxh3_64(format!("{FLAGS:?}{SOURCE}").as_bytes());
    let library = target.join(format!("openmp/region-{number:016x}.so"));
    if library.exists() {
        return Ok(library);
    }
    fs::create_dir_all(library.parent().expect("it is in a directory"))?;
    // Another process may compile it at this moment, too. So each has its own file, which becomes the library as a whole.
    let own = library.with_extension(id().to_string());
    let compiled = compile_to(&own).and_then(|()| fs::rename(&own, &library));
    if compiled.is_err() {
        let _ = fs::remove_file(&own); // it may not exist
    }
    compiled.map(|()| library)
}

fn compile_to(library: &Path) -> io::Result<()> {
    let mut gcc = Command::new("gcc")
        .args(FLAGS)
        .args(["-x", "c", "-", "-o"])
        .arg(library)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| {
            let sentence = match error.kind() {
                ErrorKind::NotFound => "OpenMP needs gcc, which is not installed".to_owned(),
                _ => format!("OpenMP needs gcc, which cannot be started: {error}"),
            };
            io::Error::new(error.kind(), sentence)
        })?;
    let mut source = gcc.stdin.take().expect("its input is piped");
    // It fails only if gcc has ended, which then says why.
    let _ = source.write_all(SOURCE.as_bytes());
    drop(source);
    let output = gcc.wait_with_output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let error = said.lines().find(|line| line.contains("error"));
    let error = error.or(said.lines().next()).unwrap_or("it says nothing");
    Err(io::Error::other(format!(
        "gcc cannot compile openmp/region.c: {error}"
    )))
}

impl Regions {
    /// Loads the library, and so OpenMP's, which reads its settings from the environment now.
    pub(super) fn load() -> io::Result<Self> {
        static LOADED: Kept<Regions> = LazyLock::new(|| {
            keep(compiled().and_then(|library| {
                let path = CString::new(library.as_os_str().as_bytes())?;
                // SAFETY: what runs when this library is loaded is libgomp's own beginning, which may run at any time.
                let library = not_null(unsafe { dlopen(path.as_ptr(), RTLD_NOW) })?;
                let region = find(library, c"crossover_region")?;
                let end = find(library, c"crossover_end")?;
                Ok(Regions {
                    // SAFETY: the C file defines it with this type.
                    region: unsafe { transmute::<*mut c_void, Region>(region) },
                    // SAFETY: as above.
                    end: unsafe { transmute::<*mut c_void, unsafe extern "C" fn() -> c_int>(end) },
                })
            }))
        });
        kept(&LOADED)
    }

    /// Calls `work` once with each slot, on `workers` threads, in one parallel region. `work` must not panic: the process
    /// would be aborted.
    pub(super) fn each<S: Send, F: Fn(&mut S) + Sync>(
        self,
        workers: NonZero<usize>,
        slots: &mut [S],
        work: F,
    ) {
        let (first, chunks) = (slots.as_mut_ptr(), slots.len());
        let mut call = Call { first, work };
        let data = (&raw mut call).cast();
        // SAFETY: `data` is what `run_one` with these types takes, and lives until all calls have returned.
        unsafe { (self.region)(workers.get(), chunks, run_one::<S, F>, data) };
    }

    /// Ends the threads that wait for a call from this thread.
    pub(super) fn end(self) {
        // SAFETY: this thread is in no parallel region. If it fails, threads wait until the process ends.
        unsafe { (self.end)() };
    }
}

/// What the calls of one region share.
struct Call<S, F> {
    first: *mut S,
    work: F,
}

/// Called by OpenMP's threads. A panic would end the process here, and not go through C.
extern "C" fn run_one<S: Send, F: Fn(&mut S) + Sync>(data: *mut c_void, chunk: usize) {
    // SAFETY: `data` is the `Call` of `each`, which is only read until the region ends.
    let call = unsafe { &*data.cast_const().cast::<Call<S, F>>() };
    // SAFETY: `chunk` is less than the number of slots.
    let slot = unsafe { call.first.add(chunk) };
    // SAFETY: the loop has each number once, so no other thread has a reference to this slot.
    (call.work)(unsafe { &mut *slot });
}

fn find(library: *mut c_void, name: &CStr) -> io::Result<*mut c_void> {
    // SAFETY: the library was loaded, and is never unloaded.
    not_null(unsafe { dlsym(library, name.as_ptr()) })
}

/// What `dlopen` or `dlsym` returned, or why that was nothing.
fn not_null(pointer: *mut c_void) -> io::Result<*mut c_void> {
    if !pointer.is_null() {
        return Ok(pointer);
    }
    // SAFETY: it returns a text that lives until this thread's next call of `dlopen` or its like, or null.
    let reason = unsafe { dlerror() };
    let reason = if reason.is_null() {
        "the system does not say why".into()
    } else {
        // SAFETY: it is a text that ends with a zero byte.
        unsafe { CStr::from_ptr(reason) }.to_string_lossy()
    };
    Err(io::Error::other(format!(
        "the library of openmp/region.c cannot be loaded: {reason}"
    )))
}
