//! What a launcher such as `mpirun` tells the processes that it starts.

/// Variables in which launchers say how many ranks there are: Open MPI, MPICH and Intel MPI, MVAPICH, Slurm's `srun`.
///
/// `SLURM_NTASKS` is not among them: Slurm sets it in a batch script, too, for programs that are started as one process.
const NUMBERS_OF_RANKS: [&str; 4] = [
    "OMPI_COMM_WORLD_SIZE",
    "PMI_SIZE",
    "MV2_COMM_WORLD_SIZE",
    "SLURM_STEP_NUM_TASKS",
];

/// Newer launchers say only which rank this is.
const RANK: &str = "PMIX_RANK";

/// For a process whose world has one rank: a sentence, if its launcher says that there are more. `variable` looks up a
/// variable of the environment.
pub(super) fn disagreement(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let number = |name| variable(name)?.trim().parse::<u64>().ok();
    let sizes = NUMBERS_OF_RANKS.map(|name| (name, number(name)));
    let said = sizes
        .into_iter()
        .find_map(|(name, size)| Some((name, size.filter(|&size| size > 1)?)))
        .or_else(|| Some((RANK, number(RANK).filter(|&rank| rank > 0)?)));
    let (name, value) = said?;
    Some(format!(
        "launcher and library disagree: the launcher has started several ranks ({name}={value}), but this one is alone in \
         MPI's world. Start the program by the mpirun of the MPI that it was built with"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disagrees(variables: &[(&str, &str)]) -> bool {
        let found = disagreement(|name| {
            let (_, value) = variables.iter().find(|(it, _)| *it == name)?;
            Some((*value).to_owned())
        });
        found.is_some()
    }

    #[test]
    fn a_launcher_that_says_more_than_one_disagrees() {
        for name in NUMBERS_OF_RANKS {
            assert!(disagrees(&[(name, "2")]), "{name}");
            assert!(!disagrees(&[(name, "1")]), "{name}");
        }
        assert!(disagrees(&[
            ("PMI_SIZE", "1"),
            ("SLURM_STEP_NUM_TASKS", "4")
        ]));
        assert!(disagrees(&[(RANK, "1")]));
        assert!(!disagrees(&[(RANK, "0")]));
        assert!(!disagrees(&[("PMI_SIZE", "two")]));
        assert!(!disagrees(&[]));
    }
}
