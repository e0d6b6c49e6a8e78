//! Lists of types, visited one by one.
//!
//! A paradigm is generic over workloads, so neither can be a trait object: "every paradigm on every
//! workload" is a list of types, which Rust writes as a macro and walks with a visitor.

use crate::{Map, Paradigm, Reduce};

/// Does something for each workload of a list, by its shape.
pub trait WorkloadVisitor {
    /// Called for each workload that is a [`Map`].
    fn map<M: Map>(&mut self);
    /// Called for each workload that is a [`Reduce`].
    fn reduce<R: Reduce>(&mut self);
}

/// Does something for each paradigm of a list.
pub trait ParadigmVisitor {
    /// Called for each paradigm.
    fn visit<P: Paradigm>(&mut self);
}

/// Declares the modules of workloads, and `each_workload`, which visits them in the order given.
macro_rules! workloads {
    ($($shape:ident $module:ident::$workload:ident),* $(,)?) => {
        $(pub mod $module;)*

        /// Visits every workload of the catalogue, in its order.
        pub fn each_workload(visitor: &mut impl WorkloadVisitor) {
            $(visitor.$shape::<$module::$workload>();)*
        }
    };
}
pub(crate) use workloads;

/// Declares the modules of paradigms, re-exports each one's type, and declares `each_paradigm`,
/// which visits them in the order given. A line may carry `#[cfg(...)]`.
///
/// `rustfmt` does not look for modules inside a macro: `.ci/run` hands it every file instead.
#[macro_export]
macro_rules! paradigms {
    ($($(#[$condition:meta])* $module:ident::$paradigm:ident),* $(,)?) => {
        $(
            $(#[$condition])*
            pub mod $module;
            $(#[$condition])*
            pub use $module::$paradigm;
        )*

        /// Visits every paradigm of this crate, in the order of its list.
        pub fn each_paradigm(visitor: &mut impl $crate::ParadigmVisitor) {
            $(
                $(#[$condition])*
                visitor.visit::<$paradigm>();
            )*
        }
    };
}
