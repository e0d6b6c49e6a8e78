//! What was measured, in sentences, tables and figures. Nothing here measures.
