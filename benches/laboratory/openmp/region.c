/* The parallel regions of `openmp/active` and `openmp/passive`, the paradigms in src/openmp.rs, which compiles this file.
 *
 * The body of the loop is a function of the caller's. So the items are computed by the same machine code as in all other
 * paradigms. What differs is how OpenMP hands out the chunks, and how its threads wait.
 */

#include <omp.h>
#include <stddef.h>

/* Calls `run` once for each chunk from 0 to `chunks` - 1, on `workers` threads, and returns when all calls have returned.
 * OpenMP starts the threads at the first call. Then they wait for the next one.
 */
void crossover_region(size_t workers, size_t chunks, void (*run)(void *data, size_t chunk), void *data)
{
#pragma omp parallel for schedule(static) num_threads((int)workers)
    for (size_t chunk = 0; chunk < chunks; chunk++)
        run(data, chunk);
}

/* Ends the threads that wait for the next call from this thread. Returns 0 if that was possible. */
int crossover_end(void)
{
    return omp_pause_resource_all(omp_pause_hard);
}
