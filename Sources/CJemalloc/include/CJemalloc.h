// The allocator of the program. Linking jemalloc replaces malloc, calloc, realloc and free of the C
// library in the whole process, so that Swift, libcurl, json-c and SQLite use it too.
#ifndef CJEMALLOC_H
#define CJEMALLOC_H

/// Returns free memory whose decay time has passed to the kernel, even if nothing is being allocated.
void CJemalloc_decay(void);

#endif
