// The allocator of the program. Linking jemalloc replaces malloc, calloc, realloc and free of the C
// library in the whole process, so that Swift, libcurl, json-c and SQLite use it too.
#ifndef CJEMALLOC_H
#define CJEMALLOC_H

/// Returns free memory that is due for it to the kernel, also if nothing is allocated meanwhile.
void CJemalloc_decay(void);

#endif
