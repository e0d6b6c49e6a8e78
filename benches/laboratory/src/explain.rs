//! One paradigm on one workload: where the time of a run goes, and where it starts to win.
