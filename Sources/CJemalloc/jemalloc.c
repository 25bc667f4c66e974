// In C, because jemalloc reads its options from a symbol before main begins.
#include "CJemalloc.h"

#include <stddef.h>

// Of <jemalloc/jemalloc.h>, which declares malloc and its like in another way than the C library.
extern int mallctl(
    const char *name, void *old_value, size_t *old_length, void *new_value, size_t new_length);

// One arena, because the others cannot use memory that is free in it. Each thread has a cache of small
// blocks. A poll allocates a lot, then the process waits: free memory returns to the kernel after a
// second.
const char *malloc_conf = "narenas:1,lg_tcache_max:12,dirty_decay_ms:1000,muzzy_decay_ms:0";

void CJemalloc_decay(void) {
    // 4096 stands for all arenas.
    mallctl("arena.4096.decay", NULL, NULL, NULL, 0);
}
