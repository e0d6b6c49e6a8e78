//! The project's two fences that belong together. Here both are full fences: `membarrier`, by which the one side can have
//! both, is known to no checker.

use crate::platform::full_fence;

/// Between a store and a load that two sides do crosswise.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fences {
    /// A fence on each side.
    Even,
}

#[expect(
    clippy::unused_self,
    reason = "as the project's, which have another kind"
)]
impl Fences {
    pub(crate) fn uneven() -> Self {
        Self::Even
    }

    pub(crate) fn join(self) -> bool {
        true
    }

    pub(crate) fn pass_often(self) {
        full_fence();
    }

    pub(crate) fn pass_rarely(self) {
        full_fence();
    }
}
