//! The program that starts itself again.

use std::path::{Path, PathBuf};
use std::{env, io};

/// A path by which this process starts the program that it runs once more.
///
/// On Linux it is `/proc/self/exe`. That leads to the file that this process was started from, even if the file was
/// rebuilt, replaced or removed meanwhile. By its name, a child would be another program, or none.
///
/// # Errors
///
/// Those of [`env::current_exe`], on other systems.
pub fn this_executable() -> io::Result<PathBuf> {
    let link = Path::new("/proc/self/exe");
    if link.exists() {
        Ok(link.to_owned())
    } else {
        env::current_exe()
    }
}
