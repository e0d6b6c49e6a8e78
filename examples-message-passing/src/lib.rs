//! message-passing
