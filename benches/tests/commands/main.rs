//! The commands as their users meet them. One program, so that it is built once and its tests wait side by side.

#[cfg(target_os = "linux")]
mod attack;
#[cfg(target_os = "linux")]
mod ends;
mod options;
#[cfg(target_os = "linux")]
mod outputs;
mod support;
#[cfg(unix)]
mod versus_python;
