//! The process that has created a segment, and whether it lives.

/// A process. Its id alone is not enough: after its end, the system gives the id to another process. So the time of its
/// start belongs to it.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Owner {
    pub(crate) id: u64,
    /// In the kernel's clock ticks since the computer was started; 0 if that is not known.
    pub(crate) start: u64,
}

impl Owner {
    pub(crate) fn this_process() -> Self {
        let id = std::process::id();
        let start = start_of(id.into()).unwrap_or(0);
        Self {
            id: id.into(),
            start,
        }
    }

    /// Whether it has ended. A process that has ended and was not waited for has ended, too.
    ///
    /// Linux only, where `/proc` shows it; elsewhere it is always false.
    pub(crate) fn is_dead(self) -> bool {
        cfg!(target_os = "linux") && start_of(self.id) != Some(self.start)
    }
}

/// When the living process `id` was started.
fn start_of(id: u64) -> Option<u64> {
    let stat = std::fs::read(format!("/proc/{id}/stat")).ok()?;
    // The second field is the name of the program in parentheses. It may contain spaces and parentheses, and half a
    // letter: the kernel cuts it after 15 bytes.
    let stat = String::from_utf8_lossy(&stat);
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<_> = rest.split_whitespace().collect();
    let is_zombie = matches!(fields.first(), Some(&("Z" | "X")));
    // It is field 22, and `fields` begins with field 3.
    let start = fields.get(19)?.parse().ok();
    start.filter(|_| !is_zombie)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_by_its_id_and_its_start() {
        let this = Owner::this_process();
        assert!(!this.is_dead());
        let start = this.start - 1;
        assert!(Owner { start, ..this }.is_dead());
        let id = u64::from(u32::MAX);
        assert!(Owner { id, ..this }.is_dead());
    }
}
