//! The results as text.
