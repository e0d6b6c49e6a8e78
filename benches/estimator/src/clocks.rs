//! Made-up stopwatches whose truth is known.
