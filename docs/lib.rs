//! The book. Its text is in the Markdown files beside this one; `tests/` checks that it is true.
