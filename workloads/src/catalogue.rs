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

/// Makes `each_workload`, which visits the workloads of a list in its order.
macro_rules! workloads {
    ($($shape:ident $module:ident::$workload:ident),* $(,)?) => {
        /// Visits every workload of the catalogue, in its order.
        pub fn each_workload(visitor: &mut impl WorkloadVisitor) {
            $(visitor.$shape::<$module::$workload>();)*
        }
    };
    ($($other:tt)*) => {
        compile_error!(
            "each line of `workloads!` is a shape, `map` or `reduce`, and the file and type of a workload, with a comma \
             at its end, such as `map squares::Squares,`"
        );
    };
}
pub(crate) use workloads;

/// Re-exports the type of each paradigm of a list, and makes `each_paradigm`, which visits them in the order of the list.
/// A line may carry `#[cfg(...)]`.
#[macro_export]
macro_rules! paradigms {
    ($($(#[$condition:meta])* $module:ident::$paradigm:ident),* $(,)?) => {
        $(
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
    ($($other:tt)*) => {
        compile_error!(
            "each line of `paradigms!` is the file and type of a paradigm, with a comma at its end, such as \
             `scoped::Scoped,`"
        );
    };
}
