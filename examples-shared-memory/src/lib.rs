//! shared-memory
